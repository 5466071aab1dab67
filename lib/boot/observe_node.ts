/**
 * Looks at the boot directory of a node.
 *
 * @module
 */

import { eachOfThree, type Part } from "../images/each_of_three.ts";
import { ifThere } from "../io/failures.ts";
import { MOST_BYTES } from "../io/read_file.ts";
import type { Root } from "../io/root.ts";
import { textOfBytes } from "../text/byte_text.ts";
import { newName } from "../text/new_name.ts";
import {
  AWAY,
  LINK_NAMES,
  LINKS,
  type Links,
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
  return (node) => {
    const isDirectory = entries.get(node);
    if (isDirectory === undefined) return ABSENT;
    return isDirectory
      ? observeDirectory(root, `${webRoot}/${node}`)
      : { ...ABSENT, directory: "other" };
  };
}

/**
 * Looks at the boot directory of one node, which may be new.
 *
 * @param root The file system.
 * @param directory The directory.
 * @throws If something cannot be read.
 */
export function observeNode(root: Root, directory: string): Observed {
  const info = ifThere(() => root.lstat(directory));
  if (!info) return ABSENT;
  return info.isDirectory ? observeDirectory(root, directory) : { ...ABSENT, directory: "other" };
}

function observeDirectory(root: Root, path: string): Observed {
  const { names, links, script, obstacles } = observeEntries(root, path);
  const away = names.has(AWAY) ? observeScript(root, `${path}/${AWAY}`, true) : null;
  if (names.has(AWAY) && !away) obstacles.push(AWAY);
  const { parked, obstacles: inner } = observeParked(root, path, names);
  return {
    directory: "directory",
    links,
    script: script ?? away,
    stray: script ? away : null,
    parked,
    obstacles: [...obstacles, ...inner],
    leftovers: [...names].filter((name) => TEMPORARY.has(name)),
    ...[...names].some((name) => !KNOWN.has(name)) && { hasOthers: true },
  };
}

/** What a directory holds under the names that nodes ask for. */
function observeEntries(
  root: Root,
  path: string,
): { names: Set<string>; links: Links; script: ScriptState | null; obstacles: string[] } {
  const names = new Set(root.list(path).map(({ name }) => name));
  const obstacles: string[] = [];
  const link = (part: Part): LinkState => {
    const name = LINK_NAMES[part];
    if (!names.has(name)) return { kind: "absent" };
    const state = observeLink(root, `${path}/${name}`);
    if (!state) obstacles.push(name);
    return state ?? { kind: "absent" };
  };
  const script = names.has(SCRIPT) ? observeScript(root, `${path}/${SCRIPT}`, false) : null;
  if (names.has(SCRIPT) && !script) obstacles.push(SCRIPT);
  return { names, links: eachOfThree(link), script, obstacles };
}

function observeParked(
  root: Root,
  path: string,
  names: ReadonlySet<string>,
): { parked: Parked | null; obstacles: string[] } {
  if (!names.has(OFFLINE)) return { parked: null, obstacles: [] };
  if (!root.lstat(`${path}/${OFFLINE}`).isDirectory) {
    return { parked: null, obstacles: [OFFLINE] };
  }
  const { names: inner, links, script, obstacles } = observeEntries(root, `${path}/${OFFLINE}`);
  // The mark can only go away once nothing is in it.
  const foreign = [...inner].filter((name) => !PARKED.has(name));
  return {
    parked: { links, script },
    obstacles: [...obstacles, ...foreign].map((name) => `${OFFLINE}/${name}`),
  };
}

const PARKED: ReadonlySet<string> = new Set([...LINKS, SCRIPT]);
const KNOWN: ReadonlySet<string> = new Set([...PARKED, ...TEMPORARY, AWAY, OFFLINE]);

/** There is no boot directory. */
export const ABSENT: Observed = {
  directory: "absent",
  links: eachOfThree(() => ({ kind: "absent" })),
  script: null,
  stray: null,
  parked: null,
  obstacles: [],
  leftovers: [],
};

/** `null` if it is no link. */
function observeLink(root: Root, path: string): LinkState | null {
  const { isSymlink, uid } = root.lstat(path);
  return isSymlink ? { kind: "link", target: root.readLink(path), uid } : null;
}

/** `null` if it is no file, nor a link to one, or larger than any script. */
function observeScript(root: Root, path: string, away: boolean): ScriptState | null {
  const entry = root.lstat(path);
  // A link may point to nothing.
  const info = entry.isSymlink ? ifThere(() => root.stat(path)) : entry;
  if (!info?.isFile || info.size > MOST_BYTES) return null;
  const { mode, uid, gid, modified } = info;
  const text = textOfBytes(root.read(path));
  return { text, mode, uid, gid, modified, away, ...entry.isSymlink && { isLink: true } };
}
