/**
 * The night in one line, with a machine that starts because its BMC was told to.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { makeNight } from "./night_pit.ts";
import { type Call, pitboot, shell } from "./pitboot.ts";
import { until } from "./wait.ts";

const LINE = "pitboot run --json | pitboot check | " +
  "pitboot power on --pxe --nodes 'ncn-s*' | pitboot boot-progress --wait rootfs";

labTest(
  "a line sets up, checks, starts and follows nodes, and leaves out who failed",
  async (t) => {
    await using lab = await Lab.start({
      nodes: ["ncn-w001", "ncn-s001", "ncn-s002", "ncn-s003"],
      faults: { "ncn-s003": ["once"] },
      apache: true,
    });
    await makeNight(lab);
    await t.step("run alone starts nobody", async () => {
      const run = await pitboot(lab, ["run"]);
      assertEquals(run.code, 0, run.stderr);
      assertEquals(switchedIn(lab), {});
    });
    await t.step("the line", async () => {
      // By hand, and wrong: a check fails for this node.
      await lab.sh("sed -i s/squashimg=rootfs/squashimg=rootfs.new/ /var/www/ncn-s002/script.ipxe");
      const [call, said] = await Promise.all([shell(lab, LINE), bootedBy(lab, "ncn-s001")]);
      assertMatch(said, /^node: release storage$/m);
      assertEquals(switchedIn(lab), { "ncn-s001": ["on e004"] });
      assertEquals(statesIn(call), {
        "ncn-s001": "on",
        "ncn-s002": "skipped: check-failed",
        "ncn-s003": "failed: boot-not-kept",
      });
      assertMatch(call.stderr, /ncn-s002: the check scripts failed: it asks for/);
      assertMatch(call.stderr, /ncn-s003: told always, keeps once/);
      const stages = call.document.boots?.map(({ node, stage }) => `${node} ${stage}`) ?? [];
      assertMatch(stages.join(), /ncn-s001 rootfs/);
    });
    await t.step("it looks installed now: the same line does not wipe it", async () => {
      assertEquals((await pitboot(lab, ["power", "off", "--nodes", "ncn-s001"])).code, 0);
      const again = await pitboot(lab, ["power", "on", "--pxe", "--nodes", "ncn-s001"]);
      assertEquals([again.code, statesIn(again)], [3, { "ncn-s001": "refused: would-wipe" }]);
      assertMatch(again.stderr, /it fetched its root filesystem since it was last switched/);
    });
    await t.step("a stage that failed starts nobody", async () => {
      const before = switchedIn(lab);
      await lab.sh("rm /var/www/boot/script.ipxe");
      const call = await shell(lab, LINE.replace("power on", "power on --wipe 'ncn-s*'"));
      assertEquals(call.document.status, "failed");
      assertEquals(switchedIn(lab), before);
    });
  },
  { boot: true, needs: ["apache2-bin", "curl", "ipxe", "root"] },
);

/** Starts a machine when its BMC is told to, and waits for its end. */
async function bootedBy(lab: Lab, node: string): Promise<string> {
  await until(() => lab.isOn(node));
  return await lab.boot(node, { says: /^node: release /m });
}

function switchedIn(lab: Lab): Record<string, string[]> {
  const all = lab.bmcs.map(({ node }) => [node, lab.switched(node)] as const);
  return Object.fromEntries(all.filter(([, switched]) => switched.length > 0));
}

function statesIn({ document }: Call): Record<string, string> {
  return Object.fromEntries((document.power ?? []).map(({ node, state, reason }) => [
    node,
    reason === null ? state : `${state}: ${reason}`,
  ]));
}
