import { assertEquals } from "@std/assert";
import { type BootNode, parseDocument } from "../../../mod.ts";
import { headline, summarise } from "../../../lib/document/summary.ts";

const KEYS = ["images", "bmcs", "leases", "nodes", "state"] as const;
const NODE = {
  role: "kubernetes",
  directory: "/var/www/x",
  change: "unchanged",
  kernel: null,
  initrd: null,
  rootfs: null,
  script: "ours",
  links: "whole",
  release: "1.6.2",
  lease: "10.254.1.6",
};

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
    "BMC STATE  CHANNEL  N  NODES",
    "no answer  -        1  ncn-m002",
    "switched   1        2  ncn-w[001-002]",
    "0 of 2 BMCs have a lease",
    "without a lease: ncn-m002,ncn-w001",
  ]);
  assertEquals(
    headline(document, ["bmcs", "leases"]),
    "1 no answer, 2 switched; 0 of 2 BMCs have a lease",
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
  const nodes = [
    { ...NODE, name: "ncn-w001" },
    { ...NODE, name: "ncn-w002" },
    { ...NODE, name: "ncn-x001", role: null, lease: null, release: null, links: "missing" },
  ];
  const document = parseDocument(
    JSON.stringify({ pitboot: 1, status: "ok", problems: [], nodes }),
  );
  assertEquals(summarise(document, ["state"], 80), [
    "2 of 3 nodes are ready",
    "LINKS    SCRIPT  LEASE  ROLE        RELEASE  N  NODES",
    "missing  ours    no     -           -        1  ncn-x001",
    "whole    ours    yes    kubernetes  1.6.2    2  ncn-w[001-002]",
  ]);
});

Deno.test("summarise() has a line of 80 columns for each state of nodes whose disks differ", () => {
  const nodes = ["wiped", "kept", "unknown"].map((disks, i) => ({
    ...NODE,
    name: `ncn-w00${i + 1}`,
    release: "1.6.2-alpha.10",
    script: "missing",
    disks,
  }));
  const document = parseDocument(
    JSON.stringify({ pitboot: 1, status: "ok", problems: [], nodes }),
  );
  assertEquals(summarise(document, ["state"], 80).slice(1), [
    "LINKS  SCRIPT   LEASE  ROLE        RELEASE         DISKS    N  NODES",
    "whole  missing  yes    kubernetes  1.6.2-alpha.10  wipe     1  ncn-w001",
    "whole  missing  yes    kubernetes  1.6.2-alpha.10  keep     1  ncn-w002",
    "whole  missing  yes    kubernetes  1.6.2-alpha.10  unknown  1  ncn-w003",
  ]);
});

Deno.test("headline() does not say that what would be done is done", () => {
  const changes = ["created", "updated", "updated", "unchanged", "kept", "offline", "removed"];
  const nodes = changes.map((change, i) => ({ ...NODE, name: `x${i}`, change }));
  const text = JSON.stringify({ pitboot: 1, status: "ok", problems: [], nodes });
  assertEquals(
    headline(parseDocument(text), ["nodes"], true),
    "1 would be created, 2 would be updated, 1 unchanged, 1 kept, 1 would be offline, 1 would be removed",
  );
  assertEquals(
    headline(parseDocument(text), ["nodes"]),
    "1 created, 2 updated, 1 unchanged, 1 kept, 1 offline, 1 removed",
  );
});

Deno.test("summarise() has a row for each cause why nodes are not ready", () => {
  const unasked = { code: "bmc-denied", message: "refused the password", hint: null };
  const silent = (address: string): BootNode["cause"] => ({
    code: "bmc-unreachable",
    message: "no answer",
    hint: "power? cable?",
    address,
  });
  const lines = (width: number, nodes: [name: string, cause: BootNode["cause"]][]): string[] => {
    const entries = nodes.map(([name, cause]) => ({ ...NODE, name, cause }));
    const text = JSON.stringify({ pitboot: 1, status: "ok", problems: [], nodes: entries });
    return summarise(parseDocument(text), ["state"], width)
      .filter((line) => line.startsWith("  "));
  };
  assertEquals(lines(120, [["ncn-w001", null], ["ncn-w002", null]]), []);
  assertEquals(
    lines(80, [
      ["ncn-s003", unasked],
      ["ncn-w003", silent("10.254.1.12")],
      ["ncn-w004", unasked],
      ["ncn-w005", silent("10.254.1.14")],
    ]),
    [
      "  ncn-s003,ncn-w004  refused the password",
      "  ncn-w[003,005]     no answer  power? cable?",
    ],
  );
  const many = ["m001", "s001", "w001", "w003", "w005"].map((name) => `ncn-${name}`);
  assertEquals(lines(120, many.map((name) => [name, unasked])), [
    "  ncn-m001,ncn-s001,ncn-w[001,003,005]",
    "    refused the password",
  ]);
  assertEquals(lines(Infinity, many.map((name) => [name, unasked])), [
    "  ncn-m001,ncn-s001,ncn-w[001,003,005]  refused the password",
  ]);
  assertEquals(lines(40, [["ncn-w003", silent("10.254.1.12")]]).slice(-2), [
    "  ncn-w003  no answer (10.254.1.12)",
    "              power? cable?",
  ]);
});
