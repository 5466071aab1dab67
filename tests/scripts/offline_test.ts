import { assert, assertEquals, assertMatch } from "@std/assert";
import { RELEASE } from "../../tools/pit/make_pit.ts";
import {
  addNewer,
  change,
  changeOf,
  historyOf,
  leasedPit,
  savedOf,
  stampedTree,
} from "../changes.ts";
import { OutputError } from "../../lib/io/context.ts";
import { callInProcess, collect } from "../in_process.ts";
import { isThere, problemOf, treeOf, withoutRoot } from "../kit.ts";
import { refuse, type Words } from "../refusals.ts";

const EDITED = "#!ipxe\n# an administrator's\n";
const OLD = new Date("2022-08-02T00:00:00.123Z");
const W001 = ["--nodes", "ncn-w001"] as const;

Deno.test("offline parks links and script where nobody else can enter", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const node = `${pit.www}/ncn-w001`;
  const others = stampedTree(pit.www);
  const before = stampedTree(node);
  const document = await change(pit, ["offline", ...W001]);
  assertEquals(document.nodes, [{
    name: "ncn-w001",
    role: "kubernetes",
    directory: "/var/www/ncn-w001",
    change: "offline",
    kernel: null,
    initrd: null,
    rootfs: null,
    script: "missing",
    release: RELEASE,
  }]);
  assertEquals(stampedTree(`${node}/.offline`), before);
  assertEquals([...Deno.readDirSync(node)].map(({ name }) => name), [".offline"]);
  assertEquals((Deno.statSync(`${node}/.offline`).mode ?? 0) & 0o7777, 0o700);
  const untouched = (tree: Record<string, string>): unknown =>
    Object.entries(tree).filter(([path]) => !path.startsWith("ncn-w001/"));
  assertEquals(untouched(stampedTree(pit.www)), untouched(others));
});

Deno.test("offline, online and rollback show a table, also in a pipe", async (t) => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const cases: [words: Words, row: RegExp][] = [
    [["offline", ...W001], /^offline +missing +kubernetes +\S+ +1 +ncn-w001$/m],
    [["online", ...W001], /^updated +written +kubernetes +\S+ +1 +ncn-w001$/m],
    [["rollback"], /^offline +missing +kubernetes +\S+ +1 +ncn-w001$/m],
  ];
  for (const [words, row] of cases) {
    await t.step(words.join(" "), async () => {
      const { stdout } = await callInProcess(pit, words);
      assertMatch(stdout, /^CHANGE +SCRIPT +ROLE +RELEASE +N +NODES\n/);
      assertMatch(stdout, row);
    });
  }
  await t.step("what would be done is said elsewhere", async () => {
    const { stdout, stderr } = await callInProcess(pit, ["online", ...W001, "--dry-run"]);
    assertEquals(stdout, "");
    assertMatch(stderr, /: 1 would be updated$/m);
  });
});

Deno.test("offline and online say that the change was made where its result cannot be written", async (t) => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const stdout = collect(() => {
    throw new OutputError("standard output cannot be written: No space left on device", null);
  });
  for (const name of ["offline", "online"] as const) {
    await t.step(name, async () => {
      const { code, stderr } = await callInProcess(pit, [name, ...W001], { stdout });
      assertEquals(code, 1);
      assertMatch(stderr, /cannot be written: No space left on device; the change was made\n/);
      assertEquals(isThere(`${pit.www}/ncn-w001/.offline`), name === "offline");
    });
  }
  await t.step("not where there was nothing to change", async () => {
    const { stderr } = await callInProcess(pit, ["online", ...W001], { stdout });
    assertMatch(stderr, /cannot be written: No space left on device\n/);
  });
});

Deno.test("online gives back the very tree", async () => {
  using pit = leasedPit();
  await change(pit, ["run"], { CSM_RELEASE: "1.6.2" });
  const before = stampedTree(pit.www);
  // Newer ones are no reason to give it anything else.
  addNewer(pit);
  await change(pit, ["offline", "--nodes", "ncn-w[001-003],ncn-s001"]);
  const document = await change(pit, ["online", "--nodes", "ncn-w[001-003],ncn-s001"]);
  assertEquals(
    document.nodes?.map(({ name, change, script, release }) => [name, change, script, release]),
    ["ncn-s001", "ncn-w001", "ncn-w002", "ncn-w003"].map((
      name,
    ) => [name, "updated", "written", RELEASE]),
  );
  const nodes = ([path]: [string, string]): boolean => !path.startsWith("ephemeral");
  assertEquals(
    Object.entries(stampedTree(pit.www)).filter(nodes),
    Object.entries(before).filter(nodes),
  );
  assertEquals(savedOf(pit), []);
});

Deno.test("run, set-links and status leave a node alone that is offline, and say so", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  await change(pit, ["offline", "--nodes", "ncn-w[001-002]"]);
  addNewer(pit);
  const before = stampedTree(`${pit.www}/ncn-w001`);
  for (const words of [["run"], ["set-links"], ["set-links", "--reset-scripts"]] as const) {
    const document = await change(pit, words, { CSM_RELEASE: words.join("") });
    assertEquals(changeOf(document, "ncn-w001"), "offline");
    assertEquals(changeOf(document, "ncn-w003"), "updated");
    const { severity, nodes, message, hint } = problemOf(document, "node-offline");
    assertEquals([severity, nodes], ["warning", ["ncn-w001", "ncn-w002"]]);
    assertEquals(message, "offline, and left so: ncn-w[001-002]");
    assertEquals(
      withoutRoot(pit, hint),
      "pitboot online --nodes ncn-w[001-002] puts back what they had",
    );
    assertEquals(stampedTree(`${pit.www}/ncn-w001`), before);
  }
  const { code, document, stderr } = await callInProcess(pit, ["status", "--json"]);
  assertEquals([code, document.problems.map(({ code }) => code)], [0, []], stderr);
  assertEquals(document.nodes?.map(({ name, links }) => [name, links]).slice(5), [
    ["ncn-w001", "offline"],
    ["ncn-w002", "offline"],
    ["ncn-w003", "whole"],
    ["ncn-w004", "whole"],
  ]);
});

Deno.test("an edited script survives offline and online, and still counts as edited", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const script = `${pit.www}/ncn-w001/script.ipxe`;
  Deno.writeTextFileSync(script, EDITED);
  Deno.chmodSync(script, 0o604);
  Deno.utimeSync(script, OLD, OLD);
  const before = stampedTree(pit.www);
  await change(pit, ["offline", ...W001]);
  await change(pit, ["run"], { CSM_RELEASE: "1.6.2" });
  await change(pit, ["run"]);
  await change(pit, ["online", ...W001]);
  assertEquals(stampedTree(`${pit.www}/ncn-w001`)["script.ipxe"], before["ncn-w001/script.ipxe"]);
  const document = await change(pit, ["run"], { CSM_RELEASE: "1.6.2" });
  assertEquals(problemOf(document, "script-kept").nodes, ["ncn-w001"]);
  assertEquals(Deno.readTextFileSync(script), EDITED);
  assertEquals(savedOf(pit), []);
});

Deno.test("a script without a record does not count as ours because it was offline", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  Deno.removeSync(`${pit.root}/var/lib/pitboot/scripts.json`);
  const script = `${pit.www}/ncn-w001/script.ipxe`;
  Deno.writeTextFileSync(script, EDITED);
  await change(pit, ["offline", ...W001]);
  await change(pit, ["online", ...W001]);
  assertEquals(Deno.readTextFileSync(script), EDITED);
  const document = await change(pit, ["run"]);
  assertEquals(problemOf(document, "script-saved").severity, "warning");
  assertEquals(savedOf(pit), [["ncn-w001", EDITED]]);
});

Deno.test("online refuses images that are gone, and changes nothing", async (t) => {
  const offlineThen = (spoil: (release: string) => void) => async (pit: Pit): Promise<void> => {
    await change(pit, ["run"]);
    await change(pit, ["offline", "--nodes", "ncn-w[001-002]"]);
    spoil(`${pit.root}/var/www/ephemeral/data/k8s/${RELEASE}`);
  };
  const nodes = ["ncn-w001", "ncn-w002"];
  const hint = /^nothing was changed; pitboot online --forget --nodes ncn-w\[001-002\] drops/;
  await refuse(t, ["online", "--nodes", "ncn-w[001-002],ncn-s001"], [
    {
      name: "all of it",
      arrange: offlineThen((release) => Deno.removeSync(release, { recursive: true })),
      code: 5,
      problem: "images-missing",
      message: /k8s\/.*does not exist/,
      hint,
      nodes,
    },
    {
      name: "not for the web server",
      arrange: offlineThen((release) =>
        Deno.chmodSync(`${release}/initrd.img-${RELEASE}.xz`, 0o600)
      ),
      code: 5,
      problem: "images-unfit",
      message: /initrd.*the web server cannot read it/,
      hint,
      nodes,
    },
  ]);
});

Deno.test("offline names nodes without whole links to keep, and online gives back the others", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  // As a switch leaves it that was killed half way.
  const directory = `${pit.www}/ncn-w001`;
  Deno.renameSync(`${directory}/script.ipxe`, `${directory}/.script.ipxe.away`);
  Deno.removeSync(`${directory}/kernel`);
  const nodes = ["--nodes", "ncn-w[001-002],ncn-s001"];
  const offline = await change(pit, ["offline", ...nodes]);
  const warning = problemOf(offline, "node-offline");
  assertEquals(warning.nodes, ["ncn-w001"]);
  assertMatch(warning.message, /^ncn-w001: online cannot give back what is kept: .*complete image/);
  assertMatch(
    warning.hint ?? "",
    /^pitboot online .*--forget --nodes ncn-w001 drops what they had/,
  );
  const { code, document } = await callInProcess(pit, ["online", "--json", ...nodes]);
  assertEquals(code, 3);
  const left = problemOf(document, "node-failed");
  assertEquals([left.nodes, left.hint], [["ncn-w001"], warning.hint]);
  assertEquals(document.nodes?.map(({ name, change }) => [name, change]), [
    ["ncn-s001", "updated"],
    ["ncn-w002", "updated"],
  ]);
  assertEquals(isThere(`${directory}/script.ipxe`), false);
  // What the hint says helps.
  await change(pit, ["online", "--forget", "--nodes", "ncn-w001"]);
  await change(pit, ["run", "--nodes", "ncn-w001"]);
  assertEquals(isThere(`${directory}/script.ipxe`), true);
});

Deno.test("online --forget drops what a node had, and run sets it up anew", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  Deno.writeTextFileSync(`${pit.www}/ncn-w001/script.ipxe`, EDITED);
  await change(pit, ["offline", "--nodes", "ncn-w[001-002]"]);
  addNewer(pit);
  const document = await change(pit, ["online", "--forget", "--nodes", "ncn-w[001-002]"]);
  assertEquals(document.nodes?.map(({ change }) => change), ["removed", "removed"]);
  assert(!isThere(`${pit.www}/ncn-w001`));
  assertEquals(savedOf(pit), [["ncn-w001", EDITED]]);
  const again = await change(pit, ["run"]);
  assertEquals(changeOf(again, "ncn-w001"), "created");
  assertMatch(Deno.readLinkSync(`${pit.www}/ncn-w001/kernel`), /\/1\.6\.2\//);
});

Deno.test("a node without a directory gets one with the mark alone", async () => {
  using pit = leasedPit();
  const before = treeOf(pit.www);
  await change(pit, ["offline", ...W001]);
  assertEquals(treeOf(`${pit.www}/ncn-w001`), { ".offline/": "" });
  assertEquals((Deno.statSync(`${pit.www}/ncn-w001`).mode ?? 0) & 0o7777, 0o755);
  assertEquals(changeOf(await change(pit, ["run", ...W001]), "ncn-w001"), "offline");
  assertEquals(changeOf(await change(pit, ["online", ...W001]), "ncn-w001"), "removed");
  assertEquals(treeOf(pit.www), before);
});

Deno.test("offline twice, and online of a node that is not offline, change nothing", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const whole = treeOf(pit.www);
  const online = await change(pit, ["online", ...W001]);
  const { kernel, initrd, rootfs, release, script } = online.nodes?.[0] ?? {};
  assertEquals(changeOf(online, "ncn-w001"), "unchanged");
  // It has what it had.
  assertEquals(
    [kernel, initrd, rootfs],
    ["kernel", "initrd.img.xz", "rootfs"].map((name) =>
      Deno.readLinkSync(`${pit.www}/ncn-w001/${name}`)
    ),
  );
  assertEquals([release, script], [RELEASE, "unchanged"]);
  assertEquals(treeOf(pit.www), whole);
  await change(pit, ["offline", ...W001]);
  const offline = stampedTree(`${pit.www}/ncn-w001`);
  assertEquals(changeOf(await change(pit, ["offline", ...W001]), "ncn-w001"), "offline");
  assertEquals(stampedTree(`${pit.www}/ncn-w001`), offline);
  assertEquals((await historyOf(pit)).length, 2);
});

Deno.test("offline and online --dry-run show what would change, and change nothing", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  await change(pit, ["offline", "--nodes", "ncn-s001"]);
  Deno.removeSync(`${pit.root}/var/lib/pitboot/lock`);
  const before = treeOf(pit.root);
  for (
    const [words, shown] of [
      [
        ["offline", ...W001],
        /^ncn-w001 +kubernetes \S+ → offline\n {4}initrd.img.xz +\S+ → none$/m,
      ],
      [
        ["online", "--nodes", "ncn-s001"],
        /^ncn-s001 +storage offline → \S+\n {4}initrd.img.xz +→ \.\.\/ephemeral/m,
      ],
    ] as const
  ) {
    const { code, stderr } = await callInProcess(pit, [...words, "--dry-run", "--verbose"]);
    assertEquals(code, 0, stderr);
    assertMatch(stderr, shown);
  }
  assertEquals(treeOf(pit.root), before);
});

Deno.test("offline and online want nodes that are named and known", async (t) => {
  for (const command of ["offline", "online"] as const) {
    await t.step(`${command} without --nodes`, async () => {
      using pit = leasedPit();
      const { code, document, stderr } = await callInProcess(pit, [command, "--json"]);
      assertEquals([code, document.problems[0]?.code], [2, "usage"]);
      assertMatch(stderr, /--nodes must name the nodes/);
    });
    await refuse(t, [command], [{
      name: `${command} of an unknown node`,
      args: [command, "--nodes", "ncn-w001,ncn-w009"],
      code: 2,
      problem: "input-missing",
      message: /has no node ncn-w009; did you mean ncn-w00\d/,
    }]);
  }
});

Deno.test("generations tell of offline and online", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  await change(pit, ["offline", "--nodes", "ncn-w[001-002]"]);
  await change(pit, ["online", "--nodes", "ncn-w[001-002]"]);
  const [first, offline, online] = await historyOf(pit);
  const had = first?.changes.find(({ nodes }) => nodes.includes("ncn-w001"))?.after;
  assert(had);
  const nodes = ["ncn-w001", "ncn-w002"];
  const parked = { ...had, offline: true };
  assertEquals(offline?.changes, [{ nodes, before: had, after: parked, failed: null }]);
  assertEquals(online?.changes, [{ nodes, before: parked, after: had, failed: null }]);
});

type Pit = Parameters<typeof change>[0];
