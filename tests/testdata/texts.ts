/**
 * Texts for property tests: any at all, words of a format, damaged files.
 *
 * @module
 */

import fc from "../npm/fast_check.ts";

/**
 * Texts of any UTF-16 units, control characters and halves of characters
 * included. (The `binary` unit of fc.string takes seconds to build.)
 */
export function anyText(maxLength = 60): fc.Arbitrary<string> {
  const unit = fc.oneof(fc.nat(0xff), fc.nat(0xffff));
  return fc.array(unit, { maxLength })
    .map((units) => String.fromCharCode(...units));
}

/** Texts that consist of the given words, in any order and number. */
export function wordsOf(tokens: string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...tokens), { maxLength: 40 })
    .map((words) => words.join(""));
}

/**
 * Texts that are almost the given one: at one to five places some characters
 * are cut out and something else is put in.
 *
 * @param text The text to damage.
 * @param tokens Words of the text's format, put in as often as random text.
 */
export function edited(text: string, tokens: string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(text.length),
    cut: fc.nat(8),
    insert: fc.oneof(fc.constantFrom("", ...tokens), anyText(5)),
  });
  return fc.array(edit, { minLength: 1, maxLength: 5 }).map((edits) =>
    edits.reduce(
      (damaged, { at, cut, insert }) => damaged.slice(0, at) + insert + damaged.slice(at + cut),
      text,
    )
  );
}
