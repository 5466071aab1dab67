import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { table } from "../../../lib/text/table.ts";

const ROWS = [
  ["STATE", "BMCS", "NODES"],
  ["changed", "12", "ncn-s001,ncn-w[001-003]"],
  ["denied", "1", "fmn001"],
];

Deno.test("table() lays out rows in columns", async (t) => {
  const cases: [name: string, rows: string[][], width: number, lines: string[]][] = [
    ["nothing", [], 80, []],
    ["one column", [["NODES"], ["ncn-w001"]], 80, ["NODES", "ncn-w001"]],
    ["room for all", ROWS, 80, [
      "STATE    BMCS  NODES",
      "changed  12    ncn-s001,ncn-w[001-003]",
      "denied   1     fmn001",
    ]],
    ["any room", ROWS.slice(1), Infinity, [
      "changed  12  ncn-s001,ncn-w[001-003]",
      "denied   1   fmn001",
    ]],
    ["just enough room", ROWS.slice(1, 2), 36, ["changed  12  ncn-s001,ncn-w[001-003]"]],
    ["one character too few", ROWS.slice(1, 2), 35, [
      "changed  12  ncn-s001,",
      "             ncn-w[001-003]",
    ]],
    ["as many parts in a line as fit", [["a", "bb,cc,dd"], ["a", "b,".repeat(12)]], 23, [
      "a  bb,cc,dd",
      `a  ${"b,".repeat(10)}`,
      "   b,b,",
    ]],
    ["no comma to break behind", [["a", "x".repeat(30)]], 23, ["a", `    ${"x".repeat(18)}…`]],
    ["room for a short last cell", [["a".repeat(30), "1.6.2"]], 37, [`${"a".repeat(30)}  1.6.2`]],
    ["an empty last cell", [["ab", ""], ["a", "b"]], 80, ["ab", "a   b"]],
    ["an empty first cell", [["", "b"], ["a", "b"]], 80, ["   b", "a  b"]],
  ];
  for (const [name, rows, width, lines] of cases) {
    await t.step(name, () => assertEquals(table(rows, width), lines));
  }
});

Deno.test("table() puts the last column below the others where there is no room", async (t) => {
  const rows = [["A".repeat(18), "a,".repeat(9) + "b"]];
  const below = [rows[0]?.[0], `    ${"a,".repeat(9)}b`];
  const cases: [width: number, lines: (string | undefined)[]][] = [
    [40, [`${rows[0]?.[0]}  ${rows[0]?.[1]}`]],
    [36, [`${rows[0]?.[0]}  ${"a,".repeat(8)}`, `${" ".repeat(20)}a,b`]],
    [35, below],
    [23, below],
    [22, [rows[0]?.[0], `    ${"a,".repeat(9)}`, "    b"]],
    [10, ["AAAAAAAAA…", ..."a,a,a, ".repeat(3).trim().split(" ").map((a) => `    ${a}`), "    b"]],
  ];
  for (const [width, lines] of cases) {
    await t.step(String(width), () => assertEquals(table(rows, width), lines));
  }
});

Deno.test("table() breaks rows between cells where not even those fit", () => {
  const rows = [["LINKS", "SCRIPT", "-", "", "RELEASE", "N", "NODES"]];
  rows.push(["whole", "ours", "kubernetes", "", "fe775c6-1659395320990", "4", "ncn-w[001-004]"]);
  assertEquals(table(rows, 30), [
    "LINKS  SCRIPT  -  RELEASE  N",
    "    NODES",
    "whole  ours  kubernetes",
    "  fe775c6-1659395320990  4",
    "    ncn-w[001-004]",
  ]);
});

// Nothing of which the names in the last column consist.
const cells = fc.string({ unit: fc.constantFrom("A", "B", "-", " "), maxLength: 12 });
const lists = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 12 });
const tables = fc.nat(3).chain((columns) =>
  fc.array(
    fc.tuple(fc.array(cells, { minLength: columns, maxLength: columns }), lists)
      .map(([others, names]) => [...others, names.join(",")]),
    { minLength: 1, maxLength: 8 },
  )
);

Deno.test("table() writes no line that is wider than it may be, or ends in blanks", () => {
  fc.assert(fc.property(tables, fc.integer({ min: 1, max: 100 }), (rows, width) => {
    for (const line of table(rows, width)) {
      assert(line.length <= width, line);
      assertEquals(line, line.trimEnd());
    }
  }));
});

Deno.test("table() loses nothing of the last column where there is room for a name", () => {
  fc.assert(fc.property(tables, fc.integer({ min: 50, max: 100 }), (rows, width) => {
    const lines = table(rows, width);
    assertEquals(lines.filter((line) => line.includes("…")), []);
    const shown = lines.join("").replaceAll(/[^a-z,]/g, "");
    assertEquals(shown, rows.map((row) => row.at(-1)).join(""));
  }));
});
