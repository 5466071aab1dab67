/**
 * Builds the RPM of a program.
 *
 * @module
 */

import { BuildError } from "../build/build_error.ts";
import { layOut } from "./lay_out.ts";
import { packageItems } from "./package_contents.ts";
import type { Contents } from "./package_contents.ts";
import type { Program } from "./program.ts";
import { rpmSpec } from "./rpm_spec.ts";

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
  const items = packageItems(contents);
  const stage = `${work}/stage`;
  await layOut(stage, program.path, { items, licenses: contents.licenses });
  const spec = `${work}/pitboot.spec`;
  Deno.writeTextFileSync(spec, rpmSpec(items, contents));
  await rpmbuild(spec, {
    macros: { _topdir: work, _tmppath: work, stage, _rpmdir: `${work}/made` },
    arch: program.target.arch,
    time: contents.time,
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
