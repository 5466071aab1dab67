/**
 * How people are told of the state of a BMC: the words of the board and the README.
 *
 * @module
 */

import type { BmcState } from "./document.ts";

/** By state. */
export const BMC_WORDS: Readonly<Record<BmcState, string>> = {
  changed: "switched",
  already: "already switched",
  reset: "reset",
  unreachable: "no answer",
  denied: "refused",
  failed: "failed",
  unknown: "unknown",
  skipped: "skipped",
};
