/**
 * Nodes that boot through pitboot's links; and again, after new images came.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { pitboot, shell } from "./pitboot.ts";
import { publishRelease } from "./www.ts";

const OLD = "1.6.2";
const NEW = "fe775c6-1659395320990";

labTest("nodes boot what pitboot has set up", async (t) => {
  await using lab = await Lab.start({ nodes: ["ncn-w001", "ncn-s001"] });
  const hour = 3600;
  await publishBoth(lab, OLD, Date.now() / 1000 - hour);
  await t.step("a Kubernetes and a storage node boot their own image", async () => {
    const run = await pitboot(lab, ["run"], { env: { CSM_RELEASE: OLD } });
    assertEquals(run.code, 0, run.stderr);
    return await assertBoots(lab, OLD);
  });
  await t.step("new images came: the links are set anew, and they boot those", async () => {
    await publishBoth(lab, NEW, Date.now() / 1000);
    const line = "pitboot resolve-images | pitboot wait-leases --timeout 0 | pitboot set-links";
    const call = await shell(lab, line, { env: { CSM_RELEASE: OLD } });
    assertEquals(call.code, 0, call.stderr);
    assertEquals(call.document.nodes?.map(({ change }) => change), ["updated", "updated"]);
    return await assertBoots(lab, NEW);
  });
}, { boot: true });

async function publishBoth(lab: Lab, release: string, modified: number): Promise<void> {
  for (const role of ["kubernetes", "storage"] as const) {
    const marker = `${role} ${release}`;
    await publishRelease(lab, { role, release, marker, modified: Math.floor(modified) });
  }
}

async function assertBoots(lab: Lab, release: string): Promise<string> {
  const says = /^node: release /m;
  const [worker, storage] = await Promise.all([
    lab.boot("ncn-w001", { says }),
    lab.boot("ncn-s001", { says }),
  ]);
  assertStringIncludes(worker, `node: release kubernetes ${release}`);
  assertStringIncludes(storage, `node: release storage ${release}`);
  const options = (text: string): string[] =>
    /^node: options (.*)$/m.exec(text)?.[1]?.split(" ")
      .filter((word) => /^rd\.(luks|live\.dir)/.test(word)) ?? [];
  assertEquals(options(worker), [`rd.live.dir=${OLD}`, "rd.luks=0"]);
  assertEquals(options(storage), [`rd.live.dir=${OLD}`, "rd.luks"]);
  return `${markerIn(worker)}; ${markerIn(storage)}`;
}

function markerIn(text: string): string {
  return /^node: (release .*)$/m.exec(text)?.[1] ?? "no marker";
}
