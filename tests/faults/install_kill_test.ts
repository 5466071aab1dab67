import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { command } from "../../scripts/install.ts";
import { cutOffAfter, failAt, withoutSync, worthTrying } from "./cut_off.ts";
import { runInProcess } from "../in_process.ts";
import {
  type Modes,
  modesOf,
  PROGRAM,
  type TemporaryRoot,
  temporaryRoot,
  write,
} from "../installation.ts";
import { type CallResult, isThere } from "../kit.ts";

const SCRIPT = "root/bin/set-sqfs-links.sh";
const NOW = Date.UTC(2022, 7, 1);
const UNINSTALL = "--uninstall";

/** What is there before the first installation. */
const STARTS: [name: string, arrange: (root: string) => void, args: string[]][] = [
  ["nothing", () => {}, []],
  ["a package, a link in the place of the script, and state of other commands", (root) => {
    write(root, "usr/bin/pitboot", "#!/bin/sh\n", 0o755);
    write(root, "usr/share/man/man8/pitboot.8.gz", "x");
    write(root, "root/tools/script", "old\n");
    Deno.mkdirSync(`${root}/root/bin`);
    Deno.symlinkSync("../tools/script", `${root}/${SCRIPT}`);
    write(root, "var/lib/pitboot/scripts.json", "{}\n");
    write(root, "var/lib/pitboot/lock", "", 0o600);
  }, ["--binary=/usr/bin/pitboot"]],
  ["a package, and a state directory on another disk", (root) => {
    write(root, "usr/bin/pitboot", "#!/bin/sh\n", 0o755);
    write(root, "usr/share/man/man8/pitboot.8.gz", "x");
    Deno.mkdirSync(`${root}/disk`, { mode: 0o700 });
    Deno.mkdirSync(`${root}/var/lib`, { recursive: true });
    Deno.symlinkSync("../../disk", `${root}/var/lib/pitboot`);
  }, ["--binary=/usr/bin/pitboot"]],
];

Deno.test("install goes on wherever it was killed, and takes all of it back", async (t) => {
  for (const [name, arrange, args] of STARTS) {
    await t.step(name, async () => {
      const changes = await killEverywhere(arrange, [args]);
      assert(changes > 15, `only ${changes} changes`);
    });
  }
});

Deno.test("install --uninstall goes on wherever it was killed, and installs again", async (t) => {
  for (const [name, arrange, args] of STARTS) {
    await t.step(name, async () => {
      const changes = await killEverywhere(arrange, [args, [UNINSTALL]]);
      assert(changes >= 10, `only ${changes} changes`);
    });
  }
});

Deno.test("install in another place goes on wherever it was killed", async () => {
  const arrange = (root: string): void => write(root, SCRIPT, "old\n");
  const changes = await killEverywhere(arrange, [[], ["--prefix=/usr/local/sbin"]]);
  assert(changes > 15, `only ${changes} changes`);
});

Deno.test("install that fails leaves nothing, or what another run finishes or takes back", async () => {
  using _quick = withoutSync();
  for (const args of [[], [UNINSTALL]]) {
    const runs = args.length > 0 ? [[], args] : [args];
    const { before, whole, points } = await undisturbed(() => {}, runs);
    for (const failing of points.map((point) => point + 1)) {
      using system = await prepared(() => {}, runs.slice(0, -1));
      const words = `install ${args.join(" ")}, failed at ${failing}`;
      {
        using _failed = failAt(failing);
        const { code, stderr } = await run(system.root, args);
        // What a lock says of who holds it may fail: nothing depends on it.
        if (code === 0) {
          assertEquals([stderr, modesOf(system.root)], ["", whole], words);
          continue;
        }
        assertEquals(code, 1, words);
        assertMatch(
          stderr,
          /error: \/\S+ cannot be written: .*no space left on device\n {2}hint: /,
        );
      }
      const isRecorded = isThere(`${system.root}/var/lib/pitboot/install.json`);
      if (!isRecorded) assertEquals(modesOf(system.root), before, words);
      assertEquals((await run(system.root, failing % 2 ? args : [UNINSTALL])).code, 0);
      assertEquals(modesOf(system.root), failing % 2 ? whole : before, words);
    }
  }
});

/**
 * Carries out runs, and kills the last one at changes that it makes. After
 * that it must come to the same end when it is called again, and leave nothing
 * when what it did is undone.
 *
 * @returns How many changes it makes.
 */
async function killEverywhere(
  arrange: (root: string) => void,
  runs: readonly string[][],
): Promise<number> {
  using _quick = withoutSync();
  const last = runs.at(-1) ?? [];
  const { before, installed, whole, changes, points } = await undisturbed(arrange, runs);
  const isUndone = last.includes(UNINSTALL);
  // Once more; and all of it undone, or done again.
  const ends: readonly [[args: string[], Modes], [args: string[], Modes]] = [
    [last, whole],
    isUndone ? [runs[0] ?? [], installed] : [[UNINSTALL], before],
  ];
  for (const [i, allowed] of points.entries()) {
    // One after the other, or both where there is time for every change.
    for (const [end, expected] of points.length < changes ? [ends[i % 2] ?? ends[0]] : ends) {
      using system = await prepared(arrange, runs.slice(0, -1));
      {
        using _killed = cutOffAfter(allowed);
        assertEquals((await run(system.root, last)).code, 1, `not killed after ${allowed}`);
      }
      const words = `killed after ${allowed}, then install ${end.join(" ")}`;
      const { code, stderr } = await run(system.root, end);
      assertEquals(code, 0, `${words}: ${stderr}`);
      assertEquals(withoutLeft(modesOf(system.root), expected), withoutLeft(expected), words);
    }
  }
  return changes;
}

/** The directories that are made for the lock: a run that is killed may leave them, empty. */
const AROUND = ["var/", "var/lib/"];

/** A tree without what may be left, and without what the record says of it. */
function withoutLeft(tree: Modes, expected: Modes = tree): Modes {
  const isEmpty = (path: string): boolean =>
    !Object.keys(tree).some((other) =>
      other !== path && other.startsWith(path) && other in expected
    );
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([path]) => path in expected || !(AROUND.includes(path) && isEmpty(path)))
      .map(([path, what]) => [path, what.replace(/"\/var(\/lib)?",?/g, "")]),
  );
}

async function undisturbed(
  arrange: (root: string) => void,
  runs: readonly string[][],
): Promise<{
  before: Modes;
  installed: Modes;
  whole: Modes;
  changes: number;
  /** Those that are worth a try, counted from 0. */
  points: number[];
}> {
  using start = await prepared(arrange, []);
  const before = modesOf(start.root);
  using system = await prepared(arrange, runs.slice(0, -1));
  const installed = modesOf(system.root);
  using counted = cutOffAfter(Infinity);
  const { code, stderr } = await run(system.root, runs.at(-1) ?? []);
  assertEquals(code, 0, stderr);
  const { changes } = counted;
  return { before, installed, whole: modesOf(system.root), changes, points: worthTrying(counted) };
}

async function prepared(
  arrange: (root: string) => void,
  runs: readonly string[][],
): Promise<TemporaryRoot> {
  const system = temporaryRoot();
  arrange(system.root);
  for (const args of runs) assertStringIncludes((await run(system.root, args)).stdout, "\n");
  return system;
}

/** Runs `install ARGS` in this process. */
async function run(root: string, args: readonly string[]): Promise<CallResult> {
  const words = [`--root=${root}`, ...withProgram(args)];
  return await runInProcess(command, words, { now: () => NOW });
}

function withProgram(args: readonly string[]): string[] {
  const isNamed = args.some((arg) => arg.startsWith("--binary="));
  return isNamed ? [...args] : [`--binary=${PROGRAM}`, ...args];
}
