/**
 * Works on all BMCs, many at once, but on a few first.
 *
 * @module
 */

import type { BmcState } from "../document/document.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { FirstFew } from "./first_few.ts";

/** Milliseconds after which a BMC that has not let us in counts as silent. */
const SILENT_MS = 1000;

/** How fast to go. */
export interface Pace {
  /** The most at once. */
  readonly fanout: number;
  /** Whether to go on although the first ones refuse the password. */
  readonly keepGoing: boolean;
  /** Aborted: no further BMC is begun. */
  readonly signal: AbortSignal;
  /** Milliseconds since some moment. */
  elapsed(): number;
}

/**
 * Works on BMCs until all are done, the first few all refuse the password, or
 * somebody interrupts.
 *
 * @param targets The BMCs, in this order.
 * @param pace How fast.
 * @param work What to do with each; calls `onOpen` as soon as it is let in.
 * @returns The nodes whose BMCs refused, if that was the end; else `null`.
 * @throws What `work` throws, when what was begun is done; nothing is begun then.
 */
export async function askAll(
  targets: readonly BmcTarget[],
  { signal, elapsed, ...pace }: Pace,
  work: (target: BmcTarget, onOpen: () => void) => Promise<BmcState>,
): Promise<readonly string[] | null> {
  const few = new FirstFew(pace);
  const queue = [...targets];
  /** Of those that are being asked, when that began; `null`: it has let us in. */
  const running = new Map<BmcTarget, number | null>();
  const failures: unknown[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();

  const ask = async (target: BmcTarget): Promise<void> => {
    running.set(target, elapsed());
    const onOpen = (): void => {
      running.set(target, null);
      few.letIn();
      askMore();
    };
    try {
      if (await work(target, onOpen) === "denied") few.refuse(target.node);
    } catch (error) {
      failures.push(error);
    }
    running.delete(target);
    askMore();
  };
  const askMore = (): void => {
    const since = elapsed() - SILENT_MS;
    const silent = [...running.values()].filter((begin) => begin !== null && begin <= since);
    while (
      queue.length > 0 && failures.length === 0 && !signal.aborted &&
      running.size < few.limit(silent.length)
    ) {
      const target = queue.shift();
      if (target) ask(target);
    }
    if (running.size === 0) resolve();
  };

  const timer = setInterval(askMore, SILENT_MS);
  askMore();
  await over;
  clearInterval(timer);
  if (failures.length > 0) throw failures[0];
  return few.verdict;
}
