/**
 * Carries out one step of a plan.
 *
 * @module
 */

import { ensureDirSync } from "@std/fs/ensure-dir";
import { dirname } from "@std/path/dirname";
import { makeDirectory, makeLink, replaceLink, writeFile } from "../io/replace_file.ts";
import type { Root } from "../io/root.ts";
import { bytesOfText } from "../text/byte_text.ts";
import type { Step } from "./plan_links.ts";

/** Changes the owner of a link, not of what it points to. */
export type LinkGiver = (real: string, uid: number) => void;

/**
 * Finds the way to change the owner of links. Apache follows a link only if its
 * owner is the owner of its target; `Deno.chown()` changes that of the target.
 *
 * @param uids The owners to be.
 * @returns What does it; nothing where all links are ours anyway.
 */
export async function linkGiver(uids: Iterable<number | null>): Promise<LinkGiver> {
  const own = Deno.uid();
  if ([...uids].every((uid) => uid === null || uid === own)) return () => {};
  // Slow to load, and hardly ever needed: images belong to root, as we do.
  // By its default export: Deno 2.6 does not export the name.
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
export function applyStep(root: Root, step: Step, giveLink: LinkGiver = () => {}): void {
  const path = root.real(step.path);
  switch (step.do) {
    case "make-directory":
      return makeDirectory(path, DIRECTORY_MODE);
    case "link": {
      const { target, replaces, uid } = step;
      return (replaces ? replaceLink : makeLink)(path, target, (place) => {
        if (uid !== null) giveLink(place, uid);
      });
    }
    case "write":
      return writeFile(path, bytesOfText(step.script.text), step.script);
    case "save":
      ensureDirSync(dirname(root.real(step.to)));
      return Deno.copyFileSync(path, root.real(step.to));
    case "rename":
      return Deno.renameSync(path, root.real(step.to));
    case "remove":
      return Deno.removeSync(path);
  }
}
