/**
 * Why a node is not served, as documents and the state directory have it.
 *
 * @module
 */

import { nullable, objectOf, type Shape, text } from "../text/shape.ts";
import type { Cause } from "./document_types.ts";

/** Why a node is not served. */
export const causeShape: Shape<Cause> = objectOf<Cause>({
  code: text,
  message: text,
  hint: nullable(text),
});
