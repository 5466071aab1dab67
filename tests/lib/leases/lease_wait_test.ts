import { assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../../lib/document/problems.ts";
import { deaf } from "../../../lib/io/context.ts";
import type { Event } from "../../../lib/document/event.ts";
import type { Follower } from "../../../lib/io/follow_file.ts";
import type { Sight } from "../../../lib/leases/changed_leases.ts";
import { type LastSight, type LeaseTask, LeaseWait } from "../../../lib/leases/lease_wait.ts";
import { FakeClock, settled } from "../../fake_clock.ts";

const NODES = ["ncn-w001", "ncn-w002", "ncn-w003"];

/** What happens between two looks. */
type Happening = () => void;

/** A file of leases, a clock and a follower that do what a test says. */
class FakeWorld implements Follower {
  readonly clock = new FakeClock();
  readonly controller = new AbortController();
  readonly events: Event[] = [];
  /** How long each pause might have lasted. */
  readonly pauses: number[] = [];
  readonly said: string[] = [];
  leased: readonly string[] = [];
  isThere = true;
  whenSeen = (): void => {};
  #happenings: readonly Happening[] = [];

  /** What happens in each of the next pauses; then time goes by. */
  then(...happenings: readonly Happening[]): void {
    this.#happenings = happenings;
  }

  /** Waits for leases. */
  async wait(task: Partial<LeaseTask> = {}, waited = 0): Promise<LastSight> {
    const wait = new LeaseWait({
      look: () => {
        this.whenSeen();
        return Promise.resolve(this.#sight());
      },
      follower: this,
      company: { told: Promise.resolve(true), serve: () => Promise.resolve() },
      cannotLook: (message) => void this.said.push(message),
      leases: "/leases",
      timeout: 60,
      grace: 60,
      areHopeless: () => false,
      ...task,
    }, {
      context: { signal: this.controller.signal, listen: deaf, elapsed: this.clock.elapsed },
      emit: (event) => this.events.push(event),
      waited,
    });
    return await wait.untilAll();
  }

  async change(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.pauses.push(milliseconds);
    const [next, ...others] = this.#happenings;
    this.#happenings = others;
    if (next) next();
    else if (!signal.aborted) await this.clock.advance(milliseconds);
    await settled();
  }

  /** The events of a kind. */
  heard<W extends Event["what"]>(what: W): Extract<Event, { readonly what: W }>[] {
    return this.events.filter((event) => event.what === what) as never;
  }

  #sight(): Sight {
    const leases = this.leased.map((node, i) => (
      { bmc: `${node}-mgmt`, mac: "b4:2e:99:0b:0d:04", ip: `10.254.1.${i}`, expires: null }
    ));
    const missing = NODES.filter((node) => !this.leased.includes(node))
      .map((node) => `${node}-mgmt`);
    return { leases, missing, unexpected: [], older: [], isThere: this.isThere };
  }
}

Deno.test("LeaseWait ends at once where all have a lease", async () => {
  const world = new FakeWorld();
  world.leased = NODES;
  const { missing, seconds, areGone } = await world.wait();
  assertEquals([missing, seconds, areGone, world.pauses], [[], 0, false, []]);
  assertEquals(world.events, [
    { what: "counting", left: 60 },
    { what: "counted", leased: 3 },
    { what: "waiting", missing: [], leased: 3, expected: 3, left: 60 },
  ]);
});

Deno.test("LeaseWait tells of leases as they come, and whom it still waits for", async () => {
  const world = new FakeWorld();
  world.leased = NODES.slice(0, 1);
  world.then(
    () => world.leased = NODES.slice(0, 2),
    () => {},
    () => world.leased = NODES,
  );
  const { missing } = await world.wait();
  assertEquals(missing, []);
  assertEquals(world.pauses, [1000, 1000, 1000]);
  const counts = { leased: 2, expected: 3 };
  assertEquals(world.events, [
    { what: "counting", left: 60 },
    { what: "counted", leased: 1 },
    { what: "waiting", missing: NODES.slice(1), leased: 1, expected: 3, left: 60 },
    { what: "lease", node: "ncn-w002", ip: "10.254.1.1", ...counts },
    { what: "waiting", missing: NODES.slice(2), ...counts, left: 60 },
    { what: "lease", node: "ncn-w003", ip: "10.254.1.2", leased: 3, expected: 3 },
  ]);
});

Deno.test("LeaseWait ends after its time, and repeats every 10 s whom it waits for", async () => {
  const world = new FakeWorld();
  const { missing, seconds } = await world.wait({ timeout: 25 });
  assertEquals([missing.length, seconds, world.clock.elapsed()], [3, 25, 25_000]);
  assertEquals(world.heard("waiting").map(({ left }) => left), [25, 15, 5]);
});

Deno.test("LeaseWait looks once where there is no time", async () => {
  const world = new FakeWorld();
  const { missing, seconds } = await world.wait({ timeout: 0 });
  assertEquals([missing.length, seconds, world.pauses], [3, 0, []]);
});

Deno.test("LeaseWait counts the time that went by before it", async () => {
  const world = new FakeWorld();
  const { seconds } = await world.wait({}, 58_500);
  assertEquals([seconds, world.clock.elapsed(), world.pauses], [60, 1500, [1000, 500]]);
});

Deno.test("LeaseWait lets the time run when all BMCs were told, and looks then", async () => {
  const world = new FakeWorld();
  const { promise: told, resolve } = Promise.withResolvers<boolean>();
  let looks = 0;
  world.whenSeen = () => looks++;
  world.then(
    () => world.clock.advance(300_000),
    () => resolve(true),
  );
  const { seconds } = await world.wait({
    timeout: 2,
    company: { told, serve: () => Promise.resolve() },
  });
  assertEquals([seconds, world.clock.elapsed()], [2, 302_000]);
  assertEquals(world.heard("waiting").map(({ left }) => left), [null, null]);
  assertEquals(world.heard("counting"), [{ what: "counting", left: 2 }]);
  // At first, after 300 s, when they were told, and after each second.
  assertEquals(looks, 5);
});

Deno.test("LeaseWait gives up at once where no BMC was told", async () => {
  const world = new FakeWorld();
  const { promise: told, resolve } = Promise.withResolvers<boolean>();
  world.then(() => resolve(false));
  const company = { told, serve: () => Promise.resolve() };
  const { seconds } = await world.wait({ company });
  assertEquals([seconds, world.pauses.length], [0, 1]);
  assertEquals(world.heard("hopeless"), [{ what: "hopeless", nodes: NODES, seconds: 0 }]);
  assertEquals(world.heard("counting"), []);
});

Deno.test("LeaseWait gives up after --grace without news, if nobody can come", async (t) => {
  await t.step("news begin it anew", async () => {
    const world = new FakeWorld();
    const asked: string[] = [];
    world.then(
      () => world.clock.advance(9_000),
      () => world.leased = ["ncn-w002"],
    );
    const areHopeless = (missing: readonly string[]): boolean => {
      asked.push(missing.join());
      return true;
    };
    const { seconds } = await world.wait({ grace: 10, areHopeless });
    assertEquals([seconds, world.clock.elapsed()], [19, 19_000]);
    assertEquals(world.heard("hopeless"), [
      { what: "hopeless", nodes: ["ncn-w001", "ncn-w003"], seconds: 10 },
    ]);
    assertEquals(asked.at(-1), "ncn-w001-mgmt,ncn-w003-mgmt");
    // What is shown of the time is what ends the wait.
    assertEquals(world.heard("waiting").map(({ left }) => left), [10, 10, 0]);
  });
  await t.step("not while one may come", async () => {
    const world = new FakeWorld();
    const { seconds } = await world.wait({ grace: 10, areHopeless: () => false });
    assertEquals([seconds, world.heard("hopeless")], [60, []]);
  });
});

Deno.test("LeaseWait ends at its signal with what it saw", async () => {
  const world = new FakeWorld();
  world.then(() => {
    world.leased = ["ncn-w001"];
    world.controller.abort();
  });
  const { leases, missing } = await world.wait();
  assertEquals([leases.length, missing.length, world.pauses.length], [1, 2, 1]);
});

Deno.test("LeaseWait tells when all leases have gone", async () => {
  const world = new FakeWorld();
  world.leased = ["ncn-w001"];
  world.then(() => {
    world.leased = [];
    world.isThere = false;
  });
  const { areGone, isThere } = await world.wait({ timeout: 5 });
  assertEquals([areGone, isThere], [true, false]);
  assertEquals(world.heard("leases-gone"), [
    { what: "leases-gone", leases: "/leases", isThere: false },
  ]);
});

Deno.test("LeaseWait throws what looking and serving throw", async () => {
  const fail = (): Promise<never> => Promise.reject(new RangeError("no"));
  const told = Promise.resolve(true);
  for (const task of [{ look: fail }, { company: { told, serve: fail } }]) {
    const world = new FakeWorld();
    world.leased = NODES;
    await assertRejects(() => world.wait(task), RangeError);
  }
});

Deno.test("LeaseWait looks again at leases that cannot be read, until the time is over", async (t) => {
  const torn = new Failure("file-invalid", { message: "/leases: is torn" });
  const looks = (world: FakeWorld, bad: readonly number[]): Partial<LeaseTask> => {
    let count = 0;
    const { leased } = world;
    return {
      look: () => {
        const isBad = bad.includes(++count);
        if (isBad) return Promise.reject(torn);
        return Promise.resolve({
          leases: leased.map((node) => (
            { bmc: `${node}-mgmt`, mac: "b4:2e:99:0b:0d:04", ip: "10.254.1.1", expires: null }
          )),
          missing: count < 5 ? ["ncn-w003-mgmt"] : [],
          unexpected: [],
          older: [],
          isThere: true,
        });
      },
    };
  };
  await t.step("for a while", async () => {
    const world = new FakeWorld();
    world.leased = NODES;
    const { missing } = await world.wait(looks(world, [2, 3, 4]));
    // It is said once, and nobody has lost a lease by it.
    assertEquals([missing, world.said], [[], ["/leases: is torn"]]);
    assertEquals(world.heard("lease-ended"), []);
  });
  await t.step("to the end", async () => {
    const world = new FakeWorld();
    const bad = Array.from({ length: 99 }, (_, i) => i + 2);
    await assertRejects(() => world.wait(looks(world, bad)), Failure, "is torn");
    assertEquals(world.clock.elapsed(), 60_000);
  });
  await t.step("not at the first look, unless it was looked at before", async () => {
    const world = new FakeWorld();
    world.leased = NODES;
    await assertRejects(() => world.wait(looks(world, [1])), Failure, "is torn");
    const company = {
      told: Promise.resolve(true),
      serve: () => Promise.resolve(),
      isChecked: true,
    };
    const { missing } = await world.wait({ ...looks(world, [1]), company });
    assertEquals(missing, []);
  });
});
