/**
 * Runs the tests and measures which lines of the product they reach, in the
 * process of the tests and in every pitboot that they start.
 *
 * Synopsis: deno task coverage [TEST]...
 * Output:   the files that are reached least, and all of them together
 * Exit:     0 enough, 1 tests failed or too little is reached
 *
 * Left out is what needs servers, and what is built: that is not the sources. With
 * TESTs, for instance tests/lab, only these run, and nothing is too little.
 *
 * @module
 */

/** Percent of the lines of all files, and of each. */
const [LEAST, LEAST_OF_ONE] = [97, 85];
const SHOWN = 12;
const ROOT = new URL("..", import.meta.url).pathname;
// Absolute, as pitboot runs in other directories, too.
const DIRECTORY = `${ROOT}coverage`;

const LEFT_OUT = [
  "lab",
  ...["binary", "compile", "package", "single_file", "zypper"]
    .map((name) => `build/${name}_test.ts`),
];

/** How many lines of a file are reached. */
export interface Reach {
  readonly path: string;
  readonly lines: number;
  readonly reached: number;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(tests: readonly string[]): Promise<number> {
  Deno.mkdirSync(DIRECTORY, { recursive: true });
  Deno.removeSync(DIRECTORY, { recursive: true });
  const lock = [`--lock=${ROOT}vendor/deno.lock`, "--frozen"];
  const options = [
    "--quiet",
    "--allow-all",
    ...lock,
    "--parallel",
    `--coverage=${DIRECTORY}`,
    "--coverage-raw-data-only",
  ];
  const what = tests.length > 0 ? tests : [`--ignore=${LEFT_OUT.map((name) => `tests/${name}`)}`];
  const isGood = await deno(["test", ...options, ...what], { DENO_JOBS: "3" });
  const report = `${DIRECTORY}/lcov`;
  await deno(["coverage", "--quiet", "--lcov", `--output=${report}`, DIRECTORY]);
  const reach = readLcov(Deno.readTextFileSync(report));
  const { lines, isEnough } = coverageReport(reach);
  console.log(lines.join("\n"));
  return isGood && (isEnough || tests.length > 0) ? 0 : 1;
}

async function deno(args: readonly string[], env: Record<string, string> = {}): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env,
    stdin: "null",
  });
  return (await child.spawn().status).success;
}

/**
 * Reads what Deno measured.
 *
 * @param lcov In the format of lcov.
 * @returns The files of the product.
 */
export function readLcov(lcov: string): Reach[] {
  return lcov.split("end_of_record").flatMap((record) => {
    const [, path = ""] = /^SF:(?:.*\/)?((?:lib|scripts)\/.+\.ts)$/m.exec(record) ?? [];
    if (!path || /\/(tests|tools)\//.test(record)) return [];
    const counts = Array.from(record.matchAll(/^DA:\d+,(\d+)/gm), ([, count]) => Number(count));
    const reached = counts.filter((count) => count > 0).length;
    return counts.length > 0 ? [{ path, lines: counts.length, reached }] : [];
  });
}

/**
 * Judges it.
 *
 * @param reach What is reached of each file.
 * @returns `lines` for people; whether it is enough.
 */
export function coverageReport(
  reach: readonly Reach[],
): { lines: readonly string[]; isEnough: boolean } {
  const percent = ({ lines, reached }: Omit<Reach, "path">): number => 100 * reached / lines;
  const all = reach.reduce((sum, { lines, reached }) => ({
    lines: sum.lines + lines,
    reached: sum.reached + reached,
  }), { lines: 0, reached: 0 });
  const row = (each: Omit<Reach, "path">, name: string, least: number): string =>
    `${percent(each).toFixed(1).padStart(5)} % ${name}${
      percent(each) < least ? ` (at least ${least} %)` : ""
    }`;
  const worst = reach.toSorted((a, b) => percent(a) - percent(b));
  return {
    lines: [
      ...worst.slice(0, SHOWN).map((each) => row(each, each.path, LEAST_OF_ONE)),
      row(all, `of ${all.lines} lines`, LEAST),
    ],
    isEnough: reach.length > 0 && percent(all) >= LEAST &&
      reach.every((each) => percent(each) >= LEAST_OF_ONE),
  };
}
