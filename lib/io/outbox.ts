/**
 * What is printed, as far as its readers have not taken it yet: a terminal may be held by
 * ^S, and the reader of a pipe may sleep. Work that has a deadline does not wait for them.
 *
 * @module
 */

import { type Sink, writeSlowly, writeStream } from "./write_all.ts";

/** A piece of output. */
interface Piece {
  readonly to: Sink;
  readonly bytes: Uint8Array;
  readonly fail: (error: unknown) => void;
}

/** The output of this process, all streams in one order. */
export class Outbox {
  readonly #queue: Piece[] = [];
  #isAhead = false;
  #writing: Promise<void> | null = null;

  /** Whether something waits for its reader. */
  get isBehind(): boolean {
    return this.#writing !== null;
  }

  /** From now on whoever prints does not wait for readers. */
  runAhead(): void {
    this.#isAhead = true;
  }

  /** Waits until readers have all that was printed; from now on whoever prints waits for them. */
  async catchUp(): Promise<void> {
    this.#isAhead = false;
    await this.#writing;
  }

  /**
   * Prints.
   *
   * @param fail Called where it cannot be written, now or later.
   */
  write(to: Sink, bytes: Uint8Array, fail: (error: unknown) => void): void {
    if (this.#isAhead || this.#writing) {
      this.#queue.push({ to, bytes, fail });
      this.#writing ??= this.#writeAll();
      return;
    }
    try {
      writeStream(to, bytes);
    } catch (error) {
      fail(error);
    }
  }

  async #writeAll(): Promise<void> {
    for (let piece; (piece = this.#queue.shift());) {
      await writeSlowly(piece.to, piece.bytes).catch(piece.fail);
    }
    this.#writing = null;
  }
}
