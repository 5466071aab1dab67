import { assert, assertEquals, assertMatch } from "@std/assert";
import { BOOT_SCRIPT, RELEASE } from "../../tools/pit/make_pit.ts";
import {
  addNewer,
  change,
  changeOf,
  cutOff,
  historyOf,
  leasedPit,
  savedOf,
  stampedTree,
} from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { leasesOf, problemOf, succeeds, type TemporaryPit, treeOf } from "../kit.ts";

const EDITED = "#!ipxe\n# an administrator's\n";
const OLD = new Date("2022-08-02T00:00:00.123Z");

/** A PIT with two generations: the older release, then the newer one. */
async function twoReleases(): Promise<ReturnType<typeof leasedPit> & { trees: Tree[] }> {
  const pit = leasedPit();
  const trees: Tree[] = [];
  await change(pit, ["run"]);
  trees.push(stampedTree(pit.www));
  assert(succeeds("cp", "-a", pit.www, `${pit.directory}/first`));
  addNewer(pit);
  await change(pit, ["run"], { CSM_RELEASE: "1.6.2" });
  trees.push(nodesOf(stampedTree(pit.www)));
  return { ...pit, trees: trees.map(nodesOf) };
}

type Tree = Record<string, string>;

/** Without the images. */
function nodesOf(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith("ephemeral")));
}

function treeNow({ www }: ReturnType<typeof leasedPit>): Tree {
  return nodesOf(stampedTree(www));
}

Deno.test("rollback gives back what was there before the newest change", async () => {
  using pit = await twoReleases();
  const document = await change(pit, ["rollback"]);
  assertEquals(treeNow(pit), pit.trees[0]);
  assertEquals(document.nodes?.length, 9);
  for (const node of document.nodes ?? []) {
    assertEquals([node.change, node.script, node.release], ["updated", "written", RELEASE]);
  }
  assertEquals(savedOf(pit), []);
  const [, second, third] = await historyOf(pit);
  assertEquals([third?.parent, third?.restores], [0, 1]);
  assertEquals(
    third?.changes.map(({ before }) => before),
    second?.changes.map(({ after }) => after),
  );
  assertEquals(
    third?.changes.map(({ after }) => after),
    second?.changes.map(({ before }) => before),
  );
  assertEquals(third?.bootScript?.after, second?.bootScript?.before);
  // pitboot finds nothing wrong with it.
  assertEquals((await callInProcess(pit, ["status"])).code, 0);
});

Deno.test("rollback again goes one further back, and a number goes anywhere", async () => {
  using pit = await twoReleases();
  const [first, second] = pit.trees;
  await change(pit, ["rollback"]);
  await change(pit, ["rollback"]);
  assertEquals(Object.keys(treeNow(pit)).filter((path) => path.startsWith("ncn")), []);
  // Nothing is further back.
  const nothing = await change(pit, ["rollback"]);
  assertEquals(nothing.nodes?.every(({ change }) => change === "unchanged"), true);
  assertEquals((await historyOf(pit)).length, 4);
  for (const [number, tree] of [["2", second], ["1", first], ["3", first]] as const) {
    await change(pit, ["rollback", number]);
    assertEquals(treeNow(pit), tree, `to ${number}`);
  }
  // What it goes back to, and from there.
  const parents = (await historyOf(pit)).map(({ restores, parent }) => [restores, parent]);
  assertEquals(parents, [[null, 0], [null, 1], [1, 0], [0, 0], [2, 1], [1, 0]]);
});

Deno.test("rollback 0 gives back what the shell script had made, to the millisecond", async () => {
  using pit = leasedPit();
  byHand(pit, "ncn-w001", "k8s");
  for (const node of ["ncn-s001", "ncn-s002", "ncn-s003"]) byHand(pit, node, "ceph");
  // Of the same text as others, but not of the same mode.
  Deno.chmodSync(`${pit.www}/ncn-s002/script.ipxe`, 0o604);
  const foreign = `${pit.www}/ncn-w001/script.ipxe`;
  Deno.writeFileSync(foreign, Uint8Array.of(0x23, 0xff, 0x00, 0x0a));
  Deno.chmodSync(foreign, 0o664);
  Deno.utimeSync(foreign, OLD, OLD);
  const before = treeNow(pit);
  addNewer(pit);
  await change(pit, ["run"], { CSM_RELEASE: "1.6.2" });
  const after = treeNow(pit);
  await change(pit, ["rollback", "0"]);
  assertEquals(treeNow(pit), before);
  await change(pit, ["rollback", "1"]);
  assertEquals(treeNow(pit), after);
});

Deno.test("rollback 0 removes no directory with something else in it", async () => {
  using pit = leasedPit();
  const before = treeNow(pit);
  await change(pit, ["run"]);
  Deno.writeTextFileSync(`${pit.www}/ncn-w001/notes`, "mine");
  await change(pit, ["rollback", "0"]);
  assertEquals(treeNow(pit), { ...before, "ncn-w001/": "", "ncn-w001/notes": "mine" });
  // It is done, and not to be done again.
  assertEquals(changeOf(await change(pit, ["rollback", "0"]), "ncn-w001"), "unchanged");
  assertEquals((await historyOf(pit)).length, 2);
});

Deno.test("rollback gives back an edited script, and it still counts as edited", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const script = `${pit.www}/ncn-w001/script.ipxe`;
  Deno.writeTextFileSync(script, EDITED);
  Deno.chmodSync(script, 0o604);
  Deno.utimeSync(script, OLD, OLD);
  const before = treeNow(pit);
  await change(pit, ["run", "--reset-scripts"]);
  assertEquals(savedOf(pit), [["ncn-w001", EDITED]]);
  await change(pit, ["rollback"]);
  assertEquals(treeNow(pit), before);
  const [, , { changes: [last] } = { changes: [] }] = await historyOf(pit);
  assertEquals([last?.after?.script?.edited, last?.before?.script?.edited], [true, false]);
  addNewer(pit);
  const document = await change(pit, ["run"], { CSM_RELEASE: "1.6.2" });
  assertEquals(problemOf(document, "script-kept").nodes, ["ncn-w001"]);
  assertEquals(Deno.readTextFileSync(script), EDITED);
});

Deno.test("rollback keeps a script that somebody has changed since", async (t) => {
  for (const number of ["1", "0"]) {
    await t.step(`back to ${number}`, async () => {
      using pit = await twoReleases();
      const script = `${pit.www}/ncn-w001/script.ipxe`;
      Deno.writeTextFileSync(script, EDITED);
      const document = await change(pit, ["rollback", number]);
      assertEquals(problemOf(document, "script-kept").nodes, ["ncn-w001"]);
      assertEquals(Deno.readTextFileSync(script), EDITED);
      // With links to one image, or with all that it had.
      const kernel = Deno.readLinkSync(`${pit.www}/ncn-w001/kernel`);
      assert(kernel.includes(number === "1" ? RELEASE : "/1.6.2/"), kernel);
      assertEquals(changeOf(document, "ncn-w001"), number === "1" ? "updated" : "kept");
      const reset = await change(pit, ["rollback", number, "--reset-scripts"]);
      assertEquals(changeOf(reset, "ncn-w001"), number === "1" ? "updated" : "removed");
      assertEquals(savedOf(pit), [["ncn-w001", EDITED]]);
      if (number === "1") assertEquals(treeNow(pit), pit.trees[0]);
    });
  }
});

Deno.test("rollback keeps boot/script.ipxe if somebody has changed it since", async () => {
  using pit = await twoReleases();
  const script = `${pit.www}/boot/script.ipxe`;
  Deno.writeTextFileSync(script, EDITED);
  const document = await change(pit, ["rollback"]);
  assertMatch(problemOf(document, "script-kept").message, /^somebody changed \/var\/www\/boot/);
  assertEquals(Deno.readTextFileSync(script), EDITED);
  assertEquals(Deno.readTextFileSync(`${pit.www}/ncn-m002/script.ipxe`), BOOT_SCRIPT);
});

Deno.test("rollback brings boot/script.ipxe back although a run was cut off before it wrote it", async () => {
  using pit = leasedPit();
  const script = `${pit.www}/boot/script.ipxe`;
  const before = treeNow(pit);
  await change(pit, ["run"], { CSM_RELEASE: "1" });
  const first = treeNow(pit);
  await change(pit, ["run"], { CSM_RELEASE: "2" });
  // As if it had been remembered and not begun.
  await change(pit, ["rollback"]);
  assertEquals(treeNow(pit), first);
  Deno.removeSync(`${pit.root}/var/lib/pitboot/generations/3.json`);
  cutOff(pit, 2);
  const document = await change(pit, ["rollback", "0"]);
  assertEquals(document.problems, []);
  assertEquals(treeNow(pit), before);
  assertEquals(Deno.readTextFileSync(script), BOOT_SCRIPT);
});

Deno.test("rollback --dry-run shows what would change, and changes nothing", async () => {
  using pit = await twoReleases();
  Deno.removeSync(`${pit.root}/var/lib/pitboot/lock`);
  const before = treeOf(pit.root);
  const { code, document, stderr } = await callInProcess(pit, ["rollback", "--dry-run", "--json"]);
  assertEquals(code, 0);
  assertEquals(changeOf(document, "ncn-w001"), "updated");
  assertMatch(stderr, /^ncn-m\[002-003\],ncn-w\[001-004\] +kubernetes 1\.6\.2 → \S+$/m);
  assertMatch(stderr, /: 9 would be updated$/m);
  assertMatch(stderr, /back to generation 1, \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  assertEquals(treeOf(pit.root), before);
});

Deno.test("rollback --dry-run shows that boot/script.ipxe would come back, too", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  await change(pit, ["run"], { CSM_RELEASE: "3" });
  const back = /^would put back \/var\/www\/boot\/script\.ipxe$/m;
  assertMatch((await callInProcess(pit, ["rollback", "-n"])).stderr, back);
  const { stderr } = await callInProcess(pit, ["rollback", "-n", "2"]);
  assert(!back.test(stderr), stderr);
});

Deno.test("rollback undoes a generation that was cut off", async () => {
  using pit = await twoReleases();
  cutOff(pit, 2);
  // It did not come as far as these.
  for (const node of ["ncn-w001", "ncn-w002"]) {
    Deno.removeSync(`${pit.www}/${node}`, { recursive: true });
    Deno.renameSync(`${pit.directory}/first/${node}`, `${pit.www}/${node}`);
  }
  await change(pit, ["rollback"]);
  assertEquals(treeNow(pit), pit.trees[0]);
});

Deno.test("rollback goes on to the same generation after it was cut off", async () => {
  using pit = await twoReleases();
  await change(pit, ["run"], { CSM_RELEASE: "3" });
  await change(pit, ["rollback", "1"]);
  cutOff(pit, 4);
  Deno.removeSync(`${pit.www}/ncn-w001/kernel`);
  await change(pit, ["rollback"]);
  assertEquals(treeNow(pit), pit.trees[0]);
  const fifth = (await historyOf(pit)).at(-1);
  assertEquals([fifth?.number, fifth?.restores, fifth?.parent], [5, 1, 0]);
});

Deno.test("rollback also works for nodes that statics.conf no longer has", async () => {
  using pit = await twoReleases();
  const statics = `${pit.root}/etc/dnsmasq.d/statics.conf`;
  const lines = Deno.readTextFileSync(statics).split("\n");
  Deno.writeTextFileSync(statics, lines.filter((line) => !line.includes("w001")).join("\n"));
  Deno.removeSync(leasesOf(pit));
  await change(pit, ["rollback"]);
  assertEquals(treeNow(pit), pit.trees[0]);
});

Deno.test("rollback gives back links that had no script beside them", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  Deno.removeSync(`${pit.www}/ncn-w001/script.ipxe`);
  const before = treeNow(pit);
  await change(pit, ["run"]);
  const document = await change(pit, ["rollback"]);
  assertEquals(changeOf(document, "ncn-w001"), "updated");
  assertEquals(treeNow(pit), before);
  assertEquals((await historyOf(pit)).at(-1)?.changes[0]?.after?.script, null);
});

/** What the shell script makes. */
function byHand(
  { root }: TemporaryPit,
  node: string,
  data: "k8s" | "ceph",
): void {
  const directory = `${root}/var/www/${node}`;
  const image = `ephemeral/data/${data}/${RELEASE}`;
  Deno.mkdirSync(directory);
  const nameOf = (pattern: RegExp): string =>
    [...Deno.readDirSync(`${root}/var/www/${image}`)].find(({ name }) => pattern.test(name))
      ?.name ??
      "";
  Deno.symlinkSync(`../${image}/${nameOf(/kernel$/)}`, `${directory}/kernel`);
  Deno.symlinkSync(`../${image}/${nameOf(/xz$/)}`, `${directory}/initrd.img.xz`);
  Deno.symlinkSync(`../${image}/${nameOf(/squashfs$/)}`, `${directory}/rootfs`);
  Deno.copyFileSync(`${root}/var/www/boot/script.ipxe`, `${directory}/script.ipxe`);
}
