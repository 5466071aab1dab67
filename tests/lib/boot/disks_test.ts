import { assertEquals } from "@std/assert";
import { type Disks, disksIn, disksOf } from "../../../lib/boot/disks.ts";

function disks(words: string): Disks {
  return disksIn(`#!ipxe\nkernel http://pit/\${hostname}/kernel ${words}\n`);
}

Deno.test("disksIn() takes a script without a word for one that wipes", async (t) => {
  const cases: [words: string, disks: Disks][] = [
    ["", "wiped"],
    ["metal.no-wipe=0", "wiped"],
    ["metal.no-wipe=no", "wiped"],
    ["metal.no-wipe=off", "wiped"],
    ["metal.no-wipe=1", "kept"],
    ["metal.no-wipe", "kept"],
    ["metal.no-wipe=1 metal.no-wipe=0", "wiped"],
    ["metal.no-wipe=0 metal.no-wipe=1", "kept"],
    ["# metal.no-wipe=1", "wiped"],
    ["metal.no-wipe=${net0/wipe}", "unknown"],
  ];
  for (const [words, expected] of cases) {
    await t.step(words || "nothing", () => assertEquals(disks(words), expected));
  }
  assertEquals(disksOf(null), "unknown");
});
