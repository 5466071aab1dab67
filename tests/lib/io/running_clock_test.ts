import { assertEquals } from "@std/assert";
import { RunningClock } from "../../../lib/io/running_clock.ts";
import { FakeClock } from "../../fake_clock.ts";

/** A process on a clock that goes on while it stands still: its timers ring when it runs again. */
class Stoppable {
  readonly system = new FakeClock();
  #stopped = 0;
  readonly clock = new RunningClock({
    now: () => this.system.elapsed() + this.#stopped,
    later: this.system.later,
  });

  stop(milliseconds: number): void {
    this.#stopped += milliseconds;
  }
}

Deno.test("RunningClock does not count the time in which the process was stopped", async () => {
  const { clock, system, stop } = begin();
  let rung = 0;
  clock.later(30_000, () => rung = clock.elapsed());
  await system.advance(10_000);
  stop(60_000);
  await system.advance(19_000);
  assertEquals(rung, 0);
  await system.advance(2000);
  assertEquals([rung >= 30_000, rung < 30_600, system.waiting], [true, true, 0]);
});

Deno.test("RunningClock counts all the time in which nobody waits", async () => {
  const { clock, system, stop } = begin();
  await system.advance(10_000);
  stop(60_000);
  assertEquals([clock.elapsed(), system.waiting], [70_000, 0]);
});

Deno.test("RunningClock takes a busy machine for no stop", async () => {
  const { clock, system, stop } = begin();
  const cancel = clock.later(30_000, () => {});
  await system.advance(1000);
  stop(900);
  assertEquals(clock.elapsed(), 1900);
  cancel();
  cancel();
  assertEquals(system.waiting, 0);
});

Deno.test("RunningClock rings in its order, and never at once what is never", async () => {
  const { clock, system } = begin();
  const rung: number[] = [];
  for (const at of [3000, Infinity, 0, 1500]) clock.later(at, () => rung.push(at));
  await system.advance(5000);
  assertEquals(rung, [0, 1500, 3000]);
});

function begin(): Pick<Stoppable, "clock" | "system"> & { stop: (milliseconds: number) => void } {
  const process = new Stoppable();
  return { ...process, stop: (milliseconds) => process.stop(milliseconds) };
}
