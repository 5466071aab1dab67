import { assertEquals, assertRejects } from "@std/assert";
import { askAll, NoRoom, type Pace, type Turn } from "../../../lib/bmc/ask_all.ts";
import type { BmcState } from "../../../lib/document/document.ts";
import { FakeClock, settled } from "../../fake_clock.ts";

/** BMCs that do what a test says, when it says so. */
class Crowd {
  readonly clock = new FakeClock();
  readonly interrupt = new AbortController();
  /** The nodes that were begun, in order. */
  readonly begun: string[] = [];
  /** The nodes that may be told the password, and those that may not. */
  readonly may: string[] = [];
  readonly mayNot: string[] = [];
  /** The nodes that gave way and have their places again, in order. */
  readonly back: string[] = [];
  readonly #tries = new Map<string, () => Promise<boolean>>();
  readonly #away = new Map<string, Turn["giveWay"]>();
  readonly #open = new Map<string, () => void>();
  readonly #ends = new Map<string, PromiseWithResolvers<BmcState>>();
  readonly over: Promise<readonly string[] | null>;

  constructor(count: number, pace: Partial<Pace> = {}) {
    const targets = Array.from({ length: count }, (_, i) => {
      const node = `n${i + 1}`;
      const login = { user: "root", key: null };
      return { name: `${node}-mgmt`, node, address: node, port: null, ...login, mac: null };
    });
    const all = {
      fanout: 64,
      keepGoing: false,
      signal: this.interrupt.signal,
      elapsed: this.clock.elapsed,
      later: this.clock.later,
    };
    this.over = askAll(targets, { ...all, ...pace }, ({ node }, { onOpen, mayTry, giveWay }) => {
      this.begun.push(node);
      this.#away.set(node, giveWay);
      this.#tries.set(node, mayTry);
      this.#open.set(node, onOpen);
      const end = Promise.withResolvers<BmcState>();
      this.#ends.set(node, end);
      return end.promise;
    });
  }

  /** Some BMCs let us in. */
  async letIn(...nodes: readonly string[]): Promise<void> {
    for (const node of nodes) this.#open.get(node)?.();
    await settled();
  }

  /** Some BMCs were silent, and are to be told the password. */
  async tries(...nodes: readonly string[]): Promise<void> {
    for (const node of nodes) {
      this.#tries.get(node)?.().then((may) => (may ? this.may : this.mayNot).push(node));
    }
    await settled();
  }

  /** A BMC gives way; it is in `back` when it has its place again. */
  async giveWay(node: string, signal = new AbortController().signal): Promise<void> {
    this.#away.get(node)?.(signal).then(() => this.back.push(node));
    await settled();
  }

  /** Some BMCs are done. */
  async end(state: BmcState, ...nodes: readonly string[]): Promise<void> {
    for (const node of nodes) this.#ends.get(node)?.resolve(state);
    await settled();
  }

  /** The work on a BMC throws. */
  async fail(node: string, error: Error): Promise<void> {
    this.#ends.get(node)?.reject(error);
    await settled();
  }

  /** Ends all that is begun, until nobody is left. */
  async endAll(state: BmcState): Promise<readonly string[] | null> {
    for (let ended = 0; ended < this.begun.length;) {
      const nodes = this.begun.slice(ended);
      ended += nodes.length;
      await this.end(state, ...nodes);
    }
    return await this.over;
  }
}

Deno.test("askAll() asks three first, and stops when these refuse", async () => {
  const crowd = new Crowd(99);
  assertEquals(crowd.begun, ["n1", "n2", "n3"]);
  await crowd.end("denied", "n3", "n1");
  assertEquals(crowd.begun.length, 3);
  await crowd.end("denied", "n2");
  assertEquals([await crowd.over, crowd.begun.length], [["n1", "n2", "n3"], 3]);
  assertEquals(crowd.clock.waiting, 0);
});

Deno.test("askAll() asks all after one that lets us in, more at once with each", async () => {
  const crowd = new Crowd(99);
  await crowd.end("denied", "n1", "n2");
  await crowd.letIn("n3");
  assertEquals(crowd.begun.length, 2 + 4);
  await crowd.letIn("n4", "n5");
  assertEquals(crowd.begun.length, 2 + 6);
  assertEquals(await crowd.endAll("changed"), null);
  assertEquals(crowd.begun.length, 99);
});

Deno.test("askAll() asks at most so many at once", async () => {
  const crowd = new Crowd(9, { fanout: 2 });
  await crowd.letIn("n1", "n2");
  assertEquals(crowd.begun, ["n1", "n2"]);
  await crowd.end("changed", "n2");
  assertEquals(crowd.begun, ["n1", "n2", "n3"]);
  await crowd.endAll("changed");
});

Deno.test("askAll() asks others in the place of BMCs that are silent", async () => {
  const crowd = new Crowd(9);
  await crowd.clock.advance(999);
  assertEquals(crowd.begun.length, 3);
  await crowd.clock.advance(1);
  assertEquals(crowd.begun.length, 6);
  await crowd.end("denied", "n4", "n5", "n6");
  await crowd.clock.advance(5000);
  assertEquals(crowd.begun.length, 6, "three have refused");
  await crowd.end("unreachable", "n1", "n2", "n3");
  assertEquals(await crowd.over, ["n4", "n5", "n6"]);
});

Deno.test("askAll() does not let a silent BMC hold the crowd", async () => {
  const crowd = new Crowd(9);
  await crowd.letIn("n2");
  await crowd.clock.advance(1000);
  for (let i = 2; i < 9; i++) await crowd.end("changed", ...crowd.begun.slice(1));
  assertEquals(crowd.begun.length, 9);
  await crowd.end("unreachable", "n1");
  assertEquals(await crowd.over, null);
});

Deno.test("askAll() gives the place of who gives way to those that were not asked yet", async (t) => {
  const full = async (): Promise<Crowd> => {
    const crowd = new Crowd(4, { fanout: 2, keepGoing: true });
    await crowd.giveWay("n1");
    await crowd.giveWay("n2");
    assertEquals([crowd.begun, crowd.back], [["n1", "n2", "n3", "n4"], []]);
    return crowd;
  };
  await t.step("and then has it again, in its order", async () => {
    const crowd = await full();
    await crowd.giveWay("n3");
    await crowd.end("changed", "n4");
    assertEquals(crowd.back, ["n1", "n2"]);
    await crowd.giveWay("n1");
    assertEquals(crowd.back, ["n1", "n2", "n3"]);
    await crowd.end("unreachable", "n2", "n3");
    assertEquals(crowd.back, ["n1", "n2", "n3", "n1"]);
    await crowd.endAll("unreachable");
  });
  await t.step("and has it at once where nobody waits", async () => {
    const crowd = new Crowd(2);
    await crowd.giveWay("n1");
    assertEquals(crowd.back, ["n1"]);
    await crowd.endAll("unreachable");
  });
  await t.step("and ends when its time does", async () => {
    const [crowd, ending] = [await full(), new AbortController()];
    await crowd.end("changed", "n3");
    await crowd.giveWay("n1", ending.signal);
    await crowd.giveWay("n2", ending.signal);
    ending.abort();
    await settled();
    assertEquals(crowd.back.length, 4);
    assertEquals(await crowd.endAll("unreachable"), null);
    assertEquals(crowd.clock.waiting, 0);
  });
});

Deno.test("askAll() keeps going if it is told to", async () => {
  const crowd = new Crowd(9, { keepGoing: true });
  assertEquals(crowd.begun.length, 9);
  assertEquals(await crowd.endAll("denied"), null);
});

Deno.test("askAll() begins with all where nobody is told the password yet", async (t) => {
  const nodes = Array.from({ length: 9 }, (_, i) => `n${i + 1}`);
  await t.step("one lets us in", async () => {
    const crowd = new Crowd(9, { asksFirst: true });
    await crowd.tries(...nodes);
    assertEquals([crowd.begun.length, crowd.may], [9, ["n1", "n2", "n3"]]);
    await crowd.letIn("n2");
    assertEquals(crowd.may.length, 9);
    assertEquals(await crowd.endAll("changed"), null);
  });
  await t.step("one lets us in, after more than a second", async () => {
    const crowd = new Crowd(9, { asksFirst: true });
    await crowd.clock.advance(500);
    await crowd.tries(...nodes);
    await crowd.clock.advance(700);
    await crowd.letIn("n2");
    assertEquals(crowd.may.length, 9);
    await crowd.endAll("changed");
  });
  await t.step("three refuse", async () => {
    const crowd = new Crowd(9, { asksFirst: true, fanout: 6 });
    await crowd.tries(...nodes.slice(0, 6));
    await crowd.end("denied", "n1", "n2", "n3");
    assertEquals([crowd.begun.length, crowd.mayNot], [6, ["n4", "n5", "n6"]]);
    await crowd.end("skipped", "n4", "n5", "n6");
    assertEquals(await crowd.over, ["n1", "n2", "n3"]);
  });
});

Deno.test("askAll() begins nothing after ^C, and waits for what is begun", async () => {
  const crowd = new Crowd(9);
  crowd.interrupt.abort();
  await crowd.end("skipped", "n1", "n2");
  assertEquals(crowd.begun.length, 3);
  await crowd.end("skipped", "n3");
  assertEquals([await crowd.over, crowd.begun.length], [null, 3]);
});

Deno.test("askAll() throws what the work throws, when all that is begun is done", async () => {
  const crowd = new Crowd(9);
  const error = new Error("no ipmitool");
  let isOver = false;
  const over = assertRejects(() => crowd.over, Error, "no ipmitool").then(() => isOver = true);
  await crowd.fail("n1", error);
  assertEquals([crowd.begun.length, isOver], [3, false]);
  await crowd.end("changed", "n2", "n3");
  await over;
  assertEquals(crowd.begun.length, 3);
});

Deno.test("askAll() has nothing to do without BMCs", async () => {
  assertEquals(await new Crowd(0).over, null);
});

Deno.test("askAll() asks later, and fewer at once, where there is no room for one more", async () => {
  const crowd = new Crowd(40);
  await crowd.letIn("n1", "n2", "n3");
  await crowd.letIn("n4", "n5", "n6");
  assertEquals(crowd.begun.length, 9);
  await crowd.fail("n9", new NoRoom());
  // Eight go on; as one had no room, there are four of them from now on.
  await crowd.end("changed", "n1", "n2", "n3", "n4");
  assertEquals(crowd.begun.length, 9);
  await crowd.end("changed", "n5");
  assertEquals(crowd.begun.slice(9), ["n9"]);
  assertEquals(await crowd.endAll("changed"), null);
  assertEquals(new Set(crowd.begun).size, 40);
});

Deno.test("askAll() has a few that were silent told the password, before the crowd", async (t) => {
  const nodes = ["n1", "n2", "n3", "n4", "n5", "n6"];
  const silent = async (): Promise<Crowd> => {
    const crowd = new Crowd(6);
    await crowd.clock.advance(2500);
    await crowd.tries(...nodes);
    assertEquals(crowd.may, ["n1", "n2", "n3"]);
    return crowd;
  };
  await t.step("all once one has let us in", async () => {
    const crowd = await silent();
    await crowd.letIn("n2");
    assertEquals(crowd.may, nodes);
    await crowd.endAll("changed");
  });
  await t.step("no other one if three refuse", async () => {
    const crowd = await silent();
    await crowd.end("denied", "n1", "n2");
    assertEquals([crowd.may.length, crowd.mayNot], [3, []]);
    await crowd.end("denied", "n3");
    assertEquals([crowd.may.length, crowd.mayNot], [3, ["n4", "n5", "n6"]]);
    await crowd.end("skipped", "n4", "n5", "n6");
    assertEquals(await crowd.over, ["n1", "n2", "n3"]);
  });
  await t.step("others where they are slow", async () => {
    const crowd = await silent();
    await crowd.clock.advance(4000);
    assertEquals(crowd.may, nodes);
    await crowd.endAll("unreachable");
  });
  await t.step("nobody after ^C", async () => {
    const crowd = await silent();
    crowd.interrupt.abort();
    await settled();
    assertEquals(crowd.mayNot, ["n4", "n5", "n6"]);
    await crowd.endAll("skipped");
  });
});
