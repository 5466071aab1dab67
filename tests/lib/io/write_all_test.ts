import { assertEquals, assertThrows } from "@std/assert";
import { writeStream } from "../../../lib/io/write_all.ts";

/** Takes two bytes at a time, and is full before each. */
class Narrow {
  readonly taken: number[] = [];
  #isFull = false;

  writeSync(bytes: Uint8Array): number {
    this.#isFull = !this.#isFull;
    if (this.#isFull) throw new Deno.errors.WouldBlock("Resource temporarily unavailable");
    this.taken.push(...bytes.subarray(0, 2));
    return Math.min(bytes.length, 2);
  }
}

Deno.test("writeStream() goes on where a call wrote a part, or would have to wait", () => {
  const narrow = new Narrow();
  writeStream(narrow, Uint8Array.of(1, 2, 3, 4, 5));
  assertEquals(narrow.taken, [1, 2, 3, 4, 5]);
});

Deno.test("writeStream() throws any other error", () => {
  const full = {
    writeSync: () => {
      throw new Error("No space left on device");
    },
  };
  assertThrows(() => writeStream(full, Uint8Array.of(1)), Error, "No space left");
  assertEquals(writeStream(full, new Uint8Array()), undefined);
});
