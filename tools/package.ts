/**
 * Packages what `deno task compile` made.
 *
 * Synopsis: deno task package [--dist DIR] [--allow-stand-ins] [--licenses DIR]
 *           [--packager TEXT] [--url URL]
 * Input:    dist/pitboot-VERSION-x86_64, dist/pitboot-VERSION-aarch64, or one of them
 * Output:   beside them an RPM for SLES 15, a Debian package and a bill of
 *           materials (CycloneDX) for each, and SHA256SUMS for all; their paths
 *           on standard output
 * Exit:     0 made, 1 failed, 2 usage
 *
 * It needs rpmbuild, which builds for either machine on either; without dpkg-deb
 * there is no Debian package. The same programs and time give the same bytes. A
 * program of a commit with the tag vVERSION is release 1; any other one is less,
 * by its time.
 *
 * - `--dist`: where the programs are, and where all of it goes.
 * - `--allow-stand-ins`: take a program, too, that holds the stand-ins of
 *   tools/std in the place of @std packages.
 * - `--licenses`: a directory with `LICENSE.deno`, `LICENSE.v8`, `LICENSE.std`,
 *   and whatever else shall lie beside them; what is not there is looked for
 *   beside Deno and in vendor/, and NOTICE names what is missing.
 * - `--packager`, `--url`: who answers for the package, and where it is from.
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
import { buildDeb } from "./package/build_deb.ts";
import { buildRpm } from "./package/build_rpm.ts";
import { findLicenses, type Licenses } from "./package/licenses.ts";
import { missingLicenses, notice } from "./package/notice.ts";
import { partsOf, standInsIn } from "./package/parts.ts";
import { findPrograms, type Program, sha256Of } from "./package/program.ts";
import { isTagged, releaseOf } from "./package/release.ts";
import { sbomOf } from "./package/sbom.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const { version: VERSION } = config;

/** What is asked for. */
interface Order {
  /** Where the programs are, and where all of it goes. */
  readonly directory: string;
  readonly allowsStandIns: boolean;
  /** A directory with texts of licenses. */
  readonly licenses: string | undefined;
  readonly packager: string;
  readonly url: string;
}

if (import.meta.main) {
  Deno.exit(await runTool("package", () => orderOf(Deno.args), packageAll));
}

async function packageAll(order: Order): Promise<void> {
  const { directory, allowsStandIns } = order;
  const programs = await findPrograms(directory, VERSION);
  if (!allowsStandIns) programs.forEach(refuseStandIns);
  const paths = await inWorkDirectory("pitboot-package-", async (work) => {
    const made: string[] = [];
    for (const program of programs) made.push(...await packageProgram(program, order, work));
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
      "licenses": { type: "string" },
      "packager": { type: "string", default: "The pitboot authors" },
      "url": { type: "string", default: `https://jsr.io/${config.name}` },
    },
  });
  const { dist, licenses, packager, url } = values;
  for (const value of [packager, url]) {
    if (/\n|^$/.test(value)) throw new BuildError("--packager and --url are a line each");
  }
  return { directory: dist, allowsStandIns: values["allow-stand-ins"], licenses, packager, url };
}

/** Makes the packages and the bill of materials of a program. */
async function packageProgram(program: Program, order: Order, work: string): Promise<string[]> {
  const { target: { arch }, sha256, build } = program;
  const time = (await describeSources(ROOT)).time ?? Math.floor(Date.now() / 1000);
  const licenses = licensesOf(program, order.licenses);
  const contents = {
    version: VERSION,
    release: releaseOf(build, { isTagged: await isTagged(ROOT, VERSION, build), time }),
    time,
    manuals: await manuals(),
    description: PITBOOT.description,
    licenses,
    changelog: Deno.readTextFileSync(`${ROOT}CHANGELOG.md`),
    packager: order.packager,
    url: order.url,
  };
  const area = (name: string): string => {
    Deno.mkdirSync(`${work}/${arch}/${name}`, { recursive: true });
    return `${work}/${arch}/${name}`;
  };
  // Each packs the whole program, with one thread.
  const [rpm, deb] = await Promise.all([
    buildRpm(program, contents, area("rpm")),
    buildDeb(program, contents, area("deb")),
  ]);
  console.error(`package: ${(Deno.statSync(rpm).size / 1e6).toFixed(0)} MB for ${arch}`);
  const bill = `${area("bill")}/pitboot-${VERSION}-${arch}.cdx.json`;
  const sbom = sbomOf({ version: VERSION, arch, sha256, build, time, licenses });
  Deno.writeTextFileSync(bill, `${JSON.stringify(sbom, null, 2)}\n`);
  return [rpm, ...deb ? [deb] : [], bill]
    .map((path) => publish(path, `${order.directory}/${path.replace(/^.*\//, "")}`, 0o644));
}

/** The licenses at hand, with a notice that says what they are for, and what is missing. */
function licensesOf({ target: { arch }, build }: Program, named: string | undefined): Licenses {
  const found = findLicenses(build, { root: ROOT, deno: Deno.execPath(), named });
  const parts = partsOf(build);
  const missing = missingLicenses(parts, found);
  if (missing.length > 0) {
    const names = missing.join(", ");
    console.error(`package: for ${arch} not at hand: ${names}; NOTICE says where, --licenses adds`);
  }
  return { ...found, NOTICE: notice(`pitboot ${VERSION}`, parts, found) };
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
