import { assertEquals } from "@std/assert";
import { LookAside } from "../../../lib/bmc/look_aside.ts";
import { FakeClock, settled } from "../../fake_clock.ts";
import { until } from "../../kit.ts";

/** A look whose end a test decides. */
function aside(crowd = 9): { clock: FakeClock; look: LookAside<string>; signals: AbortSignal[] } {
  const clock = new FakeClock();
  const signals: AbortSignal[] = [];
  const look = new LookAside((signal) => {
    signals.push(signal);
    return Promise.resolve("seen");
  }, { signal: new AbortController().signal, later: clock.later, crowd });
  return { clock, look, signals };
}

Deno.test("LookAside looks only where it was silent for a moment", async () => {
  const { clock, look, signals } = aside();
  await clock.advance(1500);
  look.stop();
  await clock.advance(60_000);
  assertEquals([signals.length, clock.waiting], [0, 0]);
});

Deno.test("LookAside looks once, also for whom cannot wait", async () => {
  const early = aside();
  assertEquals(await early.look.seen(), "seen");
  assertEquals([early.signals.length, early.clock.waiting], [1, 0]);
  const late = aside();
  await late.clock.advance(2500);
  assertEquals(late.signals.length, 1);
  assertEquals(await late.look.seen(), "seen");
  assertEquals(late.signals.length, 1);
  late.look.stop();
  assertEquals(late.signals[0]?.aborted, true);
});

Deno.test("LookAside has more patience in a crowd, which makes this machine slow", async () => {
  const { clock, look, signals } = aside(64);
  await clock.advance(4000);
  assertEquals(signals.length, 0);
  await clock.advance(1000);
  assertEquals(signals.length, 1);
  look.stop();
});

Deno.test("LookAside takes no moment in which this machine stood still for silence", async () => {
  let due: (() => void)[] = [];
  let looks = 0;
  const later = (_: number, act: () => void): () => void => {
    due.push(act);
    return () => due = due.filter((each) => each !== act);
  };
  await using _look = new LookAside(() => Promise.resolve(looks++), {
    signal: new AbortController().signal,
    later,
    crowd: 9,
  });
  for (const expected of [0, 0, 0, 1, 1]) {
    // However long it stood still, each timer rings once.
    for (const act of due.splice(0)) act();
    await settled();
    assertEquals(looks, expected);
  }
});

Deno.test("LookAside leaves nothing behind that it has begun", async () => {
  const clock = new FakeClock();
  const ends: string[] = [];
  {
    await using _look = new LookAside(async (signal) => {
      await until(() => signal.aborted);
      await settled();
      ends.push("curl");
    }, { signal: new AbortController().signal, later: clock.later, crowd: 9 });
    await clock.advance(2500);
  }
  assertEquals(ends, ["curl"]);
});

Deno.test("LookAside keeps an error for whom wants to know", async () => {
  const clock = new FakeClock();
  const look = new LookAside(() => Promise.reject(new Error("x")), {
    signal: new AbortController().signal,
    later: clock.later,
    crowd: 9,
  });
  await clock.advance(2500);
  await settled();
  assertEquals(await look.seen().catch(String), "Error: x");
});
