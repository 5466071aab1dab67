import { assertEquals } from "@std/assert";
import type { Observed } from "../../../lib/boot/boot_tree.ts";
import { ABSENT, nodeObserver, observeNode } from "../../../lib/boot/observe_node.ts";
import { Root } from "../../../lib/io/root.ts";
import { temporaryDirectory } from "../../temporary.ts";

const NODE = "/var/www/ncn-w001";

/** What is to lie there by name: a text, a target behind `-> `, or a directory. */
type Tree = Readonly<Record<string, string | null>>;

function observed(tree: Tree): Observed {
  using temporary = temporaryDirectory();
  const place = `${temporary.directory}${NODE}`;
  Deno.mkdirSync(place, { recursive: true });
  for (const [name, what] of Object.entries(tree)) put(`${place}/${name}`, what);
  const root = new Root(temporary.directory);
  const seen = observeNode(root, NODE);
  assertEquals(nodeObserver(root, "/var/www")("ncn-w001"), seen);
  return seen;
}

function put(path: string, what: string | null): void {
  if (what === null) Deno.mkdirSync(path);
  else if (what.startsWith("-> ")) Deno.symlinkSync(what.slice(3), path);
  else Deno.writeTextFileSync(path, what, { mode: 0o640 });
}

/** The kinds of links, texts of scripts, and the rest. */
function told({ links, script, stray, parked, rights: _, ...rest }: Observed): unknown {
  const targets = (of: Observed["links"]): string[] =>
    [of.kernel, of.initrd, of.rootfs].map((link) => link.kind === "link" ? link.target : link.kind);
  return {
    ...rest,
    links: targets(links),
    script: script && [script.text, script.mode, script.away, script.isLink ?? false],
    stray: stray?.text ?? null,
    parked: parked && [...targets(parked.links), parked.script?.text ?? null],
  };
}

const NOTHING = {
  directory: "directory",
  links: ["absent", "absent", "absent"],
  script: null,
  stray: null,
  parked: null,
  obstacles: [],
  leftovers: [],
};
const LINKS = { "kernel": "-> ../k", "initrd.img.xz": "-> ../i", "rootfs": "-> ../r" };

Deno.test("observeNode() sees what nodes ask for, and what is in the way", async (t) => {
  const cases: [name: string, tree: Tree, expected: object][] = [
    ["nothing", {}, {}],
    ["all of it", { ...LINKS, "script.ipxe": "#!ipxe\n" }, {
      links: ["../k", "../i", "../r"],
      script: ["#!ipxe\n", 0o640, false, false],
    }],
    ["a script that waits", { ".script.ipxe.away": "away" }, {
      script: ["away", 0o640, true, false],
    }],
    ["one that waits beside another", { "script.ipxe": "here", ".script.ipxe.away": "away" }, {
      script: ["here", 0o640, false, false],
      stray: "away",
    }],
    ["a link to a script", { "other": "theirs", "script.ipxe": "-> other" }, {
      script: ["theirs", 0o640, false, true],
      hasOthers: true,
    }],
    ["other things in all places", {
      "script.ipxe": "-> nowhere",
      "kernel": "a file",
      "rootfs": null,
      ".script.ipxe.away": null,
      ".offline": "a file",
    }, { obstacles: ["script.ipxe", "kernel", "rootfs", ".script.ipxe.away", ".offline"] }],
    ["what a run left", { ".kernel.new": "-> ../k", ".script.ipxe.new": "half" }, {
      leftovers: [".kernel.new", ".script.ipxe.new"],
    }],
    ["a node that is offline", {
      ".offline": null,
      ".offline/kernel": "-> ../../k",
      ".offline/script.ipxe": "parked",
    }, { parked: ["../../k", "absent", "absent", "parked"] }],
    ["strange things where it waits", {
      ".offline": null,
      ".offline/rootfs": "a file",
      ".offline/notes": "mine",
    }, {
      parked: ["absent", "absent", "absent", null],
      obstacles: [".offline/rootfs", ".offline/notes"],
    }],
  ];
  for (const [name, tree, expected] of cases) {
    await t.step(name, () => {
      const { leftovers, ...seen } = told(observed(tree)) as { leftovers: string[] };
      assertEquals<unknown>({ ...seen, leftovers: leftovers.sort() }, { ...NOTHING, ...expected });
    });
  }
});

Deno.test("observeNode() sees who may do what, and which script nobody boots", () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  const place = `${directory}${NODE}`;
  Deno.mkdirSync(place, { recursive: true });
  Deno.chmodSync(place, 0o2750);
  Deno.writeTextFileSync(`${place}/script.ipxe`, "");
  Deno.truncateSync(`${place}/script.ipxe`, 1024 * 1024 + 1);
  const { rights, unfit, script, obstacles } = observeNode(new Root(directory), NODE);
  assertEquals([rights?.mode, rights?.uid], [0o2750, Deno.uid() ?? 0]);
  assertEquals([script, obstacles], [null, []]);
  assertEquals(unfit, { path: `${NODE}/script.ipxe`, reason: "is larger than 1 MiB" });
});

Deno.test("observeNode() sees no directory, or something else in its place", () => {
  using temporary = temporaryDirectory();
  const root = new Root(temporary.directory);
  Deno.mkdirSync(`${temporary.directory}/var/www`, { recursive: true });
  assertEquals(observeNode(root, NODE), ABSENT);
  assertEquals(nodeObserver(root, "/var/www")("ncn-w001"), ABSENT);
  Deno.symlinkSync("elsewhere", `${temporary.directory}${NODE}`);
  assertEquals(observeNode(root, NODE), { ...ABSENT, directory: "other" });
  assertEquals(nodeObserver(root, "/var/www")("ncn-w001"), { ...ABSENT, directory: "other" });
});
