/**
 * Looks at the boot directory of a node.
 *
 * @module
 */

import type { Root } from "../io/root.ts";
import { textOfBytes } from "../text/byte_text.ts";
import { newName } from "../text/new_name.ts";
import {
  AWAY,
  type LinkName,
  LINKS,
  type LinkState,
  type Observed,
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

function observeDirectory(real: string): Observed {
  const names = new Set(Array.from(Deno.readDirSync(real), ({ name }) => name));
  const obstacles: string[] = [];
  const link = (name: LinkName): LinkState => {
    if (!names.has(name)) return { kind: "absent" };
    const state = observeLink(`${real}/${name}`);
    if (!state) obstacles.push(name);
    return state ?? { kind: "absent" };
  };
  const script = names.has(SCRIPT) ? SCRIPT : names.has(AWAY) ? AWAY : null;
  const scriptState = script ? observeScript(`${real}/${script}`, script === AWAY) : null;
  if (script && !scriptState) obstacles.push(script);
  return {
    directory: "directory",
    links: {
      "kernel": link("kernel"),
      "initrd.img.xz": link("initrd.img.xz"),
      "rootfs": link("rootfs"),
    },
    script: scriptState,
    obstacles,
    leftovers: [...names].filter((name) =>
      TEMPORARY.has(name) || (name === AWAY && script !== AWAY)
    ),
  };
}

const ABSENT: Observed = {
  directory: "absent",
  links: {
    "kernel": { kind: "absent" },
    "initrd.img.xz": { kind: "absent" },
    "rootfs": { kind: "absent" },
  },
  script: null,
  obstacles: [],
  leftovers: [],
};

/** `null` if it is no link. */
function observeLink(real: string): LinkState | null {
  const { isSymlink, uid } = Deno.lstatSync(real);
  return isSymlink ? { kind: "link", target: Deno.readLinkSync(real), uid } : null;
}

/** `null` if it is no file, nor a link to one. */
function observeScript(real: string, away: boolean): ScriptState | null {
  const { isFile, mode, uid, gid, mtime } = statOrNothing(real);
  if (!isFile) return null;
  return {
    text: textOfBytes(Deno.readFileSync(real)),
    mode: typeof mode === "number" ? mode & 0o7777 : null,
    uid: uid ?? null,
    gid: gid ?? null,
    modified: mtime?.getTime() ?? 0,
    away,
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
