import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { expandHosts, foldHosts } from "../../../lib/text/host_range.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";

const RANGE = "ncn-w[001-003,007],ncn-s001,fmn[01-12]-mgmt";

Deno.test("expandHosts() lists the hosts of a range", async (t) => {
  const cases: [text: string, names: string[]][] = [
    ["ncn-w001", ["ncn-w001"]],
    ["ncn-w[001-003,007]", ["ncn-w001", "ncn-w002", "ncn-w003", "ncn-w007"]],
    ["ncn-w[009-010],fmn001", ["ncn-w009", "ncn-w010", "fmn001"]],
    ["a[9-11]", ["a9", "a10", "a11"]],
    ["a[098-101]", ["a098", "a099", "a100", "a101"]],
    ["a[5-5]", ["a5"]],
    ["a[1,01]", ["a1", "a01"]],
    ["a[1-2]-mgmt", ["a1-mgmt", "a2-mgmt"]],
    ["[1-2]", ["1", "2"]],
    ["x3000c0s[1,10]b0n0", ["x3000c0s1b0n0", "x3000c0s10b0n0"]],
    [" a , b[ 1 , 3-4 ] ", ["a", "b1", "b3", "b4"]],
    ["b,a,b,a[1],a1", ["b", "a", "a1"]],
    ["ncn-w001.hmn,Host_1", ["ncn-w001.hmn", "Host_1"]],
  ];
  for (const [text, names] of cases) {
    await t.step(text, () => assertEquals(expandHosts(text), names));
  }
});

Deno.test("expandHosts() says what is wrong with a range", async (t) => {
  const notOne = "is not a host or a range such as ncn-w[001-003,007]";
  const cases: [text: string, message: string][] = [
    ["", "an empty host name"],
    [" ", "an empty host name"],
    ["a,,b", "an empty host name"],
    ["a,", "an empty host name"],
    ["a b", `a b ${notOne}`],
    ["a/b", `a/b ${notOne}`],
    ["a[1", `a[1 ${notOne}`],
    ["a1]", `a1] ${notOne}`],
    ["a[[1]]", `a[[1]] ${notOne}`],
    ["a[1-2]b[1-2]", `a[1-2]b[1-2] ${notOne}`],
    ["ncn-*", `ncn-* ${notOne}`],
    ["\x1b[31m", `\\x1b[31m ${notOne}`],
    ["a[]", `[] ${notOne}`],
    ["a[1,,2]", `[1,,2] ${notOne}`],
    ["a[1-x]", `[1-x] ${notOne}`],
    ["a[1-2-3]", `[1-2-3] ${notOne}`],
    ["a[1234567890123456]", `[1234567890123456] ${notOne}`],
    ["a[003-001]", "003-001 counts backwards"],
    ["a[0-100000]", "more than 100000 hosts"],
    ["a[0-99999],b[1]", "more than 100000 hosts"],
    ["a[0-99999],b[0-99999]", "more than 100000 hosts"],
    ["?".repeat(50), `${"?".repeat(40)}… ${notOne}`],
  ];
  for (const [text, message] of cases) {
    await t.step(JSON.stringify(text), () => {
      const error = assertThrows(() => expandHosts(text), SyntaxError);
      assertEquals(error.message, message);
    });
  }
});

Deno.test("foldHosts() joins neighbours", async (t) => {
  const cases: [names: string[], range: string][] = [
    [[], ""],
    [["pit"], "pit"],
    [["ncn-w001"], "ncn-w001"],
    [["ncn-w002", "ncn-w001", "ncn-s001"], "ncn-s001,ncn-w[001-002]"],
    [["a3", "a1", "a2", "a7", "a5"], "a[1-3,5,7]"],
    [["a2", "a1", "a2"], "a[1-2]"],
    [["a9", "a10"], "a[9-10]"],
    [["a099", "a100"], "a[099-100]"],
    [["a99", "a100", "a099"], "a[99,099-100]"],
    [["a1", "a01"], "a[1,01]"],
    [["a09", "a10", "a8"], "a[8,09-10]"],
    [["a1-mgmt", "a2-mgmt", "a1"], "a1,a[1-2]-mgmt"],
    [["x1c0b1", "x1c0b2", "x2c0b3"], "x1c0b[1-2],x2c0b3"],
    [["2", "1"], "[1-2]"],
  ];
  for (const [names, range] of cases) {
    await t.step(range || "nothing", () => {
      assertEquals(foldHosts(names), range);
    });
  }
});

Deno.test("foldHosts() writes long numbers that expandHosts() reads", async (t) => {
  const cases: string[][] = [
    ["a1234567890", "a1234567892"],
    ["a999999999", "a1000000000"],
  ];
  for (const names of cases) {
    await t.step(names.join(), () => {
      assertEquals(expandHosts(foldHosts(names)).sort(), [...names].sort());
    });
  }
});

const hostNames = fc.array(
  fc.tuple(
    fc.constantFrom("ncn-w", "ncn-s", "fmn", "x3000c0s1b", ""),
    fc.oneof(
      fc.integer({ min: 1, max: 120 }).map(String),
      fc.integer({ min: 1, max: 120 }).map((n) => String(n).padStart(3, "0")),
      fc.stringMatching(/^\d{1,9}$/),
    ),
    fc.constantFrom("", "-mgmt", ".hmn"),
  ).map((parts) => parts.join("")),
  { minLength: 1, maxLength: 60 },
);

Deno.test("expandHosts() reads what foldHosts() writes", () => {
  fc.assert(fc.property(hostNames, (names) => {
    const expected = [...new Set(names)].sort();
    assertEquals(expandHosts(foldHosts(names)).sort(), expected);
  }));
});

Deno.test("foldHosts() does not care for the order of the names", () => {
  const shuffled = hostNames.chain((names) =>
    fc.tuple(
      fc.constant(names),
      fc.shuffledSubarray(names, { minLength: names.length }),
    )
  );
  fc.assert(fc.property(shuffled, ([names, others]) => {
    assertEquals(foldHosts(others), foldHosts(names));
  }));
});

Deno.test("expandHosts() throws nothing but SyntaxError", () => {
  const tokens = ["a", "ncn-w", "[", "]", ",", "-", "001", "9", " ", ".", "\0"];
  const texts = fc.oneof(
    fc.string({ unit: "grapheme" }),
    anyText(),
    wordsOf(tokens),
    edited(RANGE, tokens),
  );
  fc.assert(fc.property(texts, (text) => {
    const names = namesOrError(text);
    if (names instanceof Error) assertEquals(names.constructor, SyntaxError);
    else assertEquals(new Set(names).size, names.length);
  }));
});

function namesOrError(text: string): string[] | Error {
  try {
    return expandHosts(text);
  } catch (error) {
    assert(error instanceof Error);
    return error;
  }
}
