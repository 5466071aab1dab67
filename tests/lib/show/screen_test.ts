import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { type Context, deaf, type ShellJob } from "../../../lib/io/context.ts";
import { Screen } from "../../../lib/show/screen.ts";
import { FakeClock } from "../../fake_clock.ts";
import { FakeTerminal } from "../../fake_terminal.ts";
import { collect, inputOf } from "../../in_process.ts";

/** Until what happens at once is drawn. */
const SOON = 40;

/** A screen, and all around it. */
class FakeWorld {
  readonly clock = new FakeClock();
  readonly controller = new AbortController();
  readonly terminal = new FakeTerminal();
  job: ShellJob = { isForeground: true, hasShell: true };
  readonly screen: Screen;

  constructor(changes: Partial<Context> = {}) {
    this.screen = new Screen({
      name: "pitboot run",
      args: [],
      program: null,
      env: () => undefined,
      stdin: { ...inputOf(""), isTerminal: true, secret: () => Promise.resolve("secret") },
      stdout: this.terminal,
      stderr: this.terminal,
      signal: this.controller.signal,
      listen: deaf,
      runAhead: () => {},
      catchUp: () => Promise.resolve(),
      job: () => Promise.resolve(this.job),
      now: () => 0,
      elapsed: this.clock.elapsed,
      later: this.clock.later,
      ...changes,
    });
  }

  print(text: string): void {
    this.screen.context.stdout.write(text);
  }

  get lines(): string[] {
    return this.terminal.screen.split("\n");
  }
}

Deno.test("Screen shows a board below what is printed, and leaves nothing of it", async () => {
  const world = new FakeWorld();
  world.print("$ pitboot run\n");
  {
    using screen = world.screen;
    screen.show(() => ["BMCs 1 of 9", "leases"]);
    assertEquals(world.lines, ["$ pitboot run"]);
    await world.clock.advance(SOON);
    assertEquals(world.lines, ["$ pitboot run", "BMCs 1 of 9", "leases"]);
    world.print("a line\n");
    assertEquals(world.lines, ["$ pitboot run", "a line", "BMCs 1 of 9", "leases"]);
    screen.context.stderr.write("two\nlines\n");
    assertEquals(world.lines.slice(1), ["a line", "two", "lines", "BMCs 1 of 9", "leases"]);
  }
  assertEquals(world.lines, ["$ pitboot run", "a line", "two", "lines"]);
  assertEquals(world.clock.waiting, 0);
});

Deno.test("Screen draws no board on a terminal that is held by ^S, and the newest one after it", async () => {
  const world = new FakeWorld();
  using screen = world.screen;
  world.terminal.isHeld = true;
  screen.show(() => [`${Math.floor(world.clock.elapsed() / 1000)} s`]);
  await world.clock.advance(3000);
  assertEquals(world.terminal.writes, 0);
  world.terminal.isHeld = false;
  await world.clock.advance(1000);
  assertEquals([world.lines, world.terminal.writes], [["3 s"], 1]);
});

Deno.test("Screen draws what happens at once together, and clocks each second", async () => {
  const world = new FakeWorld();
  using screen = world.screen;
  const board = (): string[] => [`${Math.floor(world.clock.elapsed() / 1000)} s`];
  for (let i = 0; i < 5; i++) screen.show(board);
  await world.clock.advance(SOON);
  assertEquals([world.lines, world.terminal.writes], [["0 s"], 1]);
  await world.clock.advance(3000);
  assertEquals([world.lines, world.terminal.writes], [["3 s"], 4]);
});

Deno.test("Screen does not draw what is shown already", async () => {
  const world = new FakeWorld();
  using screen = world.screen;
  screen.show(() => ["the same"]);
  await world.clock.advance(10_000);
  assertEquals([world.lines, world.terminal.writes], [["the same"], 1]);
});

Deno.test("Screen shows no board where others write, or where it cannot be cleared", async () => {
  const worlds = [
    new FakeWorld({ stdout: collect(() => {}) }),
    new FakeWorld({ stderr: collect(() => {}) }),
    new FakeWorld({ env: (name) => name === "TERM" ? "dumb" : undefined }),
  ];
  for (const { screen, terminal, clock } of worlds) {
    screen.show(() => ["a board"]);
    await clock.advance(2000);
    screen[Symbol.dispose]();
    assertEquals([screen.canShow, terminal.screen], [false, ""]);
  }
});

Deno.test("Screen shows no board in the background, and one in the foreground again", async () => {
  const background = { isForeground: false, hasShell: true };
  const world = new FakeWorld({ listen: () => ({ ...background, ignoresHangup: false }) });
  world.job = background;
  using screen = world.screen;
  assertEquals([screen.canShow, screen.isShown], [true, false]);
  screen.show(() => ["a board"]);
  await world.clock.advance(10_000);
  assertEquals(world.terminal.writes, 0);
  world.print("a line\n");
  assertEquals(world.lines, ["a line"]);
  world.job = { ...background, isForeground: true };
  await world.clock.advance(3000 + SOON);
  assertEquals([world.lines, screen.isShown], [["a line", "a board"], true]);
});

Deno.test("Screen takes the board away at ^C for ever", async () => {
  const world = new FakeWorld();
  using screen = world.screen;
  screen.show(() => ["a board"]);
  await world.clock.advance(SOON);
  world.controller.abort();
  assertEquals([world.lines, world.clock.waiting], [[""], 0]);
  screen.show(() => ["a board"]);
  world.print("stopped\n");
  await world.clock.advance(2000);
  assertEquals(world.lines, ["stopped"]);
});

Deno.test("Screen has no board in a line that is not ended", async () => {
  const world = new FakeWorld();
  using screen = world.screen;
  screen.show(() => ["a board"]);
  await world.clock.advance(SOON);
  world.print("half a ");
  await world.clock.advance(2000);
  assertEquals(world.lines, ["half a"]);
  world.print("line\n");
  assertEquals(world.lines, ["half a line", "a board"]);
});

Deno.test("Screen has no board while a secret is asked for", async () => {
  const asked = Promise.withResolvers<string>();
  const stdin = { ...inputOf(""), isTerminal: true, secret: () => asked.promise };
  const world = new FakeWorld({ stdin });
  using screen = world.screen;
  screen.show(() => ["a board"]);
  await world.clock.advance(SOON);
  const answer = screen.context.stdin.secret("Password: ", world.controller.signal);
  await world.clock.advance(2000);
  assertEquals(world.lines, [""]);
  asked.reject(new RangeError("no"));
  await assertRejects(() => answer, RangeError);
  assertEquals(world.lines, ["a board"]);
});

Deno.test("Screen clips a board to the terminal, also when that is resized", async () => {
  const world = new FakeWorld();
  using screen = world.screen;
  screen.show((columns) => [`${columns}`, "x".repeat(100), "three", "four"]);
  await world.clock.advance(SOON);
  assertEquals(world.lines, ["79", `${"x".repeat(78)}…`, "three", "four"]);
  world.terminal.height = 4;
  await world.clock.advance(1000);
  assertEquals(world.lines, ["79", `${"x".repeat(78)}…`]);
});

Deno.test("Screen keeps what is printed, and a whole board below it, whatever happens", async () => {
  type Action = { print: string } | { board: number } | { wait: number };
  const action: fc.Arbitrary<Action> = fc.oneof(
    fc.record({ print: fc.string({ minLength: 1, maxLength: 30, unit: "grapheme-ascii" }) }),
    fc.record({ board: fc.nat(4) }),
    fc.record({ wait: fc.constantFrom(1, SOON, 1000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 15 }), async (actions) => {
      const world = new FakeWorld();
      const printed: string[] = [];
      let board: string[] = [];
      const isWhole = (screen: string): void => {
        const lines = screen === "" ? [] : screen.split("\n");
        assertEquals(lines.slice(0, printed.length), printed);
        const below = lines.slice(printed.length);
        assert(below.every((row) => /^row \d of \d$/.test(row)), screen);
        assert(below.length === 0 || below.at(-1) === `row ${below.length} of ${below.length}`);
      };
      world.terminal.watch = isWhole;
      for (const action of actions) {
        if ("wait" in action) await world.clock.advance(action.wait);
        else if ("print" in action) {
          printed.push(`> ${action.print}`.trimEnd());
          world.print(`> ${action.print}\n`);
        } else {
          board = Array.from({ length: action.board }, (_, i) => `row ${i + 1} of ${action.board}`);
          world.screen.show(() => board);
        }
      }
      await world.clock.advance(1000);
      assertEquals(world.terminal.screen, [...printed, ...board].join("\n"));
      world.screen[Symbol.dispose]();
      assertEquals(world.terminal.screen, printed.join("\n"));
    }),
    { numRuns: 60 },
  );
});
