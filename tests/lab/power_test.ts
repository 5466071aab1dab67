/**
 * `pitboot power` against real ipmitool and BMCs that say yes and do otherwise: the
 * accidents of others, and what becomes of them here.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { NodePower } from "../../lib/document/document.ts";
import type { Fault } from "./fault.ts";
import { bytes, ipmitool } from "./ipmitool.ts";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { type Call, pitboot, start } from "./pitboot.ts";
import { until } from "./wait.ts";

/** What is wrong with a node, and what `power on --pxe` makes of it. */
interface Accident {
  readonly faults: readonly Fault[];
  readonly state: string;
  readonly words?: RegExp;
  /** How its node is switched. */
  readonly switched: readonly string[];
}

const ON = ["on e004"];
const ACCIDENTS: readonly Accident[] = [
  { faults: [], state: "on", switched: ON },
  { faults: ["once"], state: "failed", words: /^told always, keeps once$/, switched: [] },
  { faults: ["legacy"], state: "failed", words: /^told UEFI, keeps BIOS$/, switched: [] },
  {
    faults: ["noboot"],
    state: "failed",
    words: /refused the boot device \(code 0x80/,
    switched: [],
  },
  { faults: ["shortboot:1"], state: "on", switched: ON },
  { faults: ["slowpower:4"], state: "on", switched: ON },
  {
    faults: ["idlepower"],
    state: "failed",
    words: /^said yes, still off after 8 s$/,
    switched: [],
  },
  { faults: ["strictpower"], state: "on", switched: ON },
  { faults: ["power:0xc0:2"], state: "on", switched: ON },
  {
    faults: ["power:0xd4"],
    state: "failed",
    words: /it refused to switch on \(code 0xd4/,
    switched: [],
  },
  { faults: ["lostpower:1"], state: "on", switched: ON },
  { faults: ["lostpower:4"], state: "on", switched: ON },
  { faults: ["mute:power:4"], state: "on", switched: ON },
  {
    faults: ["started"],
    state: "refused",
    words: /may wipe its disks, and it is on/,
    switched: [],
  },
  { faults: ["silent17"], state: "on", switched: ON },
  { faults: ["dead"], state: "unreachable", words: /^no answer/, switched: [] },
  { faults: ["badpass"], state: "denied", words: /refused user or password/, switched: [] },
];
const NODES = ACCIDENTS.map((_, i) => `ncn-w${String(i + 1).padStart(3, "0")}`);
/** Where nginx has it. */
const LOG = ["--access-log", "/var/log/nginx/access.log"];
const TIMES = ["--timeout", "8s", "--settle", "1s", ...LOG];
/** What ipmitool says of a session that comes to nothing because an answer is late, or lost. */
const LOST = /no response|Unexpected |Request Match|Unable to |Get Auth Cap|timed? ?out/i;
/** The node whose BMC never answers. */
const DEAD = NODES[ACCIDENTS.findIndex(({ faults }) => faults.includes("dead"))] ?? "";

labTest("power makes of each accident what is true, and starts no node otherwise", async (t) => {
  const faults = Object.fromEntries(NODES.map((node, i) => [node, ACCIDENTS[i]?.faults ?? []]));
  await using lab = await Lab.start({ nodes: NODES, faults });
  const args = ["power", "on", "--pxe", "--nodes"];
  const [on, dead] = await Promise.all([
    pitboot(lab, [...args, "ncn-w*", "--exclude", DEAD, ...TIMES]),
    pitboot(lab, [...args, DEAD, ...TIMES, "--bmc-timeout", "12s"]),
  ]);
  for (const [i, { faults, state, words, switched }] of ACCIDENTS.entries()) {
    await t.step(faults.join() || "none", () => {
      const found = powerOf(NODES[i] === DEAD ? dead : on, NODES[i] ?? "");
      assertEquals(found.state, state, found.message ?? "");
      if (words) assertMatch(found.message ?? "", words);
      assertEquals(faults.includes("dead") ? [] : lab.switched(found.node), switched);
      return found.message ?? found.state;
    });
  }
  await t.step("exit code: a password was refused", () => assertEquals(on.code, 4));
  await t.step("one session a BMC where nothing is lost", async () => {
    const log = await lab.sh("grep -F 'ncn-w001-mgmt ' /var/log/pitboot/power.log");
    const [, ...sessions] = log.split(/ 10\.\S+ cipher suite /);
    assert(sessions.length > 0, log);
    assertEquals(sessions.slice(0, -1).filter((said) => !LOST.test(said)), []);
    return `${sessions.length}`;
  });
  await t.step("again: what is on is on, and that is success", async () => {
    const again = await pitboot(lab, [
      "power",
      "on",
      "--pxe",
      "--nodes",
      "ncn-w001",
      ...LOG,
    ]);
    assertEquals([again.code, powerOf(again, "ncn-w001").state], [0, "already"]);
  });
  await t.step("off is said of what is off, also where that comes late", async () => {
    const nodes = "ncn-w001,ncn-w006,ncn-w008,ncn-w009";
    const off = await pitboot(lab, ["power", "off", "--nodes", nodes, ...TIMES]);
    assertEquals(off.code, 0, off.stderr);
    assertEquals(off.document.power?.map(({ state }) => state), Array(4).fill("off"));
    for (const node of nodes.split(",")) assertEquals(lab.isOn(node), false, node);
    const again = await pitboot(lab, ["power", "off", "--nodes", nodes, ...TIMES]);
    assertEquals(again.document.power?.map(({ state }) => state), Array(4).fill("already"));
  });
  await t.step("off, on: a node that may be wiped is seen off before", async () => {
    const args = ["--nodes", "ncn-w014", "--wipe", "ncn-w014", ...TIMES];
    const wiped = await pitboot(lab, ["power", "on", "--pxe", ...args]);
    assertEquals(wiped.code, 0, wiped.stderr);
    assertEquals(lab.switched("ncn-w014"), ["off", "on e004"]);
  });
  await t.step("the handbook's two commands: the second undoes the first", async () => {
    const [efi, always] = ["efiboot", "persistent"].map((word) =>
      `chassis bootdev pxe options=${word}`
    );
    const { stdout } = await ipmitool(
      lab,
      lab.bmc("ncn-w008"),
      always ?? "",
      efi ?? "",
      "raw 0 9 5 0 0",
    );
    assertEquals(bytes(stdout), ["01 05 a0 04 00 00 00"]);
  });
  await t.step(
    "status reads what BMCs keep, and says nothing of those that are silent",
    async () => {
      const look = ["power", "status", "--json"];
      const silent = ["--nodes", DEAD, "--bmc-timeout", "8s"];
      const [status, silence] = await Promise.all([
        pitboot(lab, [...look, "--exclude", DEAD]),
        pitboot(lab, [...look, ...silent]),
      ]);
      assertEquals(status.code, 4, status.stderr);
      const { boot, policy, clock } = powerOf(status, "ncn-w008");
      assertEquals(boot, { device: "pxe", efi: true, persistent: false, valid: true });
      assertEquals(policy, "previous");
      assert(Math.abs(clock ?? 9999) < 600, `${clock}`);
      assertEquals(silence.code, 3, silence.stderr);
      const { state, before, after, boot: kept, clock: ahead } = powerOf(silence, DEAD);
      assertEquals([state, before, after, kept, ahead], ["unreachable", null, null, null, null]);
    },
  );
});

labTest("power killed at every step starts no node without its boot device", async () => {
  const node = "ncn-w001";
  await using lab = await Lab.start({ nodes: [node] });
  const on = ["power", "on", "--pxe", "--nodes", node, ...TIMES];
  const whole = await pitboot(lab, on);
  assertEquals(whole.code, 0, whole.stderr);
  const steps = lab.packets(node);
  let kills = 0;
  for (let step = 1; step <= steps; step++) {
    // It is off, and boots nothing that we have set before.
    await ipmitool(lab, lab.bmc(node), "chassis power off", "raw 0 8 5 0 0 0 0 0");
    assertEquals(lab.switched(node).at(-1), "off");
    const killed = new AbortController();
    const goal = lab.packets(node) + step;
    lab.hold(node, goal);
    const run = start(lab, on, { signal: killed.signal, kill: "SIGKILL" });
    let hasEnded = false;
    const end = run.end.catch(() => null).finally(() => hasEnded = true);
    await until(() => hasEnded || lab.packets(node) >= goal);
    if (!hasEnded) kills++;
    killed.abort();
    await end;
    lab.hold(node, null);
  }
  const again = await pitboot(lab, on);
  assertEquals(again.code, 0, again.stderr);
  assertEquals(lab.switched(node).at(-1), "on e004");
  const starts = lab.switched(node).filter((each) => each !== "off");
  assert(starts.every((each) => each === "on e004"), starts.join());
  assert(kills > 10, `${kills} kills`);
  return `${kills} kills at ${steps} packets, ${starts.length} starts`;
});

labTest("power leaves time between two nodes that start", async () => {
  const nodes = ["ncn-w001", "ncn-w002", "ncn-w003"];
  await using lab = await Lab.start({ nodes });
  const args = ["power", "on", "--nodes", "ncn-w*", "--stagger", "2s", ...LOG];
  const { code, stderr, seconds } = await pitboot(lab, args);
  assertEquals(code, 0, stderr);
  assertEquals(nodes.map((node) => lab.isOn(node)), [true, true, true]);
  assert(seconds >= 4, `${seconds} s`);
  return `${seconds.toFixed(1)} s`;
});

function powerOf(call: Call, node: string): NodePower {
  const found = call.document.power?.find((each) => each.node === node);
  assert(found, call.stderr);
  assertStringIncludes(found.bmc, node);
  return found;
}
