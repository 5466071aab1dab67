/**
 * Makes the scripts that nodes should have from `boot/script.ipxe`.
 *
 * @module
 */

import type { Context } from "../io/context.ts";
import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { fileFailure, UnfitFile } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { bootsWithoutLuks, type Role } from "../nodes/roles.ts";
import { sha256, textOfBytes } from "../text/byte_text.ts";
import { setLiveDir, withoutLuks } from "../boot/boot_script.ts";
import type { BootScriptChange } from "../history/generations.ts";
import { type BootScripts, MOST_OF_SCRIPT, SCRIPT, type WantedScript } from "../boot/boot_tree.ts";

/** The scripts that nodes should have. */
export interface WantedScripts extends BootScripts {
  /** Where the file is that `path` points to: it may be a link. */
  readonly target: string;
  /** What it is now. */
  readonly found: BootScriptChange["before"] & { readonly mode: number };
}

/**
 * Tells where nodes keep their image: the name of a directory.
 *
 * @param context The environment with `CSM_RELEASE`.
 * @returns `null` for the default place.
 * @throws {Failure} If it cannot be the name of a directory.
 */
export function csmRelease({ env }: Pick<Context, "env">): string | null {
  const release = env("CSM_RELEASE");
  if (!release) return null;
  if (/^[\w][\w.+-]*$/.test(release)) return release;
  throw new Failure("release-unfit", {
    message: `CSM_RELEASE=${JSON.stringify(release)} cannot be the name of a directory`,
    hint: "set it to a release such as 1.6.2, or unset it",
  });
}

/**
 * Tells which script a node should have.
 *
 * @param node For instance `ncn-w001`.
 * @param role Its role.
 * @param scripts What there is.
 */
export function scriptFor(
  node: string,
  role: Role,
  { plain, withoutLuks }: BootScripts,
): WantedScript {
  return bootsWithoutLuks(node, role) ? withoutLuks : plain;
}

/**
 * Computes the digest of the script that a node has.
 *
 * @param text The script, one character per byte.
 * @param wanted The script that it should have, whose digest is known.
 * @returns SHA-256, in hexadecimal.
 */
export async function digestOf(text: string, wanted: WantedScript | null): Promise<string> {
  return text === wanted?.text ? wanted.sha256 : await sha256(text);
}

/**
 * Reads `boot/script.ipxe` and makes the two edits.
 *
 * @param host The file system, and the clock.
 * @param webRoot Where `boot/` is.
 * @param release What {@linkcode csmRelease} says.
 * @throws {Failure} If it cannot be read, or has no line to edit.
 */
export async function wantedScripts(
  { root, context }: Pick<Host, "root" | "context">,
  webRoot: string,
  release: string | null,
): Promise<WantedScripts> {
  const { path, target, found, owner } = await readBootScript(root, webRoot);
  const { text, mode, modified: before } = found;
  const edited = edit(text, release, path);
  // An edit is a new file; the copies carry its time.
  const modified = edited === text ? before : context.now();
  const make = async (text: string): Promise<WantedScript> => ({
    text,
    sha256: await sha256(text),
    mode: mode & 0o777,
    owner,
    modified,
  });
  const plain = await make(edited);
  const bare = withoutLuks(edited);
  return {
    path,
    target,
    found,
    plain,
    withoutLuks: bare === null ? plain : await make(bare),
    hasLuks: bare !== null,
    release,
    differs: edited !== text,
  };
}

function edit(text: string, release: string | null, path: string): string {
  if (!text.startsWith("#!ipxe")) {
    throw new Failure("script-unfit", {
      message: `${path}:1: is not an iPXE script: it does not begin with #!ipxe`,
      hint: "install metal-ipxe again",
    });
  }
  const edited = setLiveDir(text, release);
  if (edited !== null) return edited;
  throw new Failure("script-unfit", {
    message: `${path} has no line "set live-sqfs-opts … root=…" to put rd.live.dir=${release} on`,
    hint: "install metal-ipxe again, or unset CSM_RELEASE",
  });
}

/**
 * Tells whether somebody has changed `boot/script.ipxe` since it was read, as far as
 * that can be told.
 *
 * @param scripts What was made of it.
 * @param root The file system.
 */
export function isEditedSince({ target, found, plain }: WantedScripts, root: Root): boolean {
  try {
    const text = textOfBytes(root.read(target));
    return text !== found.text && text !== plain.text;
  } catch {
    return false; // as it is while it is being saved
  }
}

/** `boot/script.ipxe` as it is now. */
export interface FoundScript extends Pick<WantedScripts, "path" | "target" | "found"> {
  /** To whom the scripts belong that are made from it; `null` where they are ours. */
  readonly owner: WantedScript["owner"];
}

/**
 * Reads `boot/script.ipxe`.
 *
 * @param root The file system.
 * @param webRoot Where `boot/` is.
 * @throws {Failure} If it cannot be read.
 */
export async function readBootScript(root: Root, webRoot: string): Promise<FoundScript> {
  const path = `${webRoot}/boot/${SCRIPT}`;
  try {
    const target = root.follow(path);
    if (target === null) throw new Error("is a link that points out of --root");
    if (!target.startsWith(`${root.follow(webRoot)}/`)) {
      throw new UnfitFile(`is a link to ${target}, which is not below ${webRoot}`);
    }
    const { bytes, stat: { mode, uid, gid, modified } } = root.readSeen(target, MOST_OF_SCRIPT);
    const text = textOfBytes(bytes);
    const owner = Deno.uid() === 0 ? { uid, gid } : null;
    const found = { text, mode, uid, gid, modified, sha256: await sha256(text) };
    return { path, target, owner, found };
  } catch (error) {
    const { details } = fileFailure(path, error, "install metal-ipxe again");
    throw new Failure("script-missing", details, error);
  }
}
