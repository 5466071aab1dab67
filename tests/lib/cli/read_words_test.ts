import { parseArgs } from "@std/cli/parse-args";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseArgs as readByNode } from "node:util";
import type { Manual } from "../../../lib/cli/manual.ts";
import { flag, optionalFile, SHORT } from "../../../lib/cli/options.ts";
import { parseCommandLine, UsageError } from "../../../lib/cli/parse_flags.ts";
import { readWords, type Words } from "../../../lib/cli/read_words.ts";
import { manuals } from "../../../scripts/commands.ts";
import fc from "../../npm/fast_check.ts";
import { commandLine } from "../../testdata/command_lines.ts";

const COMMANDS = await manuals();
const RUNS = { numRuns: 2000 };

Deno.test("readWords() reads what is given, in the order of the line", async (t) => {
  const cases: [args: string[], given: string[], operand: string | null][] = [
    [[], [], null],
    [["--quiet", "--root", "/a"], ["quiet=true", "root=/a"], null],
    [["-qv", "--root=/a=b"], ["quiet=true", "verbose=true", "root=/a=b"], null],
    [["--quiet=false", "-q"], ["quiet=false", "quiet=true"], null],
    [["--root", "-", "x"], ["root=-"], "x"],
    [["--root"], ["root="], null],
    [["--root", ""], ["root="], null],
    [["--root", "--", "x"], ["root="], "x"],
    [["--root", "--quiet"], ["root=", "quiet=true"], null],
    [["x", "--root", "false"], ["root=false"], "x"],
    [["--", "--root"], [], "--root"],
    [["--root=a\nb"], ["root=a\nb"], null],
    [["-o", "json", "x"], ["output=json"], "x"],
    [["-ojson", "x"], ["output=json"], "x"],
    [["-qojson"], ["quiet=true", "output=json"], null],
    [["-qo", "-"], ["quiet=true", "output=-"], null],
    [["-o"], ["output="], null],
    [["-o", "-q"], ["output=", "quiet=true"], null],
  ];
  const options = {
    output: optionalFile("As what."),
    quiet: flag("Say less."),
    root: optionalFile("Below it."),
    verbose: flag("Say more."),
  };
  const operand = { placeholder: "X", kind: "text", help: "What.", isOptional: true } as const;
  for (const [args, given, word] of cases) {
    await t.step(JSON.stringify(args), () => {
      const words = readWords({ options, operand }, args);
      assertEquals(words.given.map(({ name, value }) => `${name}=${value}`), given);
      assertEquals(words.operand, word);
    });
  }
});

Deno.test("what readWords() reads, parseArgs() cannot read in another way", () => {
  fc.assert(
    fc.property(commandLine(COMMANDS), ([name, args]) => {
      const command = commandOf(name);
      const words = readOrNull(command, args);
      if (!words) return;
      const names = Object.keys(command.options);
      const isSwitch = (name: string): boolean => command.options[name]?.placeholder === null;
      const parsed: Record<string, unknown> = parseArgs(
        words.given.map(({ name, value }) => `--${name}=${value}`),
        {
          boolean: names.filter(isSwitch),
          string: names.filter((name) => !isSwitch(name)),
          collect: names,
        },
      );
      const read = names.map((name) => {
        const values = words.given.filter((each) => each.name === name).map(({ value }) => value);
        return [name, isSwitch(name) ? values.map((value) => value === "true") : values];
      });
      assertEquals(parsed, { _: [], ...Object.fromEntries(read) });
    }),
    RUNS,
  );
});

Deno.test("what readWords() reads, node reads as well", () => {
  fc.assert(
    fc.property(commandLine(COMMANDS), ([name, args]) => {
      const command = commandOf(name);
      const words = readOrNull(command, args);
      // What has no value is refused later; node takes the next option for it.
      if (!words || words.given.some(({ value }) => value === "")) return;
      const options = Object.entries(command.options).map(([name, { placeholder }]) => [name, {
        type: placeholder === null ? "boolean" : "string",
        ...(SHORT[name] ? { short: SHORT[name] } : {}),
      }]);
      const { tokens } = readByNode({
        args: [...args],
        options: Object.fromEntries(options),
        strict: false,
        tokens: true,
      });
      const given = tokens.flatMap((token) => {
        if (token.kind !== "option") return [];
        const isSwitch = command.options[token.name]?.placeholder === null;
        return [{ name: token.name, value: token.value ?? (isSwitch ? "true" : "") }];
      });
      const operands = tokens.flatMap((token) => token.kind === "positional" ? [token.value] : []);
      assertEquals(words.given, given);
      assertEquals([...words.operand === null ? [] : [words.operand], ...words.words], operands);
    }),
    RUNS,
  );
});

Deno.test("readWords() takes several arguments only where a command takes many", () => {
  const operand = { placeholder: "X", kind: "file", help: "What.", isOptional: false } as const;
  const words = ["a", "--", "-b", "c"];
  const { operand: first, words: others } = readWords(
    { options: {}, operand: { ...operand, isMany: true } },
    words,
  );
  assertEquals([first, others], ["a", ["-b", "c"]]);
  assertThrows(() => readWords({ options: {}, operand }, words), UsageError);
});

Deno.test("a word behind a switch never says whether it is on", async (t) => {
  for (const command of COMMANDS) {
    await t.step(command.name, () => {
      for (const [name, { placeholder }] of Object.entries(command.options)) {
        if (placeholder !== null) continue;
        const spellings = [`--${name}`, ...SHORT[name] ? [`-${SHORT[name]}`] : []];
        for (const word of ["true", "false"]) {
          const message = `unexpected argument "${word}"; did you mean --${name}=${word}?`;
          for (const each of spellings) {
            const error = assertThrows(() => readWords(command, [each, word]), UsageError);
            assertEquals(error.message, message);
          }
        }
      }
    });
  }
});

Deno.test("no command line of any command throws anything but UsageError", () => {
  let accepted = 0;
  fc.assert(
    fc.property(commandLine(COMMANDS), ([name, args]) => {
      const command = commandOf(name);
      try {
        const { flags, operand } = parseCommandLine(command, args);
        assertEquals(Object.keys(flags), Object.keys(command.options));
        assert(operand === null || args.includes(operand));
        accepted++;
      } catch (error) {
        assert(error instanceof UsageError, `${error}`);
      }
    }),
    RUNS,
  );
  assert(accepted > 0, "all were refused");
});

function commandOf(name: string): Manual {
  const command = COMMANDS.find((each) => each.name === name);
  assert(command);
  return command;
}

function readOrNull(command: Manual, args: readonly string[]): Words | null {
  try {
    return readWords(command, args);
  } catch (error) {
    assert(error instanceof UsageError, `${error}`);
    return null;
  }
}
