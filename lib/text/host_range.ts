/**
 * Host ranges, both ways: `ncn-w[001-003,007]` and the list of names it means.
 *
 * @module
 */

import { printable } from "./printable.ts";

/** More names than any system has: a longer range is a typing error. */
const MOST_NAMES = 100_000;
/** A double holds every number of up to so many digits exactly. */
const MOST_DIGITS = 15;

const RANGE = /^([\w.-]*)(?:\[([^\[\]]*)\]([\w.-]*))?$/;
const PATTERN_RANGE = /^([\w.*?-]*)(?:\[([^\[\]]*)\]([\w.*?-]*))?$/;

/**
 * Lists the hosts of a range: names with at most one bracket each, comma
 * between them. Numbers keep their leading zeros.
 *
 * @param text For instance `ncn-w[001-003,007],ncn-s001`.
 * @param options `patterns`: `*` and `?` may be in a name, and stay there; not, if
 * left out.
 * @returns The names, each once, in the order in which they were written.
 * @throws {SyntaxError} If it is not a range; the message says what is wrong.
 *
 * @example
 * ```ts
 * import { expandHosts } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(expandHosts("ncn-w[009-010],fmn001"), [
 *   "ncn-w009",
 *   "ncn-w010",
 *   "fmn001",
 * ]);
 * ```
 */
export function expandHosts(
  text: string,
  { patterns = false }: { patterns?: boolean } = {},
): string[] {
  const shape = patterns ? PATTERN_RANGE : RANGE;
  const names = new Set<string>();
  for (const word of splitOutsideBrackets(text)) {
    const match = shape.exec(word.trim());
    if (!match || match[0] === "") throw notARange(word);
    const [, prefix = "", numbers, suffix = ""] = match;
    if (numbers === undefined) names.add(prefix);
    else for (const number of expandNumbers(numbers)) names.add(prefix + number + suffix);
    if (names.size > MOST_NAMES) throw new SyntaxError(`more than ${MOST_NAMES} hosts`);
  }
  return [...names];
}

/**
 * Writes hosts as ranges: sorted, each once, neighbours joined.
 *
 * @param names Host names.
 * @returns The shortest range that {@linkcode expandHosts} reads as these
 * names, for instance `ncn-s001,ncn-w[001-003,007]`.
 *
 * @example
 * ```ts
 * import { foldHosts } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * const names = ["ncn-w002", "ncn-w001", "ncn-s001"];
 * assertEquals(foldHosts(names), "ncn-s001,ncn-w[001-002]");
 * ```
 */
export function foldHosts(names: Iterable<string>): string {
  const families = new Map<string, string[]>();
  for (const name of new Set(names)) {
    // The last number of a name is the one that counts: ncn-w001-mgmt.
    const match = /^(.*?)(\d+)(\D*)$/.exec(name);
    const number = match?.[2] ?? "";
    const isCounted = match && number.length <= MOST_DIGITS;
    const key = isCounted ? `${match[1]}[${match[3]}` : name;
    const numbers = families.get(key) ?? [];
    if (isCounted) numbers.push(number);
    families.set(key, numbers);
  }
  return [...families]
    .map(([key, numbers]) => {
      const [prefix, suffix] = key.split("[");
      const [only] = numbers;
      if (only === undefined) return key;
      if (numbers.length === 1) return prefix + only + suffix;
      return `${prefix}[${foldNumbers(numbers)}]${suffix}`;
    })
    .sort()
    .join(",");
}

/** A bracket that is not closed reaches to the end. */
function splitOutsideBrackets(text: string): string[] {
  const words = `,${text}`.matchAll(/,((?:[^,[]|\[[^\]]*\]?)*)/g);
  return Array.from(words, ([, word = ""]) => word);
}

function expandNumbers(text: string): string[] {
  const numbers: string[] = [];
  for (const part of text.split(",")) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    const [, first = "", last = first] = match ?? [];
    if (!match || last.length > MOST_DIGITS || first.length > MOST_DIGITS) {
      throw notARange(`[${text}]`);
    }
    const count = Number(last) - Number(first) + 1;
    if (count < 1) throw new SyntaxError(`${part} counts backwards`);
    if (numbers.length + count > MOST_NAMES) throw new SyntaxError(`more than ${MOST_NAMES} hosts`);
    for (let i = 0; i < count; i++) {
      numbers.push(String(Number(first) + i).padStart(first.length, "0"));
    }
  }
  return numbers;
}

function foldNumbers(numbers: string[]): string {
  numbers.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const runs: [first: string, last: string][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && next(run[1]) === number) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => first === last ? first : `${first}-${last}`)
    .join(",");
}

function next(number: string): string {
  return String(Number(number) + 1).padStart(number.length, "0");
}

function notARange(word: string): SyntaxError {
  const found = printable(word.trim(), 40);
  return new SyntaxError(
    found === ""
      ? "an empty host name"
      : `${found} is not a host or a range such as ncn-w[001-003,007]`,
  );
}
