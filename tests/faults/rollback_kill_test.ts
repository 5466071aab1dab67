import { assert, assertEquals } from "@std/assert";
import { addNewer, NO_PASSWORD } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { type TemporaryPit, temporaryPit, treeOf } from "../kit.ts";
import type { Words } from "../refusals.ts";
import { addRelease } from "../../tools/pit/make_pit.ts";
import { checkNodes, countIn, isKilled, linkOf, textOf } from "./kill.ts";

const EDITED = "#!ipxe\n# an administrator's\n";
const NODES = Array.from({ length: 200 }, (_, i) => {
  const kind = i % 2 === 0 ? "w" : "s";
  return `ncn-${kind}${String(Math.floor(i / 2) + 1).padStart(3, "0")}`;
});
const ALL = "ncn-w[001-100],ncn-s[001-100]";
/** Of how many nodes a run is killed. */
const KILLS = [0, 60, 120];

/** A PIT with many nodes, two releases, and a generation for each; one script is edited. */
async function manyNodes(): Promise<TemporaryPit & { www: string; first: Record<string, string> }> {
  const pit = temporaryPit({ leased: true, nodes: ["ncn-m001", ...NODES] });
  const www = `${pit.root}/var/www`;
  for (const role of ["k8s", "ceph"] as const) addRelease(pit.root, role, { release: "1.6.1" });
  await call(pit, ["run", "--release", "kubernetes=1.6.1,storage=1.6.1"]);
  Deno.writeTextFileSync(`${www}/ncn-w001/script.ipxe`, EDITED);
  addNewer(pit);
  const first = treeOf(www);
  await call(pit, ["run", "--release", "kubernetes=1.6.2,storage=1.6.2", "--reset-scripts"]);
  return { ...pit, www, first };
}

Deno.test("rollback can be killed at any moment, and goes on to the same generation", async () => {
  using pit = await manyNodes();
  const made = (): number => countIn(pit.www, (node) => linkOf(node)?.includes("/1.6.1/") ?? false);
  let killed = 0;
  for (const more of KILLS) {
    if (await isKilled(pit, ["rollback"], { made, more, env: NO_PASSWORD })) killed++;
    checkNodes(pit.www);
    // Without a number it goes on to the same generation.
    const rollback = await call(pit, more > 0 ? ["rollback", "1"] : ["rollback"]);
    assertEquals(rollback.problems, []);
    assertEquals(treeOf(pit.www), pit.first);
    await call(pit, ["rollback", "2"]);
    assert(Deno.readLinkSync(`${pit.www}/ncn-w001/kernel`).includes("/1.6.2/"));
  }
  assert(killed > 0, "no run was killed before its end");
});

Deno.test("offline and online can be killed at any moment and started again", async () => {
  using pit = await manyNodes();
  await call(pit, ["rollback", "1"]);
  const has = (path: string) => (): number =>
    countIn(pit.www, (node) => /\/ncn-[^/]*$/.test(node) && textOf(`${node}/${path}`) !== null);
  let killed = 0;
  for (const [i, more] of KILLS.entries()) {
    const offline: Words = ["offline", "--nodes", ALL];
    const parked = has(".offline/script.ipxe");
    if (await isKilled(pit, offline, { made: parked, more, env: NO_PASSWORD })) killed++;
    checkNodes(pit.www);
    if (i % 2 === 0) {
      await call(pit, offline);
      assertEquals(has("script.ipxe")(), 0);
    }
    const online: Words = ["online", "--nodes", ALL];
    const made = has("script.ipxe");
    if (await isKilled(pit, online, { made, more, env: NO_PASSWORD })) killed++;
    checkNodes(pit.www);
    await call(pit, online);
    assertEquals(treeOf(pit.www), pit.first);
  }
  assert(killed > 0, "no run was killed before its end");
});

async function call(
  pit: TemporaryPit,
  [name, ...args]: Words,
): Promise<{ problems: readonly unknown[] }> {
  const { code, stderr, document } = await callInProcess(pit, [name, ...args, "--json"], {
    env: NO_PASSWORD,
  });
  assertEquals(code, 0, stderr);
  return document;
}
