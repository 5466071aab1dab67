/**
 * Decides which generation a rollback goes back to: what is said to go on never goes
 * further.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import type { StoredGeneration } from "../history/generations.ts";
import type { Claim } from "../history/claim.ts";
import { endingHint, runningWords } from "../history/claim_words.ts";
import { readLastGenerations } from "../history/read_state.ts";
import { readTold } from "../history/told.ts";
import type { Root } from "../io/root.ts";

/** What a rollback is to go back to. */
export interface Aim {
  readonly target: number;
  /** The newest generation when it was decided; `null` where that does not matter. */
  readonly newest: number | null;
  /** Whether the rollback before it did not come to its end, or could not say so. */
  readonly isRepeated: boolean;
}

/**
 * Decides what to go back to.
 *
 * @param number The generation that was asked for; `null` for the one before the newest
 * change.
 * @param flags `state`: the state directory.
 * @param root The file system.
 * @throws {Failure} If there is none.
 */
export function aimAt(number: number | null, { state }: { state: string }, root: Root): Aim {
  if (number !== null) return { target: number, newest: null, isRepeated: false };
  const current = currentOf(readLastGenerations(root, state));
  const { restores, parent, number: newest } = current;
  // Such a rollback goes on; another one goes further back.
  const goesOn = restores !== null && (!hasEnded(current) || readTold(root, state) !== newest);
  return goesOn
    ? { target: restores, newest, isRepeated: hasEnded(current) }
    : { target: parent, newest, isRepeated: false };
}

function currentOf(generations: readonly StoredGeneration[]): StoredGeneration {
  const current = generations.at(-1);
  if (current) return current;
  throw new Failure("generation-missing", {
    message: "there is no generation to go back from: pitboot has not changed any node yet",
    hint: (typed) => `${typed.command("history")} lists them; --state names another place`,
  });
}

/** Whether a generation has ended, and all of it was done. */
function hasEnded({ ended, changes }: StoredGeneration): boolean {
  return ended !== null && changes.every(({ failed }) => failed === null);
}

/** What has been changed since it was decided may not be undone, too. */
function checkNewest(generations: readonly StoredGeneration[], { target, newest }: Aim): void {
  const others = generations.filter(({ number, restores }) =>
    newest !== null && number > newest && restores !== target
  );
  const last = others.at(-1)?.number;
  if (last === undefined) return;
  throw new Failure("generation-changed", {
    message: `another pitboot has changed nodes meanwhile (generation ${last}): nothing was undone`,
    hint: (typed) =>
      `${typed.command("history", `${last}`)} shows it; ${
        typed.command("rollback", `${target}`)
      } undoes it, too`,
  });
}

/**
 * Finds the generations that are undone.
 *
 * @param generations All of them, the oldest first.
 * @param aim What to go back to.
 * @throws {Failure} If one is not kept any more, or another run has added one.
 */
export function generationsAfter(
  generations: readonly StoredGeneration[],
  aim: Aim,
): readonly StoredGeneration[] {
  const { target } = aim;
  checkNewest(generations, aim);
  const current = currentOf(generations);
  const later = generations.filter((each) => each.number > target);
  const isKnown = target <= current.number && later.length === current.number - target;
  if (isKnown) return later;
  // A file may be missing in the middle.
  const oldest = generations.findLast(({ number }, i) => generations[i - 1]?.number !== number - 1)
    ?.number ?? 1;
  throw new Failure("generation-missing", {
    message: target > current.number
      ? `there is no generation ${target}: the current one is ${current.number}`
      : `the history needed to go back to generation ${target} is no longer kept`,
    hint: (typed) =>
      `${typed.command("history")} lists them; the oldest one you can go back to is ${oldest - 1}`,
  });
}

/**
 * Makes sure that what is undone is over.
 *
 * @param later The generations that are undone.
 * @param running The commands that are running.
 * @param now Tells the milliseconds since the epoch.
 * @throws {Failure} If one of them still makes one.
 */
export function checkNoneRunning(
  later: readonly StoredGeneration[],
  running: readonly Claim[],
  now: () => number,
): void {
  const unfinished = later.filter(({ ended }) => ended === null).map(({ number }) => number);
  const claim = running.find(({ generations }) =>
    generations.some((number) => unfinished.includes(number))
  );
  if (!claim) return;
  const number = claim.generations.at(-1);
  throw new Failure("locked", {
    message: `${runningWords(claim, now())}: its generation ${number} cannot be undone yet`,
    hint: `wait until it ends; ${endingHint(claim)}`,
    nodes: claim.nodes,
  });
}
