/**
 * The document before anything is known: what most commands need of it.
 *
 * @module
 */

import type { Document } from "./document_types.ts";

/** The version of the document that this code writes and reads. */
export const DOCUMENT_VERSION = 1;

/** A document without any results yet. */
export const EMPTY_DOCUMENT: Document = {
  pitboot: DOCUMENT_VERSION,
  status: "ok",
  problems: [],
};
