/**
 * Why a node is not ready, as documents and the state directory have it.
 *
 * @module
 */

import { described, nullable, objectOf, type Shape, text } from "../text/shape.ts";
import type { Cause } from "./document_types.ts";
import type { Typed } from "./hint.ts";

/** The shape of a {@linkcode Cause}; older ones have no address and no command. */
export const causeShape: Shape<Cause> = objectOf<Cause>({
  code: described(text, "A stable word."),
  message: described(text, "What was found, in a few words."),
  hint: described(nullable(text), "What to do next."),
}, {
  address: described(text, "Where its BMC listens, if that matters."),
  command: described(text, "The command of the hint without --nodes, if the hint is one."),
  seen: described(text, "When that was found, if by an earlier command: ISO 8601, UTC."),
});

/**
 * Writes the command of a cause as one types it here: it is recorded without the places.
 *
 * @param cause Why a node is not ready.
 * @param node The node.
 * @param typed Writes the command.
 */
export function typedCause(cause: Cause, node: string, typed: Typed): Cause {
  if (cause.command === undefined) return cause;
  const [, name = "", ...args] = cause.command.split(" ");
  const command = typed.command(name, ...args);
  return { ...cause, command, hint: `${command} --nodes ${node}` };
}
