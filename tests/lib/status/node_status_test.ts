import { assertEquals } from "@std/assert";
import type { ArtifactFile } from "../../../lib/images/boot_triples.ts";
import type { LinkState, Observed, ScriptState } from "../../../lib/boot/boot_tree.ts";
import { judgeLinks, judgeScript, linkFaults } from "../../../lib/status/node_status.ts";
import type { Role } from "../../../lib/nodes/roles.ts";

const KUBERNETES: Role = { name: "kubernetes", data: "k8s", rootfs: "kubernetes", nodes: [] };
const STORAGE: Role = { name: "storage", data: "ceph", rootfs: "storage-ceph", nodes: [] };

const KERNEL = "k8s/1.6.2/5.3.18-default-1.6.2-x86_64.kernel";
const INITRD = "k8s/1.6.2/initrd.img-1.6.2-x86_64.xz";
const ROOTFS = "k8s/1.6.2/kubernetes-1.6.2-x86_64.squashfs";
const SECURED = "k8s/1.6.2/secure-kubernetes-1.6.2-x86_64.squashfs";
const CEPH: Three = [
  "ceph/1.6.2/5.3.18-default-1.6.2.kernel",
  "ceph/1.6.2/initrd.img-1.6.2.xz",
  "ceph/1.6.2/secure-storage-ceph-1.6.2.squashfs",
];
/** A link that points to nothing. */
const GONE = "gone/file";

/** What kernel, initrd and rootfs point to; `null` for no link. */
type Three = [kernel: string | null, initrd: string | null, rootfs: string | null];

Deno.test("judgeLinks() finds the image that three links point to", async (t) => {
  const cases: [name: string, role: Role, links: Three, secure: boolean][] = [
    ["an image", KUBERNETES, [KERNEL, INITRD, ROOTFS], false],
    ["a secured image", KUBERNETES, [KERNEL, INITRD, SECURED], true],
    ["an image of another role", STORAGE, CEPH, true],
  ];
  for (const [name, role, links, secure] of cases) {
    await t.step(name, () => {
      const { links: verdict, triple } = judgeLinks(observe(links), role, targetOf);
      assertEquals(verdict, "whole");
      const paths = [triple?.kernel, triple?.initrd, triple?.rootfs].map((file) => file?.path);
      assertEquals<unknown>(paths, links);
      assertEquals([triple?.release, triple?.secure], ["1.6.2", secure]);
    });
  }
});

Deno.test("judgeLinks() says what is wrong with links", async (t) => {
  const whole: Three = [KERNEL, INITRD, ROOTFS];
  const cases: [name: string, links: Three, verdict: string, obstacles?: string[]][] = [
    ["no links", [null, null, null], "missing"],
    ["no kernel", [null, INITRD, ROOTFS], "missing"],
    ["no initrd", [KERNEL, null, ROOTFS], "missing"],
    ["no rootfs", [KERNEL, INITRD, null], "missing"],

    ["a kernel that points to nothing", [GONE, INITRD, ROOTFS], "broken"],
    ["an initrd that points to nothing", [KERNEL, GONE, ROOTFS], "broken"],
    ["a rootfs that points to nothing", [KERNEL, INITRD, GONE], "broken"],

    ["an image of another role", CEPH, "foreign"],
    [
      "a kernel of another directory",
      [KERNEL.replace("/1.6.2/", "/x/"), INITRD, ROOTFS],
      "foreign",
    ],
    [
      "a rootfs of another directory",
      [KERNEL, INITRD, ROOTFS.replace("/1.6.2/", "/x/")],
      "foreign",
    ],
    ["a rootfs of another release", [KERNEL, INITRD, edit(ROOTFS)], "foreign"],
    ["a kernel of another release", [edit(KERNEL), INITRD, ROOTFS], "foreign"],
    ["no architecture in one", [KERNEL, INITRD, ROOTFS.replace("-x86_64", "")], "foreign"],
    ["kernel and initrd in each other's place", [INITRD, KERNEL, ROOTFS], "foreign"],
    ["kernel and rootfs in each other's place", [ROOTFS, INITRD, KERNEL], "foreign"],
    ["initrd and rootfs in each other's place", [KERNEL, ROOTFS, INITRD], "foreign"],
    ["one file three times", [KERNEL, KERNEL, KERNEL], "foreign"],
    ["other files", ["k8s/a", "k8s/b", "k8s/c"], "foreign"],
    ["something beside whole links", whole, "foreign", ["script.ipxe"]],

    ["something in the place of a link", [null, INITRD, ROOTFS], "foreign", ["kernel"]],
    ["something in the way, and a broken link", [null, GONE, ROOTFS], "foreign", ["kernel"]],
    ["one missing and one broken", [GONE, INITRD, null], "missing"],
    ["one missing and one foreign", [edit(KERNEL), INITRD, null], "missing"],
    ["one broken and one foreign", [edit(KERNEL), INITRD, GONE], "broken"],
    ["one broken, the others swapped", [GONE, ROOTFS, INITRD], "broken"],
  ];
  for (const [name, links, verdict, obstacles] of cases) {
    await t.step(name, () => {
      const judged = judgeLinks(
        observe(links, { obstacles: obstacles ?? [] }),
        KUBERNETES,
        targetOf,
      );
      assertEquals<unknown>([judged.links, judged.triple], [verdict, null]);
    });
  }
});

Deno.test("linkFaults() says which links are wrong, and where they point", async (t) => {
  const cases: [name: string, links: Three, faults: string[]][] = [
    ["no links", [null, null, null], []],
    ["whole links", [KERNEL, INITRD, ROOTFS], []],
    ["no initrd", [KERNEL, null, ROOTFS], ["initrd.img.xz does not exist"]],
    ["one that points to nothing", [KERNEL, INITRD, GONE], [`rootfs → ${GONE}: why not`]],
    [
      "those of another role",
      CEPH,
      ["initrd.img.xz", "kernel", "rootfs"].map((name, i) =>
        `${name} → ${CEPH[[1, 0, 2][i] ?? 0]}`
      ),
    ],
  ];
  for (const [name, links, faults] of cases) {
    await t.step(name, () => {
      const observed = observe(links);
      const verdict = judgeLinks(observed, KUBERNETES, targetOf);
      assertEquals(linkFaults(verdict, observed, () => "why not"), faults);
    });
  }
});

Deno.test("judgeScript() tells whose the script is", async (t) => {
  const file = { text: "x", mode: 0o644, uid: 0, gid: 0, modified: 0 };
  const here = { ...file, away: false };
  const wanted = { text: "y", sha256: "new", mode: 0o644, owner: null, modified: 0 };
  type Known = Parameters<typeof judgeScript>[1];
  const nothing: Known = { sha256: null, written: [], wanted: null };
  const cases: [name: string, script: ScriptState | null, known: Partial<Known>, whose: string][] =
    [
      ["none", null, { written: ["old"], wanted }, "missing"],
      ["away", { ...file, away: true }, { sha256: "new", written: ["new"], wanted }, "missing"],
      ["the newest that we wrote", here, { sha256: "old", written: ["older", "old"] }, "ours"],
      ["an older that we wrote", here, { sha256: "older", written: ["older", "old"] }, "ours"],
      ["no record, but as it should be", here, { sha256: "new", wanted }, "ours"],
      ["another than the record says, but as it should be", here, {
        sha256: "new",
        written: ["old"],
        wanted,
      }, "ours"],
      ["neither", here, { sha256: "mine", written: ["old"], wanted }, "edited"],
      ["nothing is known", here, { sha256: "mine" }, "edited"],
      ["not even its digest", here, { written: ["old"], wanted }, "edited"],
    ];
  for (const [name, script, known, whose] of cases) {
    await t.step(name, () => {
      const observed = observe([null, null, null], { script });
      assertEquals<unknown>(judgeScript(observed, { ...nothing, ...known }).whose, whose);
    });
  }
});

function observe([kernel, initrd, rootfs]: Three, more: Partial<Observed> = {}): Observed {
  const link = (target: string | null): LinkState =>
    target === null ? { kind: "absent" } : { kind: "link", target, uid: 0 };
  const links = { kernel: link(kernel), initrd: link(initrd), rootfs: link(rootfs) };
  return {
    directory: "directory",
    links,
    script: null,
    stray: null,
    parked: null,
    obstacles: [],
    leftovers: [],
    ...more,
  };
}

/** Links of these tests hold the path of their file. */
function targetOf(path: string): ArtifactFile | null {
  return path === GONE ? null : { path, bytes: 1, modified: 1000 };
}

/** The same name in the same directory, of another release. */
function edit(path: string): string {
  return path.replace("-1.6.2-", "-1.6.1-");
}
