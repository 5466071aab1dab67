/**
 * Looks at the boot directory of a node.
 *
 * @module
 */

import {
  AWAY,
  type LinkName,
  LINKS,
  type LinkState,
  newName,
  type Observed,
  SCRIPT,
  type ScriptState,
} from "../boot_tree.ts";
import { textOfBytes } from "../byte_text.ts";
import type { Root } from "./root.ts";

/** What things are called in there until they are renamed to their place. */
const TEMPORARY = new Set([...LINKS, SCRIPT].map(newName));

/**
 * Looks at a boot directory. Calls are synchronous: with thousands of nodes
 * that is many times faster than asking for a thread each time.
 *
 * @param root The file system.
 * @param directory For instance `/var/www/ncn-w001`.
 * @throws If it cannot be read.
 */
export function observeNode(root: Root, directory: string): Observed {
  const real = root.real(directory);
  let names: Set<string>;
  try {
    if (!Deno.lstatSync(real).isDirectory) return { ...ABSENT, directory: "other" };
    names = new Set(Array.from(Deno.readDirSync(real), ({ name }) => name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return ABSENT;
    throw error;
  }
  const link = (name: LinkName): LinkState =>
    names.has(name) ? observeLink(`${real}/${name}`) : { kind: "absent" };
  const script = names.has(SCRIPT) ? SCRIPT : names.has(AWAY) ? AWAY : null;
  return {
    directory: "directory",
    links: {
      "kernel": link("kernel"),
      "initrd.img.xz": link("initrd.img.xz"),
      "rootfs": link("rootfs"),
    },
    script: script ? observeScript(`${real}/${script}`, script === AWAY) : null,
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
  leftovers: [],
};

function observeLink(real: string): LinkState {
  const { isSymlink, uid } = Deno.lstatSync(real);
  return isSymlink ? { kind: "link", target: Deno.readLinkSync(real), uid } : { kind: "other" };
}

function observeScript(real: string, away: boolean): ScriptState {
  const { mode, uid, gid, mtime } = Deno.statSync(real);
  return {
    text: textOfBytes(Deno.readFileSync(real)),
    mode: mode === null ? null : mode & 0o7777,
    uid,
    gid,
    modified: mtime?.getTime() ?? 0,
    away,
  };
}
