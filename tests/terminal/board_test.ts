import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { expandHosts } from "../../mod.ts";
import { isGone, isWhole, nextSecond, resize, Trace, withoutTrace } from "./board.ts";
import { type Scenario, type ScenarioPit, scenarioPit } from "./scenario.ts";
import { Terminal, terminalTest } from "./terminal.ts";

const NINE = "ncn-m[002-003],ncn-s[001-003],ncn-w[001-004]";

/** Gives leases one after another, not too fast to be seen. */
async function give(pit: ScenarioPit, terminal: Terminal, nodes: readonly string[]): Promise<void> {
  for (const node of nodes) {
    const before = await terminal.screen();
    pit.giveLeases(node);
    await terminal.watch(isWhole, (screen) => screen !== before);
  }
}

terminalTest("wait-leases shows one board, and leaves nothing of it", async (t) => {
  for (const columns of [80, 40, 200]) {
    await t.step(`${columns} columns`, async () => {
      using pit = scenarioPit({ nodes: 9 });
      using terminal = await pit.open(["wait-leases"], { columns, rows: 24 });
      const nodes = expandHosts(NINE);
      const first = await terminal.shows("leases  0 of 9");
      isWhole(first);
      if (columns < 60) assertMatch(first, /^leases {2}0 of 9 {2}1[45]:\d\d left$/);
      else assertStringIncludes(first, `  waiting for ${NINE}`);
      await give(pit, terminal, nodes.slice(0, 8));
      const last = await terminal.shows("8 of 9");
      assertEquals(last.includes("last came"), columns >= 60, last);
      pit.giveLeases("ncn-w004");
      await terminal.watch(isWhole, () => terminal.hasEnded());
      assertEquals(await terminal.end(), 0);
      assertEquals(await isGone(terminal), "9 of 9 BMCs have a lease");
    });
  }
});

terminalTest("the board is whole in a terminal that is resized", () =>
  withoutTrace(async () => {
    using pit = scenarioPit({ nodes: 99 });
    // With something above it, as there is below a prompt: rows that are broken scroll off
    // the top of a screen.
    using terminal = await Terminal.open({
      columns: 80,
      rows: 24,
      env: pit.env,
      command: ["sh", "-c", 'seq 1 5; exec "$@"', "sh", ...pit.command("wait-leases")],
    });
    await terminal.shows("leases  0 of 99");
    for (const [columns, rows] of [[40, 24], [120, 30], [61, 12], [200, 24], [80, 24]] as const) {
      await resize(terminal, { columns, rows });
      // Terminals break rows that became too long: until the next tick.
      await nextSecond(terminal);
      const text = await terminal.scrollback();
      const board = text.split("\n").slice(5);
      const isOne = board.length === (columns < 60 ? 1 : 2) &&
        (board[0] ?? "").startsWith("leases  0 of 99");
      if (!isOne) throw new Trace(text);
      isWhole(text);
    }
    pit.giveLeases("ncn-w[001-070]");
    await terminal.shows("70 of 99");
    await terminal.press("C-c");
    assertEquals(await terminal.end(), 130);
    const text = await isGone(terminal);
    assertMatch(text, /^1\n2\n3\n4\n5\npitboot wait-leases: error: stopped by SIGINT\n/);
  }));

terminalTest("the board takes away nothing of what a shell showed between ^Z and fg", async () => {
  using pit = scenarioPit({ nodes: 9 });
  using terminal = await shellOn(pit, "wait-leases");
  const { enter } = terminal;
  await enter("./waiting");
  await terminal.shows("leases  0 of 9");
  await terminal.press("C-z");
  await terminal.shows("Stopped");
  await enter("seq 101 103");
  await terminal.shows("103");
  await enter("fg");
  const text = await terminal.shows(/\$ fg[^]*leases {2}0 of 9/);
  assertStringIncludes(text, "\n101\n102\n103\n$ fg\n");
  assertStringIncludes(text, "$ ./waiting\nleases  0 of 9");
});

terminalTest("in the background there are lines, and nothing of others is erased", async () => {
  using pit = scenarioPit({ nodes: 9 });
  using terminal = await shellOn(pit, "wait-leases");
  const { enter } = terminal;
  await enter("./waiting & for i in 1 2 3; do echo mine $i; done");
  await terminal.shows("waiting up to 15 min for 9 BMCs");
  pit.giveLeases("ncn-w001");
  await terminal.shows("ncn-w001-mgmt has a lease");
  await enter("seq 101 103; fg");
  const text = await terminal.shows(/leases {2}1 of 9 [^]*last came/);
  for (const words of ["mine 1\nmine 2\nmine 3\n", "\n101\n102\n103\n"]) {
    assertStringIncludes(text, words);
  }
  await terminal.press("C-z");
  await terminal.shows("Stopped");
  await enter("bg");
  pit.giveLeases("ncn-w002");
  const later = await terminal.shows("ncn-w002-mgmt has a lease");
  assert(!later.slice(later.indexOf("$ bg")).includes("leases  "), later);
  await enter("fg");
  await terminal.shows("leases  2 of 9");
});

terminalTest("status --watch gives the terminal back at ^Z", async () => {
  using pit = scenarioPit({ nodes: 9 });
  using terminal = await shellOn(pit, "status", "--watch");
  const { enter } = terminal;
  await enter("./waiting");
  await terminal.shows("every 2 s until ^C");
  await terminal.press("C-z");
  const stopped = await terminal.shows("Stopped");
  assertStringIncludes(stopped, "$ ./waiting\n");
  await enter("bg; echo mine");
  await terminal.shows("\nmine\n");
  await enter("fg");
  await terminal.shows("every 2 s until ^C");
  await terminal.press("C-c");
  await terminal.shows(/mine\n\$ fg\n[^]*every 2 s/);
});

/** A shell whose file `waiting` runs pitboot. */
async function shellOn(
  pit: ScenarioPit,
  ...args: readonly string[]
): Promise<Terminal & { enter(text: string): Promise<void> }> {
  const words = pit.command(...args).map((word) => `'${word}'`).join(" ");
  Deno.writeTextFileSync(`${pit.directory}/waiting`, `#!/bin/sh\nexec ${words}\n`, { mode: 0o755 });
  const terminal = await Terminal.open({
    columns: 80,
    rows: 24,
    cwd: pit.directory,
    env: { ...pit.env, PS1: "$ " },
    command: ["/bin/bash", "--norc", "--noprofile", "-i"],
  });
  await terminal.shows("$");
  return Object.assign(terminal, {
    enter: async (text: string): Promise<void> => {
      await terminal.type(text);
      await terminal.press("Enter");
    },
  });
}

terminalTest("the board makes room for lines that stay", async () => {
  using pit = scenarioPit({ nodes: 9 });
  using terminal = await pit.open(["wait-leases"], { columns: 80, rows: 8 });
  await terminal.shows("leases  0 of 9");
  const path = "/var/lib/misc/dnsmasq.leases";
  const said: string[] = [];
  for (let i = 0; i < 10; i++) {
    pit.giveLeases("ncn-w001");
    await terminal.watch(isWhole, /^leases {2}1 of 9/m);
    Deno.writeTextFileSync(`${pit.root}${path}`, "");
    await terminal.watch(isWhole, /^leases {2}0 of 9/m);
    said.push("pitboot wait-leases: ncn-w001-mgmt has lost its lease (0 of 9)");
  }
  await terminal.press("C-c");
  assertEquals(await terminal.end(), 130);
  const text = await isGone(terminal);
  assertEquals(text.split("\n").slice(0, 10), said);
});

const BUSY: Scenario = {
  nodes: 9,
  slow: "ncn-m003",
  slowSeconds: 2,
  dead: "ncn-w003",
  refusing: "ncn-s002",
  forgetful: "ncn-s003",
};

terminalTest("bmc-dhcp shows what became of BMCs, and leaves what failed", async () => {
  await Promise.all([80, 40].map(async (columns) => {
    using pit = scenarioPit(BUSY);
    // Long enough to see the board before those are given up on who do not answer.
    const args = ["bmc-dhcp", "--bmc-timeout=24s"];
    using terminal = await pit.open(args, { columns, rows: 40 });
    const seen = await terminal.watch(isWhole, () => terminal.hasEnded());
    assertEquals(await terminal.end(), 4);
    const text = (await isGone(terminal)).replace(/\n */g, " ");
    for (const line of ["ncn-w003-mgmt (10.254.1.12): no answer", "did not keep it"]) {
      assertStringIncludes(text, line);
    }
    const shown = seen.find((screen) => /^BMCs {4}7 of 9/m.test(screen)) ?? "";
    assertMatch(
      shown,
      columns < 60
        ? /^BMCs {4}7 of 9 +0:\d\d\n {2}refused 1$/m
        : /^ {2}refused {3}ncn-s002\n {2}waiting for ncn-s003,ncn-w003$/m,
      seen.join("\n---\n"),
    );
  }));
});

terminalTest("there is no board where others write to the terminal, or nobody looks", async (t) => {
  const shell = 'script=$1; shift; eval "$script"';
  const cases: [name: string, script: string, said: RegExp][] = [
    ["a chain", '"$@" | cat >&2', /waiting up to 1 s for 9 BMCs: ncn-m/],
    ["a file", '"$@" 2>/dev/null', /^$/],
    ["TERM=dumb", 'TERM=dumb "$@"', /waiting up to 1 s for 9 BMCs: ncn-m/],
    ["--quiet", '"$@" --quiet', /^$/],
  ];
  for (const [name, script, said] of cases) {
    await t.step(name, async () => {
      using pit = scenarioPit({ nodes: 9 });
      using terminal = await Terminal.open({
        columns: 200,
        rows: 24,
        env: pit.env,
        command: ["sh", "-c", shell, "sh", script, ...pit.command("wait-leases", "--timeout=1s")],
      });
      const none = (screen: string): void => assert(!/^leases {2}\d|[█░]/m.test(screen), "a board");
      await terminal.watch(none, () => terminal.hasEnded());
      assertMatch(await terminal.scrollback(), said);
    });
  }
});
