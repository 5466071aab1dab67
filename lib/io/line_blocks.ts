/**
 * The lines of a large file in blocks, the last first: what was logged last is what
 * matters, and a log may have gigabytes.
 *
 * @module
 */

import { readInto } from "./read_file.ts";

/** How much of a file is looked at in one go, in bytes: a cache holds it. */
const BLOCK_BYTES = 256 * 1024;
/** A line that is longer is left out, in bytes: so much memory it takes at most. */
const LONGEST_LINE = 64 * 1024;
const LINE_END = 0x0a;

/** Some lines of a file. */
export interface LineBlock {
  /** Whole lines, each with its end. They are there until the next block is asked for. */
  readonly bytes: Uint8Array;
  /** Where they end in the file, in bytes. */
  readonly end: number;
}

/**
 * Reads the whole lines of a part of a file, the last block first. A last line without an
 * end, and lines of more than 64 KiB, are left out.
 *
 * @param file An open file.
 * @param part `begin`: where a line begins; `end`: where to begin to read, both in bytes.
 * @throws What reading throws.
 */
export function* lineBlocks(
  file: Deno.FsFile,
  { begin, end }: { readonly begin: number; readonly end: number },
): Generator<LineBlock> {
  // A block, and behind it the end of a line that begins in the block before.
  const bytes = new Uint8Array(BLOCK_BYTES + LONGEST_LINE);
  let rest: number | null = null; // the length of that; null: not to be had
  for (let top = end; top > begin;) {
    const size = Math.min(BLOCK_BYTES, top - begin);
    const first = BLOCK_BYTES - size;
    const block = bytes.subarray(first, BLOCK_BYTES);
    // Somebody has cut the file.
    if (readInto(file, top - size, block) < size) return;
    const isFirst = top - size === begin;
    const last: number = rest === null
      ? first + block.lastIndexOf(LINE_END) + 1
      : BLOCK_BYTES + rest;
    const from = isFirst ? first : first + block.indexOf(LINE_END) + 1;
    const hasLines = isFirst || from > first;
    if (hasLines && last > from) {
      yield { bytes: bytes.subarray(from, last), end: top + last - BLOCK_BYTES };
    }
    rest = keepRest(bytes, {
      first,
      from: hasLines ? from : last,
      isKnown: hasLines || rest !== null,
    });
    top -= size;
  }
}

/** Keeps the end of a line for the block before. */
function keepRest(
  bytes: Uint8Array,
  { first, from, isKnown }: { first: number; from: number; isKnown: boolean },
): number | null {
  const length = from - first;
  if (!isKnown || length > LONGEST_LINE) return null;
  bytes.copyWithin(BLOCK_BYTES, first, from);
  return length;
}
