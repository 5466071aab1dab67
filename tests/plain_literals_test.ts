import { assertEquals } from "@std/assert";
import plugin from "../tools/lint/plain_literals.ts";

Deno.test("the rule plain-literals refuses the spread of a literal, and mends it", async (t) => {
  const cases: [code: string, mended: string | null][] = [
    ["const a = [...[1, 2], 3];", "const a = [1, 2, 3];"],
    ["const a = { ...{ b, c: 1, }, d };", "const a = { b, c: 1, d };"],
    ["f(...[a, ...b]);", "f(a, ...b);"],
    ["const a = [...b ? [1] : []];", null],
    ["const a = { ...b && { c } };", null],
    ["const a = [...b, ...[1].concat(c)];", null],
    ["const { ...a } = b, [...c] = d;", null],
  ];
  for (const [code, mended] of cases) {
    await t.step(code, () => {
      const found = Deno.lint.runPlugin(plugin, "case.ts", code);
      assertEquals(found.map(({ id }) => id), mended === null ? [] : ["pitboot/plain-literals"]);
      const fixes = found.flatMap(({ fix = [] }) => fix);
      const fixed = fixes.reduce(
        (text, { range: [from, to], text: plain = "" }) =>
          text.slice(0, from) + plain + text.slice(to),
        code,
      );
      assertEquals(fixed, mended ?? code);
    });
  }
});
