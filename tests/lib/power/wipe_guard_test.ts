import { assertEquals, assertMatch } from "@std/assert";
import { refusalsFor } from "../../../lib/power/wipe_guard.ts";

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
