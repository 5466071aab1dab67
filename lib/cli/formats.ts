/**
 * The formats that have a manual page.
 *
 * @module
 */

import { DOCUMENT_FORMAT } from "./document_format.ts";
import { EVENT_FORMAT } from "./event_format.ts";
import type { Format } from "./format.ts";

/** All of them. */
export const FORMATS: readonly Format[] = [DOCUMENT_FORMAT, EVENT_FORMAT];
