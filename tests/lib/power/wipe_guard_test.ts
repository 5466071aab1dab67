import { assertEquals, assertMatch } from "@std/assert";
import { fetchesOf } from "../../../lib/boot/ipxe_script.ts";
import { disksOf, refusalsFor } from "../../../lib/power/wipe_guard.ts";

function disks(words: string): ReturnType<typeof disksOf> {
  const script = `#!ipxe\nkernel http://pit/\${hostname}/kernel ${words}\n`;
  const url = "http://pit/ncn-w001/script.ipxe";
  return disksOf(fetchesOf(script, { hostname: "ncn-w001", url }));
}

Deno.test("disksOf() takes a script without a word for one that wipes", async (t) => {
  const cases: [words: string, disks: ReturnType<typeof disksOf>][] = [
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

Deno.test("refusalsFor() lets nobody be wiped unasked who looks installed", async (t) => {
  const told = { isNamed: false, isTold: true };
  const fetched = "fetched its root filesystem since it was last switched";
  await t.step("one that is on", () => {
    const { on, off } = refusalsFor({ disks: "wiped", installed: null }, told);
    assertEquals([on?.reason, off], ["would-wipe", null]);
  });
  await t.step("one that is off, and fetched its root filesystem", () => {
    const { off } = refusalsFor({ disks: "wiped", installed: fetched }, told);
    assertMatch(off?.message ?? "", /^its script wipes its disks, and it fetched its root/);
  });
  await t.step("one that may be wiped", () => {
    const { on } = refusalsFor({ disks: "unknown", installed: null }, told);
    assertEquals(on?.reason, "may-wipe");
  });
  await t.step("one that keeps its disks", () => {
    const free = refusalsFor({ disks: "kept", installed: fetched }, told);
    assertEquals(free, { on: null, off: null });
  });
  await t.step("one that was named once more", () => {
    const facts = { disks: "wiped", installed: fetched } as const;
    assertEquals(refusalsFor(facts, { ...told, isNamed: true }), { on: null, off: null });
  });
  await t.step("one that is on, and shall only be on", () => {
    const { on } = refusalsFor({ disks: "wiped", installed: null }, { ...told, isTold: false });
    assertEquals(on, null);
  });
});
