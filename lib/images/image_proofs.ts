/**
 * Proves once that an image which was chosen before can be booted, and recognises it
 * afterwards: it may be an older choice, or somebody else's.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { isAbsent, reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import type { Stat } from "../io/stat.ts";
import type { Role } from "../nodes/roles.ts";
import { printable } from "../text/printable.ts";
import type { Accepts } from "./accepted_files.ts";
import { type ArtifactFile, tripleOf } from "./boot_triples.ts";
import { type EachOfThree, eachOfThree } from "./each_of_three.ts";
import { notOneImage } from "./image_report.ts";
import { inspectTriple } from "./inspect_triple.ts";

/** What a proof needs to know besides the files. */
interface ProofTerms {
  readonly webRoot: string;
  readonly accepts: Accepts;
}

/** The images that were proved so far. */
export class ImageProofs {
  readonly #root: Root;
  readonly #terms: ProofTerms;
  readonly #proved = new Map<string, string>();

  /**
   * @param root The file system.
   * @param terms `webRoot`: where the web server begins; `accepts`: which files are
   * taken although they look unfit.
   */
  constructor(root: Root, terms: ProofTerms) {
    this.#root = root;
    this.#terms = terms;
  }

  /**
   * Makes sure that three files are one image of a role which nodes can boot, as
   * {@linkcode checkImage} does. An image that was proved before is recognised by path,
   * inode, size, time, owner and mode of its files.
   *
   * @param role Whose image it should be.
   * @param paths The three files, as seen from inside.
   * @returns Who owns the three; `null` where we may not change owners.
   * @throws {Failure} If they are not.
   */
  prove(role: Role, paths: EachOfThree<string>): EachOfThree<number | null> {
    const stats = eachOfThree((part) => this.#statOf(paths[part]));
    const key = JSON.stringify([role.name, paths]);
    const signs = JSON.stringify(stats);
    if (this.#proved.get(key) !== signs) {
      checkImage(role, paths, { root: this.#root, ...this.#terms });
      this.#proved.set(key, signs);
    }
    const isRoot = Deno.uid() === 0;
    return eachOfThree((part) => isRoot ? stats[part]?.uid ?? null : null);
  }

  /** `null` where there is nothing to look at: the check says why. */
  #statOf(path: string): Stat | null {
    try {
      return this.#root.stat(path);
    } catch {
      return null;
    }
  }
}

/** Faults of files. */
interface Faults {
  /** A file is gone, or a link to it points to nothing. */
  readonly missing: string[];
  readonly unfit: string[];
}

/**
 * Checks that three files are one image of a role which nodes can boot: by
 * their names one triple, by headers and lengths whole, readable for the web
 * server. A few kilobytes are read, whatever their size.
 *
 * @param role The role whose image it should be.
 * @param paths What should be its kernel, its initrd and its root filesystem,
 * as seen from inside.
 * @param options `root`: the file system; `webRoot`: the directory that the web server
 * serves; `accepts`: which files are taken although they look unfit.
 * @throws {Failure} If they are not; the message names everything that is wrong.
 */
function checkImage(
  role: Role,
  paths: EachOfThree<string>,
  { root, ...terms }: ProofTerms & { readonly root: Root },
): void {
  const faults: Faults = { missing: [], unfit: [] };
  const kernel = fileAt(paths.kernel, root, faults);
  const initrd = fileAt(paths.initrd, root, faults);
  const rootfs = fileAt(paths.rootfs, root, faults);
  const { missing, unfit } = faults;
  if (kernel && initrd && rootfs) {
    const triple = tripleOf(role, { kernel, initrd, rootfs });
    const found = triple ? inspectTriple(root, triple, terms).faults : [notOneImage(role, paths)];
    unfit.push(...found);
  }
  if (missing.length + unfit.length === 0) return;
  throw new Failure(missing.length > 0 ? "images-missing" : "images-unfit", {
    message: [...missing, ...unfit].join("; "),
    hint: (typed) => `fix it, or choose again: ${typed.command("resolve-images", ...typed.nodes)}`,
  });
}

/** A file, or a link to one; `null` if it is neither: then `faults` says why. */
function fileAt(path: string, root: Root, { missing, unfit }: Faults): ArtifactFile | null {
  if (!isPlain(path)) {
    unfit.push(`${JSON.stringify(printable(path))} is not the absolute path of a file`);
    return null;
  }
  try {
    const info = root.stat(path);
    if (info.isFile) return { path, bytes: info.size, modified: info.modified };
    unfit.push(`${path}: is ${info.isDirectory ? "a directory" : "not a file"}`);
  } catch (error) {
    const isGone = isAbsent(error);
    const dangles = isGone && isLink(path, root);
    const reason = dangles ? "is a link that points to nothing" : reasonOf(error);
    (isGone ? missing : unfit).push(`${path}: ${reason}`);
  }
  return null;
}

/** Whether a path says where it leads: it begins at the root and never turns back. */
function isPlain(path: string): boolean {
  return path.startsWith("/") && !path.includes("\0") && !path.split("/").includes("..");
}

function isLink(path: string, root: Root): boolean {
  try {
    return root.lstat(path).isSymlink;
  } catch {
    return false;
  }
}
