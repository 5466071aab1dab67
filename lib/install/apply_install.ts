/**
 * Carries out an installation: sees what is there, and changes it.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { checkOwnState } from "../history/own_state.ts";
import { guarded, ifThere, isAbsent, writeFailure } from "../io/failures.ts";
import { readRecord, writeRecord } from "../io/record.ts";
import { MOST_BYTES } from "../io/read_file.ts";
import type { Root } from "../io/root.ts";
import type { Stat } from "../io/stat.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { sha256OfBytes } from "../text/byte_text.ts";
import { parseJson } from "../text/shape.ts";
import {
  eitherRecord,
  type InstallRecord,
  installRecordShape,
  NOTHING_INSTALLED,
} from "./install_record.ts";
import type { InstallStep } from "./install_step.ts";
import {
  BEGUN,
  directoriesAbove,
  DIRECTORY,
  type InstallPlan,
  PROGRAM_ITSELF,
} from "./plan_install.ts";
import type { Item } from "./shared_files.ts";
import { isWorthless, removeIfEmpty, removeWorthless } from "./state_folders.ts";

/** For everybody to enter. */
const FOLDER_MODE = 0o755;
/** For everybody to read. */
const FILE_MODE = 0o644;
/** Of the record: nobody else needs it. */
const RECORD_MODE = 0o600;
const AGAIN = "run it again to continue";

/** Identifies an item among others at its path. */
export async function fingerprintOf(item: Item): Promise<string> {
  return item.kind === "link"
    ? `-> ${item.target}`
    : await fingerprintBytes(new TextEncoder().encode(item.text));
}

/**
 * Sees what is at some paths.
 *
 * @param root The system to install on.
 * @param paths Where to look.
 * @param options `program`: the file that is called pitboot, if it is known;
 * `state`: the state directory; `made`: the directories that were made for its lock.
 * @returns Fingerprints by path; nothing for what is not there.
 * @throws {Failure} If something cannot be read.
 */
export async function lookAt(
  root: Root,
  paths: readonly string[],
  { program, state, made }: { program: string | null; state: string; made: readonly string[] },
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const itself = program === null ? null : root.stat(program);
  const isBegun = (path: string): boolean =>
    made.includes(path) || path === state && isWorthless(root, path);
  for (const path of paths) {
    const seen = guarded(
      path,
      "nothing was changed",
      () => isBegun(path) ? BEGUN : look(root, path, itself),
    );
    if (seen !== null) {
      found.set(path, typeof seen === "string" ? seen : await fingerprintBytes(seen));
    }
  }
  return found;
}

function look(
  root: Root,
  path: string,
  program: Stat | null,
): string | Uint8Array<ArrayBuffer> | null {
  try {
    const info = root.lstat(path);
    if (info.isSymlink) return `-> ${root.readLink(path)}`;
    if (info.isDirectory) return DIRECTORY;
    if (info.id === program?.id) return PROGRAM_ITSELF;
    // What is larger is nothing of ours.
    return info.isFile && info.size <= MOST_BYTES ? root.read(path) : "something else";
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function fingerprintBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return `sha256:${await sha256OfBytes(bytes)}`;
}

/**
 * Reads what is ours.
 *
 * @param root The system to install on.
 * @param path Where it is recorded.
 * @throws {Failure} If it is recorded and cannot be read.
 */
export function readInstallRecord(root: Root, path: string): InstallRecord {
  const hint = "without it pitboot cannot tell what it installed; nothing was changed";
  checkOwnState(root, dirname(path));
  return readRecord(root, path, installRecordShape, hint) ?? NOTHING_INSTALLED;
}

/**
 * Carries out a plan. Cut off at any point, a new run continues where it stopped.
 * Once this returns, all is on disk.
 *
 * @param plan The plan.
 * @param root The system to install on.
 * @param options `before`: what was ours; `recordPath`: where that is recorded, in
 * a directory that is there and locked.
 * @throws {Failure} If something cannot be done.
 */
export function applyInstall(
  { steps, record }: InstallPlan,
  root: Root,
  { before, recordPath }: { before: InstallRecord; recordPath: string },
): void {
  const isNothing = Object.keys(record.items).length === 0;
  let recorded = JSON.stringify(before);
  const parse = (text: string): unknown => parseJson(text, installRecordShape);
  const write = (record: InstallRecord): void => {
    if (isNothing || JSON.stringify(record) === recorded) return;
    writeRecord(root, recordPath, record, { hint: AGAIN, mode: RECORD_MODE, parse });
    recorded = JSON.stringify(record);
  };
  const state = dirname(recordPath);
  const disk = new WritableRoot(root);
  const apply = (step: InstallStep): void =>
    guarded(step.path, AGAIN, () => applyInstallStep(step, disk, state), writeFailure);
  // Recorded before it is made: after a kill it is still known as ours.
  write(eitherRecord(before, record));
  if (!isNothing) sync(directoriesAbove([recordPath]), disk);
  for (const step of steps) {
    // Undone, on disk as well, before it is forgotten.
    if (step.do === "forget") sync(steps.map(({ path }) => path), disk);
    apply(step);
  }
  sync(steps.map(({ path }) => path), disk);
  write(record);
}

function applyInstallStep(step: InstallStep, root: WritableRoot, state: string): void {
  const { path } = step;
  switch (step.do) {
    case "make-directory":
      if (!ifThere(() => root.lstat(path))) root.replaceDirectory(path, FOLDER_MODE);
      return;
    case "put":
      return step.item.kind === "link"
        ? root.replaceLink(path, step.item.target)
        : root.replace(path, new TextEncoder().encode(step.item.text), { mode: FILE_MODE });
    case "keep":
      // A second name: it fails if something is there already.
      return root.addName(path, step.to);
    case "restore":
      root.rename(step.from, path);
      // Two names of one file are left as they are by a rename.
      return root.removeIfThere(step.from);
    case "remove":
    case "forget":
      return root.removeIfThere(path);
    case "remove-directory":
      return path === state ? removeWorthless(root, path) : removeIfEmpty(root, path);
  }
}

/** Waits until the names at paths are on disk; each directory once. */
function sync(paths: readonly string[], root: WritableRoot): void {
  for (const directory of new Set(paths.map((path) => dirname(path)))) {
    root.syncDirectory(directory, AGAIN);
  }
}
