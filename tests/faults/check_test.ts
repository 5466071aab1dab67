import { assert, assertEquals } from "@std/assert";
import { claimViolations, faultViolations, isDone, rerunViolations } from "./check.ts";
import { planFaults, sample } from "./plan_faults.ts";
import type { SeenCall } from "./shim.ts";
import type { Entry, Tree } from "./tree.ts";

const EDIT = { text: "edited", places: ["/var/www/n/script.ipxe", "/var/lib/pitboot/saved/"] };

function file(text: string, modified = 0): Entry {
  return { kind: "file", facts: "644 0:0", text, modified };
}

function link(target: string): Entry {
  return { kind: "link", facts: "0:0", target };
}

/** A tree with one node. */
function node(release: string, script: Entry | null, others: Record<string, Entry> = {}): Tree {
  const directory: Entry = { kind: "directory", facts: "755 0:0" };
  return new Map(Object.entries({
    "/var/www/n": directory,
    "/var/www/n/kernel": link(`../data/${release}/kernel`),
    "/var/www/n/initrd.img.xz": link(`../data/${release}/initrd`),
    "/var/www/n/rootfs": link(`../data/${release}/rootfs`),
    ...Object.fromEntries(
      ["old", "new"].flatMap((each) =>
        ["kernel", "initrd", "rootfs"].map((name) => [`/var/www/data/${each}/${name}`, file("")])
      ),
    ),
    ...(script ? { "/var/www/n/script.ipxe": script } : {}),
    ...others,
  }));
}

const before = node("old", file("old"));
const after = node("new", file("new"));
const expectation = { before, after: [after], edits: [] };

Deno.test("faultViolations() finds what is worse", async (t) => {
  const rootfs = { "/var/www/n/rootfs": link("../data/old/rootfs") };
  const broken = { "/var/www/n/rootfs": link("../data/nowhere/rootfs") };
  const mixed = "n has a script beside links that do not belong together";
  const neither = "n is neither old nor new, and has a script";
  const cases: [name: string, tree: Tree, found: string[]][] = [
    ["all is old", before, []],
    ["all is new", after, []],
    ["no script, and mixed links", node("new", null, rootfs), []],
    [
      "no directory at all",
      new Map([...before].filter(([path]) => !path.startsWith("/var/www/n"))),
      [],
    ],
    ["a script beside mixed links", node("new", file("new"), rootfs), [mixed]],
    ["an old script beside new links", node("new", file("old")), [neither]],
    ["a script that is cut off", node("new", file("ne")), [neither]],
    ["a link that leads nowhere", node("new", null, broken), ["/var/www/n/rootfs is broken"]],
    [
      "something else that is half there",
      node("new", null, { "/usr/page": file("ha") }),
      ["/usr/page is neither old nor new"],
    ],
    ["something on its way", node("new", null, { "/usr/.page.new": file("ha") }), []],
  ];
  for (const [name, tree, found] of cases) {
    await t.step(name, () => assertEquals(faultViolations(tree, expectation), found));
  }
});

Deno.test("faultViolations() finds edits that are lost", async (t) => {
  const lost = ["what was in /var/www/n/script.ipxe is lost"];
  const saved = "/var/lib/pitboot/saved/n.script.ipxe";
  const cases: [name: string, others: Record<string, Entry>, found: string[]][] = [
    ["nowhere", {}, lost],
    ["saved", { [saved]: file("edited") }, []],
    ["saved in part", { [saved]: file("edit") }, lost],
    ["elsewhere", { "/tmp/script.ipxe": file("edited") }, [...lost]],
  ];
  for (const [name, others, found] of cases) {
    await t.step(name, () => {
      const tree = node("new", file("new"), others);
      const good = { before: tree, after: [tree], edits: [EDIT] };
      assertEquals(faultViolations(tree, good), found);
      assertEquals(rerunViolations(tree, good, { state: true }), found);
    });
  }
});

Deno.test("rerunViolations() finds what differs", async (t) => {
  const path = "/var/www/n/script.ipxe";
  const left = "/var/www/.n.new";
  const wanted = node("new", file("new", 5), { "/var/www/boot/script.ipxe": file("new", 5) });
  const other = { "/var/www/boot/script.ipxe": file("new", 7) };
  const state = "/var/lib/pitboot/scripts.json";
  const cases: [name: string, tree: Tree, found: string[]][] = [
    ["nothing", wanted, []],
    ["nothing but times", node("new", file("new", 7), other), []],
    [
      "a script with a time of its own",
      node("new", file("new", 5), other),
      [`${path} differs after the run after it`],
    ],
    [
      "something that is left",
      new Map([...wanted, [left, file("")]]),
      [`${left} is left by the run after it`],
    ],
    [
      "what it remembers",
      new Map([...wanted, [state, file("")]]),
      [`${state} is left by the run after it`],
    ],
    ["a generation", new Map([...wanted, ["/var/lib/pitboot/generations/1", file("")]]), []],
  ];
  for (const [name, tree, found] of cases) {
    await t.step(name, () => {
      const good = { before, after: [wanted], edits: [] };
      assertEquals(rerunViolations(tree, good, { state: true }), found);
      assertEquals(isDone(tree, good), found.length === 0 || found[0]?.includes(state));
    });
  }
  await t.step("something that an undisturbed run leaves as well", () => {
    const tree = new Map([...wanted, [left, file("")]]);
    const good = { before, after: [tree], edits: [] };
    assertEquals(rerunViolations(tree, good, { state: true }), [`${left} is left`]);
  });
});

Deno.test("claimViolations() finds what is said and not so", async (t) => {
  const boot = new Map([...before, ["/var/www/boot/script.ipxe", file("new")]]);
  const node = "hint: no node was changed; run as root";
  const nothing = "hint: nothing was changed";
  const cases: [name: string, said: string, tree: Tree, found: number][] = [
    ["no node was", node, boot, 0],
    ["a node was", node, after, 1],
    ["nothing was", nothing, before, 0],
    ["something was", nothing, boot, 1],
    ["nothing is said", "hint: run again", after, 0],
  ];
  for (const [name, said, tree, found] of cases) {
    await t.step(name, () => assertEquals(claimViolations(said, tree, expectation).length, found));
  }
});

Deno.test("planFaults() lets every call go wrong in every way that it can", () => {
  const call = (n: number, kind: string): SeenCall => {
    return { n, at: 0, kind, path: "", to: "", isHit: false };
  };
  const ways = planFaults([call(1, "write"), call(2, "fsync"), call(3, "rename")])
    .map(({ at, way }) => `${way}@${at}`);
  assertEquals(ways, [
    "kill@1",
    "half@1",
    "EIO@1",
    "ENOSPC@1",
    "kill@2",
    "EIO@2",
    "kill@3",
    "EIO@3",
    "EACCES@3",
    "EROFS@3",
    "after@3",
  ]);
  const some = planFaults([call(2, "write"), call(3, "rename")], "some")
    .map(({ at, way }) => `${way}@${at}`);
  assertEquals(some, ["kill@2", "half@2", "kill@3", "EACCES@3", "after@3"]);
});

Deno.test("sample() takes a part, spread evenly", () => {
  const all = Array.from({ length: 1000 }, (_, i) => i);
  const some = sample(all, 100, 3);
  assertEquals([some.length, some[0], some[1]], [100, 3, 13]);
  assert((some.at(-1) ?? 0) > 980);
  assertEquals(sample([1, 2], 100, 3), [1, 2]);
});
