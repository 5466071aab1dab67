/**
 * The state directory: the lock, and what pitboot remembers of earlier runs.
 *
 * @module
 */

import { causeShape } from "../document/cause.ts";
import type { Cause } from "../document/document.ts";
import { Failure } from "../document/problems.ts";
import { guarded, writeFailure } from "../io/failures.ts";
import { type Lock, lock } from "../io/lock.ts";
import { makePrivateDirectory } from "../io/private_directory.ts";
import { readRecord, writeRecord } from "../io/record.ts";
import { removeIfThere, replaceFile } from "../io/replace_file.ts";
import type { Root } from "../io/root.ts";
import { dictionary, object, type Shape } from "../text/shape.ts";
import { bytesOfText } from "../text/byte_text.ts";
import { nameOfNew } from "../text/new_name.ts";
import { type StoredGeneration, storedGenerationShape } from "./generations.ts";
import type { SaveStep } from "../boot/plan_steps.ts";
import { recordsShape, type ScriptRecords } from "./script_records.ts";

const UNWRITABLE = {
  state: "no node was changed",
  hint: "name another directory with --state",
  isSure: true,
};
const PRIVATE = { mode: 0o600 };

/** The file of causes. */
const causesShape: Shape<{ readonly causes: Readonly<Record<string, Cause>> }> = object({
  causes: dictionary(causeShape),
});

/** The state directory, locked: no other run changes anything now. */
export class StateDirectory implements Disposable {
  readonly #root: Root;
  readonly #directory: string;
  readonly #lock: Lock;
  /** What to do if something cannot be remembered, and what is so then. */
  #advice = UNWRITABLE;

  private constructor(root: Root, directory: string, lock: Lock) {
    this.#root = root;
    this.#directory = directory;
    this.#lock = lock;
  }

  /**
   * Locks the state directory, and removes what a run has left there that was cut
   * off. The kernel releases the lock when we end, in whatever way.
   *
   * @param root The file system.
   * @param directory Where it is; made if it does not exist.
   * @param whenHeld Called if another run holds the lock, and is waited for.
   * @throws {Failure} If another run holds the lock, or nothing can be written.
   */
  static async lock(
    root: Root,
    directory: string,
    whenHeld: () => void,
  ): Promise<StateDirectory> {
    const held = await lock(root, `${directory}/lock`, UNWRITABLE, { whenHeld });
    for (const place of [directory, savedIn(directory), generationsIn(directory)]) {
      guarded(place, UNWRITABLE, () => removeUnfinished(root.real(place)), writeFailure);
    }
    return new StateDirectory(root, directory, held);
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }

  /** From here on something has been changed. */
  beginChanges(): void {
    this.#advice = { ...UNWRITABLE, state: "no further node was changed" };
  }

  /** Writes the records, all of them or nothing. */
  writeRecords(records: ScriptRecords): void {
    const value = { scripts: Object.fromEntries(records) };
    this.#write(recordsPath(this.#directory), value);
  }

  /** Writes why nodes are not served; where all of them are, there is no file. */
  writeCauses(causes: ReadonlyMap<string, Cause>): void {
    const path = causesPath(this.#directory);
    if (causes.size > 0) return this.#write(path, { causes: Object.fromEntries(causes) });
    guarded(path, this.#advice, () => removeIfThere(this.#root.real(path)), writeFailure);
  }

  /** Keeps a script that may be an administrator's; it is on disk when this returns. */
  save({ to, text }: SaveStep): void {
    guarded(to, this.#advice, () => {
      makePrivateDirectory(this.#root.real(savedIn(this.#directory)));
      replaceFile(this.#root.real(to), bytesOfText(text), PRIVATE);
    }, writeFailure);
  }

  /**
   * Writes a generation, and forgets old ones.
   *
   * @param generation The newest.
   * @param keep How many to remember.
   */
  writeGeneration(generation: StoredGeneration, keep: number): void {
    const place = generationsIn(this.#directory);
    const make = (): void => makePrivateDirectory(this.#root.real(place));
    guarded(place, this.#advice, make, writeFailure);
    this.#write(generationPath(this.#directory, generation.number), generation);
    for (const number of listGenerations(this.#root, this.#directory)) {
      if (number > generation.number - keep) continue;
      const path = generationPath(this.#directory, number);
      guarded(path, this.#advice, () => removeIfThere(this.#root.real(path)), writeFailure);
    }
  }

  #write(path: string, value: unknown): void {
    writeRecord(this.#root, path, value, { ...this.#advice, ...PRIVATE });
  }
}

/**
 * Reads which scripts are ours.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @throws {Failure} If there are records and they cannot be read.
 */
export function readRecords(root: Root, directory: string): ScriptRecords {
  const hint =
    `without it pitboot cannot tell an edited script from its own: fix it, or move it away; edited scripts are then saved in ${directory}/saved and replaced`;
  const record = readRecord(root, recordsPath(directory), recordsShape, hint);
  return new Map(Object.entries(record?.scripts ?? {}));
}

/**
 * Reads why nodes were not served when somebody last tried.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @returns By node; nothing where that cannot be read, for nothing depends on it.
 */
export function readCauses(root: Root, directory: string): ReadonlyMap<string, Cause> {
  try {
    const record = readRecord(root, causesPath(directory), causesShape, "remove it");
    return new Map(Object.entries(record?.causes ?? {}));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return new Map();
  }
}

/**
 * Where scripts of a node are saved; their digest is added.
 *
 * @param directory The state directory.
 * @param node The node.
 */
export function savedScript(directory: string, node: string): string {
  return `${savedIn(directory)}/${node}.script.ipxe`;
}

/**
 * Lists the generations that are remembered.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @returns Their numbers, the oldest first.
 * @throws {Failure} If they cannot be listed.
 */
export function listGenerations(root: Root, directory: string): number[] {
  const place = generationsIn(directory);
  const names = guarded(place, UNREADABLE, () => namesIn(root.real(place)));
  return names.flatMap((name) => /^[1-9]\d*\.json$/.test(name) ? [Number.parseInt(name)] : [])
    .sort((a, b) => a - b);
}

/**
 * Reads generations.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @param from The oldest to read.
 * @returns The oldest first.
 * @throws {Failure} If one cannot be read.
 */
export function readGenerations(root: Root, directory: string, from = 1): StoredGeneration[] {
  return listGenerations(root, directory).filter((number) => number >= from)
    .flatMap((number) => readGeneration(root, directory, number) ?? []);
}

/**
 * Reads the newest generations, back to one that was not cut off.
 *
 * @param root The file system.
 * @param directory The state directory.
 * @returns The oldest first.
 * @throws {Failure} If one cannot be read.
 */
export function readLastGenerations(root: Root, directory: string): StoredGeneration[] {
  const last: StoredGeneration[] = [];
  for (const number of listGenerations(root, directory).reverse()) {
    const generation = readGeneration(root, directory, number);
    if (generation) last.unshift(generation);
    if (generation?.ended) break;
  }
  return last;
}

function readGeneration(root: Root, directory: string, number: number): StoredGeneration | null {
  return readRecord(root, generationPath(directory, number), storedGenerationShape, UNREADABLE);
}

const UNREADABLE = "move it away: pitboot can then not undo what it remembers";

/** What is half done has another name, and nobody uses it. */
function removeUnfinished(real: string): void {
  for (const name of namesIn(real)) {
    if (nameOfNew(name) !== null) Deno.removeSync(`${real}/${name}`);
  }
}

function namesIn(real: string): string[] {
  try {
    return Array.from(Deno.readDirSync(real), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function recordsPath(directory: string): string {
  return `${directory}/scripts.json`;
}

function causesPath(directory: string): string {
  return `${directory}/causes.json`;
}

function savedIn(directory: string): string {
  return `${directory}/saved`;
}

function generationsIn(directory: string): string {
  return `${directory}/generations`;
}

function generationPath(directory: string, number: number): string {
  return `${generationsIn(directory)}/${number}.json`;
}
