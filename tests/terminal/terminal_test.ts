import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { isThere, until } from "../kit.ts";
import { temporaryDirectory } from "../temporary.ts";
import { Terminal, type TerminalOptions, terminalTest } from "./terminal.ts";

/** Runs a script of the shell in a terminal. */
function run(script: string, options: Partial<TerminalOptions> = {}): Promise<Terminal> {
  return Terminal.open({
    columns: 40,
    rows: 6,
    env: { PATH: "/usr/bin:/bin" },
    command: ["sh", "-c", script],
    ...options,
  });
}

terminalTest("Terminal shows what a command writes, at the size that it was given", async (t) => {
  for (const [columns, rows] of [[80, 24], [40, 24], [200, 50]] as const) {
    await t.step(`${columns}x${rows}`, async () => {
      using terminal = await run("stty size; printf 'wide %0*d\\n' 250 0; exit 3", {
        columns,
        rows,
      });
      assertEquals(await terminal.end(), 3);
      const [size, ...wide] = (await terminal.screen()).split("\n");
      assertEquals(size, `${rows} ${columns}`);
      assertEquals(
        wide.map(({ length }) => length).slice(0, -1),
        Array(wide.length - 1).fill(columns),
      );
      assertEquals(wide.join(""), `wide ${"0".repeat(250)}`);
      assertEquals(await terminal.lines(), [`${rows} ${columns}`, wide.join("")]);
    });
  }
});

terminalTest("Terminal gives a command its environment, its directory and its words", async () => {
  using temporary = temporaryDirectory();
  using terminal = await run("", {
    columns: 200,
    command: ["sh", "-c", 'echo "$0|$1|$A|$PATH|$TERM"; pwd; [ -z "$HOME" ]', "a b;", "ä$x"],
    env: { PATH: "/usr/bin:/bin", A: "c;" },
    cwd: temporary.directory,
  });
  assertEquals(await terminal.end(), 0);
  const [words, directory] = (await terminal.screen()).split("\n");
  assertEquals(words, "a b;|ä$x|c;|/usr/bin:/bin|screen-256color");
  assertEquals(directory, temporary.directory);
});

terminalTest("Terminal keeps what was scrolled off, and where the cursor is", async () => {
  using terminal = await run("seq 1 20; printf 'no end'");
  assertEquals(await terminal.end(), 0);
  assertEquals(await terminal.screen(), "16\n17\n18\n19\n20\nno end");
  const lines = (await terminal.scrollback()).split("\n");
  assertEquals(lines, [...Array.from({ length: 20 }, (_, i) => String(i + 1)), "no end"]);
  assertEquals(await terminal.cursor(), { column: 6, row: 5 });
});

terminalTest("Terminal changes its size while a command runs, which hears of it", async () => {
  using terminal = await run(
    "trap 'echo now $(stty size)' WINCH; echo first $(stty size); while :; do sleep 0.02; done",
  );
  await terminal.shows("first 6 40");
  await terminal.resize({ columns: 20, rows: 4 });
  await terminal.shows("now 4 20");
  await terminal.resize({ columns: 200, rows: 50 });
  assertStringIncludes(await terminal.shows("now 50 200"), "first 6 40");
  assertEquals(await terminal.hasEnded(), false);
});

terminalTest("Terminal presses keys and types", async () => {
  using terminal = await run(
    "trap 'echo caught; exit 7' INT; read x; echo got $x; while :; do sleep 0.02; done",
  );
  await terminal.type("a word;");
  await terminal.press("Enter");
  await terminal.shows(/^got a word;$/m);
  await terminal.press("C-c");
  assertEquals(await terminal.end(), 7);
  assertStringIncludes(await terminal.screen(), "caught");
});

terminalTest("Terminal tells which signal ended a command", async () => {
  using terminal = await run("echo up; exec sleep 100");
  await terminal.shows("up");
  await terminal.press("C-c");
  assertEquals(await terminal.end(), 128 + 2);
  assertEquals(await terminal.screen(), "up\n^C");
});

terminalTest("Terminal finds what is there for a moment only", async () => {
  const draw = "i=0; while [ $i -lt 300 ]; do printf '\\rsteady %03d' $i; i=$((i+1)); done";
  const steady = (screen: string): void => assert(/^(steady \d{3})?$/.test(screen), "a fragment");
  using calm = await run(draw);
  await calm.watch(steady, () => calm.hasEnded());
  assertEquals(await calm.screen(), "steady 299");
  // A row that is cleared, and written again a moment later.
  using flickers = await run(
    "while :; do printf '\\r\\033[K'; sleep 0.01; printf 'steady 001'; sleep 0.05; done",
  );
  await flickers.shows("steady");
  const shown = (screen: string): void => assert(screen.includes("steady"), "nothing there");
  const error = await assertRejects(() => flickers.watch(shown, "never"), Error);
  assertStringIncludes(error.message, "nothing there; the screen:\n  | ");
});

terminalTest("Terminal hangs up on a command that goes on", async () => {
  using temporary = temporaryDirectory();
  const path = `${temporary.directory}/hung-up`;
  {
    using terminal = await run(
      `trap 'touch ${path}; exit' HUP; echo up; while :; do sleep 0.02; done`,
    );
    await terminal.shows("up");
  }
  await until(() => isThere(path));
});

terminalTest("Terminal says what cannot be started", async () => {
  using terminal = await run("", { command: ["/no/such/program"] });
  assertEquals(await terminal.end(), 127);
  assertStringIncludes(await terminal.screen(), "/no/such/program");
});
