import { assertEquals } from "@std/assert";
import { keepsDisksOnly, mayKeepDisks } from "../../../lib/boot/no_wipe.ts";

Deno.test("mayKeepDisks() knows what keeps the disks of a node", async (t) => {
  const cases: [script: string, keeps: boolean][] = [
    ["", false],
    ["set opts metal.no-wipe=0\n", false],
    ["set opts metal.no-wipe=no rd.luks\n", false],
    ["set opts metal.no-wipe=1\n", true],
    ["set opts metal.no-wipe=2\n", true],
    ["set opts metal.no-wipe\n", true],
    ["set opts 'metal.no-wipe=1'\n", true],
    ["set opts metal.no-wipe=${keep}\n", true],
    ["set opts metal.no-wipe=0\nset more metal.no-wipe=1\n", true],
    ["# set opts metal.no-wipe=1\n", false],
    ["set opts metal.no-wipe=0 # metal.no-wipe=1\n", false],
    ["set opts x.metal.no-wipe=1 metal.no-wipes=1\n", false],
  ];
  for (const [script, keeps] of cases) {
    await t.step(script || "nothing", () => assertEquals(mayKeepDisks(script), keeps));
  }
});

Deno.test("keepsDisksOnly() finds the script without which a node may lose its disks", async (t) => {
  const [keeps, wipes] = ["set a metal.no-wipe=1", "set a metal.no-wipe=0"];
  const cases: [name: string, script: string, other: string, only: boolean][] = [
    ["both keep", keeps, `${keeps} x`, false],
    ["both wipe", wipes, "", false],
    ["less would be wiped", wipes, keeps, false],
    ["more would be wiped", keeps, wipes, true],
    ["nothing says so any more", keeps, "set a b", true],
    ["it is said in a comment", keeps, `# ${keeps}`, true],
    ["both do both", `${keeps}\n${wipes}`, `${keeps}\n${wipes} x`, false],
    ["the other does both", keeps, `${keeps}\n${wipes}`, true],
    ["a variable decides", keeps, "set a metal.no-wipe=${b}", true],
    [
      "a variable decides in both",
      "set b 1\nset a metal.no-wipe=${b}",
      "set b 0\nset a metal.no-wipe=${b}",
      true,
    ],
  ];
  for (const [name, script, other, only] of cases) {
    await t.step(name, () => assertEquals(keepsDisksOnly(script, other), only));
  }
});
