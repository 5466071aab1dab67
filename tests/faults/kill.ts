/**
 * Kills pitboot while it changes what nodes boot, and looks at what it leaves.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { feed, startPitboot, type TemporaryPit, until } from "../kit.ts";

const LINKS = ["kernel", "initrd.img.xz", "rootfs"];

/** When to kill it, and what it is handed. */
export interface KillOptions {
  /** How many nodes are as it makes them. */
  readonly made: () => number;
  /** Of how many more it is killed. */
  readonly more: number;
  /** Nothing is `/dev/null`. */
  readonly stdin?: string;
  readonly env: Record<string, string>;
}

/**
 * Starts pitboot and kills it once it has changed more than so many nodes.
 *
 * @returns Whether it was still running then.
 */
export async function isKilled(
  pit: TemporaryPit,
  words: readonly string[],
  { made, more, stdin, env }: KillOptions,
): Promise<boolean> {
  const before = made();
  const child = startPitboot(pit, words, { stdin: stdin === undefined ? "null" : "piped", env });
  let hasEnded = false;
  const output = child.output().finally(() => hasEnded = true);
  if (stdin !== undefined) await feed(child, stdin);
  await until(() => hasEnded || made() > before + more);
  if (!hasEnded) child.kill("SIGKILL");
  return (await output).signal === "SIGKILL";
}

/** A node that has a script has three whole links to files of one release. */
export function checkNodes(www: string): void {
  for (const { name } of Deno.readDirSync(www)) {
    const directory = `${www}/${name}`;
    if (!name.startsWith("ncn-") || textOf(`${directory}/script.ipxe`) === null) continue;
    const releases = LINKS.map((link) => {
      Deno.statSync(`${directory}/${link}`);
      return /data\/[^/]+\/[^/]+/.exec(Deno.readLinkSync(`${directory}/${link}`))?.[0];
    });
    assertEquals(new Set(releases).size, 1, `${name} boots ${releases.join(", ")}`);
  }
}

/** How many directories are like that. */
export function countIn(www: string, isSo: (directory: string) => boolean): number {
  return [...Deno.readDirSync(www)].filter(({ name }) => isSo(`${www}/${name}`)).length;
}

/** What the kernel of a node is. */
export function linkOf(directory: string): string | null {
  try {
    return Deno.readLinkSync(`${directory}/kernel`);
  } catch {
    return null; // it is not the directory of a node, or not yet
  }
}

/** What stands in a file; `null` if it does not exist. */
export function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
