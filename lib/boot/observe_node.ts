/**
 * Looks at the boot directory of a node.
 *
 * @module
 */

import { eachOfThree, type Part } from "../images/each_of_three.ts";
import { MOST_BYTES, readFile } from "../io/read_file.ts";
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
  const entries = new Map<string, boolean>();
  for (const { name, isDirectory } of Deno.readDirSync(root.real(webRoot))) {
    entries.set(name, isDirectory);
  }
  return (node) => {
    const isDirectory = entries.get(node);
    if (isDirectory === undefined) return ABSENT;
    return isDirectory
      ? observeDirectory(root.real(`${webRoot}/${node}`))
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
  const real = root.real(directory);
  try {
    if (!Deno.lstatSync(real).isDirectory) return { ...ABSENT, directory: "other" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return ABSENT;
    throw error;
  }
  return observeDirectory(real);
}

function observeDirectory(real: string): Observed {
  const { names, links, script, obstacles } = observeEntries(real);
  const away = names.has(AWAY) ? observeScript(`${real}/${AWAY}`, true) : null;
  if (names.has(AWAY) && !away) obstacles.push(AWAY);
  const { parked, obstacles: inner } = observeParked(real, names);
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
  real: string,
): { names: Set<string>; links: Links; script: ScriptState | null; obstacles: string[] } {
  const names = new Set(Array.from(Deno.readDirSync(real), ({ name }) => name));
  const obstacles: string[] = [];
  const link = (part: Part): LinkState => {
    const name = LINK_NAMES[part];
    if (!names.has(name)) return { kind: "absent" };
    const state = observeLink(`${real}/${name}`);
    if (!state) obstacles.push(name);
    return state ?? { kind: "absent" };
  };
  const script = names.has(SCRIPT) ? observeScript(`${real}/${SCRIPT}`, false) : null;
  if (names.has(SCRIPT) && !script) obstacles.push(SCRIPT);
  return { names, links: eachOfThree(link), script, obstacles };
}

function observeParked(
  real: string,
  names: ReadonlySet<string>,
): { parked: Parked | null; obstacles: string[] } {
  if (!names.has(OFFLINE)) return { parked: null, obstacles: [] };
  if (!Deno.lstatSync(`${real}/${OFFLINE}`).isDirectory) {
    return { parked: null, obstacles: [OFFLINE] };
  }
  const { names: inner, links, script, obstacles } = observeEntries(`${real}/${OFFLINE}`);
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
function observeLink(real: string): LinkState | null {
  const { isSymlink, uid } = Deno.lstatSync(real);
  return isSymlink ? { kind: "link", target: Deno.readLinkSync(real), uid } : null;
}

/** `null` if it is no file, nor a link to one, or larger than any script. */
function observeScript(real: string, away: boolean): ScriptState | null {
  const entry = Deno.lstatSync(real);
  const { isFile, size = 0, mode, uid, gid, mtime } = entry.isSymlink ? statOrNothing(real) : entry;
  if (!isFile || size > MOST_BYTES) return null;
  return {
    text: textOfBytes(readFile(real)),
    mode: typeof mode === "number" ? mode & 0o7777 : null,
    uid: uid ?? null,
    gid: gid ?? null,
    modified: mtime?.getTime() ?? 0,
    away,
    ...entry.isSymlink && { isLink: true },
  };
}

function statOrNothing(real: string): Partial<Deno.FileInfo> {
  try {
    return Deno.statSync(real);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {}; // a link that points to nothing
    throw error;
  }
}
