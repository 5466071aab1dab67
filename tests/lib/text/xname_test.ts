import { assertEquals } from "@std/assert";
import { nodeXname } from "../../../lib/text/xname.ts";

Deno.test("nodeXname() knows nodes and their BMCs", async (t) => {
  const cases: [name: string, xname: string | null][] = [
    ["x3000c0s1b0n0", "x3000c0s1b0n0"],
    ["x3000c0s1b0n1", "x3000c0s1b0n1"],
    ["x3000c0s1b0", "x3000c0s1b0n0"],
    ["X3000C0S1B0N0", "x3000c0s1b0n0"],
    ["x3000c0s1", null],
    ["x3000m0", null],
    ["x3000c0w22", null],
    ["ncn-w001", null],
    ["x3000c0s1b0n0.local", null],
    ["", null],
  ];
  for (const [name, xname] of cases) {
    await t.step(name, () => assertEquals(nodeXname(name), xname));
  }
});
