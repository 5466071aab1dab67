import { assertEquals, assertRejects } from "@std/assert";
import { FileFollower } from "../../../lib/io/follow_file.ts";
import { Root } from "../../../lib/io/root.ts";
import { LATE, pause, within } from "../../../lib/io/within.ts";
import { FakeClock, settled } from "../../fake_clock.ts";
import { temporaryDirectory } from "../../temporary.ts";

const NEVER = new AbortController().signal;

/** What came of a wait so far. */
function watched<T>(wait: Promise<T>): { came: T | "nothing" } {
  const seen: { came: T | "nothing" } = { came: "nothing" };
  wait.then((value) => seen.came = value);
  return seen;
}

Deno.test("within() returns what the work returns, and leaves no timer", async () => {
  const clock = new FakeClock();
  const { promise, resolve } = Promise.withResolvers<string>();
  const seen = watched(within(promise, { milliseconds: 10, later: clock.later }));
  await clock.advance(9);
  assertEquals([seen.came, clock.waiting], ["nothing", 1]);
  resolve("done");
  await settled();
  assertEquals([seen.came, clock.waiting], ["done", 0]);
});

Deno.test("within() throws what the work throws", async () => {
  const clock = new FakeClock();
  const work = Promise.reject(new RangeError("no"));
  await assertRejects(() => within(work, { milliseconds: 1, later: clock.later }), RangeError);
  assertEquals(clock.waiting, 0);
});

Deno.test("within() ends after its time", async () => {
  const clock = new FakeClock();
  const seen = watched(within(new Promise(() => {}), { milliseconds: 10, later: clock.later }));
  await clock.advance(10);
  assertEquals(seen.came, LATE);
});

Deno.test("within() ends at its signal, and takes no notice of late errors", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<string>();
  const limits = { milliseconds: 10, signal: controller.signal, later: clock.later };
  const seen = watched(within(promise, limits));
  await settled();
  assertEquals(seen.came, "nothing");
  controller.abort();
  await settled();
  assertEquals([seen.came, clock.waiting], [LATE, 0]);
  reject(new Error("nobody hears it"));
  assertEquals(await within(new Promise(() => {}), limits), LATE);
});

Deno.test("pause() ends after its time, at a signal, and at once", async () => {
  await pause(1, NEVER);
  await pause(0, NEVER);
  await pause(Infinity, AbortSignal.abort());
  const controller = new AbortController();
  const sleep = pause(Infinity, controller.signal);
  controller.abort();
  await sleep;
});

Deno.test("FileFollower sees its file change, also while nobody waits", async (t) => {
  using temporary = temporaryDirectory();
  const path = `${temporary.directory}/leases`;
  await t.step("while it waits", async () => {
    using follower = await followerOf(path);
    const change = follower.change(Infinity, NEVER);
    Deno.writeTextFileSync(path, "1");
    await change;
  });
  await t.step("while nobody waits", async () => {
    using follower = await followerOf(path);
    Deno.writeTextFileSync(path, "2");
    await follower.change(Infinity, NEVER);
  });
  await t.step("not where it is another file, or there is no directory", async () => {
    using follower = await followerOf(path);
    using blind = await followerOf(`${path}/none/leases`);
    Deno.writeTextFileSync(`${path}.new`, "");
    for (const each of [follower, blind]) {
      assertEquals(await within(each.change(Infinity, NEVER), { milliseconds: 50 }), LATE);
    }
  });
});

/** One that has begun: its first call returns at once, however long it may take. */
async function followerOf(path: string): Promise<FileFollower> {
  const follower = new FileFollower(new Root("/"), path);
  await follower.change(Infinity, NEVER);
  return follower;
}
