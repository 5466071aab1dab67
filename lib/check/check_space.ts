/**
 * The check `space`: what nodes and servers write while nodes boot finds room.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import { fine, resultsOf, wrong } from "./judgement.ts";

/** A directory, and how many bytes are free there. */
export interface FreeSpace {
  readonly path: string;
  readonly bytes: number;
  /** What is written there. */
  readonly use: string;
}

const MIB = 2 ** 20;
/** Leases, generations and the console logs of a night are smaller. */
const LEAST_BYTES = 64 * MIB;

/** Judges the space of directories; those on one disk say the same. */
export function checkSpace(spaces: readonly FreeSpace[]): CheckResult[] {
  const judged = spaces.map(({ path, bytes, use }) => {
    const asked = `the free space of ${path}`;
    const found = `${Math.floor(bytes / MIB)} MiB free`;
    if (bytes >= LEAST_BYTES) return fine("free space", "64 MiB and more");
    const message = `${path} has ${found}: no room for ${use}`;
    return wrong("failed", { asked, found, message, hint: `make room: du -xsh ${path}/*` });
  });
  return resultsOf("space", judged.map((each) => [null, each])).filter(isFirst);
}

function isFirst(result: CheckResult, i: number, all: readonly CheckResult[]): boolean {
  return all.findIndex(({ state, message }) =>
    state === result.state && message === result.message
  ) === i;
}
