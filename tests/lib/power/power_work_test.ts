import { assert, assertEquals } from "@std/assert";
import type { BmcAnswer, IpmiCommand } from "../../../lib/bmc/ipmi.ts";
import { SessionLost } from "../../../lib/bmc/session.ts";
import type { PowerAim } from "../../../lib/power/next_step.ts";
import type { PowerFinding } from "../../../lib/power/power_bmc.ts";
import { IpmiPower } from "../../../lib/power/power_by_ipmi.ts";
import { PowerWork } from "../../../lib/power/power_work.ts";
import fc from "../../npm/fast_check.ts";
import { OFF, ON } from "../../power_aims.ts";

/** What happens to a command: it is answered; or not, and done or not; or refused; or late. */
type Luck = "well" | "lost" | "done-and-lost" | "busy" | "refused" | "late";
const LUCK: readonly Luck[] = [
  "well",
  "well",
  "well",
  "lost",
  "done-and-lost",
  "busy",
  "refused",
  "late",
];

/** A node and its BMC; time goes by when somebody waits. */
class FakeNode {
  power: "on" | "off";
  flags: number[] = [0, 0];
  /** How it was switched: `off`, or `on` and its flags of then. */
  readonly switched: string[] = [];
  readonly asked: string[] = [];
  #luck: Luck[];
  #later: (() => void)[] = [];
  readonly #keeps: (flags: number) => number;

  constructor(
    { power = "off", luck = [], keeps = (flags) => flags }: {
      readonly power?: "on" | "off";
      readonly luck?: readonly Luck[];
      readonly keeps?: (flags: number) => number;
    },
  ) {
    this.power = power;
    this.#luck = [...luck];
    this.#keeps = keeps;
  }

  /** What was told takes effect. */
  settle(): void {
    for (const act of this.#later.splice(0)) act();
  }

  // deno-lint-ignore require-await
  readonly ask = async (command: IpmiCommand): Promise<BmcAnswer> => {
    const luck = this.#luck.shift() ?? "well";
    this.asked.push(command.slice(0, 3).join(" "));
    if (luck === "lost") return { kind: "silent" };
    if (luck === "busy") return { kind: "refused", code: 0xc0 };
    if (luck === "refused") return { kind: "refused", code: 0xc1 };
    const data = this.#do(command, luck === "late");
    return luck === "done-and-lost" ? { kind: "silent" } : { kind: "data", data };
  };

  #do([, code, parameter = 0, ...data]: IpmiCommand, isLate: boolean): number[] {
    if (code === 1) return [this.power === "on" ? 0x21 : 0x20, 0, 0];
    if (code === 9) return [1, 5, ...this.flags, 0, 0, 0];
    if (code === 8 && parameter === 5) this.flags = [this.#keeps(data[0] ?? 0), data[1] ?? 0];
    if (code === 2) {
      const act = (): void => this.#switch(parameter === 1 ? "on" : "off");
      if (isLate) this.#later.push(act);
      else act();
    }
    return [];
  }

  #switch(power: "on" | "off"): void {
    if (this.power === power) return;
    this.power = power;
    const flags = this.flags.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.switched.push(power === "on" ? `on ${flags}` : "off");
  }
}

/** Works on a node to the end, in as many sessions as it takes, or until it is killed. */
async function play(
  node: FakeNode,
  aim: PowerAim,
  { kill = Infinity, timeout = 5, takes = 0 }: {
    readonly kill?: number;
    /** Seconds for a node to be switched. */
    readonly timeout?: number;
    /** Milliseconds that each answer is on its way. */
    readonly takes?: number;
  } = {},
): Promise<{ finding: PowerFinding | null; work: PowerWork }> {
  let [elapsed, left] = [0, kill];
  const ended = new AbortController();
  const later = (milliseconds: number, act: () => void): () => void => {
    elapsed += milliseconds;
    node.settle();
    act();
    return () => {};
  };
  const work = new PowerWork(aim, {
    timeout,
    settle: 5,
    silence: 30,
    elapsed: () => elapsed,
    now: () => 0,
    takeTurn: () => 0,
    later,
  });
  const known = { trouble: null, code: null };
  const ask = async (command: IpmiCommand): Promise<BmcAnswer> => {
    if (left-- <= 0) throw new RangeError("killed");
    const answer = await node.ask(command);
    elapsed += takes;
    return answer;
  };
  for (let sessions = 0; sessions < 20; sessions++) {
    try {
      const patience = { signal: ended.signal, extend: () => {} };
      const bmc = new IpmiPower({ ask }, known, { ...patience, later });
      return { finding: await work.run(bmc, patience), work };
    } catch (error) {
      if (error instanceof RangeError) return { finding: null, work };
      if (!(error instanceof SessionLost)) throw error;
    }
  }
  return { finding: null, work };
}

Deno.test("PowerWork switches nodes, and reads back what was set", async (t) => {
  await t.step("on", async () => {
    const node = new FakeNode({});
    const { finding, work } = await play(node, ON);
    assertEquals(finding, { state: "on", reason: null, message: null });
    assertEquals(node.switched, ["on e004"]);
    assertEquals([work.seen.before, work.seen.after, work.seen.boot?.device], ["off", "on", "pxe"]);
  });
  await t.step("off", async () => {
    const node = new FakeNode({ power: "on" });
    assertEquals((await play(node, OFF)).finding?.state, "off");
    assertEquals(node.switched, ["off"]);
  });
  await t.step("already on: only its boot device is set", async () => {
    const node = new FakeNode({ power: "on" });
    assertEquals((await play(node, ON)).finding?.state, "already");
    assertEquals([node.switched, node.flags], [[], [0xe0, 4]]);
  });
  await t.step("already off", async () => {
    assertEquals((await play(new FakeNode({}), OFF)).finding?.state, "already");
  });
  await t.step("one that may be wiped is switched off before", async () => {
    const node = new FakeNode({ power: "on" });
    assertEquals((await play(node, { ...ON, mayRestart: true })).finding?.state, "on");
    assertEquals(node.switched, ["off", "on e004"]);
  });
  await t.step("a BMC that keeps once is named, and its node stays off", async () => {
    const node = new FakeNode({ keeps: (flags) => flags & ~0x40 });
    const { finding } = await play(node, ON);
    assertEquals(finding, {
      state: "failed",
      reason: "boot-not-kept",
      message: "told always, keeps once",
    });
    assertEquals(node.switched, []);
    // It is told once, and not again and again.
    assertEquals(node.asked.filter((command) => command === "0 8 5").length, 1);
  });
  await t.step("yes without deed", async () => {
    const node = new FakeNode({});
    node.settle = () => {};
    const luck = Array<Luck>(8).fill("well");
    const late = new FakeNode({ luck: [...luck, "late"] });
    late.settle = () => {};
    const { finding } = await play(late, { ...ON, boot: null }, { timeout: 60 });
    assertEquals(finding?.state, "on");
    const never = new FakeNode({ luck: ["well", "well", "late"] });
    never.settle = () => {};
    assertEquals((await play(never, { ...ON, boot: null }, { timeout: 60 })).finding, {
      state: "failed",
      reason: "no-effect",
      message: "said yes, still off after 60 s",
    });
    assertEquals(never.asked.filter((command) => command === "0 2 1").length, 1);
  });
  await t.step("an answer that comes late says nothing of the end of the time", async () => {
    const node = new FakeNode({ luck: ["well", "well", "late"] });
    const { finding } = await play(node, { ...ON, boot: null }, { takes: 10_000 });
    assertEquals(finding?.state, "on");
  });
  await t.step("refused", async () => {
    const refusals = { on: null, off: { reason: "would-wipe", message: "it would" } as const };
    const node = new FakeNode({});
    const { finding } = await play(node, { ...ON, refusals });
    assertEquals(finding, { state: "refused", reason: "would-wipe", message: "it would" });
    assertEquals(node.asked, ["0 1"]);
  });
});

const luck = fc.array(fc.constantFrom(...LUCK), { maxLength: 40 });
const kill = fc.integer({ min: 0, max: 40 });
const power = fc.constantFrom("on" as const, "off" as const);

Deno.test("PowerWork, killed anywhere and whatever BMCs do, starts no node without its boot device", async () => {
  await fc.assert(
    fc.asyncProperty(luck, kill, power, fc.boolean(), async (luck, kill, power, mayRestart) => {
      const node = new FakeNode({ power, luck });
      const { finding } = await play(node, { ...ON, mayRestart }, { kill });
      node.settle();
      const starts = node.switched.filter((each) => each.startsWith("on"));
      assert(starts.every((each) => each === "on e004"), starts.join());
      if (!mayRestart) assert(!node.switched.includes("off"), "switched off unasked");
      if (finding?.state === "on") assertEquals(node.power, "on");
      if (finding?.state === "failed") assertEquals(node.asked.includes("0 1"), true);
    }),
    { numRuns: 500 },
  );
});

Deno.test("PowerWork goes on after it was killed anywhere", async () => {
  for (let kill = 0; kill < 25; kill++) {
    const node = new FakeNode({});
    await play(node, ON, { kill });
    const { finding } = await play(node, ON);
    assert(finding?.state === "on" || finding?.state === "already", `${kill}: ${finding?.state}`);
    assertEquals(node.switched, ["on e004"]);
  }
});

Deno.test("PowerWork says off only of a node that is off", async () => {
  await fc.assert(
    fc.asyncProperty(luck, power, async (luck, power) => {
      const node = new FakeNode({ power, luck });
      const { finding } = await play(node, OFF);
      const isOff = finding?.state === "off" || finding?.state === "already";
      if (isOff) assertEquals(node.power, "off");
      assert(!node.asked.includes("0 2 1"));
    }),
    { numRuns: 300 },
  );
});
