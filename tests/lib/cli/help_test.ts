import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { helpOf, operandSpelling, spelling } from "../../../lib/cli/help.ts";
import { wrap } from "../../../lib/text/lines.ts";
import type { Manual } from "../../../lib/cli/manual.ts";
import {
  directory,
  file,
  flag,
  hosts,
  type Operand,
  type Option,
  optionalFile,
} from "../../../lib/cli/options.ts";
import { EXIT_MEANINGS, PLAIN_EXITS } from "../../../lib/document/exit_codes.ts";

const MANUAL: Manual = {
  exits: PLAIN_EXITS,
  name: "sweep",
  summary: "sweep the machine room",
  description: [
    "Sweeps the floor of the machine room, row by row, and leaves alone what is plugged in.",
    "Never at night.",
  ],
  options: {
    "broom": file("The broom to sweep with, of those that stand in the corner.", "red"),
    "a-bucket-of-dust": optionalFile("Where the dust goes."),
    "quiet": flag("Do not whistle."),
    "row": hosts("Which rows."),
  },
  operand: { placeholder: "ROOM", kind: "text", help: "Which room.", isOptional: true },
  examples: [["pitboot sweep --quiet", "sweep without a tune, as everybody else likes it best"]],
};

Deno.test("wrap() breaks a paragraph between words", async (t) => {
  const cases: [words: string, width: number, lines: string[]][] = [
    ["", 10, [""]],
    ["one", 10, ["one"]],
    ["one two", 7, ["one two"]],
    ["one two", 6, ["one", "two"]],
    ["one  two\n three", 80, ["one two three"]],
    ["a word that stands", 6, ["a word", "that", "stands"]],
    ["a longword b", 4, ["a", "longword", "b"]],
    ["one two", Infinity, ["one two"]],
  ];
  for (const [words, width, lines] of cases) {
    await t.step(`${words} ${width}`, () => assertEquals(wrap(words, width), lines));
  }
});

Deno.test("wrap() loses no word, and fills every line as far as it can", () => {
  const words = fc.array(fc.stringMatching(/^\S{1,12}$/), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(words, fc.integer({ min: 1, max: 40 }), (words, width) => {
    const lines = wrap(words.join(" "), width);
    assertEquals(lines.flatMap((line) => line.split(" ")), words);
    for (const [i, line] of lines.entries()) {
      assert(line.length <= width || !line.includes(" "), line);
      const [next] = lines[i + 1]?.split(" ") ?? [];
      assert(next === undefined || line.length + 1 + next.length > width, line);
    }
  }));
});

Deno.test("spelling() writes an option as it is typed", async (t) => {
  const cases: [name: string, option: Option, spelled: string][] = [
    ["dry-run", flag(""), "-n, --dry-run"],
    ["root", directory("", "/"), "--root DIR"],
    ["help", flag(""), "-h, --help"],
    ["version", flag(""), "-V, --version"],
    ["output", optionalFile(""), "-o, --output FILE"],
    ["quiet", flag(""), "-q, --quiet"],
    ["verbose", flag(""), "-v, --verbose"],
  ];
  for (const [name, option, spelled] of cases) {
    await t.step(spelled, () => assertEquals(spelling(name, option), spelled));
  }
});

Deno.test("operandSpelling() puts what may be left out into brackets", () => {
  const operand: Operand = { placeholder: "SHELL", kind: "choice", help: "", isOptional: false };
  assertEquals(operandSpelling(operand), "SHELL");
  assertEquals(operandSpelling({ ...operand, isOptional: true }), "[SHELL]");
  assertEquals(operandSpelling({ ...operand, isMany: true }), "SHELL...");
});

Deno.test("helpOf() shows all of a manual", () => {
  const help = helpOf(MANUAL, 80);
  const parts = help.split("\n\n");
  assertEquals(parts.map((part) => part.split("\n")[0]?.trim()), [
    "pitboot sweep - sweep the machine room",
    "Usage: pitboot sweep [OPTION]... [ROOM]",
    "Sweeps the floor of the machine room, row by row, and leaves alone what is",
    "Never at night.",
    `ROOM${" ".repeat(20)}Which room.`,
    "Options:",
    "Exit codes:",
    "Examples:",
  ]);
  assertEquals(parts[5]?.split("\n").slice(1), [
    "  --broom FILE            The broom to sweep with, of those that stand in the",
    "                          corner. [red]",
    "  --a-bucket-of-dust FILE",
    "                          Where the dust goes.",
    "  -q, --quiet             Do not whistle.",
    "  --row RANGE             Which rows. May be given more than once.",
  ]);
  assertEquals(
    parts[6]?.split("\n").slice(1),
    EXIT_MEANINGS.slice(0, 3).map(([code, meaning]) => `${String(code).padStart(5)}  ${meaning}`),
  );
  assertEquals(parts[7]?.split("\n").slice(1), [
    "  # sweep without a tune, as everybody else likes it best",
    "  pitboot sweep --quiet",
    "",
  ]);
});

Deno.test("helpOf() says the same on a narrow terminal, in shorter lines", () => {
  const [wide, narrow] = [helpOf(MANUAL, 80), helpOf(MANUAL, 40)];
  assertEquals(narrow.split(/\s+/), wide.split(/\s+/));
  assert(wide.split("\n").every((line) => line.length <= 80), wide);
  assertEquals(narrow.split("\n").filter((line) => line.length > 40), []);
  const [, rest = ""] = narrow.split("\nOptions:\n");
  const [explained = ""] = rest.split("\nExit codes:\n");
  // Explanations do not become columns of single words.
  const count = explained.trimEnd().split("\n").length;
  assert(count > 7 && count < 11, explained);
});

Deno.test("helpOf() leaves out what a manual does not have", () => {
  const help = helpOf({ ...MANUAL, name: "pitboot", examples: [], options: {} }, 80);
  assertMatch(help, /^pitboot - .*\n\nUsage: pitboot \[OPTION\]\.\.\. \[ROOM\]\n/);
  assert(!help.includes("Examples:"));
  assert(/[^\n]\n$/.test(help), "it ends in one newline");
  const { operand: _, ...rest } = MANUAL;
  assert(!helpOf(rest, 80).includes("ROOM"));
});
