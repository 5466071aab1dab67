import { assertEquals } from "@std/assert";
import { coverageReport, type Reach, readLcov } from "../tools/coverage.ts";

Deno.test("readLcov() counts the lines of the product, and of nothing else", () => {
  const record = (path: string, ...counts: number[]): string =>
    [`SF:${path}`, ...counts.map((count, i) => `DA:${i + 1},${count}`), "end_of_record\n"].join(
      "\n",
    );
  const lcov = [
    record("/work/pitboot/lib/text/shape.ts", 1, 0, 12),
    record("/work/pitboot/scripts/run.ts", 0),
    record("/work/pitboot/tests/lib/kit.ts", 1),
    record("/work/pitboot/tools/pit/lib/x.ts", 1),
    record("/work/pitboot/lib/io/empty.ts"),
  ].join("");
  assertEquals(readLcov(lcov), [
    { path: "lib/text/shape.ts", lines: 3, reached: 2 },
    { path: "scripts/run.ts", lines: 1, reached: 0 },
  ]);
});

Deno.test("coverageReport() says what is too little", async (t) => {
  const file = (path: string, lines: number, reached: number): Reach => ({ path, lines, reached });
  const cases: [name: string, reach: Reach[], isEnough: boolean, lines: string[]][] = [
    ["enough", [file("a", 100, 97), file("b", 20, 20)], true, [
      " 97.0 % a",
      "100.0 % b",
      " 97.5 % of 120 lines",
    ]],
    ["one file", [file("a", 1000, 1000), file("b", 20, 16)], false, [
      " 80.0 % b (at least 85 %)",
      "100.0 % a",
      " 99.6 % of 1020 lines",
    ]],
    ["all of them", [file("a", 100, 96)], false, [
      " 96.0 % a",
      " 96.0 % of 100 lines (at least 97 %)",
    ]],
  ];
  for (const [name, reach, isEnough, lines] of cases) {
    await t.step(name, () => assertEquals(coverageReport(reach), { lines, isEnough }));
  }
  await t.step("nothing at all", () => assertEquals(coverageReport([]).isEnough, false));
});
