/**
 * Makes the scripts that nodes should have from `boot/script.ipxe`.
 *
 * @module
 */

import { SCRIPT, type WantedScript } from "./boot_tree.ts";
import { setLiveDir, withoutLuks } from "./boot_script.ts";
import { sha256, textOfBytes } from "../text/byte_text.ts";
import { Failure } from "../document/problems.ts";
import { fileFailure } from "../io/failures.ts";
import type { Root } from "../io/root.ts";

/** The script for all nodes, and what follows from it. */
export interface WantedScripts {
  /** Where it is. */
  readonly path: string;
  /** Where the file is that it leads to: it may be a link. */
  readonly target: string;
  /** What it should be; the nodes get copies. */
  readonly plain: WantedScript;
  /** The copy for nodes without disk encryption; `null` if it has no rd.luks. */
  readonly withoutLuks: WantedScript | null;
  /** Whether `boot/script.ipxe` itself has to be written. */
  readonly differs: boolean;
}

/**
 * Reads `boot/script.ipxe` and makes the two edits.
 *
 * @param root The file system.
 * @param webRoot Where `boot/` is.
 * @param release Where nodes keep their image (`CSM_RELEASE`), or `null`.
 * @throws {Failure} If it cannot be read, or has no line to edit.
 */
export async function wantedScripts(
  root: Root,
  webRoot: string,
  release: string | null,
): Promise<WantedScripts> {
  const path = `${webRoot}/boot/${SCRIPT}`;
  const { target, text, mode, owner, modified: before } = read(root, path);
  if (!text.startsWith("#!ipxe")) {
    throw new Failure("script-unfit", {
      message: `${path}:1: is no iPXE script: it does not begin with #!ipxe`,
      hint: "install metal-ipxe again",
    });
  }
  const edited = setLiveDir(text, release);
  if (edited === null) {
    throw new Failure("script-unfit", {
      message: `${path} has no line "set live-sqfs-opts … root=…" to put rd.live.dir=${release} on`,
      hint: "install metal-ipxe again, or unset CSM_RELEASE",
    });
  }
  // An edit is a new file; the copies carry its time.
  const modified = edited === text ? before : Date.now();
  const make = async (text: string): Promise<WantedScript> => ({
    text,
    sha256: await sha256(text),
    mode,
    owner,
    modified,
  });
  const bare = withoutLuks(edited);
  return {
    path,
    target,
    plain: await make(edited),
    withoutLuks: bare === null ? null : await make(bare),
    differs: edited !== text,
  };
}

function read(root: Root, path: string): Omit<WantedScript, "sha256"> & { target: string } {
  try {
    const real = Deno.realPathSync(root.real(path));
    const target = root.inside(real);
    if (target === null) throw new Error("is a link that leads out of --root");
    const { mode, uid, gid, mtime } = Deno.statSync(real);
    return {
      target,
      text: textOfBytes(Deno.readFileSync(real)),
      mode: (mode ?? 0o644) & 0o7777,
      owner: Deno.uid() === 0 && uid !== null && gid !== null ? { uid, gid } : null,
      modified: mtime?.getTime() ?? 0,
    };
  } catch (error) {
    const { details } = fileFailure(path, error, "install metal-ipxe again");
    throw new Failure("script-missing", details, error);
  }
}
