import { assertEquals } from "@std/assert";
import { eachOfThree } from "../../../lib/images/each_of_three.ts";
import type { BootState } from "../../../lib/document/generation.ts";
import { stateAfter, stateBefore, stateOf } from "../../../lib/boot/boot_state.ts";
import { NO_TARGETS, type Parked } from "../../../lib/boot/boot_tree.ts";
import type { PlannedNode } from "../../../lib/boot/planned_node.ts";
import { foundScript, plannedNode, TARGETS } from "../../testdata/planned_node.ts";

const OLD = {
  kernel: "../old/k",
  initrd: "../old/initrd.img-1.6.1.xz",
  rootfs: "../old/r",
};
const NONE = eachOfThree(() => null);
const OURS = { sha256: "old", edited: false };
const EDIT = { sha256: "edit", edited: true };

const had: BootState = {
  release: "1.6.1",
  kernel: OLD.kernel,
  initrd: OLD.initrd,
  rootfs: OLD.rootfs,
  script: OURS,
  offline: false,
};
const then: BootState = {
  release: null,
  kernel: TARGETS.kernel,
  initrd: TARGETS.initrd,
  rootfs: TARGETS.rootfs,
  script: { sha256: "new", edited: false },
  offline: false,
};
const parked: Parked = {
  links: plannedNode("x", {}, { wrong: OLD }).observed.links,
  script: foundScript("old"),
};
const nothing = stateOf(NO_TARGETS, null);

Deno.test("stateBefore() and stateAfter() tell what a node boots", async (t) => {
  const written = ["old"];
  const found = { wrong: OLD, found: "old", written };
  const cases: [
    name: string,
    node: PlannedNode,
    before: BootState | null,
    after: BootState | null,
  ][] = [
    ["created", absent({ change: "created" }), null, then],
    ["updated", plannedNode("n", {}, found), had, then],
    [
      "updated, with an edited script that is kept",
      plannedNode("n", { script: "kept" }, {
        ...found,
        found: "edit",
      }),
      { ...had, script: EDIT },
      { ...then, script: EDIT },
    ],
    [
      "updated to a script that somebody wrote",
      plannedNode("n", {}, { ...found, isEdited: true, sha256: "edit" }),
      had,
      { ...then, script: EDIT },
    ],
    [
      "kept as it is",
      plannedNode("n", { change: "kept", script: "kept", phases: [] }, found),
      had,
      had,
    ],
    ["unchanged", plannedNode("n", { change: "unchanged", phases: [] }, found), had, had],
    ["never there", absent({ change: "unchanged", script: "missing", phases: [] }), null, null],
    ["removed", plannedNode("n", { change: "removed", script: "missing" }, found), had, null],
    ["taken offline", plannedNode("n", { change: "offline", script: "missing" }, found), had, {
      ...had,
      offline: true,
    }],
    ["taken offline before it was there", absent({ change: "offline", script: "missing" }), null, {
      ...nothing,
      offline: true,
    }],
    [
      "left offline",
      plannedNode("n", { change: "offline", phases: [] }, { wrong: NONE, parked, written }),
      {
        ...had,
        offline: true,
      },
      { ...had, offline: true },
    ],
    ["put online", plannedNode("n", {}, { wrong: NONE, parked, written }), {
      ...had,
      offline: true,
    }, then],
    [
      "offline by half: some links wait, some do not",
      plannedNode("n", {}, {
        wrong: { ...OLD, "kernel": null },
        written,
        found: "old",
        parked: {
          links: plannedNode("n", {}, { wrong: { ...NONE, "kernel": OLD.kernel } }).observed.links,
          script: null,
        },
      }),
      { ...had, offline: true },
      then,
    ],
    ["a directory with nothing in it", plannedNode("n", {}, { wrong: NONE }), nothing, then],
    ["a script without a record", plannedNode("n", {}, { wrong: OLD, found: "old" }), had, then],
  ];
  for (const [name, node, before, after] of cases) {
    await t.step(name, () => {
      assertEquals(stateBefore(node), before, "before");
      assertEquals(stateAfter(node), after, "after");
    });
  }
});

Deno.test("stateOf() reads the release off the name of the initrd", async (t) => {
  const cases: [initrd: string | null, release: string | null][] = [
    ["../data/k8s/1.6.2/initrd.img-1.6.2.xz", "1.6.2"],
    ["../data/k8s/1.6.2/initrd.img-1.6.2-aarch64.xz", "1.6.2"],
    ["../x/initrd.img-fe775c6-1659395320990.xz", "fe775c6-1659395320990"],
    ["../x/initrd.img.xz", null],
    ["../x/kernel", null],
    ["", null],
    [null, null],
  ];
  for (const [initrd, release] of cases) {
    await t.step(String(initrd), () => {
      assertEquals(stateOf({ ...NO_TARGETS, initrd }, null).release, release);
    });
  }
});

/** A node without a boot directory. */
function absent(plan: Partial<PlannedNode["plan"]>): PlannedNode {
  const node = plannedNode("n", plan, { wrong: NONE });
  return { ...node, observed: { ...node.observed, directory: "absent" } };
}
