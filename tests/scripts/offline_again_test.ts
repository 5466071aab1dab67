import { assert, assertEquals, assertMatch } from "@std/assert";
import { RELEASE } from "../../tools/pit/make_pit.ts";
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
import { isThere, problemOf, succeeds, type TemporaryPit, treeOf } from "../kit.ts";
import { refuse } from "../refusals.ts";

const EDITED = "#!ipxe\n# an administrator's\n";
const W001 = ["--nodes", "ncn-w001"] as const;

/** A PIT whose ncn-w001 is offline, and how that was before. */
async function offlinePit(): Promise<ReturnType<typeof leasedPit> & { node: string; had: Tree }> {
  const pit = leasedPit();
  const node = `${pit.www}/ncn-w001`;
  await change(pit, ["run"]);
  const had = stampedTree(node);
  await change(pit, ["offline", ...W001]);
  return { ...pit, node, had };
}

type Tree = Record<string, string>;

/** What the shell script does: it makes links and script whatever else is there. */
function shellScript({ root }: TemporaryPit, release: string): void {
  const directory = `${root}/var/www/ncn-w001`;
  const image = `${root}/var/www/ephemeral/data/k8s/${release}`;
  for (const { name } of Deno.readDirSync(image)) {
    const [link] = [["kernel", /kernel$/], ["initrd.img.xz", /xz$/], ["rootfs", /squashfs$/]]
      .flatMap(([link, pattern]) => (pattern as RegExp).test(name) ? [link as string] : []);
    if (link) Deno.symlinkSync(`../ephemeral/data/k8s/${release}/${name}`, `${directory}/${link}`);
  }
  Deno.copyFileSync(`${root}/var/www/boot/script.ipxe`, `${directory}/script.ipxe`);
}

Deno.test("a node that the shell script has set up meanwhile keeps what it boots", async (t) => {
  for (const edited of [false, true]) {
    await t.step(edited ? "an edited script waits" : "ours waits", async () => {
      using pit = await offlinePit();
      if (edited) Deno.writeTextFileSync(`${pit.node}/.offline/script.ipxe`, EDITED);
      addNewer(pit);
      shellScript(pit, "1.6.2");
      const { ".offline/": _, ...byShell } = Object.fromEntries(
        Object.entries(stampedTree(pit.node)).filter(([path]) => !path.startsWith(".offline/.")),
      );
      // It boots, and everybody says so.
      const status = await callInProcess(pit, ["status", "--json", ...W001]);
      assertMatch(
        problemOf(status.document, "node-offline").message,
        /^marked offline but has a script.ipxe; /,
      );
      assertEquals(status.document.nodes?.[0]?.links, "whole");
      const run = await change(pit, ["run", ...W001]);
      assertMatch(problemOf(run, "node-offline").hint ?? "", /offline.*, or pitboot online/);
      assertEquals(changeOf(run, "ncn-w001"), "offline");
      await change(pit, ["online", ...W001]);
      const booted = Object.entries(byShell).filter(([path]) => !path.startsWith(".offline"));
      assertEquals(stampedTree(pit.node), Object.fromEntries(booted));
      assertEquals(savedOf(pit), edited ? [["ncn-w001", EDITED]] : []);
    });
  }
});

Deno.test("offline parks what the shell script has set up meanwhile", async () => {
  using pit = await offlinePit();
  Deno.writeTextFileSync(`${pit.node}/.offline/script.ipxe`, EDITED);
  addNewer(pit);
  shellScript(pit, "1.6.2");
  const booted = Object.entries(stampedTree(pit.node)).filter(([path]) => !/^\.offline/.test(path));
  const document = await change(pit, ["offline", ...W001]);
  assertEquals(problemOf(document, "script-saved").severity, "warning");
  assertEquals(savedOf(pit), [["ncn-w001", EDITED]]);
  assertEquals(stampedTree(`${pit.node}/.offline`), Object.fromEntries(booted));
  await change(pit, ["online", ...W001]);
  assertEquals(stampedTree(pit.node), Object.fromEntries(booted));
});

Deno.test("a foreign file in .offline is in the way of online, and of nothing else", async (t) => {
  const arrange = async (pit: TemporaryPit): Promise<void> => {
    await change(pit, ["run"]);
    await change(pit, ["offline", ...W001]);
    Deno.writeTextFileSync(`${pit.root}/var/www/ncn-w001/.offline/notes`, "mine");
  };
  const refusal = {
    arrange,
    code: 1,
    problem: "node-blocked",
    message: /: \/var\/www\/ncn-w001\/\.offline\/notes$/,
    hint: /^move it elsewhere/,
  };
  await refuse(t, ["online", ...W001], [
    { ...refusal, name: "online" },
    { ...refusal, name: "online --forget", args: ["online", "--forget", ...W001] },
    { ...refusal, name: "rollback", args: ["rollback"] },
  ]);
  using pit = leasedPit();
  await arrange(pit);
  addNewer(pit);
  const before = stampedTree(`${pit.www}/ncn-w001`);
  const document = await change(pit, ["run"]);
  assertEquals(changeOf(document, "ncn-w001"), "offline");
  assertEquals(changeOf(document, "ncn-w002"), "updated");
  await change(pit, ["offline", ...W001]);
  assertEquals(stampedTree(`${pit.www}/ncn-w001`), before);
});

Deno.test("a script.ipxe that is a link comes back as what it pointed to", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const node = `${pit.www}/ncn-w001`;
  Deno.writeTextFileSync(`${pit.www}/boot/workers.ipxe`, EDITED);
  Deno.removeSync(`${node}/script.ipxe`);
  Deno.symlinkSync("../boot/workers.ipxe", `${node}/script.ipxe`);
  const before = treeOf(node);
  await change(pit, ["offline", ...W001]);
  assertEquals(treeOf(`${node}/.offline`), { ...before, "script.ipxe": EDITED });
  assertEquals(changeOf(await change(pit, ["run"]), "ncn-w001"), "offline");
  const { document } = await callInProcess(pit, ["status", "--json", ...W001]);
  assertEquals(document.nodes?.[0]?.links, "offline");
  await change(pit, ["online", ...W001]);
  assertEquals(treeOf(node), { ...before, "script.ipxe": EDITED });
  assertEquals(Deno.readTextFileSync(`${pit.www}/boot/workers.ipxe`), EDITED);
});

Deno.test("rollback puts nodes online that were taken offline, and takes them offline again", async () => {
  using pit = await offlinePit();
  const offline = stampedTree(pit.node);
  const back = await change(pit, ["rollback"]);
  assertEquals(changeOf(back, "ncn-w001"), "updated");
  assertEquals(stampedTree(pit.node), pit.had);
  const again = await change(pit, ["rollback", "2"]);
  assertEquals(changeOf(again, "ncn-w001"), "offline");
  assertEquals(stampedTree(pit.node), offline);
  const [, second, , fourth] = await historyOf(pit);
  assertEquals(fourth?.changes, second?.changes);
});

Deno.test("rollback puts a node online whose parked script was edited", async () => {
  using pit = leasedPit();
  const node = `${pit.www}/ncn-w001`;
  await change(pit, ["run"]);
  Deno.writeTextFileSync(`${node}/script.ipxe`, EDITED);
  const before = stampedTree(node);
  await change(pit, ["offline", ...W001]);
  await change(pit, ["rollback"]);
  assertEquals(stampedTree(node), before);
  assertEquals(problemOf(await change(pit, ["run"]), "script-kept").nodes, ["ncn-w001"]);
});

Deno.test("offline and online go on where they were cut off", async (t) => {
  /** What a run leaves that was cut off, made of the state before. */
  const cuts: [name: string, cut: (node: string) => void][] = [
    ["the mark alone", (node) => Deno.mkdirSync(`${node}/.offline`, { mode: 0o700 })],
    ["the script under both names", (node) => {
      Deno.mkdirSync(`${node}/.offline`, { mode: 0o700 });
      Deno.linkSync(`${node}/script.ipxe`, `${node}/.offline/script.ipxe`);
    }],
    ["the script parked", (node) => {
      Deno.mkdirSync(`${node}/.offline`, { mode: 0o700 });
      Deno.renameSync(`${node}/script.ipxe`, `${node}/.offline/script.ipxe`);
    }],
    ["the script and a link parked", (node) => {
      Deno.mkdirSync(`${node}/.offline`, { mode: 0o700 });
      for (const name of ["script.ipxe", "kernel"]) {
        Deno.renameSync(`${node}/${name}`, `${node}/.offline/${name}`);
      }
    }],
    ["the script away", (node) => {
      Deno.mkdirSync(`${node}/.offline`, { mode: 0o700 });
      Deno.renameSync(`${node}/script.ipxe`, `${node}/.script.ipxe.away`);
    }],
    ["a script that was being written", (node) => {
      Deno.mkdirSync(`${node}/.offline`, { mode: 0o700 });
      Deno.writeTextFileSync(`${node}/.script.ipxe.new`, "#!ip");
    }],
    ["all of it put back, and the mark left", (node) => {
      assert(succeeds("cp", "-a", node, `${node}/../copy`));
      Deno.renameSync(`${node}/../copy`, `${node}/.offline`);
    }],
  ];
  for (const [name, cut] of cuts) {
    await t.step(name, async () => {
      using pit = leasedPit();
      const node = `${pit.www}/ncn-w001`;
      await change(pit, ["run"]);
      Deno.writeTextFileSync(`${node}/script.ipxe`, EDITED);
      const had = stampedTree(node);
      cut(node);
      const run = await change(pit, ["run"]);
      assertEquals(changeOf(run, "ncn-w001"), "offline");
      await change(pit, ["online", ...W001]);
      assertEquals(stampedTree(node), had, "online");
      cut(node);
      await change(pit, ["offline", ...W001]);
      assertEquals(stampedTree(`${node}/.offline`), had, "offline");
      assertEquals([...Deno.readDirSync(node)].length, 1);
      await change(pit, ["online", ...W001]);
      assertEquals(stampedTree(node), had, "online again");
    });
  }
});

Deno.test("rollback undoes an offline that was cut off", async () => {
  using pit = await offlinePit();
  cutOff(pit, 2);
  for (const name of ["kernel", "rootfs"]) {
    Deno.renameSync(`${pit.node}/.offline/${name}`, `${pit.node}/${name}`);
  }
  await change(pit, ["rollback"]);
  assertEquals(stampedTree(pit.node), pit.had);
  assert(!isThere(`${pit.node}/.offline`));
  assertMatch(Deno.readLinkSync(`${pit.node}/kernel`), new RegExp(RELEASE));
});
