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

/** Writes modules that import all files; neighbours go to different ones. */
function writeGroups(directory: string, files: readonly string[]): string[] {
  return Array.from({ length: GROUPS }, (_, group) => {
    const path = `${directory}/${group + 1}.ts`;
    const ours = files.filter((_, i) => i % GROUPS === group);
    Deno.writeTextFileSync(path, ours.map((file) => `import "${ROOT}${file}";\n`).join(""));
    return path;
  });
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
