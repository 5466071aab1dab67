import { assertEquals, assertMatch } from "@std/assert";
import { RELEASE } from "../../tools/pit/make_pit.ts";
import { Root } from "../../lib/io/root.ts";
import { applyPlans } from "../../lib/change/apply_plans.ts";
import type { LeftAlone } from "../../lib/change/flaws.ts";
import { type Decide, Planner } from "../../lib/change/planner.ts";
import { planNode } from "../../lib/boot/plan_links.ts";
import { planOffline } from "../../lib/boot/plan_offline.ts";
import type { PlannedNode } from "../../lib/boot/planned_node.ts";
import { WritableRoot } from "../../lib/io/writable_root.ts";
import { NO_TARGETS, type Wanted } from "../../lib/boot/boot_tree.ts";
import { addNewer, change, changeOf, clockThat, leasedPit, savedOf } from "../changes.ts";
import { callInProcess, chained } from "../in_process.ts";
import { isThere, problemOf } from "../kit.ts";

const EDITED = "#!ipxe\n# an administrator's\n";
const OTHER = "#!ipxe\n# another administrator's\n";

/** How an editor saves a file. */
const EDITORS: readonly [name: string, save: (path: string, text: string) => void][] = [
  ["into the file", (path, text) => Deno.writeTextFileSync(path, text)],
  ["a new file over it", (path, text) => {
    Deno.writeTextFileSync(`${path}~`, text);
    Deno.renameSync(`${path}~`, path);
  }],
];

Deno.test("a script that somebody saves after it was planned for is kept", async (t) => {
  for (const [name, save] of EDITORS) {
    await t.step(name, async () => {
      using pit = leasedPit();
      await change(pit, ["run"]);
      addNewer(pit);
      const stdin = await chained(pit);
      const script = `${pit.www}/ncn-w001/script.ipxe`;
      // When the generation begins, everything is planned and nothing has changed.
      const now = clockThat(() => save(script, EDITED), { at: 2 });
      const { code, document } = await callInProcess(pit, ["set-links"], { stdin, now });
      assertEquals(code, 0);
      assertEquals(problemOf(document, "script-kept").nodes, ["ncn-w001"]);
      assertEquals(changeOf(document, "ncn-w001"), "updated");
      assertEquals(Deno.readTextFileSync(script), EDITED);
      assertMatch(Deno.readLinkSync(`${pit.www}/ncn-w001/kernel`), /\/1\.6\.2\//);
      assertEquals(savedOf(pit), []);
    });
  }
});

Deno.test("a script of a node whose script nobody knows is saved as it is at the last moment", async () => {
  using pit = leasedPit();
  const script = `${pit.www}/ncn-w001/script.ipxe`;
  Deno.mkdirSync(`${pit.www}/ncn-w001`);
  Deno.writeTextFileSync(script, EDITED);
  const stdin = await chained(pit);
  const now = clockThat(() => Deno.writeTextFileSync(script, OTHER), { at: 2 });
  const { code, stderr } = await callInProcess(pit, ["set-links"], { stdin, now });
  assertEquals(code, 0, stderr);
  assertEquals(savedOf(pit).map(([, text]) => text).sort(), [EDITED, OTHER]);
});

Deno.test("a node that somebody sets up after it was planned for is not written over", async () => {
  using pit = leasedPit();
  const stdin = await chained(pit);
  const directory = `${pit.www}/ncn-w001`;
  const now = clockThat(() => {
    Deno.mkdirSync(directory);
    Deno.writeTextFileSync(`${directory}/script.ipxe`, EDITED);
  }, { at: 2 });
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin, now });
  assertEquals([code, changeOf(document, "ncn-w001")], [0, "updated"]);
  assertEquals(savedOf(pit), [["ncn-w001", EDITED]]);
  assertEquals(
    [...Deno.readDirSync(pit.www)].filter(({ name }) => name.startsWith(".")),
    [],
  );
});

Deno.test("a script that somebody saves between our look and our rename is saved", async (t) => {
  const decisions: [name: string, decide: Decide, wants: (wanted: Wanted) => Wanted][] = [
    ["links and script change", planNode, (wanted) => wanted],
    [
      "the node is removed",
      planNode,
      (wanted) => ({ ...wanted, script: null, targets: NO_TARGETS }),
    ],
    ["the node is taken offline", planOffline, (wanted) => wanted],
  ];
  for (const [what, decide, wants] of decisions) {
    for (const [how, save] of EDITORS) {
      await t.step(`${what}: ${how}`, async () => {
        using pit = leasedPit();
        await change(pit, ["run"]);
        const root = new WritableRoot(new Root(pit.root));
        const script = `${pit.www}/ncn-w001/script.ipxe`;
        const wanted = wants(wantedOf(newText(script)));
        const planner = plannerFor(root, decide);
        const { failed, saved } = await applied(
          await planner.plan([wanted], fail),
          root,
          async (node) => {
            const again = await planner.again(node);
            save(script, EDITED);
            return again;
          },
        );
        assertEquals(failed, []);
        const parked = `${pit.www}/ncn-w001/.offline/script.ipxe`;
        if (isThere(parked)) assertEquals(Deno.readTextFileSync(parked), EDITED);
        else assertEquals(saved, [EDITED]);
      });
    }
  }
});

Deno.test("a script that waits is saved as it is when it goes away", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const root = new WritableRoot(new Root(pit.root));
  const away = `${pit.www}/ncn-w001/.script.ipxe.away`;
  Deno.writeTextFileSync(away, EDITED);
  const wanted = wantedOf(newText(`${pit.www}/ncn-w001/script.ipxe`));
  const nodes = await plannerFor(root, planNode).plan([wanted], fail);
  assertEquals(nodes[0]?.plan.save.map(({ text }) => text), [EDITED]);
  const { failed, saved } = await applied(nodes, root, (node) => {
    Deno.writeTextFileSync(away, OTHER);
    return Promise.resolve(node);
  });
  assertEquals([failed, saved], [[], [OTHER]]);
});

Deno.test("a script that somebody puts there while the links change is not written over", async (t) => {
  for (const edited of [false, true]) {
    await t.step(edited ? "an edited one is away" : "ours is away", async () => {
      using pit = leasedPit();
      await change(pit, ["run"]);
      const script = `${pit.www}/ncn-w001/script.ipxe`;
      const ours = Deno.readTextFileSync(script);
      if (edited) Deno.writeTextFileSync(script, EDITED);
      const root = new WatchedRoot(pit.root, () => {
        if (!isThere(script)) Deno.writeTextFileSync(script, OTHER);
      });
      const nodes = await plannerFor(root, planNode).plan([wantedOf(newText(script))], fail);
      const { failed } = await applied(nodes, root);
      assertEquals(failed, [["ncn-w001", "publish: file exists"]]);
      assertEquals(Deno.readTextFileSync(script), OTHER);
      assertEquals(
        Deno.readTextFileSync(script.replace(/script/, ".script") + ".away"),
        edited ? EDITED : ours,
      );
      // A run keeps the one and saves the other.
      const document = await change(pit, ["run"]);
      assertEquals(problemOf(document, "script-kept").nodes, ["ncn-w001"]);
      assertEquals(Deno.readTextFileSync(script), OTHER);
      assertEquals(savedOf(pit), edited ? [["ncn-w001", EDITED]] : []);
      assertEquals((await callInProcess(pit, ["status"])).code, 0);
    });
  }
});

/** Tells when the links have just been changed. */
class WatchedRoot extends WritableRoot {
  readonly #tell: () => void;

  constructor(directory: string, tell: () => void) {
    super(new Root(directory));
    this.#tell = tell;
  }

  override place(path: string): string {
    if (path.endsWith("/rootfs")) this.#tell();
    return super.place(path);
  }
}

Deno.test("two edited scripts, one of them away, both survive", async (t) => {
  // A run was cut off while an edited script was away; then somebody wrote another.
  for (const [name, newer] of [["another edit", OTHER], ["one of ours", null]] as const) {
    await t.step(name, async () => {
      using pit = leasedPit();
      await change(pit, ["run"]);
      const directory = `${pit.www}/ncn-w001`;
      const ours = Deno.readTextFileSync(`${directory}/script.ipxe`);
      Deno.writeTextFileSync(`${directory}/.script.ipxe.away`, EDITED);
      if (newer !== null) Deno.writeTextFileSync(`${directory}/script.ipxe`, newer);
      Deno.removeSync(`${directory}/kernel`);
      const document = await change(pit, ["run"]);
      problemOf(document, "script-saved");
      assertEquals(savedOf(pit), [["ncn-w001", EDITED]]);
      assertEquals(Deno.readTextFileSync(`${directory}/script.ipxe`), newer ?? ours);
      assertEquals(isThere(`${directory}/.script.ipxe.away`), false);
    });
  }
});

Deno.test("boot/script.ipxe that somebody saves after it was read is not written over", async (t) => {
  // The clock is asked at the begin, for the time of the edit, and for that of the generation.
  for (const [name, at] of [["before", 2], ["when", 3]] as const) {
    await t.step(`${name} the generation begins`, async () => {
      using pit = leasedPit();
      await change(pit, ["run"], { CSM_RELEASE: "1" });
      const stdin = await chained(pit);
      const script = `${pit.www}/boot/script.ipxe`;
      const text = `${Deno.readTextFileSync(script)}# mine\n`;
      const env = { CSM_RELEASE: "2" };
      const before = Deno.readTextFileSync(`${pit.www}/ncn-m002/script.ipxe`);
      const now = clockThat(() => Deno.writeTextFileSync(script, text), { at });
      const result = await callInProcess(pit, ["set-links"], { stdin, now, env });
      assertEquals(result.code, 1);
      const { message, hint } = problemOf(result.document, "script-unfit");
      assertEquals(message, "/var/www/boot/script.ipxe was changed while pitboot was running");
      assertMatch(hint ?? "", /no node was changed/);
      assertEquals(Deno.readTextFileSync(script), text);
      assertEquals(Deno.readTextFileSync(`${pit.www}/ncn-m002/script.ipxe`), before);
      await change(pit, ["run"], env);
      assertEquals(
        Deno.readTextFileSync(`${pit.www}/ncn-m002/script.ipxe`),
        text.replace("rd.live.dir=1", "rd.live.dir=2"),
      );
    });
  }
});

/** Carries out plans. */
async function applied(
  nodes: readonly PlannedNode[],
  root: WritableRoot,
  look: (node: PlannedNode) => Promise<PlannedNode> = (node) => Promise.resolve(node),
): Promise<{ failed: [node: string, reason: string | null][]; saved: string[] }> {
  const saved: string[] = [];
  const saveUnseen = (text: string): Promise<void> => {
    saved.push(text);
    return Promise.resolve();
  };
  const { signal } = new AbortController();
  const { failed } = await applyPlans(nodes, { root, signal, look, saveUnseen, elapsed: () => 0 });
  return { failed: [...failed], saved };
}

function fail({ failure }: LeftAlone): never {
  throw failure;
}

function plannerFor(root: Root, decide: Decide): Planner {
  const flags = {
    "web-root": "/var/www",
    "state": "/var/lib/pitboot",
    "config": "/etc/pitboot.json",
    "reset-scripts": false,
  };
  return new Planner(flags, decide, root);
}

/** Another script than the one that is there. */
function newText(path: string): NonNullable<Wanted["script"]> {
  const text = `${Deno.readTextFileSync(path)}# new\n`;
  return { text, sha256: "new", mode: 0o644, owner: null, modified: 1000 };
}

function wantedOf(script: Wanted["script"]): Wanted {
  const data = `../ephemeral/data/ceph/${RELEASE}`;
  return {
    name: "ncn-w001",
    directory: "/var/www/ncn-w001",
    role: "kubernetes",
    targets: {
      kernel: `${data}/kernel`,
      initrd: `${data}/initrd.img.xz`,
      rootfs: `${data}/rootfs`,
    },
    owners: { kernel: null, initrd: null, rootfs: null },
    script,
    isEdited: false,
  };
}
