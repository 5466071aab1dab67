/**
 * Builds the RPM of a program.
 *
 * @module
 */

import type { Item } from "../../lib/install/shared_files.ts";
import { BuildError } from "../build/build_error.ts";
import { LICENSE, packageItems, PROGRAM, rpmSpec } from "./package_contents.ts";
import type { Manual } from "../../lib/cli/manual.ts";
import type { Program } from "./program.ts";

/** What else goes into a package. */
export interface Contents {
  readonly version: string;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly manuals: readonly Manual[];
  /** Paragraphs. */
  readonly description: readonly string[];
  /** The file with the license. */
  readonly license: string;
}

/**
 * Builds the RPM of a program.
 *
 * @param program The program.
 * @param contents What else goes into it.
 * @param work An empty directory to work in.
 * @returns Where the RPM is.
 * @throws {BuildError} If rpmbuild is missing or fails.
 */
export async function buildRpm(
  program: Program,
  contents: Contents,
  work: string,
): Promise<string> {
  const { version, time, manuals, description } = contents;
  const items = packageItems(manuals, new Date(time * 1000).toISOString().slice(0, 10));
  const stage = `${work}/stage`;
  copy(program.path, stage + PROGRAM, 0o755);
  copy(contents.license, stage + LICENSE, 0o644);
  for (const item of items) await put(item, stage);
  const spec = `${work}/pitboot.spec`;
  Deno.writeTextFileSync(spec, rpmSpec(items, { version, description }));
  await rpmbuild(spec, {
    macros: { _topdir: work, _tmppath: work, stage, _rpmdir: `${work}/made` },
    arch: program.target.arch,
    time,
  });
  const directory = `${work}/made/${program.target.arch}`;
  const [made] = [...Deno.readDirSync(directory)];
  if (!made) throw new BuildError("rpmbuild has made nothing");
  return `${directory}/${made.name}`;
}

async function rpmbuild(
  spec: string,
  { macros, arch, time }: { macros: Record<string, string>; arch: string; time: number },
): Promise<void> {
  const defines = Object.entries(macros).flatMap(([name, value]) => [
    "--define",
    `${name} ${value}`,
  ]);
  try {
    const { success, stdout, stderr } = await new Deno.Command("rpmbuild", {
      args: ["-bb", "--quiet", `--target=${arch}`, ...defines, spec],
      env: { SOURCE_DATE_EPOCH: String(time), LC_ALL: "C", TZ: "UTC" },
      stdin: "null",
    }).output();
    if (success) return;
    const said = new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout);
    throw new BuildError(`rpmbuild failed:\n${said.trimEnd()}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new BuildError("there is no rpmbuild here; Debian has it in the package rpm", {
      cause: error,
    });
  }
}

async function put(item: Item, stage: string): Promise<void> {
  const real = stage + item.path;
  makeDirectoryOf(real);
  if (item.kind === "link") return Deno.symlinkSync(item.target, real);
  const bytes = new TextEncoder().encode(item.text);
  Deno.writeFileSync(real, item.path.endsWith(".gz") ? await gzip(bytes) : bytes);
  Deno.chmodSync(real, 0o644);
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // Without a name and a time in it: the same text gives the same bytes.
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function copy(from: string, to: string, mode: number): void {
  makeDirectoryOf(to);
  Deno.copyFileSync(from, to);
  Deno.chmodSync(to, mode);
}

function makeDirectoryOf(path: string): void {
  Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
}
