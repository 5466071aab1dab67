/**
 * Lays out what a package puts on a system, for the tools that pack it.
 *
 * @module
 */

import type { Item } from "../../lib/install/shared_files.ts";
import { LICENSES, PROGRAM } from "./package_contents.ts";
import type { Licenses } from "./licenses.ts";

/**
 * Lays out a program and what comes with it.
 *
 * @param directory Where; it is made.
 * @param program The program.
 * @param options `items`: files and links, packed where their name ends in
 * `.gz`; `licenses`: the texts beside it.
 */
export async function layOut(
  directory: string,
  program: string,
  { items, licenses }: { items: readonly Item[]; licenses: Licenses },
): Promise<void> {
  makeDirectoryOf(directory + PROGRAM);
  Deno.copyFileSync(program, directory + PROGRAM);
  Deno.chmodSync(directory + PROGRAM, 0o755);
  const texts = Object.entries(licenses)
    .map(([name, text]) => ({ kind: "file", path: LICENSES + name, text }) as const);
  for (const item of [...texts, ...items]) await put(item, directory);
}

/**
 * Puts a file or a link in place.
 *
 * @param item What.
 * @param directory Below which.
 * @param mode Of a file.
 */
export async function put(item: Item, directory: string, mode = 0o644): Promise<void> {
  const real = directory + item.path;
  makeDirectoryOf(real);
  if (item.kind === "link") return Deno.symlinkSync(item.target, real);
  const bytes = new TextEncoder().encode(item.text);
  Deno.writeFileSync(real, item.path.endsWith(".gz") ? await gzip(bytes) : bytes);
  Deno.chmodSync(real, mode);
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // Without a name and a time in it: the same text gives the same bytes.
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function makeDirectoryOf(path: string): void {
  Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
}
