import { assertEquals } from "@std/assert";
import { LINK_NAMES, NO_TARGETS, type Observed } from "../../../lib/boot/boot_tree.ts";
import { type EachOfThree, eachOfThree, PARTS } from "../../../lib/images/each_of_three.ts";
import { describeChanges } from "../../../lib/boot/describe_changes.ts";
import type { PlannedNode } from "../../../lib/boot/planned_node.ts";
import { plannedNode } from "../../testdata/planned_node.ts";

const IDLE = { change: "unchanged", script: "unchanged", phases: [] } as const;
const SAME = { script: "unchanged" } as const;
const OLD = targetsOf("1.6.1");
const NEW = targetsOf("1.6.2");
const PARKED = { links: planned("x", SAME).observed.links, script: null };

Deno.test("describeChanges() says by release what would become of nodes", async (t) => {
  const cases: [name: string, nodes: PlannedNode[], lines: string[]][] = [
    ["nobody", [], []],
    ["nothing to do", [planned("ncn-w001", IDLE), planned("ncn-w002", IDLE)], [
      "ncn-w[001-002]  kubernetes 1.6.2 unchanged",
    ]],
    ["other releases", [
      planned("ncn-w001", {}, { wrong: OLD }),
      planned("ncn-w002", SAME, { wrong: OLD }),
      planned("ncn-w003", { script: "kept" }, { wrong: OLD }),
      planned("ncn-w004", {}, { wrong: targetsOf("1.6.0") }),
    ], [
      "ncn-w[001-002]  kubernetes 1.6.1 → 1.6.2",
      "ncn-w003        kubernetes 1.6.1 → 1.6.2, script.ipxe kept",
      "ncn-w004        kubernetes 1.6.0 → 1.6.2",
    ]],
    ["a new node", [seen(planned("ncn-w001", { change: "created" }), { directory: "absent" })], [
      "ncn-w001  kubernetes 1.6.2 new",
    ]],
    ["a node without links", [planned("ncn-w001", {}, { wrong: NO_TARGETS })], [
      "ncn-w001  kubernetes - → 1.6.2",
    ]],
    ["a link that is gone", [planned("ncn-w001", SAME, { wrong: { rootfs: null } })], [
      "ncn-w001  kubernetes 1.6.2: rootfs",
    ]],
    ["the owner of a link", [
      { ...planned("ncn-w001", SAME), observed: ownedBy(1000) },
      { ...planned("ncn-w002", SAME, { wrong: { kernel: null } }), observed: ownedBy(1000) },
    ], [
      "ncn-w[001-002]  kubernetes 1.6.2: owner of the links",
    ]],
    ["scripts", [
      planned("ncn-w001", {}),
      planned("ncn-w002", {}, { found: "text of old" }),
      planned("ncn-w003", {}, { found: "text of new" }),
      planned("ncn-w004", { ...IDLE, change: "kept", script: "kept" }, { found: "edited" }),
    ], [
      "ncn-w[001-002]  kubernetes 1.6.2: script.ipxe",
      "ncn-w003        kubernetes 1.6.2: mode, owner or time of script.ipxe",
      "ncn-w004        kubernetes 1.6.2 unchanged, script.ipxe kept",
    ]],
    ["what an earlier run has left", [planned("ncn-w001", SAME)], [
      "ncn-w001  kubernetes 1.6.2: tidied up",
    ]],
    ["offline and back", [
      planned("ncn-w001", { change: "offline", script: "missing" }, { found: "text of new" }),
      planned("ncn-w002", { ...IDLE, change: "offline" }, { parked: PARKED }),
      planned("ncn-w003", {}, { parked: PARKED }),
      planned("ncn-w004", { change: "removed", script: "missing" }),
    ], [
      "ncn-w001  kubernetes 1.6.2 → offline",
      "ncn-w002  kubernetes offline unchanged",
      "ncn-w003  kubernetes offline → 1.6.2",
      "ncn-w004  kubernetes 1.6.2 → none",
    ]],
  ];
  for (const [name, nodes, lines] of cases) {
    await t.step(name, () => assertEquals(describeChanges(nodes, false), lines));
  }
});

Deno.test("describeChanges() shows what links hold, if that is asked for", () => {
  const nodes = [
    planned("ncn-w001", {}, { wrong: { rootfs: OLD.rootfs } }),
    planned("ncn-w002", {}, { wrong: { rootfs: null } }),
    planned("ncn-w003", {}, { wrong: { rootfs: null } }),
    { ...planned("ncn-w004", SAME), observed: ownedBy(1000) },
    planned("ncn-w005", { change: "offline", script: "missing" }, { found: "text of new" }),
    planned("ncn-w006", {}, { found: "text of old" }),
  ];
  assertEquals(describeChanges(nodes, true), [
    "ncn-w001  kubernetes 1.6.2: rootfs, script.ipxe",
    `    rootfs        ${OLD.rootfs} → ${NEW.rootfs}`,
    "    script.ipxe   written",
    "ncn-w[002-003]  kubernetes 1.6.2: rootfs, script.ipxe",
    `    rootfs        → ${NEW.rootfs}`,
    "    script.ipxe   written",
    "ncn-w004  kubernetes 1.6.2: owner of the links",
    "    owner of the links",
    "ncn-w005  kubernetes 1.6.2 → offline",
    ...PARTS.map((part) => `    ${LINK_NAMES[part].padEnd(13)} ${NEW[part]} → none`),
    "    script.ipxe   missing",
    "ncn-w006  kubernetes 1.6.2: script.ipxe",
    "    script.ipxe   written",
    "      -text of old",
    "      +text of new",
  ]);
});

Deno.test("describeChanges() keeps to the width of the terminal", () => {
  const wrong = targetsOf("fe775c6-1659395320990");
  const names = Array.from({ length: 30 }, (_, i) => `ncn-w${String(2 * i + 100)}`);
  const nodes = [...names.map((name) => planned(name, {}, { wrong })), planned("ncn-m002", IDLE)];
  for (const width of [80, 40]) {
    const lines = describeChanges(nodes, false, width);
    assertEquals(lines.filter((line) => line.length > width || line.includes("…")), []);
  }
});

/** A node as {@linkcode plannedNode} has it, with links to files of a release. */
function planned(name: string, ...[plan, options = {}]: Rest): PlannedNode {
  const node = plannedNode(name, plan, { ...options, wrong: { ...NEW, ...options.wrong } });
  return { ...node, wanted: { ...node.wanted, targets: NEW } };
}

type Rest = Parameters<typeof plannedNode> extends [string, ...infer R] ? R : never;

function seen(node: PlannedNode, observed: Partial<Observed>): PlannedNode {
  return { ...node, observed: { ...node.observed, ...observed } };
}

function ownedBy(uid: number): Observed {
  const { observed } = planned("x", SAME);
  const links = eachOfThree((part) => ({ kind: "link", target: NEW[part], uid } as const));
  return { ...observed, links };
}

function targetsOf(release: string): EachOfThree<string> {
  const directory = `../ephemeral/data/k8s/${release}`;
  return {
    kernel: `${directory}/5.3.18-default-${release}.kernel`,
    initrd: `${directory}/initrd.img-${release}.xz`,
    rootfs: `${directory}/secure-kubernetes-${release}.squashfs`,
  };
}
