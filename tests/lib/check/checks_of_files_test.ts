import { assertEquals, assertThrows } from "@std/assert";
import { checkClock } from "../../../lib/check/check_clock.ts";
import { checkCloudInit } from "../../../lib/check/check_cloud_init.ts";
import { checkDhcp } from "../../../lib/check/check_dhcp.ts";
import { checkImages } from "../../../lib/check/check_images.ts";
import { checkBmcLeases } from "../../../lib/check/check_leases.ts";
import { parseCloudInit, withoutValues } from "../../../lib/check/cloud_init.ts";
import { parseDhcpNetworks } from "../../../lib/check/dhcp_networks.ts";
import type { BootNode, CheckResult } from "../../../lib/document/document.ts";
import { parseStatics } from "../../../lib/nodes/statics.ts";
import { csiSystems } from "../../testdata/csi.ts";

/** What is said, a line each, without what is well. */
function said(checks: readonly CheckResult[]): string[] {
  return checks.filter(({ state }) => state !== "ok")
    .map(({ state, nodes, message }) => [state, ...nodes, message].join(" "));
}

Deno.test("checkClock() knows a clock that is behind", () => {
  const file = { path: "/etc/statics", modified: Date.parse("2024-01-02T00:00:00Z") };
  assertEquals(said(checkClock(file.modified - 1000, [file])), []);
  assertEquals(said(checkClock(Date.parse("2023-12-31T00:00:00Z"), [file])), [
    "failed it says 2023-12-31T00:00:00Z, but /etc/statics was written at 2024-01-02T00:00:00Z",
  ]);
});

Deno.test("checkDhcp() knows a router that is none", async (t) => {
  const file = (router: string): string =>
    `domain=nmn,10.252.0.0,10.252.127.255,local
dhcp-option=interface:bond0.nmn0,option:dns-server,10.252.1.4
${router}
dhcp-range=interface:bond0.nmn0,10.252.1.13,10.252.1.213,10m
`;
  const option = "dhcp-option=interface:bond0.nmn0,option:router,";
  const cases: [name: string, router: string, said: string[]][] = [
    ["the gateway", `${option}10.252.0.1`, []],
    ["with a comment", `${option}10.252.0.1 # spine`, []],
    ["by its number", "dhcp-option=tag:bond0.nmn0,3,10.252.0.1", []],
    ["the PIT", `${option}10.252.1.4`, [
      "failed machines on bond0.nmn0 are told that the PIT (10.252.1.4) is their router",
    ]],
    ["of another network", `${option}10.254.0.1`, [
      "failed machines on bond0.nmn0 are told the router 10.254.0.1, which is not within 10.252.0.0-10.252.127.255",
    ]],
    ["none", "", ["warning machines on bond0.nmn0 are told no router: to them the PIT is one"]],
  ];
  for (const [name, router, expected] of cases) {
    await t.step(name, () => {
      assertEquals(said(checkDhcp(parseDhcpNetworks(file(router)))), expected);
    });
  }
  await t.step("a network that is not named whole", () => {
    const named = file(`${option}10.254.0.1`).replace("10.252.127.255", "10.252.1.213");
    assertEquals(said(checkDhcp(parseDhcpNetworks(named))), []);
  });
  await t.step("what cray-site-init writes", () => {
    for (const { networks } of csiSystems()) {
      const known = parseDhcpNetworks(networks);
      assertEquals(known.served.length > 2, true);
      assertEquals(said(checkDhcp(known)), []);
    }
  });
});

Deno.test("checkBmcLeases() holds each lease against what is reserved", () => {
  const bmc = (node: string, ip: string | null) => ({
    name: `${node}-mgmt`,
    node,
    mac: null,
    ip,
    line: 1,
  });
  const chosen = [
    bmc("ncn-w001", "10.254.1.6"),
    bmc("ncn-w002", "10.254.1.7"),
    bmc("ncn-w003", null),
  ];
  const lease = (bmc: string, ip: string) => ({ bmc, ip, mac: "", expires: null });
  const match = {
    leases: [lease("ncn-w001-mgmt", "10.1.1.77"), lease("ncn-w003-mgmt", "10.254.1.9")],
    missing: ["ncn-w002-mgmt"],
    older: [],
    unexpected: [{ mac: "a4:bf:01:00:00:01", ip: "10.1.1.9", hostname: null, expires: null }],
  };
  assertEquals(said(checkBmcLeases(chosen, match)), [
    "failed ncn-w001 the lease is at 10.1.1.77, and 10.254.1.6 is reserved: is the BMC on another network?",
    "failed ncn-w002 the BMC has no lease",
    "warning statics.conf does not know a4:bf:01:00:00:01 at 10.1.1.9",
  ]);
});

Deno.test("checkImages() knows what is not secured, and two kernels", () => {
  const node = (name: string, more: Partial<BootNode>): BootNode => ({
    name,
    role: "kubernetes",
    directory: `/var/www/${name}`,
    change: "unchanged",
    kernel: "../k",
    initrd: "../i",
    rootfs: "../1.6.2/secure-kubernetes-1.6.2.squashfs",
    script: "ours",
    links: "whole",
    release: "1.6.2",
    kernelVersion: "5.3",
    ...more,
  });
  assertEquals(said(checkImages([node("ncn-w001", {}), node("ncn-w002", {})])), []);
  const nodes = [
    node("ncn-w001", { rootfs: "../kubernetes-1.6.2.squashfs" }),
    node("ncn-w002", { links: "broken" }),
    node("ncn-w003", { links: "offline" }),
    node("ncn-s001", { kernelVersion: "5.4" }),
  ];
  assertEquals(said(checkImages(nodes)), [
    "failed ncn-w001 the root filesystem is not secured: nobody can log in to such a node",
    "failed ncn-w002 links broken: one leads to what does not exist, or what the web server cannot read",
    "skipped ncn-w003 offline: they are not to boot",
    "warning nodes boot 2 kernels: 5.3, 5.4",
  ]);
});

Deno.test("checkCloudInit() holds data.json against statics.conf", async (t) => {
  const statics = parseStatics(`
dhcp-host=id:x1c0s1b0n0,set:ncn-m001,02:00:00:00:00:01,10.1.1.1,ncn-m001,20m
dhcp-host=id:x1c0s2b0n0,set:ncn-m002,02:00:00:00:00:02,02:00:00:00:00:03,10.1.1.2,ncn-m002,20m
dhcp-host=id:x1c0s3b0n0,set:ncn-s001,02:00:00:00:00:04,10.1.1.3,ncn-s001,20m
dhcp-host=02:00:00:00:01:01,10.254.1.1,ncn-m001-mgmt,20m
dhcp-host=02:00:00:00:01:02,10.254.1.2,ncn-m002-mgmt,20m
dhcp-host=02:00:00:00:01:03,10.254.1.3,ncn-s001-mgmt,20m
`);
  const expected = { nodes: ["ncn-m002", "ncn-s001"], statics, pit: "ncn-m001", path: "data.json" };
  const node = (hostname: string, more = {}) => ({
    "meta-data": { "local-hostname": hostname, ...more },
    "user-data": { packages: ["a-package"] },
  });
  const whole = {
    Global: {
      "meta-data": {
        "first-master-hostname": "ncn-m002",
        "num_storage_nodes": 1,
        "ca-certs": { trusted: ["a secret"] },
      },
    },
    "02:00:00:00:00:02": node("ncn-m002"),
    "02:00:00:00:00:03": node("ncn-m002"),
    "02:00:00:00:00:04": node("ncn-s001", {
      xname: "x1c0s3b0n0",
      ipam: { mtl: { ip: "10.1.1.3/16" }, chn: { ip: "10.9.1.3/16" } },
    }),
  };
  const cases: [name: string, change: Record<string, unknown>, said: string[]][] = [
    ["right", {}, []],
    ["upper case", { "02:00:00:00:00:04": undefined, "02:00:00:00:00:0A": node("x") }, [
      "failed ncn-s001 data.json does not know 02:00:00:00:00:04: basecamp tells such a node nothing",
    ]],
    ["those of another system", {
      "02:00:00:00:00:02": undefined,
      "02:00:00:00:00:03": undefined,
      "02:00:00:00:00:04": undefined,
      "02:00:00:00:00:0a": node("ncn-m002"),
    }, [
      "failed ncn-m002 ncn-s001 data.json does not know all of their MACs: basecamp tells such a node nothing",
    ]],
    ["another's name", { "02:00:00:00:00:03": node("ncn-m003") }, [
      "failed ncn-m002 data.json gives its MAC to ncn-m003",
    ]],
    ["another's xname", { "02:00:00:00:00:04": node("ncn-s001", { xname: "x1c0s2b0n0" }) }, [
      "failed ncn-s001 data.json gives it the xname x1c0s2b0n0, that of ncn-m002",
    ]],
    ["another address", {
      "02:00:00:00:00:04": node("ncn-s001", { ipam: { mtl: { ip: "10.1.1.9/16" } } }),
    }, ["failed ncn-s001 data.json gives it 10.1.1.9, and statics.conf reserves 10.1.1.3"]],
    ["another's address", {
      "02:00:00:00:00:04": node("ncn-s001", { ipam: { mtl: { ip: "10.1.1.2/16" } } }),
    }, ["failed ncn-s001 data.json gives it 10.1.1.2, which statics.conf reserves for ncn-m002"]],
    ["no packages", {
      "02:00:00:00:00:02": { "meta-data": { "local-hostname": "ncn-m002" } },
      "02:00:00:00:00:03": { "meta-data": { "local-hostname": "ncn-m002" }, "user-data": null },
      "02:00:00:00:00:04": { "meta-data": { "local-hostname": "ncn-s001" }, "user-data": {} },
    }, ["warning no node is told to install packages"]],
    ["nothing global", { Global: {} }, [
      "failed first-master-hostname is missing: it must be a master that boots, not the PIT",
      "failed num_storage_nodes is missing, and statics.conf has 1 storage nodes",
      "failed no certificate authority (ca-certs): nodes will not trust the system's services",
    ]],
    [
      "the PIT as first master",
      {
        Global: {
          "meta-data": { ...whole.Global["meta-data"], "first-master-hostname": "ncn-m001" },
        },
      },
      ["failed first-master-hostname is ncn-m001: it must be a master that boots, not the PIT"],
    ],
  ];
  for (const [name, change, lines] of cases) {
    await t.step(name, () => {
      const data = parseCloudInit(JSON.stringify({ ...whole, ...change }));
      const checks = checkCloudInit(data, expected);
      assertEquals(said(checks), lines);
      assertEquals(JSON.stringify(checks).includes("a secret"), false);
    });
  }
});

Deno.test("checkCloudInit() finds nothing in what cray-site-init writes", () => {
  for (const { cloudInit, statics } of csiSystems()) {
    const known = parseStatics(statics);
    const nodes = known.bmcs.map(({ node }) => node);
    const expected = { nodes, statics: known, pit: "ncn-m001", path: "data.json" };
    const checks = checkCloudInit(parseCloudInit(cloudInit), expected);
    assertEquals(checks.map(({ state, found }) => [state, found]), [
      ["ok", "known by name, MAC and address"],
      ["ok", "first master, storage nodes, authority, packages"],
    ]);
  }
});

Deno.test("withoutValues() tells nothing of what stands in data.json", () => {
  const cases: [json: string, said: string][] = [
    ['{"Global": {"meta-data": "a secret"}}', "Global.meta-data: not an object"],
    ['{"x": a secret}', "it is not JSON"],
    ['{"x":\n "a secret\n"}', "it is not JSON (line 2 column 11)"],
  ];
  for (const [json, said] of cases) {
    const error = assertThrows(() => parseCloudInit(json), SyntaxError);
    assertEquals(withoutValues(error), said);
  }
});
