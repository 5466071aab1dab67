/**
 * Runs the tests.
 *
 * Synopsis: deno task test [OPTION]... [TEST]...
 * Output:   each failure as a whole, and a count; of TESTs each one
 * Exit:     0 all passed, 1 some failed
 *
 * - TEST: a file or a directory; those that need no root, no server and no
 *   package if not said.
 * - OPTION: one of `deno test`.
 *
 * Each file that Deno is given costs 0.4 s of CPU before its first test, a module that
 * imports many costs that once.
 *
 * @module
 */

const ROOT = new URL("..", import.meta.url).pathname;
/** Where the tests are that need nothing but Deno and npm; directories below count as well. */
const DIRECTORIES = ["tests/lib", "tests/scripts"];
/** More than processors: whose tests are done early leaves room for others. */
const GROUPS = 4;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const isNamed = args.some((arg) => !arg.startsWith("-"));
  if (isNamed) return await test(args);
  const directory = Deno.makeTempDirSync({ prefix: "pitboot-tests-" });
  try {
    const groups = writeGroups(directory, [
      ...filesIn("tests", false),
      ...DIRECTORIES.flatMap((each) => filesIn(each)),
    ]);
    return await test(["--parallel", "--reporter=dot", ...args, ...groups], "piped");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Runs tests; what is printed by dots of them goes through us. */
async function test(
  args: readonly string[],
  stdout: "inherit" | "piped" = "inherit",
): Promise<number> {
  const lock = [`--lock=${ROOT}vendor/deno.lock`, "--frozen"];
  const options = ["--quiet", "--allow-all", "--no-check", `--config=${ROOT}deno.json`, ...lock];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...options, ...args],
    cwd: ROOT,
    env: { DENO_JOBS: "2" },
    stdin: "null",
    stdout,
  }).spawn();
  if (stdout === "piped") await passOn(child.stdout);
  return (await child.status).code;
}

/** Shows what Deno prints, but for a dot in a line of its own for each test and each step. */
async function passOn(stdout: ReadableStream<Uint8Array>): Promise<void> {
  let rest = "";
  const show = (lines: readonly string[]): void =>
    lines.filter((line) => !/^[.,!]$/.test(line)).forEach((line) => console.log(line));
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

function filesIn(directory: string, isDeep = true): string[] {
  return [...Deno.readDirSync(ROOT + directory)]
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) => {
      const path = `${directory}/${name}`;
      if (isDirectory) return isDeep ? filesIn(path) : [];
      return path.endsWith("_test.ts") ? [path] : [];
    });
}
