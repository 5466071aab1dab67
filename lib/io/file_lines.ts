/**
 * Reads the lines of a file of any size, in bounded memory.
 *
 * @module
 */

/** As much at once as is fast. */
const AT_ONCE_BYTES = 256 * 1024;
/** The most bytes of one line. */
const LONGEST_WHOLE_LINE = 4 * 1024 * 1024;
const NEWLINE = 10;

/** A line of a file. */
export interface FileLine {
  /** Counted from 1. */
  readonly number: number;
  /** Without its end; `null` if it is longer than 4 MiB. */
  readonly text: string | null;
  /** Whether it has an end: the last one may be torn. */
  readonly isWhole: boolean;
}

/**
 * Reads the lines of an open file to its end. What is no UTF-8 is replaced.
 *
 * @param file Open at its beginning.
 * @throws What reading throws.
 */
export function* fileLines(file: Pick<Deno.FsFile, "readSync">): Generator<FileLine> {
  const block = new Uint8Array(AT_ONCE_BYTES);
  const line = new LongLine();
  let number = 1;
  for (let count; (count = file.readSync(block)) !== null;) {
    let begin = 0;
    for (let end; (end = block.subarray(0, count).indexOf(NEWLINE, begin)) >= 0;) {
      yield { number: number++, text: line.take(block.subarray(begin, end)), isWhole: true };
      begin = end + 1;
    }
    line.add(block.subarray(begin, count));
  }
  if (line.length > 0) yield { number, text: line.take(new Uint8Array()), isWhole: false };
}

/** A line that has begun in an earlier block. */
class LongLine {
  #parts: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.length += bytes.length;
    if (this.length > LONGEST_WHOLE_LINE) this.#parts = [];
    else if (bytes.length > 0) this.#parts.push(bytes.slice());
  }

  /** Ends it. */
  take(last: Uint8Array): string | null {
    this.add(last);
    const [parts, length] = [this.#parts, this.length];
    this.#parts = [];
    this.length = 0;
    if (length > LONGEST_WHOLE_LINE) return null;
    const bytes = new Uint8Array(length);
    let filled = 0;
    for (const part of parts) {
      bytes.set(part, filled);
      filled += part.length;
    }
    return new TextDecoder().decode(bytes);
  }
}
