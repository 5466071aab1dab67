/**
 * Carries out one step of a plan.
 *
 * @module
 */

import type { Wanted } from "../boot/boot_tree.ts";
import type { Step } from "../boot/plan_steps.ts";
import type { WritableRoot } from "../io/writable_root.ts";
import { bytesOfText, textOfBytes } from "../text/byte_text.ts";

/** Changes the owner of a link, not of what it points to. */
export type LinkGiver = (real: string, uid: number) => void;

/** Keeps a script that nobody had seen before it went away. */
export type SaveUnseen = (script: string, saveAs: string) => Promise<void>;

/**
 * Finds the way to change the owner of links. Apache follows a link only if its
 * owner is the owner of its target; `Deno.chown()` changes that of the target.
 *
 * @param wanted What owns links, and whose they must be.
 * @returns What does it; nothing where all links are ours anyway.
 */
export async function linkGiver(wanted: readonly Pick<Wanted, "owners">[]): Promise<LinkGiver> {
  const own = Deno.uid();
  const uids = wanted.flatMap(({ owners }) => Object.values(owners));
  if (uids.every((uid) => uid === null || uid === own)) return () => {};
  // Slow to load, and hardly ever needed: images belong to root, as we do.
  // By its default export: Deno 2.6 does not export the name.
  const { default: fs } = await import("node:fs");
  return (path, uid) => {
    if (uid !== own) fs.lchownSync(path, uid, Deno.gid() ?? 0);
  };
}

/**
 * Carries out one step. Each is one system call that happens or does not, or
 * works on something that nobody uses yet.
 *
 * @param step What to do.
 * @param hands The file system, and what else a step may need.
 * @throws If it cannot be done.
 */
export async function applyStep(
  step: Step,
  { root, giveLink, saveUnseen }: {
    readonly root: WritableRoot;
    readonly giveLink: LinkGiver;
    readonly saveUnseen: SaveUnseen;
  },
): Promise<void> {
  const { path } = step;
  switch (step.do) {
    case "make-directory":
      return makeDirectory(step, root);
    case "link": {
      const { target, uid } = step;
      return root.link(path, target, (place) => {
        if (uid !== null) giveLink(place, uid);
      });
    }
    case "write":
      return root.create(path, bytesOfText(step.script.text), step.script);
    case "rename":
      return root.rename(path, step.to);
    case "publish":
      // A second name: it fails if somebody has put something there.
      root.addName(path, step.to);
      return root.remove(path);
    case "discard": {
      const text = textOfBytes(root.read(path));
      if (text !== step.text) await saveUnseen(text, step.saveAs);
      return root.remove(path);
    }
    case "remove":
      return root.remove(path);
    case "remove-directory":
      if (root.list(path).length === 0) root.remove(path);
  }
}

/** What interrupted runs have left there is gone by now: see `unfinished.ts`. */
function makeDirectory({ path, mode }: Step & { do: "make-directory" }, root: WritableRoot): void {
  try {
    root.makeDirectory(path, mode);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Error(`${path} is in the way`, { cause: error });
  }
}
