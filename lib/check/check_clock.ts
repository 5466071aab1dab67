/**
 * The check `clock`: the PIT's clock is not behind what lies on the PIT.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import { fine, resultsOf, wrong } from "./judgement.ts";

/** Files of other machines may be a little ahead. */
const TOLERANCE_MS = 60_000;

/** A file, and when it was written. */
export interface DatedFile {
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/**
 * Judges the clock. Nodes take their time from the PIT, and certificates are valid from
 * the time at which they are made.
 *
 * @param now Milliseconds since the epoch.
 * @param files What was written before now.
 */
export function checkClock(now: number, files: readonly DatedFile[]): CheckResult[] {
  const asked = "the PIT's clock";
  const time = utcTime(now);
  const [newest] = [...files].sort((a, b) => b.modified - a.modified);
  if (!newest || newest.modified <= now + TOLERANCE_MS) {
    return resultsOf("clock", [[null, fine(asked, time)]]);
  }
  return resultsOf("clock", [[
    null,
    wrong("failed", {
      asked,
      found: time,
      message: `it says ${time}, but ${newest.path} was written at ${utcTime(newest.modified)}`,
      hint: "timedatectl shows it: is it behind, or was it ahead when that file was written?",
    }),
  ]]);
}

function utcTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+/, "");
}
