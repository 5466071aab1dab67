/**
 * Makes what was bundled smaller: half of the time of a start goes with its bytes.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";
import { denoDirectory } from "./run.ts";

/**
 * Takes blanks and long names out of scripts. Not by `deno bundle --minify`: that takes
 * `using` of what is used once away, too, and files stay open.
 *
 * @param directory The scripts, as `deno bundle` made them.
 * @throws {BuildError} If its bundler is not where Deno keeps it, or fails.
 */
export async function minify(directory: string): Promise<void> {
  const scripts = [...Deno.readDirSync(directory)].map(({ name }) => `${directory}/${name}`);
  const { success } = await new Deno.Command(await bundler(), {
    args: [
      "--minify-whitespace",
      "--minify-identifiers",
      "--charset=utf8",
      "--log-level=error",
      "--allow-overwrite",
      `--outdir=${directory}`,
      ...scripts.sort(),
    ],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new BuildError("esbuild failed, for the reason above");
}

/** The esbuild that `deno bundle` has taken from npm. */
async function bundler(): Promise<string> {
  const denoDir = await denoDirectory();
  const kept = `${denoDir}/dl`;
  const [found] = [...Deno.readDirSync(kept)].map(({ name }) => name)
    .filter((name) => name.startsWith("esbuild-")).sort();
  const [file] = found ? [...Deno.readDirSync(`${kept}/${found}`)] : [];
  if (file) return `${kept}/${found}/${file.name}`;
  throw new BuildError(`${kept} has no esbuild: deno bundle keeps it elsewhere`);
}
