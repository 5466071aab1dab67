import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { isHostName, nodeOf } from "../../../lib/text/host_name.ts";

Deno.test("isHostName() takes what may become a directory", async (t) => {
  const cases: [name: string, text: string, expected: boolean][] = [
    ["a node", "ncn-w001", true],
    ["an xname", "x3000c0s1b0n0", true],
    ["one letter", "a", true],
    ["digits", "42", true],
    ["63 characters", "a".repeat(63), true],
    ["64 characters", "a".repeat(64), false],
    ["nothing", "", false],
    ["upper case", "NCN-w001", false],
    ["a dash in front", "-w001", false],
    ["a dash behind", "ncn-", false],
    ["only a dash", "-", false],
    ["a dot", "ncn-w001.hmn", false],
    ["the directory above", "..", false],
    ["a path", "a/b", false],
    ["an underscore", "api_gw", false],
    ["a blank", "ncn w001", false],
    ["a line end", "ncn-w001\n", false],
    ["other letters", "nöde", false],
  ];
  for (const [name, text, expected] of cases) {
    await t.step(name, () => assertEquals(isHostName(text), expected));
  }
});

Deno.test("nodeOf() finds the node of a BMC", async (t) => {
  const cases: [bmc: string, node: string | null][] = [
    ["ncn-w001-mgmt", "ncn-w001"],
    ["fmn001-mgmt", "fmn001"],
    ["a-mgmt-mgmt", "a-mgmt"],
    ["ncn-w001", null],
    ["ncn-w001-mgmt.hmn", null],
    ["-mgmt", null],
    ["../x-mgmt", null],
    ["ncn-w001-MGMT", null],
    ["", null],
  ];
  for (const [bmc, node] of cases) {
    await t.step(bmc || "nothing", () => assertEquals(nodeOf(bmc), node));
  }
});

Deno.test("nodeOf() finds every node", () => {
  const names = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
  fc.assert(fc.property(names, (name) => assertEquals(nodeOf(`${name}-mgmt`), name)));
});
