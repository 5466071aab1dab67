/**
 * The lab's files against those of the real generator.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { conmanConf, networkConfs, nodeNames, planNodes, staticsConf } from "./pit.ts";

const ENIAC = new URL("../testdata/csi/eniac/", import.meta.url);

Deno.test("the lab writes what cray-site-init wrote, but for MACs and date", async (t) => {
  const nodes = planNodes([
    "ncn-m002",
    "ncn-m003",
    "ncn-w001",
    "ncn-w002",
    "ncn-w003",
    "ncn-s001",
    "ncn-s002",
    "ncn-s003",
  ]);
  const consoles = nodes.map(({ name, bmcIp }) => ({
    name: `${name}-mgmt`,
    user: "root",
    password: "initial0",
    address: bmcIp,
  }));
  const files = [
    { name: "conman.conf", text: conmanConf(consoles) },
    { name: "dnsmasq.d/statics.conf", text: staticsConf(nodes) },
    ...networkConfs(nodes)
      .map(({ name, text }) => ({ name: `dnsmasq.d/${name}`, text })),
  ];
  for (const { name, text } of files) {
    await t.step(name, async () => {
      const real = await Deno.readTextFile(new URL(name, ENIAC));
      assertEquals(comparable(text), comparable(real));
    });
  }
});

Deno.test("planNodes() gives nobody's MAC or address twice", () => {
  for (const bmcs of [1, 3, 9, 15, 100, 300]) {
    const names = nodeNames(bmcs);
    assertEquals(new Set(names).size, bmcs);
    const nodes = planNodes(names);
    const all = nodes.flatMap((node) => [
      ...node.macs,
      node.mtl,
      node.nmn,
      node.hmn,
      node.can,
      node.bmcMac,
      node.bmcIp,
    ]);
    assertEquals(new Set(all).size, all.length);
  }
});

/** MACs of the same vendors, at any time. */
function comparable(text: string): string {
  return text.replace(/^## Generated time: .*/m, "")
    .replace(/\b((?:b8:59:9f|b4:2e:99)(?::[0-9a-f]{2}){3})\b/g, (mac) => mac.slice(0, 8));
}
