/**
 * What a command writes to the state directory in its turns.
 *
 * @module
 */

import type { SaveStep } from "../boot/plan_steps.ts";
import type { Cause } from "../document/document.ts";
import { appendRecord, writeRecord } from "../io/record.ts";
import type { Root } from "../io/root.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { bytesOfText } from "../text/byte_text.ts";
import { parseJson } from "../text/shape.ts";
import { type Addition, parseAddition, parseGeneration } from "./generation_log.ts";
import type { StoredGeneration } from "./generations.ts";
import type { ClaimedWork } from "./claim.ts";
import { type Claims, claimWork } from "./claims.ts";
import type { StateFlags, TurnHost } from "./lock_state.ts";
import { causesShape, listGenerations, readLastGenerations, readRecords } from "./read_state.ts";
import { recordsShape, type ScriptRecords } from "./script_records.ts";
import { causesPath, generationPath, generationsIn, recordsPath, savedIn } from "./state_paths.ts";

const PRIVATE = { mode: 0o600 };

/** So many changes are kept where nobody said how many. */
export const GENERATIONS_KEPT = 50;

/**
 * Claims nodes, for a command that changes them; see {@linkcode claimWork}.
 *
 * @returns What it writes to; `null` with `--dry-run`.
 */
export async function openState(
  flags: StateFlags,
  host: TurnHost,
  wish?: () => ClaimedWork | Promise<ClaimedWork>,
): Promise<StateDirectory | null> {
  const claims = await claimWork(flags, host, wish);
  return claims && new StateDirectory(host.root, flags.state, claims);
}

/** The state directory, for a command that has its turn whenever it writes. */
export class StateDirectory implements Disposable {
  readonly #root: WritableRoot;
  readonly #directory: string;
  /** What the command works on, and its turns. */
  readonly claims: Claims;
  /** The file of the generation that was begun, and its length in bytes. */
  #growing = { path: "", length: 0 };

  /**
   * @param root The file system.
   * @param directory The state directory.
   * @param claims What the command works on.
   */
  constructor(root: Root, directory: string, claims: Claims) {
    this.#root = new WritableRoot(root);
    this.#directory = directory;
    this.claims = claims;
  }

  /** Gives back what was claimed. */
  [Symbol.dispose](): void {
    this.claims[Symbol.dispose]();
  }

  /** Writes the records, all of them or nothing. */
  writeRecords(records: ScriptRecords): void {
    const value = { scripts: Object.fromEntries(records) };
    this.#write(recordsPath(this.#directory), value, (text) => parseJson(text, recordsShape));
  }

  /** Writes why nodes are not served; where all of them are, there is no file. */
  writeCauses(causes: ReadonlyMap<string, Cause>): void {
    const path = causesPath(this.#directory);
    const parse = (text: string): unknown => parseJson(text, causesShape);
    if (causes.size > 0) this.#write(path, { causes: Object.fromEntries(causes) }, parse);
    else this.#root.removeIfThere(path, this.claims.advice);
  }

  /** Keeps a script that may be an administrator's; it is on disk when this returns. */
  save({ to, text }: SaveStep): void {
    const advice = this.claims.advice;
    this.#root.makePrivateDirectory(savedIn(this.#directory), advice);
    this.#root.replace(to, bytesOfText(text), { ...PRIVATE, advice });
  }

  /** Reads the newest generations, back to one that was not interrupted. */
  lastGenerations(): StoredGeneration[] {
    return readLastGenerations(this.#root, this.#directory);
  }

  /** The number of the newest generation; 0 if there is none. */
  get newest(): number {
    return listGenerations(this.#root, this.#directory).at(-1) ?? 0;
  }

  /** Reads which scripts are ours: other commands may have written some meanwhile. */
  readRecords(): ScriptRecords {
    return readRecords(this.#root, this.#directory);
  }

  /**
   * Begins a generation, and forgets old ones.
   *
   * @param generation The newest.
   * @param keep How many to keep; `null` if nobody said so: then the history does not get
   * shorter.
   */
  beginGeneration(generation: StoredGeneration, keep: number | null): void {
    const directory = this.#directory;
    this.#root.makePrivateDirectory(generationsIn(directory), this.claims.advice);
    const path = generationPath(directory, generation.number);
    this.claims.begin(generation.number);
    const running = this.claims.generations();
    this.#growing = { path, length: this.#write(path, generation, parseGeneration) };
    const numbers = listGenerations(this.#root, directory);
    const kept = keep ?? Math.max(GENERATIONS_KEPT, generation.number - (numbers[0] ?? 0));
    for (const number of numbers) {
      if (number > generation.number - kept || running.has(number)) continue;
      this.#root.removeIfThere(generationPath(directory, number), this.claims.advice);
    }
  }

  /** Adds to the generation that was begun; it is on disk when this returns. */
  addToGeneration(addition: Addition): void {
    const { path, length } = this.#growing;
    const options = { ...this.claims.advice, length, parse: parseAddition };
    this.#growing = { path, length: appendRecord(this.#root, path, addition, options) };
  }

  /** Ends the generation that was begun: its file becomes one object. */
  endGeneration(generation: StoredGeneration): void {
    this.#write(this.#growing.path, generation, parseGeneration);
  }

  #write(path: string, value: unknown, parse: (text: string) => unknown): number {
    return writeRecord(this.#root, path, value, { ...this.claims.advice, ...PRIVATE, parse });
  }
}
