/**
 * Who refuses us, and who has only lost a packet: in the words of the real ipmitool.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { KG_KEY } from "./bmc.ts";
import type { Fault } from "./fault.ts";
import { startFlow } from "./flow.ts";
import { ipmitool } from "./ipmitool.ts";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { pitboot, shell } from "./pitboot.ts";

/** What ipmitool says of each, and what pitboot makes of it. */
const CASES: readonly (readonly [
  node: string,
  faults: Fault[],
  said: string,
  state: string,
  reason: string | null,
])[] = [
  ["ncn-w001", ["priv:0x80"], "failed: Unknown (0x80)", "denied", "refused-role"],
  ["ncn-w002", ["priv:0x81"], "failed: Unknown (0x81)", "denied", "refused-role"],
  ["ncn-w003", ["priv:0xd4"], "failed: Insufficient privilege", "denied", "refused-role"],
  ["ncn-w004", ["rakp4"], "RAKP 4 message has invalid integrity", "denied", "no-key"],
  ["ncn-w005", ["fails-once"], "no response from RAKP 3 message", "changed", null],
  ["ncn-w006", ["priv:0xc0:2"], "failed: Node busy", "changed", null],
  // Both texts at once: the latter is untrue, as a packet was lost before it.
  ["ncn-w007", ["fails-once", "priv:0xd4:1"], "no response from RAKP 3 message", "changed", null],
];
/** Requests for one BMC, in one session that is refused. */
const MOST_PACKETS = 20;

labTest("pitboot tells a refusal from a lost packet", async (t) => {
  const faults = Object.fromEntries(
    CASES.map(([node, faults]) => [node, [...faults, "nodhcp" as const]]),
  );
  await using plain = await Lab.start({ nodes: Object.keys(faults), faults });
  await using lab = await Lab.start({ nodes: Object.keys(faults), faults });
  const said = new Map(
    await Promise.all(lab.bmcs.map(async ({ node }) => {
      const { stderr } = await ipmitool(plain, plain.bmc(node), "-v", "raw 6 1");
      return [node, stderr] as const;
    })),
  );
  const call = await pitboot(lab, ["bmc-dhcp", "--keep-going"]);
  assertEquals(call.code, 4, call.stderr);
  for (const [node, faults, words, state, reason] of CASES) {
    await t.step(faults.join(), () => {
      assertStringIncludes(said.get(node) ?? "", words);
      const bmc = call.bmc(node);
      assertEquals([bmc.state, bmc.reason], [state, reason], bmc.message ?? "");
      const named = call.document.problems.filter(({ nodes }) => nodes.includes(node));
      assertEquals(named.length, state === "denied" ? 1 : 0);
      const packets = lab.packets(node);
      return `${state}, ${packets} packets: ${bmc.message}`;
    });
  }
  await t.step("a refusal takes one session", () => {
    const refused = CASES.filter(([, , , , reason]) => reason === "refused-role");
    // One that stands still for a while gets more.
    const packets = refused.map(([node]) => lab.packets(node));
    assert(Math.min(...packets) <= MOST_PACKETS, packets.join());
    return `${packets.join()} packets`;
  });
  await t.step("rakp4, with the key in conman.conf", async () => {
    await lab.sh(`sed -i 's/P:initial0/P:initial0,K:${KG_KEY}/' /etc/conman.conf`);
    const call = await pitboot(lab, ["bmc-dhcp", "--nodes", "ncn-w004"]);
    assertEquals([call.code, call.bmc("ncn-w004").state], [0, "changed"], call.stderr);
  });
});

labTest("a run whose missing BMCs all refuse us exits 4, and so does the chain", async () => {
  const faults = {
    "ncn-m002": "priv:0x80",
    "ncn-w001": "priv:0x81",
    "ncn-w002": "badpass",
    "ncn-s001": "rakp4",
  } as const;
  await using lab = await startFlow({ nodes: Object.keys(faults), faults });
  const run = await pitboot(lab, ["run", "--json", "--grace", "1s"]);
  assertEquals(run.code, 4, run.stderr);
  // The verdict has a line for each node, and not more.
  const verdict = run.stderr.slice(run.stderr.indexOf("NOT READY"), run.stderr.indexOf("then:"));
  for (const node of Object.keys(faults)) {
    const lines = verdict.split("\n").filter((line) => line.startsWith(`  ${node}`));
    assert(lines.length <= 1, verdict);
  }
  const chain = await shell(
    lab,
    "pitboot resolve-images | pitboot bmc-dhcp | pitboot wait-leases --grace 1s | pitboot set-links",
  );
  assertEquals(chain.code, 4, chain.stderr);
  return "exit 4 and 4";
});
