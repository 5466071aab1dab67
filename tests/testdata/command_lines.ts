/**
 * Command lines for property tests: of the options of all commands, well written
 * and not, with words between them that a parser may take for something else.
 *
 * @module
 */

import type { Manual } from "../../lib/cli/manual.ts";
import { SHORT } from "../../lib/cli/options.ts";
import fc from "../npm/fast_check.ts";
import { anyText } from "./texts.ts";

/** Words that parsers read in different ways, as values or alone. */
const ODD = [
  "true",
  "false",
  "no",
  "0",
  "0012",
  "1e1",
  "-5",
  "-",
  "--",
  "",
  "=",
  "a=b",
  " ",
  "-=x",
];

/**
 * Command lines of up to six pieces.
 *
 * @param manuals Those of the commands.
 * @returns The name of a command, and the arguments after it.
 */
export function commandLine(
  manuals: readonly Manual[],
): fc.Arbitrary<[name: string, args: readonly string[]]> {
  return fc.constantFrom(...manuals).chain((command) =>
    fc.tuple(
      fc.constant(command.name),
      fc.array(piece(command), { maxLength: 6 }).map((pieces) => pieces.flat()),
    )
  );
}

/** An option with or without a value, letters, or a word. */
function piece({ options }: Manual): fc.Arbitrary<string[]> {
  const names = Object.keys(options);
  const isSwitch = (name: string): boolean => options[name]?.placeholder === null;
  const name = fc.constantFrom(...names);
  const switched = fc.constantFrom(...names.filter(isSwitch));
  const valued = fc.constantFrom(...names.filter((name) => !isSwitch(name)));
  const value = fc.oneof(
    fc.constantFrom("1", "90s", "auto", "ncn-w001", "/a", "storage=1.6.2"),
    fc.constantFrom(...ODD),
    anyText(6),
  );
  const letter = fc.constantFrom(...Object.values(SHORT), "x", "5", "=", "-", ".", "é");
  return fc.oneof(
    switched.map((name) => [`--${name}`]),
    fc.tuple(switched, fc.constantFrom("true", "false", "no", ""))
      .map(([name, value]) => [`--${name}=${value}`]),
    fc.tuple(valued, value).map(([name, value]) => [`--${name}`, value]),
    fc.tuple(valued, value).map(([name, value]) => [`--${name}=${value}`]),
    fc.constantFrom(...Object.values(SHORT)).map((letter) => [`-${letter}`]),
    fc.array(letter, { minLength: 1, maxLength: 3 }).map((letters) => [`-${letters.join("")}`]),
    fc.tuple(name, fc.constantFrom("", "=", "x", ".a", "=false"))
      .map(([name, end]) => [`--${name}${end}`]),
    name.map((name) => [`--no-${name}`]),
    value.map((value) => [value]),
    fc.constantFrom("__proto__", "constructor", "toString", "_").map((name) => [`--${name}=1`]),
  );
}
