import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Event } from "../../../lib/document/event.ts";
import { Failure, problem } from "../../../lib/document/problems.ts";
import { OutputError } from "../../../lib/io/context.ts";
import type { Board } from "../../../lib/show/screen.ts";
import { Listeners, type Telling } from "../../../lib/show/listeners.ts";
import { collect } from "../../in_process.ts";
import { TYPED } from "../../typed.ts";

const LEASES: Event = { what: "waiting", missing: ["ncn-w001"], leased: 8, expected: 9, left: 60 };
const VERDICT: Event = {
  what: "verdict",
  summary: "8 of 9 nodes will boot 1.6.2",
  exit: 124,
  nodes: [{ node: "ncn-w001", code: "no-answer", message: "no answer", hint: null }],
  next: "pitboot run --nodes ncn-w001",
};
const MISSING = problem(
  "wait-leases",
  "leases-missing",
  { message: "1 of 9", hint: "wait" },
  TYPED,
);
const NO_PASSWORD = problem(
  "bmc-dhcp",
  "password-missing",
  { message: "none", hint: "set it" },
  TYPED,
);
const SPACE = problem("set-links", "log-unwritable", { message: "full", hint: "make room" }, TYPED);

/** All that is heard of a command, in its order. */
class FakeStage {
  readonly heard: string[] = [];
  board: Board | null = null;
  isTerminal = false;
  canShow = false;
  isQuiet = false;
  now = 0;
  /** What writing the handbook's lines throws; `null` if they can be written. */
  broken: Error | null = null;
  /** What opening the file of events throws; `null` if it can be opened. */
  refusal: Error | null = null;
  /** What is in the file of events. */
  file: string | null = null;

  async listeners(telling: Partial<Telling> = {}): Promise<Listeners> {
    const hear = (kind: string) => (text: string): void => void this.heard.push(`${kind} ${text}`);
    const handbook = collect((text) => {
      if (this.broken) throw this.broken;
      if (text) hear("handbook")(text.trimEnd());
    });
    const listeners = new Listeners({
      context: {
        name: "pitboot run",
        stderr: { ...collect(() => {}), isTerminal: this.isTerminal },
        now: () => 0,
        elapsed: () => this.now,
      },
      root: { append: () => this.#append() },
      reporter: {
        isQuiet: this.isQuiet,
        say: hear("say"),
        problem: ({ message }) => hear("problem")(message),
        error: hear("error"),
        verdict: ([first = ""]) => hear("verdict")(first),
      },
      screen: {
        canShow: this.canShow,
        isShown: this.canShow,
        show: (board) => this.board = board,
      },
    }, { command: "run", handbook, hasVerdict: true, contactsBmcs: true, ...telling });
    await listeners.begin();
    return listeners;
  }

  #append(): FakeFile {
    if (this.refusal) throw this.refusal;
    return new FakeFile(this);
  }
}

/** A file that is full after 150 bytes. */
class FakeFile {
  readonly #stage: FakeStage;

  constructor(stage: FakeStage) {
    this.#stage = stage;
    stage.file = "";
  }

  writeSync(bytes: Uint8Array): number {
    const text = this.#stage.file ?? "";
    const room = 150 - text.length;
    if (room === 0) throw new Deno.errors.WriteZero("no space left on device (os error 28)");
    const taken = bytes.subarray(0, room);
    this.#stage.file = text + new TextDecoder().decode(taken);
    return taken.length;
  }

  statSync(): Deno.FileInfo {
    return { size: this.#stage.file?.length ?? 0 } as Deno.FileInfo;
  }

  truncateSync(size: number): void {
    this.#stage.file = this.#stage.file?.slice(0, size) ?? null;
  }

  close(): void {}
}

Deno.test("Listeners write the handbook's lines, and say the others", async () => {
  const stage = new FakeStage();
  const { hear } = await stage.listeners();
  hear({ what: "counted", leased: 8 });
  hear(LEASES);
  hear({ what: "lease", node: "ncn-w001", ip: "10.254.1.8", leased: 9, expected: 9 });
  assertEquals(stage.heard, [
    "handbook current BMC count: 8",
    "handbook Waiting on 9 to request DHCP ...",
    "say 00:00:00 UTC waiting up to 60 s for 1 BMC: ncn-w001",
    "say 00:00:00 UTC ncn-w001-mgmt has a lease: 10.254.1.8 (9 of 9)",
  ]);
});

Deno.test("Listeners say when it was only where it is read later", async () => {
  const stage = new FakeStage();
  stage.isTerminal = true;
  const { hear } = await stage.listeners({ handbook: null });
  hear(LEASES);
  assertEquals(stage.heard, ["say waiting up to 60 s for 1 BMC: ncn-w001"]);
});

Deno.test("Listeners leave out the handbook's lines where nobody wants them", async () => {
  const stage = new FakeStage();
  const { hear } = await stage.listeners({ handbook: null });
  hear({ what: "counted", leased: 8 });
  hear({ what: "problem", problem: NO_PASSWORD });
  assertEquals(stage.heard, ["problem none"]);
});

Deno.test("Listeners show a board once work has begun, in place of repeated lines", async () => {
  const stage = new FakeStage();
  stage.canShow = true;
  const { hear } = await stage.listeners();
  hear({ what: "resolving" });
  assertEquals(stage.board, null);
  hear(LEASES);
  assertEquals(stage.board?.(80)[0]?.startsWith("leases  8 of 9"), true);
  hear(LEASES);
  hear({ what: "lease", node: "ncn-w001", ip: "10.254.1.8", leased: 9, expected: 9 });
  assertEquals(stage.board?.(80)[0]?.startsWith("leases  9 of 9"), true);
  assertEquals(stage.heard, [
    "handbook Resolving images to boot ...",
    "handbook Waiting on 9 to request DHCP ...",
  ]);
});

Deno.test("Listeners show no board with --quiet", async () => {
  const stage = new FakeStage();
  stage.canShow = stage.isQuiet = true;
  (await stage.listeners()).hear(LEASES);
  assertEquals(stage.board, null);
});

Deno.test("Listeners leave to a verdict what that tells", async (t) => {
  const problems: Event[] = [NO_PASSWORD, MISSING, SPACE]
    .map((problem) => ({ what: "problem", problem }));
  await t.step("a verdict comes", async () => {
    const stage = new FakeStage();
    const listeners = await stage.listeners();
    for (const event of [...problems, VERDICT]) listeners.hear(event);
    assertEquals(stage.heard, ["problem full"]);
    listeners.conclude();
    assertEquals(stage.heard.slice(1), [
      "verdict NOT READY  8 of 9 nodes will boot 1.6.2 (exit 124)",
    ]);
  });
  await t.step("it might have come", async () => {
    const stage = new FakeStage();
    const listeners = await stage.listeners();
    for (const event of problems) listeners.hear(event);
    listeners.conclude();
    assertEquals(stage.heard, ["problem full", "problem 1 of 9"]);
  });
  await t.step("none may come", async () => {
    const stage = new FakeStage();
    const listeners = await stage.listeners({ hasVerdict: false, handbook: null });
    for (const event of problems) listeners.hear(event);
    listeners.conclude();
    assertEquals(stage.heard, ["problem none", "problem 1 of 9", "problem full"]);
  });
});

Deno.test("Listeners say last how many checks failed, and what was not done", async () => {
  for (const contactsBmcs of [true, false]) {
    const stage = new FakeStage();
    const listeners = await stage.listeners({ contactsBmcs });
    listeners.hear({ what: "refused", failed: 2, checks: 9 });
    assertEquals(stage.heard, []);
    listeners.conclude();
    const words = contactsBmcs ? "no BMC was contacted, " : "";
    assertEquals(stage.heard, [`error 2 of 9 checks failed; ${words}nothing was changed`]);
  }
});

Deno.test("Listeners stop at an output that is full, but not once work has begun", async () => {
  const stage = new FakeStage();
  const listeners = await stage.listeners();
  stage.broken = new OutputError("full", null);
  assertThrows(() => listeners.hear({ what: "resolving" }), OutputError);
  assertEquals(listeners.outputError, null);
  stage.broken = null;
  listeners.hear(LEASES);
  stage.broken = new OutputError("full", null);
  listeners.hear({ what: "leased", expected: 9 });
  assertEquals(listeners.outputError, stage.broken);
  stage.broken = new TypeError("odd");
  assertThrows(() => listeners.hear({ what: "leased", expected: 9 }), TypeError);
});

Deno.test("Listeners write events to a file, and no half line where it is full", async () => {
  const stage = new FakeStage();
  using listeners = await stage.listeners();
  listeners.hear({ what: "resolving" });
  assertEquals([stage.file, listeners.fault], [null, null]);
  await listeners.writeTo("/events.jsonl");
  listeners.hear({ what: "refused", failed: 1, checks: 2 });
  const line =
    '{"time":"1970-01-01T00:00:00.000Z","stage":"run","node":null,"what":"refused","failed":1,"checks":2}\n';
  assertEquals([stage.file, listeners.fault], [line, null]);
  for (let i = 0; i < 2; i++) listeners.hear({ what: "resolving" });
  assertEquals(stage.file, line);
  assertEquals(listeners.fault, "/events.jsonl cannot be written: no space left on device");
});

Deno.test("Listeners throw where the file of events cannot be opened", async () => {
  const stage = new FakeStage();
  stage.refusal = new Failure("file-unwritable", { message: "/a cannot be written" });
  using listeners = await stage.listeners();
  await assertRejects(() => listeners.writeTo("/a"), Failure, "/a cannot be written");
  assertEquals(listeners.fault, null);
});
