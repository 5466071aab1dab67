import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  addsUp,
  choice,
  count,
  directory,
  duration,
  file,
  flag,
  helpWords,
  hosts,
  type Option,
  optionalChoice,
  optionalCount,
  optionalFile,
  type ValueOption,
} from "../../../lib/cli/options.ts";

const HELP = "What it is for.";
const RANGE = { min: 2, max: 1024 };
const STREAMS = ["stable", "unstable"] as const;

/** What an option is before its value is read: what help and completion show. */
type Face = readonly [placeholder: string | null, initial: string | null];

Deno.test("every kind of option has its help, its placeholder and its default", async (t) => {
  const cases: [name: string, option: ReturnType<typeof flag> | ValueOption<unknown>, Face][] = [
    ["flag", flag(HELP), [null, null]],
    ["directory", directory(HELP, "/"), ["DIR", "/"]],
    ["file", file(HELP, "/etc/x"), ["FILE", "/etc/x"]],
    ["optionalFile", optionalFile(HELP), ["FILE", null]],
    ["choice", choice(STREAMS, HELP, "unstable"), ["stable|unstable", "unstable"]],
    ["optionalChoice", optionalChoice(STREAMS, HELP), ["stable|unstable", null]],
    ["count", count("N", HELP, { ...RANGE, initial: 64 }), ["N", "64"]],
    ["optionalCount", optionalCount("N", HELP, RANGE), ["N", null]],
    ["duration", duration(HELP, "15m"), ["TIME", "15m"]],
    ["hosts", hosts(HELP), ["RANGE", null]],
  ];
  for (const [name, option, face] of cases) {
    await t.step(name, () => {
      assertEquals([option.placeholder, option.initial], [...face]);
      assertStringIncludes(option.help, HELP);
      assertEquals(option.help.includes("TIME is such as 90s, 15m"), face[0] === "TIME");
    });
  }
});

Deno.test("lists may be given more than once, and say so", async (t) => {
  const cases: [name: string, option: Option, expected: boolean][] = [
    ["hosts", hosts(HELP), true],
    ["another list", { ...optionalFile(HELP), isList: true }, true],
    ["directory", directory(HELP, "/"), false],
    ["a switch, which adds nothing", flag(HELP), false],
  ];
  for (const [name, option, expected] of cases) {
    await t.step(name, () => {
      assertEquals(addsUp(option), expected);
      assertEquals(helpWords(option), expected ? `${HELP} May be given more than once.` : HELP);
    });
  }
});

Deno.test("choice() and optionalChoice() offer their words to completion", () => {
  assertEquals(choice(STREAMS, HELP, "stable").choices, STREAMS);
  assertEquals(optionalChoice(STREAMS, HELP).choices, STREAMS);
  assertEquals(directory(HELP, "/").choices, undefined);
});

Deno.test("file(), optionalFile() and directory() take every text as it is", async (t) => {
  for (const word of ["/var/www", " a ", "0012", "-", "a=b", "Ünïcode", "\x1b"]) {
    await t.step(JSON.stringify(word), () => {
      for (const option of [file(HELP, "/"), optionalFile(HELP), directory(HELP, "/")]) {
        assertEquals(option.parse(word), word);
      }
    });
  }
});

Deno.test("choice() and optionalChoice() take their words and no others", async (t) => {
  const kinds: ValueOption<string | null>[] = [
    choice(STREAMS, HELP, "stable"),
    optionalChoice(STREAMS, HELP),
  ];
  for (const word of STREAMS) {
    await t.step(word, () => {
      for (const kind of kinds) assertEquals(kind.parse(word), word);
    });
  }
  for (const word of ["", "beta", "STABLE", "stabl", "stable ", "stable|unstable"]) {
    await t.step(JSON.stringify(word), () => {
      for (const kind of kinds) assertRefused(kind, word, STREAMS);
    });
  }
});

Deno.test("count() and optionalCount() take whole numbers in their range", async (t) => {
  const kinds: ValueOption<number | null>[] = [
    count("N", HELP, { ...RANGE, initial: 64 }),
    optionalCount("N", HELP, RANGE),
  ];
  const good: [word: string, value: number][] = [
    ["2", 2],
    ["17", 17],
    ["1024", 1024],
    ["0012", 12],
  ];
  for (const [word, value] of good) {
    await t.step(word, () => {
      for (const kind of kinds) assertEquals(kind.parse(word), value);
    });
  }
  const bad = ["", "1", "1025", "-3", "+3", "3.5", "3.0", "1e1", "0x10", " 3", "3\n", "many", "٣"];
  for (const word of bad) {
    await t.step(JSON.stringify(word), () => {
      for (const kind of kinds) assertRefused(kind, word, ["2", "1024"]);
    });
  }
});

Deno.test("optionalCount() takes nine digits at most", () => {
  const option = optionalCount("N", HELP, { min: 0, max: Infinity });
  assertEquals(option.parse("999999999"), 999_999_999);
  assertEquals(option.parse("0"), 0);
  assertRefused(option, "1000000000", []);
});

Deno.test("duration() reads seconds, minutes, hours and days", async (t) => {
  const good: [word: string, seconds: number][] = [
    ["0", 0],
    ["90", 90],
    ["90s", 90],
    ["15m", 900],
    ["1h", 3600],
    ["30d", 2_592_000],
    ["010m", 600],
    ["999999h", 3_599_996_400],
  ];
  for (const [word, seconds] of good) {
    await t.step(word, () => assertEquals(duration(HELP, "15m").parse(word), seconds));
  }
  const bad = ["", "s", "soon", "-5", "1.5s", "5 s", " 5s", "5s\n", "1h30m", "1w", "5M", "1000000"];
  for (const word of bad) {
    await t.step(JSON.stringify(word), () => assertRefused(duration(HELP, "15m"), word, ["15m"]));
  }
});

Deno.test("hosts() reads ranges of hosts", async (t) => {
  const names = hosts(HELP).parse("ncn-w[001-002],ncn-s001");
  assertEquals(names, ["ncn-w001", "ncn-w002", "ncn-s001"]);
  for (const word of ["ncn-w[001", "a,,b", "../x"]) {
    await t.step(word, () => assertRefused(hosts(HELP), word, []));
  }
});

/** Only a SyntaxError is told as a fault of the command line. */
function assertRefused(
  option: ValueOption<unknown>,
  word: string,
  facts: readonly string[],
): void {
  const { message } = assertThrows(() => option.parse(word), SyntaxError);
  for (const fact of facts) assertStringIncludes(message, fact);
}
