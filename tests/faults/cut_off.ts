/**
 * Changes of files that fail: one of them; or all from some change on, so that
 * nothing has an effect any more, as if the process were killed.
 *
 * @module
 */

type Call = (...args: never[]) => unknown;

/** Calls of which each changes files. */
const CHANGES = [
  "chmodSync",
  "chownSync",
  "linkSync",
  "mkdirSync",
  "removeSync",
  "renameSync",
  "symlinkSync",
] as const;

/** Until the end of its block, counts changes of files, and allows no more than some. */
export interface CutOff extends Disposable {
  /** How many there were, with those that failed. */
  readonly changes: number;
}

/**
 * Allows this process some changes of files; then each fails.
 *
 * @param allowed How many.
 */
export function cutOffAfter(allowed: number): CutOff {
  return failingIf((change) => change > allowed);
}

/**
 * Lets one change of a file fail.
 *
 * @param failing Which, counted from 1.
 */
export function failAt(failing: number): CutOff {
  return failingIf((change) => change === failing);
}

function failingIf(isFailing: (change: number) => boolean): CutOff {
  let changes = 0;
  const undo: (() => void)[] = [];
  const replace = <T extends object>(object: T, name: keyof T, isChange: Call): void => {
    const call = object[name] as Call;
    const counted = function (this: unknown, ...args: never[]): unknown {
      if (isChange(...args) && isFailing(++changes)) throw new Error("no space left on device");
      return call.apply(this, args);
    };
    Object.assign(object, { [name]: counted });
    undo.push(() => Object.assign(object, { [name]: call }));
  };
  for (const name of CHANGES) replace(Deno, name, () => true);
  replace(Deno, "openSync", (_path: string, options?: Deno.OpenOptions) => options?.createNew);
  replace(Deno.FsFile.prototype, "writeSync", () => true);
  return {
    get changes() {
      return changes;
    },
    [Symbol.dispose]: () => undo.forEach((each) => each()),
  };
}

/** Waits for no disk until the end of its block: what is killed is no power cut. */
export function withoutSync(): Disposable {
  const { syncSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.syncSync = () => {};
  return { [Symbol.dispose]: () => Object.assign(Deno.FsFile.prototype, { syncSync }) };
}
