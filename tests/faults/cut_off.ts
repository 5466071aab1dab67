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
  /** What each was: its call, and the call before. */
  readonly kinds: readonly string[];
}

/** Of changes that are alike, one of so many is tried. */
const STEP = 16;

/**
 * Chooses among changes of files: the first of each kind, the last of all, and some of the
 * many that are alike; or every one where all tests run.
 *
 * @returns Their numbers, counted from 0.
 */
export function worthTrying({ kinds }: CutOff): number[] {
  const isAll = Deno.env.get("PITBOOT_TESTS") === "all";
  return [...kinds.keys()].filter((i) =>
    isAll || i % STEP === 0 || i === kinds.length - 1 || kinds.indexOf(kinds[i] ?? "") === i
  );
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

/**
 * Does something right before a change of a file.
 *
 * @param which Before which, counted from 1.
 */
export function actAt(which: number, act: () => void): CutOff {
  return failingIf((change) => {
    if (change === which) act();
    return false;
  });
}

function failingIf(isFailing: (change: number) => boolean): CutOff {
  const kinds: string[] = [];
  const undo: (() => void)[] = [];
  const replace = <T extends object>(object: T, name: keyof T, isChange: Call): void => {
    const call = object[name] as Call;
    const counted = function (this: unknown, ...args: never[]): unknown {
      if (isChange(...args)) {
        kinds.push(`${kinds.at(-1)?.replace(/.* /, "")} ${String(name)}`);
        if (isFailing(kinds.length)) throw new Error("no space left on device");
      }
      return call.apply(this, args);
    };
    Object.assign(object, { [name]: counted });
    undo.push(() => Object.assign(object, { [name]: call }));
  };
  for (const name of CHANGES) replace(Deno, name, () => true);
  replace(Deno, "openSync", (_path: string, options?: Deno.OpenOptions) => options?.createNew);
  replace(Deno.FsFile.prototype, "writeSync", () => true);
  return {
    kinds,
    get changes() {
      return kinds.length;
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
