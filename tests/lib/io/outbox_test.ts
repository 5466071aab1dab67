import { assertEquals } from "@std/assert";
import { Outbox } from "../../../lib/io/outbox.ts";
import { settled } from "../../fake_clock.ts";

/** A stream whose reader takes nothing until it is let go. */
class Held {
  readonly taken: string[] = [];
  readonly #gate = Promise.withResolvers<void>();
  #error: Error | null = null;

  writeSync(bytes: Uint8Array): number {
    this.taken.push(`at once ${new TextDecoder().decode(bytes)}`);
    return bytes.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate.promise;
    if (this.#error) throw this.#error;
    this.taken.push(new TextDecoder().decode(bytes.subarray(0, 2)));
    return Math.min(bytes.length, 2);
  }

  letGo(error: Error | null = null): void {
    this.#error = error;
    this.#gate.resolve();
  }
}

function write(outbox: Outbox, to: Held, text: string): string[] {
  const errors: string[] = [];
  outbox.write(to, new TextEncoder().encode(text), (error) => errors.push(String(error)));
  return errors;
}

Deno.test("Outbox waits for readers, but not while it runs ahead", async () => {
  const [outbox, held, other] = [new Outbox(), new Held(), new Held()];
  write(outbox, held, "a");
  assertEquals([held.taken, outbox.isBehind], [["at once a"], false]);
  outbox.runAhead();
  write(outbox, held, "bcd");
  write(outbox, other, "e");
  await settled();
  assertEquals([held.taken.length, other.taken.length, outbox.isBehind], [1, 0, true]);
  let isDone = false;
  const end = outbox.catchUp().then(() => isDone = true);
  // All in one order, also what comes late.
  write(outbox, other, "f");
  await settled();
  assertEquals(isDone, false);
  other.letGo();
  held.letGo();
  await end;
  assertEquals(outbox.isBehind, false);
  assertEquals(held.taken, ["at once a", "bc", "d"]);
  assertEquals(other.taken, ["e", "f"]);
  write(outbox, held, "g");
  assertEquals(held.taken.at(-1), "at once g");
});

Deno.test("Outbox tells of what could not be written, and goes on with the others", async () => {
  const [outbox, full, other] = [new Outbox(), new Held(), new Held()];
  outbox.runAhead();
  const errors = write(outbox, full, "a");
  write(outbox, other, "b");
  full.letGo(new Error("No space left on device"));
  other.letGo();
  await outbox.catchUp();
  assertEquals([errors, other.taken], [["Error: No space left on device"], ["b"]]);
});
