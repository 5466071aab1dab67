import { assert, assertEquals, assertMatch } from "@std/assert";
import { expandHosts, foldHosts } from "../../mod.ts";
import { treeOf, until } from "../kit.ts";
import { boardOf, clockOf, isGone, isWhole, resize, Trace, withoutTrace } from "./board.ts";
import { type Scenario, type ScenarioPit, scenarioPit } from "./scenario.ts";
import { Terminal, terminalTest } from "./terminal.ts";

const COLUMNS = [80, 40, 200] as const;
const ROWS = 60;
/**
 * Nobody is late because others are many, on a machine that does much else, too; and all
 * leases are given while one still waits for who does not answer.
 */
const PATIENT = ["--bmc-timeout=24s", "--fanout=12"];
const LEASE_PAUSE_MS = 10;
const READY = "/var/www is ready.";
/** A board is drawn anew at each: by then it is whole, or never. */
const ENOUGH_TICKS = 5;

/** BMCs of each kind of trouble. */
const NINE: Scenario = {
  nodes: 9,
  slow: "ncn-m003",
  slowSeconds: 0.5,
  dead: "ncn-w003",
  refusing: "ncn-s002",
  forgetful: "ncn-s003",
  lease: "never",
};
const NINETY_NINE: Scenario = {
  nodes: 99,
  slow: "ncn-m[002-003]",
  slowSeconds: 0.5,
  dead: "ncn-m008,ncn-w[008,018]",
  refusing: "ncn-s016",
  forgetful: "ncn-w[013,042]",
  lease: "never",
};

/**
 * Gives leases to the BMCs of all nodes but some, one after the other. The first look
 * of a run has found none then, however slow the machine is.
 */
async function giveLeases(terminal: Terminal, pit: ScenarioPit, lacking: string): Promise<void> {
  const isLookedFor = async (): Promise<boolean> =>
    /^Waiting on/m.test(await terminal.scrollback());
  await terminal.shows(isLookedFor, "that it waits");
  for (const node of expandHosts(othersThan(pit, lacking))) {
    pit.giveLeases(node);
    await new Promise((resolve) => setTimeout(resolve, LEASE_PAUSE_MS));
  }
}

/** The handbook's lines of a run that is not done, where a board is shown. */
function handbook(total: number): string[] {
  const path = new URL("../testdata/handbook/run.txt", import.meta.url);
  return [
    ...new Set(
      Deno.readTextFileSync(path).trimEnd()
        .replaceAll("Waiting on 9", `Waiting on ${total}`)
        .replace("/root/bin/set-sqfs-links.sh", "pitboot run")
        .split("\n"),
    ),
  ].filter((line) => line !== READY && !line.startsWith("All ["));
}

/** What is printed to standard error before the verdict, and the table. */
const OTHERS =
  /^(pitboot run: |[A-Z]+ {2}|(created|absent) {2}| {4,}| {2}hint: | {2}[\w-]+ {2}\d+$)/;

/** Splits lines into the handbook's, what else there is, and the verdict. */
function parts(lines: readonly string[], total: number): {
  readonly said: readonly string[];
  readonly others: readonly string[];
  readonly verdict: readonly string[];
} {
  const first = lines.findIndex((line) => line.startsWith("NOT READY"));
  const end = first < 0 ? lines.length : first;
  const known = new Set([
    ...handbook(total),
    READY,
    `All [${total}] expected BMCs have requested DHCP.`,
  ]);
  return {
    said: lines.slice(0, end).filter((line) => known.has(line)),
    others: lines.slice(0, end).filter((line) => !known.has(line)),
    verdict: lines.slice(end),
  };
}

/** Holds the end of a run that is not done against what it must be. */
async function isConcluded(terminal: Terminal, total: number): Promise<readonly string[]> {
  await isGone(terminal);
  const lines = await terminal.lines();
  const { said, others, verdict } = parts(lines, total);
  assertEquals(said, handbook(total), lines.join("\n"));
  // Whatever is glued to a line makes it one that nobody knows.
  assertEquals(others.filter((line) => !OTHERS.test(line)), [], lines.join("\n"));
  assertEquals(lines.filter((line) => line.includes("is ready")), []);
  const last = verdict.findLastIndex((line) => line.startsWith("then: "));
  assert(last > 0 && verdict.slice(last, -1).every((line) => line.endsWith("\\")), "not the last");
  return verdict;
}

/** The nodes that a disk has boot directories of. */
function servedOf(pit: ScenarioPit): string {
  const names = [...Deno.readDirSync(`${pit.root}/var/www`)].map(({ name }) => name);
  const nodes = names.filter((name) => name.startsWith("ncn-"));
  for (const node of nodes) {
    for (const file of ["kernel", "initrd.img.xz", "rootfs", "script.ipxe"]) {
      Deno.statSync(`${pit.root}/var/www/${node}/${file}`);
    }
  }
  return foldHosts(nodes);
}

/** The nodes besides the PIT and those that are named. */
function othersThan(pit: ScenarioPit, range: string): string {
  const left = new Set(range === "" ? [] : expandHosts(range));
  return foldHosts(pit.nodes.slice(1).map(({ name }) => name).filter((name) => !left.has(name)));
}

/** Fails if a board comes and goes. */
function isSteady(screens: readonly string[]): void {
  const hasBoard = screens.map((screen) => boardOf(screen).length > 0 ? "#" : ".").join("");
  assertMatch(hasBoard, /^\.*#+\.*$/);
}

/** Fails if a board has more than counts and clocks. */
function isNarrow(screen: string): void {
  const board = boardOf(screen).join("\n");
  assert(!/ncn-|waiting for|█/.test(board), "more than counts");
}

terminalTest("run serves whoever has a lease, above one board", async (t) => {
  const cases: [scenario: Scenario, lacking: string, faults: RegExp, counts: RegExp][] = [
    [
      NINE,
      "ncn-s[002-003],ncn-w[003-004]",
      /^ {2}no answer {3}ncn-w003 {6}refused {3}ncn-s002 {6}not kept {3}ncn-s003$/m,
      /^ {2}no answer 1 {2}refused 1 {2}not kept 1$/m,
    ],
    [
      NINETY_NINE,
      "ncn-m008,ncn-s016,ncn-w[008,013,018,042,070-071]",
      /^ {2}no answer {3}ncn-m008,ncn-w\[008,018\] {6}refused {3}ncn-s016\n {2}not kept {3}ncn-w\[013,042\]$|ncn-s016 {6}not kept {3}ncn-w\[013,042\]$/m,
      /^ {2}no answer 3 {2}refused 1 {2}not kept 2$/m,
    ],
  ];
  for (const [scenario, lacking, faults, counts] of cases) {
    const total = scenario.nodes;
    await t.step(`${total} nodes`, async () => {
      // At the same time: what takes time is the wait.
      await Promise.all(COLUMNS.map(async (columns) => {
        using pit = scenarioPit(scenario);
        // The board stands for a while when all BMCs are done: somebody has to see it.
        const args = ["run", "--timeout=15s", ...PATIENT];
        using terminal = await pit.open(args, { columns, rows: ROWS });
        const look = (screen: string): void => {
          isWhole(screen);
          if (columns < 60) isNarrow(screen);
        };
        const [seen] = await Promise.all([
          terminal.watch(look, () => terminal.hasEnded()),
          giveLeases(terminal, pit, lacking),
        ]);
        assertEquals(await terminal.end(), 124, await terminal.scrollback());
        isSteady(seen);
        const whole = seen.findLast((screen) => boardOf(screen).length > 0) ?? "";
        assertMatch(whole, columns < 60 ? counts : faults);
        const verdict = (await isConcluded(terminal, total)).join(" ").replace(/ +/g, " ");
        const missing = expandHosts(lacking).length;
        assertMatch(
          verdict,
          new RegExp(
            `^NOT READY ${
              total - missing
            } of ${total} nodes will boot \\S+ ${missing} will not \\(exit 124\\)`,
          ),
        );
        const [, next = ""] = / --nodes ([^ ]*(?:\\ [^ ]*)*)$/.exec(verdict) ?? [];
        assertEquals(next.replaceAll("\\ ", ""), lacking);
        assertEquals(servedOf(pit), othersThan(pit, lacking));
      }));
    });
  }
});

terminalTest("run says that all is ready when it is", async () => {
  await Promise.all(COLUMNS.map(async (columns) => {
    using pit = scenarioPit({ nodes: 9, lease: "never" });
    using terminal = await pit.open(["run"], { columns, rows: ROWS });
    const [seen] = await Promise.all([
      terminal.watch(isWhole, () => terminal.hasEnded()),
      giveLeases(terminal, pit, ""),
    ]);
    isSteady(seen);
    assertEquals(await terminal.end(), 0);
    await isGone(terminal);
    const { said, others, verdict } = parts(await terminal.lines(), 9);
    const [before, after] = [handbook(9).slice(0, -3), handbook(9).slice(-3)];
    assertEquals(said, [
      ...before,
      "All [9] expected BMCs have requested DHCP.",
      ...after,
      READY,
    ]);
    assertEquals(others.filter((line) => !OTHERS.test(line)), []);
    assertEquals(verdict, []);
  }));
});

terminalTest(
  "run has one whole board in a terminal that is resized",
  () =>
    withoutTrace(async () => {
      using pit = scenarioPit(NINETY_NINE);
      const args = ["run", ...PATIENT];
      using terminal = await pit.open(args, { columns: 80, rows: 30 });
      const lacking = "ncn-m008,ncn-s016,ncn-w[008,013,018,042,070-071]";
      await giveLeases(terminal, pit, lacking);
      await terminal.watch(isWhole, /^BMCs {4}99 of 99/m);
      await terminal.watch(isWhole, /^nodes {3}91 of 99/m);
      const above = (await terminal.lines()).filter((line) => !isOfBoard(line));
      for (const columns of [40, 200, 80]) {
        await resize(terminal, { columns, rows: 30 });
        const height = columns < 60 ? 4 : columns < 100 ? 6 : 5;
        // Terminals break rows that became too long: until the next tick.
        const isWholeAgain = async (): Promise<boolean> => {
          const text = await terminal.scrollback();
          const lines = await terminal.lines();
          const end = lines.findIndex((line) => isOfBoard(line));
          return passes(isWhole, text) && boardOf(text).length === height &&
            (columns >= 60 || passes(isNarrow, text)) &&
            JSON.stringify(lines.slice(0, end)) === JSON.stringify(above);
        };
        const clocks = new Set<string>();
        await terminal.shows(async (screen) => {
          clocks.add(clockOf(screen));
          return clocks.size > ENOUGH_TICKS || await isWholeAgain();
        }, `one board of ${height} rows below what was there`);
        if (!await isWholeAgain()) throw new Trace(await terminal.scrollback());
      }
      await terminal.press("C-c");
      assertEquals(await terminal.end(), 130);
      await isGone(terminal);
      assertEquals((await terminal.lines()).slice(0, above.length), above);
      assertEquals(servedOf(pit), othersThan(pit, lacking));
    }),
);

function passes(check: (screen: string) => void, screen: string): boolean {
  try {
    check(screen);
    return true;
  } catch {
    return false;
  }
}

function isOfBoard(line: string): boolean {
  return boardOf(line).length > 0 || /^ {2}(no answer|refused|not kept|waiting for) /.test(line);
}

terminalTest("run that is stopped loses nobody who has a lease", async (t) => {
  await t.step("while a BMC has not answered", async () => {
    using pit = scenarioPit({ nodes: 9, slow: "ncn-w003", slowSeconds: 600 });
    using terminal = await pit.open(["run"], { columns: 80, rows: ROWS });
    await terminal.watch(isWhole, "nodes   8 of 9 ready");
    await terminal.press("C-c");
    assertEquals(await terminal.end(), 130);
    await isGone(terminal);
    assertEquals(servedOf(pit), othersThan(pit, "ncn-w003"));
    const { said, verdict } = parts(await terminal.lines(), 9);
    assertEquals(said.filter((line) => line === READY), []);
    assertEquals(
      verdict[0],
      "NOT READY  8 of 9 nodes are ready; ncn-w003 is not (exit 130)",
    );
  });
  await t.step("while leases are missing", async () => {
    using pit = scenarioPit({ nodes: 9, silent: "ncn-s001,ncn-w[003-004]" });
    using terminal = await pit.open(["run"], { columns: 40, rows: ROWS });
    await terminal.watch(isWhole, /^leases {2}6 of 9 +1[45]:\d\d left\nnodes {3}6 of 9 ready/m);
    await terminal.press("C-c");
    assertEquals(await terminal.end(), 130);
    await isGone(terminal);
    assertEquals(servedOf(pit), othersThan(pit, "ncn-s001,ncn-w[003-004]"));
    const { verdict } = parts(await terminal.lines(), 9);
    assertMatch(
      verdict.join(" ").replace(/ +/g, " "),
      /^NOT READY 6 of 9 nodes are ready; ncn-s001,ncn-w\[003-004\] are not \(exit 130\)/,
    );
  });
});

terminalTest("run gives up early on BMCs that cannot come, and says so", async () => {
  using pit = scenarioPit({ nodes: 9, dead: "ncn-w003", refusing: "ncn-s002", lease: "never" });
  const args = ["run", "--grace=2s", "--bmc-timeout=24s"];
  using terminal = await pit.open(args, { columns: 90, rows: ROWS });
  await giveLeases(terminal, pit, "ncn-s002,ncn-w003");
  await terminal.watch(isWhole, () => terminal.hasEnded());
  assertEquals(await terminal.end(), 124);
  const verdict = await isConcluded(terminal, 9);
  const { others } = parts(await terminal.lines(), 9);
  assertEquals(others.filter((line) => line.includes("giving up")), [
    "pitboot run: giving up on ncn-s002,ncn-w003 after 2 s without a change: no answer",
  ]);
  assertMatch(verdict[0] ?? "", /^NOT READY {2}7 of 9 nodes will boot /);
});

terminalTest("run whose checks fail says all of it, and that nothing was done", async () => {
  using pit = scenarioPit({ nodes: 9 });
  Deno.removeSync(`${pit.root}/var/www/boot/script.ipxe`);
  Deno.removeSync(`${pit.root}/etc/conman.conf`);
  const before = treeOf(`${pit.root}/var/www`);
  using terminal = await pit.open(["run"], { columns: 80, rows: 24 });
  const seen = await terminal.watch(isWhole, () => terminal.hasEnded());
  assertEquals(await terminal.end(), 1);
  assertEquals(seen.filter((screen) => boardOf(screen).length > 0), []);
  const lines = (await terminal.scrollback()).split("\n");
  const errors = lines.filter((line) => line.startsWith("pitboot run: error: "));
  assertEquals(errors.length, 3, lines.join("\n"));
  assertEquals(lines.slice(-2), [
    "pitboot run: error: 2 of 13 checks failed; no BMC was contacted, nothing was",
    "    changed",
  ]);
  assertEquals(treeOf(`${pit.root}/var/www`), before);
});

terminalTest("run leaves room for what it says in a terminal of five rows", async () => {
  using pit = scenarioPit({ nodes: 9, dead: "ncn-w003", lease: "never" });
  const args = ["run", "--timeout=3s", "--bmc-timeout=24s"];
  using terminal = await pit.open(args, { columns: 80, rows: 5 });
  const [seen] = await Promise.all([
    terminal.watch(isWhole, () => terminal.hasEnded()),
    giveLeases(terminal, pit, "ncn-w[003-004]"),
  ]);
  assertEquals(await terminal.end(), 124);
  const boards = seen.map((screen) => boardOf(screen)).filter(({ length }) => length > 0);
  assert(boards.length > 0, "no board");
  assertEquals(boards.filter(({ length }) => length > 3), []);
  await isConcluded(terminal, 9);
});

terminalTest("run goes on where its terminal was closed and that is to be ignored", async () => {
  using pit = scenarioPit({ nodes: 9, lease: "never" });
  const script = `trap '' HUP; TERM=dumb exec "$@"`;
  const command = ["sh", "-c", script, "sh", ...pit.command("run")];
  {
    using terminal = await Terminal.open({ columns: 80, rows: ROWS, env: pit.env, command });
    await terminal.shows("waiting up to");
  }
  pit.giveLeases(othersThan(pit, "ncn-w003"));
  await until(() => servedOf(pit) === othersThan(pit, "ncn-w003"));
  pit.giveLeases("ncn-w003");
  const generation = `${pit.root}/var/lib/pitboot/generations/1.json`;
  // While the run goes on, what it adds follows in lines of their own.
  const begun = (): string => Deno.readTextFileSync(generation).split("\n")[0] ?? "";
  await until(() => JSON.parse(begun()).ended !== null);
});
