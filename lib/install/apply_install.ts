/**
 * Carries out an installation: sees what is there, and changes it.
 *
 * @module
 */

import { guarded, writeFailure } from "../io/failures.ts";
import { readRecord, writeRecord } from "../io/record.ts";
import { removeIfThere, replaceFile, replaceLink } from "../io/replace_file.ts";
import type { Root } from "../io/root.ts";
import { sha256OfBytes } from "../text/byte_text.ts";
import {
  eitherRecord,
  type InstallRecord,
  installRecordShape,
  NOTHING_INSTALLED,
} from "./install_record.ts";
import { DIRECTORY, type InstallPlan, type InstallStep, PROGRAM } from "./plan_install.ts";
import type { Item } from "./shared_files.ts";

/** For everybody to read. */
const FILE_MODE = 0o644;
const AGAIN = "run it again: it continues where it stopped";

/** Identifies an item among others at its path. */
export async function fingerprintOf(item: Item): Promise<string> {
  return item.kind === "link"
    ? `-> ${item.target}`
    : await digest(new TextEncoder().encode(item.text));
}

/**
 * Sees what is at some paths.
 *
 * @param root The file system.
 * @param paths Where to look.
 * @param program The file that is called pitboot, if it is known.
 * @returns Fingerprints by path; nothing for what is not there.
 * @throws {Failure} If something cannot be read.
 */
export async function lookAt(
  root: Root,
  paths: readonly string[],
  program: string | null,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const itself = program === null ? null : Deno.statSync(root.real(program));
  for (const path of paths) {
    const seen = guarded(path, "nothing was changed", () => look(root.real(path), itself));
    if (seen !== null) found.set(path, typeof seen === "string" ? seen : await digest(seen));
  }
  return found;
}

function look(
  real: string,
  program: Deno.FileInfo | null,
): string | Uint8Array<ArrayBuffer> | null {
  try {
    const info = Deno.lstatSync(real);
    if (info.isSymlink) return `-> ${Deno.readLinkSync(real)}`;
    if (info.isDirectory) return DIRECTORY;
    if (program && info.ino === program.ino && info.dev === program.dev) return PROGRAM;
    return info.isFile ? Deno.readFileSync(real) : "something else";
  } catch (error) {
    const isNothing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isNothing) return null;
    throw error;
  }
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return `sha256:${await sha256OfBytes(bytes)}`;
}

/**
 * Reads what is ours.
 *
 * @param root The file system.
 * @param path Where it is recorded.
 * @throws {Failure} If it is recorded and cannot be read.
 */
export function readInstallRecord(root: Root, path: string): InstallRecord {
  const hint = "without it pitboot cannot tell what it installed; nothing was changed";
  return readRecord(root, path, installRecordShape, hint) ?? NOTHING_INSTALLED;
}

/**
 * Carries out a plan. Cut off at any point, a new run continues where it stopped.
 *
 * @param plan The plan.
 * @param root The file system.
 * @param options `before`: what was ours; `recordPath`: where that is recorded.
 * @throws {Failure} If something cannot be done.
 */
export function applyInstall(
  { steps, record }: InstallPlan,
  root: Root,
  { before, recordPath }: { before: InstallRecord; recordPath: string },
): void {
  const write = (record: InstallRecord): void =>
    writeRecord(root, recordPath, record, { hint: AGAIN, mode: FILE_MODE });
  const apply = (step: InstallStep): void =>
    guarded(step.path, AGAIN, () => applyStep(step, root), writeFailure);
  const isNothing = Object.keys(record.items).length === 0;
  const isForRecord = ({ do: what, path }: InstallStep): boolean =>
    what === "make-directory" && recordPath.startsWith(`${path}/`);
  steps.filter((step) => isForRecord(step)).forEach(apply);
  // Recorded before it is made: after a kill they are still known as ours.
  if (!isNothing && steps.length > 0) write(eitherRecord(before, record));
  steps.filter((step) => !isForRecord(step)).forEach(apply);
  if (!isNothing && JSON.stringify(before) !== JSON.stringify(record)) write(record);
}

function applyStep(step: InstallStep, root: Root): void {
  const real = root.real(step.path);
  switch (step.do) {
    case "make-directory":
      Deno.mkdirSync(real);
      return Deno.chmodSync(real, 0o755); // whatever the umask
    case "put":
      return step.item.kind === "link"
        ? replaceLink(real, step.item.target)
        : replaceFile(real, new TextEncoder().encode(step.item.text), { mode: FILE_MODE });
    case "keep":
      // A second name: it fails if something is there already.
      return Deno.linkSync(real, root.real(step.to));
    case "restore":
      Deno.renameSync(root.real(step.from), real);
      // Two names of one file are left as they are by a rename.
      return removeIfThere(root.real(step.from));
    case "remove":
      return removeIfThere(real);
    case "remove-directory":
      return removeIfEmpty(real);
  }
}

function removeIfEmpty(real: string): void {
  try {
    if ([...Deno.readDirSync(real)].length === 0) Deno.removeSync(real);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
