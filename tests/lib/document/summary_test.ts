import { assertEquals } from "@std/assert";
import { parseDocument } from "../../../mod.ts";
import { headline, summarise } from "../../../lib/document/summary.ts";

const KEYS = ["images", "bmcs", "leases", "nodes", "state"] as const;

Deno.test("summarise() puts nodes of one fate into one line", () => {
  const document = parseDocument(JSON.stringify({
    pitboot: 1,
    status: "partial",
    problems: [],
    bmcs: ["ncn-m002", "ncn-w001", "ncn-w002"].map((node, i) => ({
      name: `${node}-mgmt`,
      node,
      address: `10.254.1.${i}`,
      mac: null,
      state: i > 0 ? "changed" : "unreachable",
      channel: i > 0 ? 1 : null,
      seconds: 0.1,
      message: null,
    })),
    leases: [],
    missing: ["ncn-m002-mgmt", "ncn-w001-mgmt"],
  }));
  assertEquals(summarise(document, ["bmcs", "leases"], 60), [
    "BMC STATE    CHANNEL  N  NODES",
    "unreachable  -        1  ncn-m002",
    "changed      1        2  ncn-w[001-002]",
    "0 of 2 BMCs have a lease",
    "without a lease: ncn-m002,ncn-w001",
  ]);
  assertEquals(
    headline(document, ["bmcs", "leases"]),
    "1 unreachable, 2 changed; 0 of 2 BMCs have a lease",
  );
});

Deno.test("summarise() says nothing of what is not there", () => {
  const failed = { pitboot: 1, status: "failed", problems: [] };
  for (const more of [{}, { images: {}, bmcs: [], nodes: [] }]) {
    const document = parseDocument(JSON.stringify({ ...failed, ...more }));
    assertEquals(summarise(document, KEYS, 80), []);
    assertEquals(headline(document, KEYS), "");
  }
});

Deno.test("summarise() shows what status sees", () => {
  const node = {
    role: "kubernetes",
    directory: "/var/www/x",
    change: "unchanged",
    ...{ kernel: null, initrd: null, rootfs: null },
    ...{ script: "ours", links: "whole", release: "1.6.2", lease: "10.254.1.6" },
  };
  const nodes = [
    { ...node, name: "ncn-w001" },
    { ...node, name: "ncn-w002" },
    { ...node, name: "ncn-x001", role: null, lease: null, release: null, links: "missing" },
  ];
  const document = parseDocument(
    JSON.stringify({ pitboot: 1, status: "ok", problems: [], nodes }),
  );
  assertEquals(summarise(document, ["state"], 80), [
    "LINKS    SCRIPT  LEASE  ROLE        RELEASE  N  NODES",
    "whole    ours    yes    kubernetes  1.6.2    2  ncn-w[001-002]",
    "missing  ours    no     -           -        1  ncn-x001",
  ]);
});
