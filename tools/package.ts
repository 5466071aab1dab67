/**
 * Packages what `deno task compile` made.
 *
 * Synopsis: deno task package [--dist DIR] [--allow-stand-ins]
 * Input:    dist/pitboot-VERSION-x86_64, dist/pitboot-VERSION-aarch64, or one of them
 * Output:   beside them an RPM for SLES 15 and a bill of materials (CycloneDX)
 *           for each, and SHA256SUMS for all; their paths on standard output
 * Exit:     0 made, 1 failed, 2 usage
 *
 * It needs rpmbuild, which builds for either machine on either. The same
 * programs and time give the same bytes.
 *
 * - `--dist`: where the programs are, and where all of it goes.
 * - `--allow-stand-ins`: take a program, too, that holds the stand-ins of
 *   tools/std in the place of @std packages.
 * - `SOURCE_DATE_EPOCH`: the time to write down, in seconds; that of the
 *   commit if not set.
 *
 * @module
 */

import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { PITBOOT } from "../lib/cli/program.ts";
import { manuals } from "../scripts/commands.ts";
import { BuildError } from "./build/build_error.ts";
import { publish } from "./build/files.ts";
import { describeSources } from "./build/stage.ts";
import { runTool } from "./build/tool.ts";
import { inWorkDirectory } from "./build/work_directory.ts";
import { buildRpm } from "./package/build_rpm.ts";
import { findPrograms, type Program, sha256Of, standInsIn } from "./package/program.ts";
import { sbomOf } from "./package/sbom.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** What is asked for. */
interface Order {
  /** Where the programs are, and where all of it goes. */
  readonly directory: string;
  readonly allowsStandIns: boolean;
}

if (import.meta.main) {
  Deno.exit(await runTool("package", () => orderOf(Deno.args), packageAll));
}

async function packageAll({ directory, allowsStandIns }: Order): Promise<void> {
  const programs = await findPrograms(directory, config.version);
  if (!allowsStandIns) programs.forEach(refuseStandIns);
  const paths = await inWorkDirectory("pitboot-package-", async (work) => {
    const made: string[] = [];
    for (const program of programs) made.push(...await packageProgram(program, directory, work));
    return made;
  });
  paths.push(await writeSums([...programs.map(({ path }) => path), ...paths], directory));
  console.log(paths.join("\n"));
}

function orderOf(args: string[]): Order {
  const { values } = parseArgs({
    args,
    options: {
      "dist": { type: "string", default: `${ROOT}dist` },
      "allow-stand-ins": { type: "boolean", default: false },
    },
  });
  return { directory: values.dist, allowsStandIns: values["allow-stand-ins"] };
}

/** Makes the RPM and the bill of materials of a program. */
async function packageProgram(
  program: Program,
  directory: string,
  work: string,
): Promise<string[]> {
  const { target: { arch }, sha256, build } = program;
  const time = (await describeSources(ROOT)).time ?? Math.floor(Date.now() / 1000);
  const { version } = config;
  const area = `${work}/${arch}`;
  Deno.mkdirSync(area);
  const rpm = await buildRpm(program, {
    version,
    time,
    manuals: await manuals(),
    description: PITBOOT.description,
    license: `${ROOT}LICENSE`,
  }, area);
  console.error(`package: ${(Deno.statSync(rpm).size / 1e6).toFixed(0)} MB for ${arch}`);
  const sbom = sbomOf({ version, arch, sha256, build, time });
  const bill = `${area}/bill`;
  Deno.writeTextFileSync(bill, `${JSON.stringify(sbom, null, 2)}\n`);
  return [
    publish(rpm, `${directory}/${rpm.replace(/^.*\//, "")}`, 0o644),
    publish(bill, `${directory}/pitboot-${version}-${arch}.cdx.json`, 0o644),
  ];
}

/** Stand-ins do what our tests ask for, and are not what the bill of a release should name. */
function refuseStandIns({ path, build }: Program): void {
  const names = standInsIn(build);
  if (names.length === 0) return;
  throw new BuildError(
    `${path} holds stand-ins for ${names.join(", ")}: jsr.io did not answer when vendor/ was ` +
      "filled; where it does, remove vendor/ and compile again, or package it with --allow-stand-ins",
  );
}

async function writeSums(paths: readonly string[], directory: string): Promise<string> {
  const lines = await Promise.all(
    paths.map(async (path) => `${await sha256Of(path)}  ${path.replace(/^.*\//, "")}\n`),
  );
  const path = `${directory}/SHA256SUMS`;
  // By name, whatever the digest.
  const sorted = lines.sort((a, b) => a.slice(66) < b.slice(66) ? -1 : 1);
  Deno.writeTextFileSync(`${path}.new`, sorted.join(""));
  Deno.renameSync(`${path}.new`, path);
  return path;
}
