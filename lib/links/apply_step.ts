/**
 * Carries out one step of a plan.
 *
 * @module
 */

import { newName, type WantedScript } from "./boot_tree.ts";
import { bytesOfText } from "../text/byte_text.ts";
import type { Step } from "./plan_links.ts";
import { ensureDirSync } from "@std/fs/ensure-dir";
import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import type { Root } from "../io/root.ts";
import { writeAll } from "../io/write_all.ts";

/** Gives a link, not what it leads to, to a user. */
export type GiveLink = (path: string, uid: number) => void;

/**
 * Finds the way to give links to users. Apache follows a link only if its
 * owner is the owner of its target; `Deno.chown()` changes that of the target.
 *
 * @param uids Who is to get links.
 * @returns What does it; nothing where all links are ours anyway.
 */
export async function linkGiver(uids: Iterable<number | null>): Promise<GiveLink> {
  const own = Deno.uid();
  if ([...uids].every((uid) => uid === null || uid === own)) return () => {};
  // Slow to load, and hardly ever needed: images belong to root, as we do.
  // By its default export: Deno 2.6 does not name this one.
  const { default: fs } = await import("node:fs");
  return (path, uid) => {
    if (uid !== own) fs.lchownSync(path, uid, Deno.gid() ?? 0);
  };
}

/** For the web server: everybody may enter. */
const DIRECTORY_MODE = 0o755;

/**
 * Carries out one step. Each is one system call that happens or does not, or
 * works on something that nobody uses yet.
 *
 * @param root The file system.
 * @param step What to do.
 * @param giveLink How to change the owner of a link.
 * @throws If it cannot be done.
 */
export function applyStep(root: Root, step: Step, giveLink: GiveLink = () => {}): void {
  const path = root.real(step.path);
  switch (step.do) {
    case "make-directory":
      return makeDirectory(path);
    case "link":
      return makeLink(path, step, giveLink);
    case "write":
      return writeScript(path, step.script);
    case "save":
      ensureDirSync(dirname(root.real(step.to)));
      return Deno.copyFileSync(path, root.real(step.to));
    case "rename":
      return Deno.renameSync(path, root.real(step.to));
    case "remove":
      return Deno.removeSync(path);
  }
}

/**
 * Waits until a file or a directory is on disk.
 *
 * @param real Its real path.
 */
export async function syncPath(real: string): Promise<void> {
  using file = Deno.openSync(real);
  await file.sync();
}

function makeDirectory(path: string): void {
  anew(path, () => Deno.mkdirSync(path));
  Deno.chmodSync(path, DIRECTORY_MODE); // whatever the umask
}

function makeLink(
  path: string,
  { target, replaces, uid }: Extract<Step, { do: "link" }>,
  giveLink: GiveLink,
): void {
  const place = replaces ? `${dirname(path)}/${newName(basename(path))}` : path;
  anew(place, () => Deno.symlinkSync(target, place));
  if (uid !== null) giveLink(place, uid);
  if (replaces) Deno.renameSync(place, path);
}

function writeScript(path: string, { text, mode, owner, modified }: WantedScript): void {
  using file = anew(path, () => Deno.openSync(path, { write: true, createNew: true, mode }));
  writeAll(file, bytesOfText(text));
  if (owner) Deno.chownSync(path, owner.uid, owner.gid);
  Deno.chmodSync(path, mode); // whatever the umask, and after the change of owner
  file.utimeSync(new Date(modified), new Date(modified));
}

/**
 * Makes something where nothing should be. If something is there, a run that
 * was cut off left it, and nobody has used it.
 */
function anew<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    Deno.removeSync(path, { recursive: true });
    return make();
  }
}
