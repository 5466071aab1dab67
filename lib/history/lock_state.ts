/**
 * Turns: while a command has its turn, it alone reads and changes what is recorded, and
 * what nodes boot. The kernel ends a turn when its process ends, however that happens.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { guarded, ifThere, writeFailure } from "../io/failures.ts";
import { LockFile } from "../io/lock.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { nameOfNew } from "../text/new_name.ts";
import { callerOf } from "./caller.ts";
import { type Caller, parseCaller } from "./claim.ts";
import { callerWords, heldFailure } from "./claim_words.ts";
import { checkOwnState } from "./own_state.ts";
import { generationsIn, lockPath, savedIn } from "./state_paths.ts";

const ADVICE = { hint: "name another directory with --state", isSure: true };
/** What is so if the state directory cannot be written, and what to do. */
export const UNWRITABLE = { ...ADVICE, state: "no node was changed" };
/** The same once a node may have been changed. */
const UNWRITABLE_LATER = { ...ADVICE, state: "no further node was changed" };

/** Where the state directory is; with `--dry-run` it is only looked at. */
export interface StateFlags {
  readonly state: string;
  readonly "dry-run": boolean;
}

/** What turns need of a host. */
export type TurnHost = Pick<Host, "root" | "reporter" | "context">;

/** The turns of a command. */
export class Turns {
  readonly #host: TurnHost;
  readonly #state: string;
  /** Which command it is. */
  readonly caller: Caller;
  #lock: Disposable | null = null;
  /** How many have been taken, one inside the other. */
  #depth = 0;
  #isFirst = true;
  #mayHaveChanged = false;

  /**
   * @param state The state directory.
   * @param host The file system, who is told, and which command it is.
   */
  constructor(state: string, host: TurnHost) {
    this.#state = state;
    this.#host = host;
    this.caller = callerOf(host.context);
  }

  /** What is so if the state directory cannot be written now, and what to do. */
  get advice(): typeof UNWRITABLE {
    return this.#mayHaveChanged ? UNWRITABLE_LATER : UNWRITABLE;
  }

  /** From here on nodes are changed, in this turn or in those after it. */
  beginChanges(): void {
    this.#mayHaveChanged = true;
  }

  /**
   * Takes a turn, or goes on with the one that this command has. The first one removes what
   * interrupted runs have left in the state directory.
   *
   * @returns Ends it.
   * @throws {Failure} If another run does not end its turn, nothing can be written, or others
   * than root may write there.
   */
  async take(): Promise<Disposable> {
    this.#lock ??= await this.#hold();
    this.#depth++;
    if (this.#isFirst) this.#clean();
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (!isOver) this.#end();
        isOver = true;
      },
    };
  }

  #end(): void {
    if (--this.#depth > 0) return;
    this.#lock?.[Symbol.dispose]();
    this.#lock = null;
  }

  async #hold(): Promise<Disposable> {
    const { root, reporter, context } = this.#host;
    if (this.#isFirst) checkOwnState(root, this.#state);
    return await new LockFile(root, lockPath(this.#state), this.advice).hold({
      note: `${JSON.stringify(this.caller)}\n`,
      whenHeld: (note) => {
        const caller = parseCaller(note);
        const who = caller ? callerWords(caller) : "another pitboot";
        reporter.say(`${who} is running: waiting for it a moment`);
      },
      refusal: (note) => {
        const caller = parseCaller(note);
        return caller ? heldFailure(caller, context.now()) : undefined;
      },
    });
  }

  #clean(): void {
    this.#isFirst = false;
    const [state, root] = [this.#state, new WritableRoot(this.#host.root)];
    for (const place of [state, savedIn(state), generationsIn(state)]) {
      removeHalfDone(place, root);
    }
  }
}

/**
 * Makes sure that turns could be taken, without a trace.
 *
 * @param flags Where the state directory is.
 * @param host The file system.
 * @throws {Failure} If nothing can be written there, or others than root may write there.
 */
export function checkState({ state }: StateFlags, { root }: Pick<TurnHost, "root">): void {
  checkOwnState(root, state);
  new WritableRoot(root).checkCouldWrite(lockPath(state), ADVICE);
}

/** What is half done has another name, and nobody uses it. */
function removeHalfDone(place: string, root: WritableRoot): void {
  guarded(place, UNWRITABLE, () => {
    for (const { name } of ifThere(() => root.list(place)) ?? []) {
      if (nameOfNew(name) !== null) root.remove(`${place}/${name}`);
    }
  }, writeFailure);
}
