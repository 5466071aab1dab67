/**
 * Works on all BMCs, many at once, but on a few first.
 *
 * @module
 */

import type { BmcState } from "../document/document.ts";
import { type Later, pause } from "../io/within.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { isRefused, mostAtOnce, type Trial } from "./first_few.ts";

/** Milliseconds after which a BMC that has not let us in counts as silent. */
const SILENT_MS = 1000;

/** The speed of the work. */
export interface Pace extends Pick<Trial, "fanout" | "keepGoing"> {
  /** Aborted: no further BMC is begun. */
  readonly signal: AbortSignal;
  /** Milliseconds since some moment. */
  elapsed(): number;
  /** Sets a timer of the same clock. */
  readonly later: Later;
}

/**
 * Works on BMCs until all are done, the first few all refuse the password, or
 * somebody interrupts.
 *
 * @param targets The BMCs, in this order.
 * @param pace How fast.
 * @param work What to do with each; calls `onOpen` as soon as it is let in.
 * @returns The nodes whose BMCs refused, sorted, if that was the end; else `null`.
 * @throws What `work` throws, when what was begun is done; nothing is begun then.
 */
export async function askAll(
  targets: readonly BmcTarget[],
  { signal, later, ...pace }: Pace,
  work: (target: BmcTarget, onOpen: () => void) => Promise<BmcState>,
): Promise<readonly string[] | null> {
  const refused: string[] = [];
  const trial: { -readonly [K in keyof Trial]: Trial[K] } = { ...pace, letIn: 0, refused: 0 };
  const queue = [...targets];
  /** Of those that are being asked, when that began; `null`: it has let us in. */
  const running = new Map<BmcTarget, number | null>();
  const failures: unknown[] = [];
  let news = new AbortController();

  const ask = async (target: BmcTarget): Promise<void> => {
    running.set(target, pace.elapsed());
    try {
      const state = await work(target, () => {
        running.set(target, null);
        trial.letIn++;
        news.abort();
      });
      if (state === "denied") trial.refused = refused.push(target.node);
    } catch (error) {
      failures.push(error);
    }
    running.delete(target);
    news.abort();
  };

  for (;;) {
    news = new AbortController();
    const since = pace.elapsed() - SILENT_MS;
    const silent = [...running.values()].filter((begin) => begin !== null && begin <= since);
    const limit = failures.length > 0 || signal.aborted ? 0 : mostAtOnce(trial, silent.length);
    for (const target of queue.splice(0, Math.max(limit - running.size, 0))) ask(target);
    if (running.size === 0) break;
    await pause(SILENT_MS, news.signal, later);
  }
  if (failures.length > 0) throw failures[0];
  return isRefused(trial) ? refused.sort() : null;
}
