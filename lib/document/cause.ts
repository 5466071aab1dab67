/**
 * Why a node is not ready, as documents and the state directory have it.
 *
 * @module
 */

import { nullable, objectOf, type Shape, text } from "../text/shape.ts";
import type { Cause } from "./document_types.ts";

/** The shape of a {@linkcode Cause}; older ones have no address and no command. */
export const causeShape: Shape<Cause> = objectOf<Cause>({
  code: text,
  message: text,
  hint: nullable(text),
}, {
  address: text,
  command: text,
});
