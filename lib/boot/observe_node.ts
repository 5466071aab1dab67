/**
 * Looks at the boot directory of a node.
 *
 * @module
 */

import { eachOfThree } from "../images/each_of_three.ts";
import { ifThere } from "../io/failures.ts";
import { MOST_BYTES } from "../io/read_file.ts";
import type { Root } from "../io/root.ts";
import { textOfBytes } from "../text/byte_text.ts";
import { newName } from "../text/new_name.ts";
import {
  AWAY,
  LINK_NAMES,
  LINKS,
  type LinkState,
  type Observed,
  OFFLINE,
  type Parked,
  SCRIPT,
  type ScriptState,
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
  readonly #names: ReadonlySet<string>;
  /** Entries that are something else than they should be. */
  readonly #obstacles: string[] = [];

  constructor(root: Root, path: string) {
    this.#root = root;
    this.#path = path;
    this.#names = new Set(root.list(path).map(({ name }) => name));
  }

  observe(): Observed {
    const { links, script } = this.#entries();
    const away = this.#entry(AWAY, (path) => this.#script(path));
    const waiting = away && { ...away, away: true };
    const parked = this.#entry(OFFLINE, (path) => this.#parked(path));
    const names = [...this.#names];
    return {
      directory: "directory",
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
    const seen = look(`${this.#path}/${name}`);
    if (seen === null) this.#obstacles.push(name);
    return seen;
  }

  /** `null` if it is not a directory. */
  #parked(path: string): Parked | null {
    if (!this.#root.lstat(path).isDirectory) return null;
    const inner = new SeenDirectory(this.#root, path);
    const parked = inner.#entries();
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

  /** `null` if it is not a file, nor a link to one, or larger than any script. */
  #script(path: string): ScriptState | null {
    const entry = this.#root.lstat(path);
    // A link may point to nothing.
    const info = entry.isSymlink ? ifThere(() => this.#root.stat(path)) : entry;
    if (!info?.isFile || info.size > MOST_BYTES) return null;
    const { mode, uid, gid, modified } = info;
    const text = textOfBytes(this.#root.read(path));
    return { text, mode, uid, gid, modified, away: false, ...entry.isSymlink && { isLink: true } };
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
