/**
 * The nodes of the lab, switched on and off by plain ipmitool, and what is wrong with it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Fault } from "./fault.ts";
import { bytes, ipmitool } from "./ipmitool.ts";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { delay, until } from "./wait.ts";

const STATUS = "chassis power status";
const [ON, OFF] = ["chassis power on", "chassis power off"];
const PXE = "chassis bootdev pxe options=efiboot,persistent";
const READ_BOOT = "raw 0 9 5 0 0";
/** What keeps a boot device that is not used at once. */
const KEEP = "raw 0 8 3 8";

const FAULTS: readonly Fault[] = [
  ...[
    "once",
    "legacy",
    "shortboot:1",
    "noboot",
    "noboot:0xcc",
    "slowpower:1",
    "slowpower:600",
  ] as const,
  ...["idlepower", "lostpower:1", "strictpower", "power:0xc0:2", "mute:power:1"] as const,
  ...["alwayson", "clock:7200", "started"] as const,
];

labTest("nodes have the faults of power that they are said to have", async (t) => {
  const nodes = FAULTS.map((_, i) => `ncn-w${String(i + 1).padStart(3, "0")}`);
  const faults = Object.fromEntries(nodes.map((node, i) => [node, FAULTS[i] ?? []]));
  await using lab = await Lab.start({ nodes: ["ncn-m002", ...nodes], faults });
  const nodeOf = (fault: Fault): string => nodes[FAULTS.indexOf(fault)] ?? "";
  const ask = (fault: Fault, ...commands: string[]): ReturnType<typeof ipmitool> =>
    ipmitool(lab, lab.bmc(nodeOf(fault)), ...commands);
  // One question of each is not answered.
  const unanswered = (["lostpower:1", "mute:power:1"] as const).map((fault) => ask(fault, ON));
  const step = (fault: Fault, fn: () => void | Promise<void>): Promise<void> => t.step(fault, fn);

  await t.step("none: it is off, boots what it was told, and says so", async () => {
    const bmc = lab.bmc("ncn-m002");
    const { stdout } = await ipmitool(lab, bmc, STATUS, PXE, READ_BOOT, ON, STATUS, READ_BOOT, OFF);
    assertMatch(stdout, /is off[^]*Boot Device to pxe[^]*Up\/On[^]*is on[^]*Down\/Off/);
    assertEquals(bytes(stdout), ["01 05 e0 04 00 00 00", "01 05 e0 04 00 00 00"]);
    assertEquals(lab.switched("ncn-m002"), ["on e004", "off"]);
    assertEquals(lab.isOn("ncn-m002"), false);
  });
  await t.step("none: a device for once is used up by one start", async () => {
    const once = "chassis bootdev pxe options=efiboot";
    const { stdout } = await ipmitool(lab, lab.bmc("ncn-m002"), once, ON, READ_BOOT, OFF);
    assertEquals(bytes(stdout), ["01 05 20 04 00 00 00"]);
    assertEquals(lab.switched("ncn-m002").slice(2), ["on a004", "off"]);
  });
  await step("started", async () => {
    assertStringIncludes((await ask("started", STATUS)).stdout, "Chassis Power is on");
  });
  await step("once", async () => {
    assertEquals(bytes((await ask("once", PXE, READ_BOOT)).stdout), ["01 05 a0 04 00 00 00"]);
  });
  await step("legacy", async () => {
    assertEquals(bytes((await ask("legacy", PXE, READ_BOOT)).stdout), ["01 05 c0 04 00 00 00"]);
  });
  await step("shortboot:1", async () => {
    await ask("shortboot:1", PXE, READ_BOOT);
    await delay(1100);
    const forgotten = await ask("shortboot:1", READ_BOOT, KEEP, PXE);
    assertEquals(bytes(forgotten.stdout), ["01 05 60 04 00 00 00"]);
    await delay(1100);
    assertEquals(bytes((await ask("shortboot:1", READ_BOOT)).stdout), ["01 05 e0 04 00 00 00"]);
  });
  for (const fault of ["noboot", "noboot:0xcc"] as const) {
    await step(fault, async () => {
      const { code, stdout, stderr } = await ask(fault, PXE);
      assertEquals([code, stdout], [0, ""]);
      assertMatch(stderr, /^Set Chassis Boot Parameter 5 failed/m);
    });
  }
  await step("slowpower:600", async () => {
    const { stdout } = await ask("slowpower:600", ON, STATUS);
    assertMatch(stdout, /Up\/On[^]*Chassis Power is off/);
  });
  await step("slowpower:1", async () => {
    await ask("slowpower:1", ON);
    await until(() => lab.isOn(nodeOf("slowpower:1")));
    assertStringIncludes((await ask("slowpower:1", STATUS)).stdout, "Chassis Power is on");
  });
  await step("idlepower", async () => {
    const { stdout } = await ask("idlepower", ON, STATUS);
    assertMatch(stdout, /Up\/On[^]*Chassis Power is off/);
  });
  await step("lostpower:1", async () => {
    assertEquals((await unanswered[0])?.code, 0);
    assertEquals(lab.switched(nodeOf("lostpower:1")), ["on 0000"]);
  });
  await step("mute:power:1", async () => {
    assertEquals((await unanswered[1])?.code, 0);
    assert(lab.isOn(nodeOf("mute:power:1")));
  });
  await step("strictpower", async () => {
    const { code, stderr } = await ask("strictpower", OFF);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "Command not supported in present state");
  });
  await step("power:0xc0:2", async () => {
    const { stderr } = await ask("power:0xc0:2", ON, ON, ON);
    assertEquals(stderr.match(/Node busy/g)?.length, 2);
    assert(lab.isOn(nodeOf("power:0xc0:2")));
  });
  await step("alwayson", async () => {
    const { stdout } = await ask("alwayson", "chassis status");
    assertMatch(stdout, /Power Restore Policy : always-on/);
  });
  await step("clock:7200", async () => {
    const { stdout } = await ask("clock:7200", "raw 0x0a 0x48");
    const seconds = bytes(stdout).map((line) => parseInt(line.split(" ").reverse().join(""), 16));
    const behind = Date.now() / 1000 - (seconds[0] ?? 0);
    assert(Math.abs(behind - 7200) < 600, `${behind} s`);
  });
});
