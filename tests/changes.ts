/**
 * What tests of commands share that change what nodes boot: calls that must do well,
 * trees with the mode and the time of each file, and the files of generations.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Document } from "../mod.ts";
import { addRelease } from "../tools/pit/make_pit.ts";
import type { StoredGeneration } from "../lib/history/generations.ts";
import { callInProcess } from "./in_process.ts";
import { type TemporaryPit, temporaryPit, treeOf } from "./kit.ts";
import { checkManners, type Words } from "./refusals.ts";

/** No BMC is asked. */
export const NO_PASSWORD = { IPMI_PASSWORD: "" };

/** Makes a PIT whose nodes all have a lease. */
export function leasedPit(): TemporaryPit & { readonly www: string } {
  const pit = temporaryPit({ leased: true });
  return { ...pit, www: `${pit.root}/var/www` };
}

/** Runs a command that must end with exit code 0, and returns its document. */
export async function change(
  pit: TemporaryPit,
  [name, ...args]: Words,
  { now, ...env }: { readonly CSM_RELEASE?: string; readonly now?: () => number } = {},
): Promise<Document> {
  const options = { env: { ...NO_PASSWORD, ...env }, ...now && { now } };
  const result = await callInProcess(pit, [name, "--json", ...args], options);
  assertEquals(result.code, 0, result.stderr);
  checkManners(result, pit);
  return result.document;
}

/** A clock that does something when it is asked for the first time, or a later one. */
export function clockThat(acts: () => void, { at = 1 } = {}): () => number {
  let asked = 0;
  return () => {
    if (++asked === at) acts();
    return Date.now();
  };
}

/** Adds a newer release for both roles. */
export function addNewer(pit: TemporaryPit, release = "1.6.2"): void {
  for (const role of ["k8s", "ceph"] as const) addRelease(pit.root, role, { release });
}

/** What a node's entry of the document says. */
export function changeOf({ nodes }: Document, node: string): string | undefined {
  return nodes?.find(({ name }) => name === node)?.change;
}

/** The tree below a directory, with the mode and the time of scripts. */
export function stampedTree(directory: string): Record<string, string> {
  const stamp = (path: string): string => {
    const { mode, mtime } = Deno.statSync(`${directory}/${path}`);
    return ` ${((mode ?? 0) & 0o7777).toString(8)} ${mtime?.toISOString()}`;
  };
  return Object.fromEntries(
    Object.entries(treeOf(directory)).sort().map((
      [path, text],
    ) => [path, /script\.ipxe/.test(path) ? text + stamp(path) : text]),
  );
}

/** Where the file of a generation is. */
export function generationFile({ root }: TemporaryPit, number: number): string {
  return `${root}/var/lib/pitboot/generations/${number}.json`;
}

/** What the file of a generation holds. */
export function storedGeneration(pit: TemporaryPit, number: number): StoredGeneration {
  return JSON.parse(Deno.readTextFileSync(generationFile(pit, number)));
}

/** Makes a generation one that did not come to its end. */
export function cutOff(pit: TemporaryPit, number: number): void {
  const generation = { ...storedGeneration(pit, number), ended: null };
  Deno.writeTextFileSync(generationFile(pit, number), JSON.stringify(generation));
}

/** The generations that history shows. */
export async function historyOf(
  pit: TemporaryPit,
  ...args: string[]
): Promise<NonNullable<Document["generations"]>> {
  return (await change(pit, ["history", ...args])).generations ?? [];
}

/** The scripts that were saved: node and text. */
export function savedOf({ root }: TemporaryPit): [node: string, text: string][] {
  const tree = treeOf(`${root}/var/lib/pitboot`);
  return Object.entries(tree).flatMap(([path, text]): [string, string][] => {
    const [, node] = /^saved\/([a-z0-9-]+)\.script\.ipxe\.[0-9a-f]{12}$/.exec(path) ?? [];
    return node ? [[node, text]] : [];
  });
}
