/**
 * Runs the tests.
 *
 * Synopsis: deno task test [OPTION]... [TEST]...
 *           deno task test:all [OPTION]...
 *           deno task test:rest [OPTION]...
 * Output:   each failure as a whole, one line about what was left out, and a count; of
 *           TESTs each one
 * Exit:     0 all passed, 1 some failed
 *
 * - TEST: a file or a directory; those that need no root, no server and no
 *   package if not said.
 * - OPTION: one of `deno test`; `--all` runs all tests, `--rest` those that `test`
 *   leaves out, with the files in which it may leave out some.
 *
 * Each file that Deno is given costs 0.4 s of CPU before its first test, a module that
 * imports many costs that once.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { leftOut } from "../tests/needs.ts";

const ROOT = new URL("..", import.meta.url).pathname;
/** Where the tests are that need nothing but Deno and npm; directories below count as well. */
const DIRECTORIES = ["tests/lib", "tests/scripts"];
/** Where the others are. */
const REST = ["build", "faults", "lab", "system", "terminal"].map((name) => `tests/${name}`);
/** All at once: some wait while others work. */
const GROUPS = 4;
/**
 * About how many seconds the slowest files take; the others take one, or less. A number that is
 * wrong costs time, and no test.
 */
export const SLOW: Readonly<Record<string, number>> = {
  "tests/readme_commands_test.ts": 40,
  "tests/scripts/bmc_dhcp_redfish_test.ts": 40,
  "tests/scripts/bmc_dhcp_test.ts": 22,
  "tests/scripts/install_test.ts": 20,
  "tests/scripts/run_overlap_test.ts": 18,
  "tests/scripts/chain_test.ts": 16,
  "tests/scripts/cut_off_test.ts": 15,
  "tests/scripts/broken_chain_test.ts": 13,
  "tests/scripts/wait_leases_test.ts": 12,
  "tests/scripts/events_test.ts": 11,
  "tests/scripts/power_test.ts": 11,
  "tests/scripts/two_at_once_test.ts": 10,
  "tests/scripts/ignored_signals_test.ts": 10,
  "tests/scripts/set_links_test.ts": 9,
  "tests/scripts/standard_input_test.ts": 9,
  "tests/scripts/bmc_dhcp_input_test.ts": 9,
  "tests/scripts/run_meanwhile_test.ts": 7,
  "tests/scripts/unfit_files_test.ts": 7,
  "tests/scripts/habits_test.ts": 7,
  "tests/scripts/rollback_test.ts": 7,
};

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(words: readonly string[]): Promise<number> {
  const args = words.filter((word) => word !== "--all" && word !== "--rest");
  const isNamed = args.some((arg) => !arg.startsWith("-"));
  if (isNamed) return await test(args);
  const directory = Deno.makeTempDirSync({ prefix: "pitboot-tests-" });
  try {
    const files = [...filesIn("tests", false), ...DIRECTORIES.flatMap((each) => filesIn(each))];
    const what = [
      ...writeGroups(directory, words.includes("--rest") ? files.filter(mayBeLeftOut) : files),
      ...args.length < words.length ? REST : [],
    ];
    return await test(["--parallel", "--reporter=dot", ...args, ...what], {
      report: `${directory}/report.xml`,
    });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/**
 * Runs tests.
 *
 * @param args Of `deno test`.
 * @param options `report`: where to write what came of each; they are shown as dots then,
 * which goes through us.
 */
async function test(
  args: readonly string[],
  { report }: { report?: string } = {},
): Promise<number> {
  const lock = [`--lock=${ROOT}vendor/deno.lock`, "--frozen"];
  const options = ["--quiet", "--allow-all", "--no-check", `--config=${ROOT}deno.json`, ...lock];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...options, ...report ? [`--junit-path=${report}`] : [], ...args],
    cwd: ROOT,
    // Deno paints a pipe as it paints a terminal.
    env: { DENO_JOBS: `${GROUPS}`, ...Deno.stdout.isTerminal() ? {} : { NO_COLOR: "1" } },
    stdin: "null",
    stdout: report ? "piped" : "inherit",
  }).spawn();
  if (report) await passOn(child.stdout);
  const { code } = await child.status;
  const line = report ? leftOut(reasonsIn(Deno.readTextFileSync(report))) : null;
  if (line) console.log(line);
  return code;
}

/**
 * Finds what tests lacked that were ignored.
 *
 * @param report What came of each, in the form of JUnit, where those that `--filter` leaves out
 * are skipped as well.
 * @returns For each what its name says at its end, for instance `needs zsh`.
 */
export function reasonsIn(report: string): string[] {
  const ignored = report.matchAll(/<testcase name="[^"]* \((needs [^)"]*)\)"[^>]*>\s*<skipped/g);
  return Array.from(ignored, ([, reason = ""]) => reason);
}

/** Shows what Deno prints, but for a dot in a line of its own for each test and each step. */
async function passOn(stdout: ReadableStream<Uint8Array>): Promise<void> {
  let rest = "";
  const show = (lines: readonly string[]): void =>
    lines.filter((line) => !/^[.,!]$/.test(stripVTControlCharacters(line)))
      .forEach((line) => console.log(line));
  for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    show(lines);
  }
  show(rest ? [rest] : []);
}

/** Writes a module for each group of files, which imports them. */
function writeGroups(directory: string, files: readonly string[]): string[] {
  return evenGroups(files).map((ours, group) => {
    const path = `${directory}/${group + 1}.ts`;
    Deno.writeTextFileSync(path, ours.map((file) => `import "${ROOT}${file}";\n`).join(""));
    return path;
  });
}

/**
 * Spreads files over groups that come to their end at about the same time.
 *
 * @param files Their paths, as seen from the sources.
 * @returns The files of each group, those that take longest first.
 */
export function evenGroups(files: readonly string[]): string[][] {
  const secondsOf = (file: string): number => SLOW[file] ?? 1;
  const groups = Array.from({ length: GROUPS }, () => ({ seconds: 0, ours: [] as string[] }));
  for (const file of files.toSorted((a, b) => secondsOf(b) - secondsOf(a))) {
    const least = groups.reduce((a, b) => b.seconds < a.seconds ? b : a);
    least.ours.push(file);
    least.seconds += secondsOf(file);
  }
  return groups.map(({ ours }) => ours);
}

/** Whether a file has tests that are left out where something is missing. */
function mayBeLeftOut(file: string): boolean {
  return Deno.readTextFileSync(ROOT + file).includes("testWith(");
}

function filesIn(directory: string, isDeep = true): string[] {
  return [...Deno.readDirSync(ROOT + directory)]
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) => {
      const path = `${directory}/${name}`;
      if (isDirectory) return isDeep ? filesIn(path) : [];
      return path.endsWith("_test.ts") ? [path] : [];
    });
}
