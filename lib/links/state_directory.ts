/**
 * The state directory: the lock, and what pitboot remembers of earlier runs.
 *
 * @module
 */

import { type Lock, lock } from "../io/lock.ts";
import { readRecord, writeRecord } from "../io/record.ts";
import type { Root } from "../io/root.ts";
import { recordsShape, type ScriptRecords } from "./script_records.ts";

const UNWRITABLE = "nothing was changed; run as root, or name another directory with --state";

/** The state directory, locked: no other run changes anything now. */
export class StateDirectory implements Disposable {
  readonly #root: Root;
  readonly #directory: string;
  readonly #lock: Lock;

  private constructor(root: Root, directory: string, lock: Lock) {
    this.#root = root;
    this.#directory = directory;
    this.#lock = lock;
  }

  /**
   * Locks the state directory. The kernel releases the lock when we end, in
   * whatever way.
   *
   * @param root The file system.
   * @param directory Where it is; made if it does not exist.
   * @throws {Failure} If another run holds the lock, or nothing can be written.
   */
  static async lock(root: Root, directory: string): Promise<StateDirectory> {
    const held = await lock(root, `${directory}/lock`, UNWRITABLE);
    return new StateDirectory(root, directory, held);
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }

  /** Writes the records, all of them or nothing. */
  writeRecords(records: ScriptRecords): void {
    // Written before the scripts: after a kill they are still known as ours.
    const value = { scripts: Object.fromEntries(records) };
    writeRecord(this.#root, recordsPath(this.#directory), value, {
      hint: UNWRITABLE,
      mode: 0o600,
    });
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
 * Where a node's script is kept when it is replaced and may not be ours.
 *
 * @param directory The state directory.
 * @param node The node.
 * @param sha256 The SHA-256 of the script.
 */
export function savedScript(directory: string, node: string, sha256: string): string {
  return `${directory}/saved/${node}.script.ipxe.${sha256.slice(0, 12)}`;
}

function recordsPath(directory: string): string {
  return `${directory}/scripts.json`;
}
