/**
 * Runs tests many times beside load, to find those that sometimes fail.
 *
 * Synopsis: deno task flakes [--times N] [TEST]...
 * Output:   each failure as a whole, then how many runs failed
 * Exit:     0 none failed, 1 some did, 2 usage
 *
 * - `--times`: how many runs, 10 if not said.
 * - TEST: a file or a directory; those that differ from the branch main if not
 *   said, or from the commit before where nothing does.
 *
 * @module
 */

import { parseArgs } from "node:util";

const ROOT = new URL("..", import.meta.url).pathname;
const LOOPS = 4;
/** It ends when we do, however that happens. */
const BUSY = "while [ -e /proc/$PPID ]; do i=0; while [ $i -lt 99999 ]; do i=$((i+1)); done; done";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { times: { type: "string", default: "10" } },
    allowPositionals: true,
  });
  const times = Number(values.times);
  const tests = positionals.length > 0 ? positionals : changedTests();
  if (!(times > 0) || tests.length === 0) {
    console.error("flakes: nothing to run; name a test and --times N");
    return 2;
  }
  console.error(`flakes: ${times} × ${tests.join(" ")}`);
  using _load = load();
  let failed = 0;
  for (let i = 1; i <= times; i++) {
    const output = await failureOf(tests);
    if (output !== null) failed++;
    if (output !== null) console.log(`run ${i}:\n${output}`);
  }
  console.log(`${failed} of ${times} runs failed`);
  return failed > 0 ? 1 : 0;
}

/** Loops that keep the machine busy until the end of their block. */
function load(): Disposable {
  const loops = Array.from({ length: LOOPS }, () => start("sh", ["-c", BUSY]).spawn());
  return { [Symbol.dispose]: () => loops.forEach((loop) => loop.kill()) };
}

/** Runs the tests; what they print about failures, or `null` if there are none. */
async function failureOf(tests: readonly string[]): Promise<string | null> {
  const lock = [`--lock=${ROOT}vendor/deno.lock`, "--frozen"];
  const options = ["--quiet", "--allow-all", "--no-check", "--reporter=dot", ...lock];
  const { success, stdout, stderr } = await start(Deno.execPath(), ["test", ...options, ...tests])
    .output();
  return success ? null : textOf(stdout) + textOf(stderr);
}

function changedTests(): string[] {
  const git = (...args: string[]): string[] =>
    textOf(start("git", [...args, "--", "tests/*_test.ts"]).outputSync().stdout).split("\n");
  const changed = (since: string): string[] =>
    git("diff", "--name-only", "--diff-filter=d", since).filter(Boolean);
  const ours = [...changed("main"), ...git("ls-files", "--others").filter(Boolean)];
  return ours.length > 0 ? ours : changed("HEAD~");
}

function start(program: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
