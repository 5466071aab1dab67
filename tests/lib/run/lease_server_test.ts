import { assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../../lib/document/problems.ts";
import { LeaseServer } from "../../../lib/run/lease_server.ts";
import { FakeClock } from "../../fake_clock.ts";

/** What comes of each call: the nodes that may be tried again, or why nothing can be recorded. */
type Answer = readonly string[] | Error;

const FULL = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
const UNRECORDED = new Failure("file-unwritable", { message: "/state: no space" }, FULL);
const REFUSED = new Failure("file-unwritable", { message: "/state: permission denied" });

class FakeWorld {
  readonly clock = new FakeClock();
  readonly calls: string[] = [];
  readonly said: string[] = [];
  readonly server: LeaseServer;

  constructor(answers: readonly Answer[]) {
    const left = [...answers];
    const setMore = (leases: readonly { readonly bmc: string }[]): Promise<ReadonlySet<string>> => {
      this.calls.push(leases.map(({ bmc }) => bmc.replace("-mgmt", "")).join());
      const answer = left.shift() ?? [];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(new Set(answer));
    };
    const { elapsed, later } = this.clock;
    const signal = new AbortController().signal;
    this.server = new LeaseServer({ setMore }, new Map(), {
      context: { elapsed, later, signal },
      reporter: { say: (words) => void this.said.push(words) },
    });
  }

  async serve(...names: string[]): Promise<void> {
    await this.server.serve(names.map((name) => (
      { bmc: `${name}-mgmt`, mac: "b4:2e:99:0b:0d:04", ip: "10.254.1.1", expires: null }
    )));
  }

  /** Ends it, however long that takes by its clock. */
  async end(): Promise<void> {
    let isOver = false;
    const end = this.server.end().finally(() => isOver = true);
    end.catch(() => {});
    while (!isOver) await this.clock.advance(500);
    await end;
  }
}

Deno.test("LeaseServer tries again what failed for a reason that may pass, later and later", async () => {
  const world = new FakeWorld([["w1"], UNRECORDED, ["w2"], []]);
  await world.serve("w1", "w3");
  // Not before its time.
  await world.serve();
  await world.clock.advance(500);
  await world.serve();
  await world.clock.advance(500);
  await world.serve();
  assertEquals(world.calls, ["w1,w3", "w1"]);
  // Who comes does not wait for them.
  await world.serve("w2");
  await world.end();
  assertEquals(world.calls, ["w1,w3", "w1", "w1,w2", "w2"]);
  assertEquals(world.said, ["/state: no space; pitboot tries it again"]);
});

Deno.test("LeaseServer gives up in the end, and says why nothing could be recorded", async () => {
  const world = new FakeWorld([UNRECORDED, UNRECORDED, UNRECORDED, UNRECORDED, UNRECORDED]);
  await world.serve("w1");
  await assertRejects(() => world.end(), Failure, "/state: no space");
  assertEquals([world.calls.length, world.server.isServing, world.said.length], [4, true, 1]);
  assertEquals(world.clock.elapsed(), 3000);
});

Deno.test("LeaseServer does not try again what does not pass", async () => {
  const world = new FakeWorld([REFUSED]);
  await assertRejects(() => world.serve("w1"), Failure, "permission denied");
  assertEquals(world.server.isServing, true);
});
