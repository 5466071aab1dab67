/**
 * Works on all BMCs, many at once, but on a few first.
 *
 * @module
 */

import { type Later, pause } from "../io/within.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { isRefused, mayTryMore, mostAtOnce, type Trial } from "./first_few.ts";

/** Milliseconds after which a BMC that has not let us in counts as silent. */
const SILENT_MS = 1000;

/** Milliseconds after which one that was told the password holds up no others. */
const SLOW_MS = 3000;

/** So many sessions fewer are begun where one had no room: the rest of the work needs some, too. */
const SPARE = 4;

/** There is no file descriptor left for a session with a BMC. */
export class NoRoom extends Error {
  override readonly name = "NoRoom";
}

/** What a session tells, and asks, while it is worked on. */
export interface Turn {
  /** To be called as soon as the BMC lets us in. */
  onOpen(): void;
  /**
   * Waits until a BMC that was silent so far may be told the password: as with others, a few
   * are before the crowd.
   *
   * @returns `false` if it may not: others refuse it, or somebody interrupts.
   */
  mayTry(): Promise<boolean>;
  /**
   * Leaves the place of a BMC that is silent to those that nobody has asked yet, until there
   * is room for it again.
   *
   * @param signal Ends the wait; the time of the BMC goes on meanwhile.
   */
  giveWay(signal: AbortSignal): Promise<void>;
  /** Whether no other BMC is asked at this time. */
  isAlone(): boolean;
}

/** The speed of the work. */
export interface Pace extends Pick<Trial, "fanout" | "keepGoing"> {
  /** Aborted: no further BMC is begun. */
  readonly signal: AbortSignal;
  /** Milliseconds since some moment. */
  elapsed(): number;
  /** Sets a timer of the same clock. */
  readonly later: Later;
  /** Whether no BMC is told the password before {@linkcode Turn.mayTry}: all may begin then. */
  readonly asksFirst?: boolean;
}

/**
 * Works on BMCs until all are done, the first few all refuse the password, or
 * somebody interrupts.
 *
 * @param targets The BMCs, in this order.
 * @param pace How fast.
 * @param work What to do with each, and the state that it is in then. One that throws {@linkcode NoRoom} has its turn again
 * when others are done, and fewer are asked at once from then on.
 * @returns The nodes whose BMCs refused, sorted, if that was the end; else `null`.
 * @throws What `work` throws, when what was begun is done; nothing is begun then.
 */
export async function askAll(
  targets: readonly BmcTarget[],
  { signal, later, asksFirst = false, ...pace }: Pace,
  work: (target: BmcTarget, turn: Turn) => Promise<string>,
): Promise<readonly string[] | null> {
  const refused: string[] = [];
  const trial: { -readonly [K in keyof Trial]: Trial[K] } = { ...pace, letIn: 0, refused: 0 };
  const queue = [...targets];
  /** Of those that are being asked, when that began; `null`: it has let us in. */
  const running = new Map<BmcTarget, number | null>();
  /** Those that have given way; each has its place again by this. */
  const away = new Set<() => void>();
  const failures: unknown[] = [];
  /** Of those that were silent and are told the password now, when that began. */
  const trying = new Map<BmcTarget, number>();
  let news = new AbortController();

  const mayTry = async (target: BmcTarget): Promise<boolean> => {
    for (;;) {
      if (signal.aborted || isRefused(trial)) return false;
      const slow = [...trying.values()].filter((begin) => begin <= pace.elapsed() - SLOW_MS);
      if (mayTryMore(trial, trying.size - slow.length)) break;
      await pause(SILENT_MS, AbortSignal.any([signal, news.signal]), later);
    }
    trying.set(target, pace.elapsed());
    return true;
  };
  const giveWay = async (target: BmcTarget, ending: AbortSignal): Promise<void> => {
    if (ending.aborted) return;
    const began = running.get(target) ?? null;
    const { promise, resolve } = Promise.withResolvers<void>();
    const comeBack = (): void => {
      if (away.delete(comeBack)) running.set(target, began);
      resolve();
    };
    running.delete(target);
    away.add(comeBack);
    ending.addEventListener("abort", comeBack, { once: true });
    news.abort();
    await promise;
  };
  const isAlone = (): boolean => running.size === 1;
  const putBack = (target: BmcTarget): void => {
    queue.unshift(target);
    trial.fanout = Math.max(running.size - 1 - SPARE, 1);
  };
  const ask = async (target: BmcTarget): Promise<void> => {
    running.set(target, pace.elapsed());
    const onOpen = (): void => {
      running.set(target, null);
      trial.letIn++;
      news.abort();
    };
    try {
      const state = await work(target, {
        onOpen,
        isAlone,
        mayTry: () => mayTry(target),
        giveWay: (ending) => giveWay(target, ending),
      });
      if (state === "denied") trial.refused = refused.push(target.node);
    } catch (error) {
      if (error instanceof NoRoom) putBack(target);
      else failures.push(error);
    }
    running.delete(target);
    trying.delete(target);
    news.abort();
  };

  for (;;) {
    // Whoever waits for news waits for those that come from now on, too.
    news.abort();
    news = new AbortController();
    const since = pace.elapsed() - SILENT_MS;
    const silent = [...running.values()].filter((begin) => begin !== null && begin <= since);
    const most = asksFirst && !isRefused(trial) ? trial.fanout : mostAtOnce(trial, silent.length);
    const limit = failures.length > 0 || signal.aborted ? 0 : most;
    for (const target of queue.splice(0, Math.max(limit - running.size, 0))) ask(target);
    for (const comeBack of [...away].slice(0, Math.max(trial.fanout - running.size, 0))) comeBack();
    if (running.size === 0) break;
    await pause(SILENT_MS, news.signal, later);
  }
  if (failures.length > 0) throw failures[0];
  return isRefused(trial) ? refused.sort() : null;
}
