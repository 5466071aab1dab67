import { assertEquals } from "@std/assert";
import { deaf } from "../../../lib/io/context.ts";
import type { Event } from "../../../lib/document/event.ts";
import { WaitClock } from "../../../lib/leases/wait_clock.ts";
import { FakeClock, settled } from "../../fake_clock.ts";

interface Parts {
  readonly clock: WaitClock;
  readonly time: FakeClock;
  readonly events: Event[];
  tell(isWorthIt?: boolean): Promise<void>;
}

/** A clock of a wait of 60 s, 10 s without news, and what it stands on. */
function waitClock(
  { waited = 0, signal = new AbortController().signal, isHopeless = false } = {},
): Parts {
  const time = new FakeClock();
  const events: Event[] = [];
  const { promise: told, resolve } = Promise.withResolvers<boolean>();
  const clock = new WaitClock({ told, timeout: 60, grace: 10, isHopeless: () => isHopeless }, {
    context: { signal, listen: deaf, elapsed: time.elapsed },
    emit: (event) => events.push(event),
    waited,
  });
  const tell = async (isWorthIt = true): Promise<void> => {
    resolve(isWorthIt);
    await settled();
  };
  return { clock, time, events, tell };
}

Deno.test("WaitClock stands still until all were told", async () => {
  const { clock, time, events, tell } = waitClock();
  await time.advance(100_000);
  assertEquals([clock.isRunning, clock.isOver, clock.isWithoutNews], [false, false, false]);
  assertEquals([clock.secondsLeft(), clock.secondsWaited()], [null, 0]);
  assertEquals([clock.untilOver, clock.whenTold.aborted], [Infinity, false]);
  await tell();
  assertEquals([clock.isRunning, clock.secondsLeft()], [true, 60]);
  assertEquals([clock.untilOver, clock.whenTold.aborted], [60_000, true]);
  assertEquals(events, [{ what: "counting", left: 60 }]);
});

Deno.test("WaitClock begins seconds that are left, and ends those that went by", async () => {
  const { clock, time, tell } = waitClock();
  await tell();
  await time.advance(1);
  assertEquals([clock.secondsLeft(), clock.secondsWaited()], [60, 0]);
  await time.advance(59_998);
  assertEquals([clock.secondsLeft(), clock.secondsWaited(), clock.isOver], [1, 59, false]);
  await time.advance(1);
  assertEquals([clock.secondsLeft(), clock.secondsWaited(), clock.isOver], [0, 60, true]);
  await time.advance(5_000);
  assertEquals([clock.untilOver, clock.secondsWaited()], [0, 65]);
});

Deno.test("WaitClock counts what went by before", async () => {
  const { clock, events, tell } = waitClock({ waited: 70_000 });
  await tell();
  assertEquals([clock.isOver, clock.isPointless, clock.secondsWaited()], [true, false, 70]);
  assertEquals(events, [{ what: "counting", left: 0 }]);
});

Deno.test("WaitClock knows how long there was no news", async () => {
  const { clock, time, tell } = waitClock();
  await time.advance(9_000);
  await tell();
  await time.advance(9_999);
  assertEquals(clock.isWithoutNews, false);
  await time.advance(1);
  assertEquals(clock.isWithoutNews, true);
  clock.hearNews();
  assertEquals(clock.isWithoutNews, false);
});

Deno.test("WaitClock counts to the end of --grace where nobody can come", async () => {
  const { clock, time, events, tell } = waitClock({ isHopeless: true });
  assertEquals(clock.secondsLeft(), null);
  await tell();
  await time.advance(4_000);
  assertEquals([clock.secondsLeft(), events], [6, [{ what: "counting", left: 10 }]]);
  clock.hearNews();
  assertEquals([clock.secondsLeft(), clock.untilOver], [10, 56_000]);
  await time.advance(51_000);
  assertEquals([clock.secondsLeft(), clock.isOver], [0, false]);
  clock.hearNews();
  assertEquals(clock.secondsLeft(), 5);
});

Deno.test("WaitClock is over at once where the wait is pointless", async () => {
  const { clock, time, events, tell } = waitClock();
  await time.advance(1);
  await tell(false);
  assertEquals([clock.isPointless, clock.isOver, clock.isRunning], [true, true, true]);
  assertEquals([clock.secondsLeft(), clock.secondsWaited(), events], [0, 0, []]);
});

Deno.test("WaitClock says nothing after ^C", async () => {
  const { clock, events, tell } = waitClock({ signal: AbortSignal.abort() });
  await tell();
  assertEquals([clock.isRunning, events], [true, []]);
});
