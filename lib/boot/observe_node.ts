/**
 * Looks at the boot directory of a node.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { eachOfThree } from "../images/each_of_three.ts";
import { ifThere, UnfitFile } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { textOfBytes } from "../text/byte_text.ts";
import { newName } from "../text/new_name.ts";
import {
  AWAY,
  LINK_NAMES,
  LINKS,
  type LinkState,
  MOST_OF_SCRIPT,
  type Observed,
  OFFLINE,
  type Parked,
  SCRIPT,
  type ScriptState,
  type Unfit,
} from "./boot_tree.ts";

/** The names of entries until they are renamed to their place. */
const TEMPORARY = new Set([...LINKS, SCRIPT].map(newName));

/**
 * Looks at the boot directories below a web root.
 *
 * @param root The file system.
 * @param webRoot Where they lie; it is listed once, now.
 * @returns What looks at the directory of a node, by its name. Calls are
 * synchronous: with thousands of nodes that is many times faster than asking
 * for a thread each time.
 * @throws If something cannot be read; so does what is returned.
 */
export function nodeObserver(root: Root, webRoot: string): (node: string) => Observed {
  const entries = new Map(
    root.list(webRoot).map(({ name, isDirectory }) => [name, isDirectory]),
  );
  return (node) => observe(root, `${webRoot}/${node}`, entries.get(node));
}

/**
 * Looks at the boot directory of one node, which may be new.
 *
 * @param root The file system.
 * @param directory The directory.
 * @throws If something cannot be read.
 */
export function observeNode(root: Root, directory: string): Observed {
  return observe(root, directory, ifThere(() => root.lstat(directory))?.isDirectory);
}

/** `isDirectory` is `undefined` where nothing is there. */
function observe(root: Root, path: string, isDirectory: boolean | undefined): Observed {
  if (isDirectory) return new SeenDirectory(root, path).observe();
  return isDirectory === undefined ? ABSENT : { ...ABSENT, directory: "other" };
}

/** A boot directory, or what waits in one while its node is offline. */
class SeenDirectory {
  readonly #root: Root;
  readonly #path: string;
  /** Where all boot directories lie. */
  readonly #webRoot: string;
  readonly #names: ReadonlySet<string>;
  /** Entries that are something else than they should be. */
  readonly #obstacles: string[] = [];
  #unfit: Unfit | null = null;

  constructor(root: Root, path: string, webRoot = dirname(path)) {
    this.#root = root;
    this.#path = path;
    this.#webRoot = webRoot;
    this.#names = new Set(root.list(path).map(({ name }) => name));
  }

  observe(): Observed {
    const { links, script } = this.#entries();
    const away = this.#entry(AWAY, (path) => this.#script(path));
    const waiting = away && { ...away, away: true };
    const parked = this.#entry(OFFLINE, (path) => this.#parked(path));
    const names = [...this.#names];
    const { uid, gid, mode } = this.#root.lstat(this.#path);
    return {
      directory: "directory",
      rights: { uid, gid, mode },
      ...this.#unfit && { unfit: this.#unfit },
      links,
      script: script ?? waiting,
      stray: script ? waiting : null,
      parked,
      obstacles: this.#obstacles,
      leftovers: names.filter((name) => TEMPORARY.has(name)),
      ...names.some((name) => !KNOWN.has(name)) && { hasOthers: true },
    };
  }

  /** What nodes ask for. */
  #entries(): Parked {
    const script = this.#entry(SCRIPT, (path) => this.#script(path));
    const links = eachOfThree((part) =>
      this.#entry(LINK_NAMES[part], (path) => this.#link(path)) ?? NO_LINK
    );
    return { links, script };
  }

  /** `null` for none; also for something else, which is an obstacle then. */
  #entry<T>(name: string, look: (path: string) => T | null): T | null {
    if (!this.#names.has(name)) return null;
    const path = `${this.#path}/${name}`;
    const seen = look(path);
    if (seen === null && this.#unfit?.path !== path) this.#obstacles.push(name);
    return seen;
  }

  /** `null` if it is not a directory. */
  #parked(path: string): Parked | null {
    if (!this.#root.lstat(path).isDirectory) return null;
    const inner = new SeenDirectory(this.#root, path, this.#webRoot);
    const parked = inner.#entries();
    this.#unfit ??= inner.#unfit;
    // The mark can only go away once nothing is in it.
    const foreign = [...inner.#names].filter((name) => !PARKED.has(name));
    const obstacles = [...inner.#obstacles, ...foreign];
    this.#obstacles.push(...obstacles.map((name) => `${OFFLINE}/${name}`));
    return parked;
  }

  /** `null` if it is not a link. */
  #link(path: string): LinkState | null {
    const { isSymlink, uid } = this.#root.lstat(path);
    return isSymlink ? { kind: "link", target: this.#root.readLink(path), uid } : null;
  }

  /** `null` if it is not a file, nor a link to one below the web root; or unfit, which is noted. */
  #script(path: string): ScriptState | null {
    const { isSymlink, isFile } = this.#root.lstat(path);
    // A link may point to nothing.
    const isThere = isSymlink ? ifThere(() => this.#root.stat(path))?.isFile : isFile;
    if (!isThere || (isSymlink && !this.#isInside(path))) return null;
    try {
      const { bytes, stat } = this.#root.readSeen(path, MOST_OF_SCRIPT);
      const { mode, uid, gid, modified } = stat;
      const script = { text: textOfBytes(bytes), mode, uid, gid, modified, away: false };
      return isSymlink ? { ...script, isLink: true } : script;
    } catch (error) {
      if (!(error instanceof UnfitFile)) throw error;
      this.#unfit = { path, reason: error.message };
      return null;
    }
  }

  /** What a copy of it would be is for everybody to read. */
  #isInside(path: string): boolean {
    const [target, top] = [path, this.#webRoot].map((each) => this.#root.follow(each));
    if (target?.startsWith(`${top}/`)) return true;
    const reason = `leads to ${target ?? "a place out of --root"}, out of ${this.#webRoot}`;
    this.#unfit = { path, reason };
    return false;
  }
}

const PARKED: ReadonlySet<string> = new Set([...LINKS, SCRIPT]);
const KNOWN: ReadonlySet<string> = new Set([...PARKED, ...TEMPORARY, AWAY, OFFLINE]);

const NO_LINK: LinkState = { kind: "absent" };

/** There is no boot directory. */
export const ABSENT: Observed = {
  directory: "absent",
  links: eachOfThree(() => NO_LINK),
  script: null,
  stray: null,
  parked: null,
  obstacles: [],
  leftovers: [],
};
