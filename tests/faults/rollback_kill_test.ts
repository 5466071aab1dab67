import { assert, assertEquals } from "@std/assert";
import { addNewer, NO_PASSWORD } from "../changes.ts";
import { pitboot, startPitboot, type TemporaryPit, temporaryPit, treeOf } from "../kit.ts";
import { addRelease } from "../../tools/pit/make_pit.ts";

const LINKS = ["kernel", "initrd.img.xz", "rootfs"];
const EDITED = "#!ipxe\n# an administrator's\n";
const NODES = Array.from({ length: 200 }, (_, i) => {
  const kind = i % 2 === 0 ? "w" : "s";
  return `ncn-${kind}${String(Math.floor(i / 2) + 1).padStart(3, "0")}`;
});
const ALL = "ncn-w[001-100],ncn-s[001-100]";

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
  let stopped = 0;
  for (let i = 0; i < 5; i++) {
    if (await isKilled(pit, ["rollback"], 120 + 60 * (i + Math.random()))) stopped++;
    checkNodes(pit.www);
    // Whoever gets to its end is at the first generation; back to the second.
    const rollback = await call(pit, ["rollback", "1"]);
    assertEquals(rollback.problems, []);
    assertEquals(treeOf(pit.www), pit.first);
    await call(pit, ["rollback", "2"]);
    assert(Deno.readLinkSync(`${pit.www}/ncn-w001/kernel`).includes("/1.6.2/"));
  }
  assert(stopped > 0, "no run was killed before its end");
  // Cut off, and once more.
  await isKilled(pit, ["rollback", "1"], 300);
  await call(pit, ["rollback", "1"]);
  assertEquals(treeOf(pit.www), pit.first);
});

Deno.test("offline and online can be killed at any moment and started again", async () => {
  using pit = await manyNodes();
  await call(pit, ["rollback", "1"]);
  let stopped = 0;
  for (let i = 0; i < 4; i++) {
    const delay = 120 + 60 * (i + Math.random());
    if (await isKilled(pit, ["offline", "--nodes", ALL], delay)) stopped++;
    checkNodes(pit.www);
    if (i % 2 === 0) {
      await call(pit, ["offline", "--nodes", ALL]);
      const scripts = NODES.filter((node) => textOf(`${pit.www}/${node}/script.ipxe`) !== null);
      assertEquals(scripts, []);
    }
    if (await isKilled(pit, ["online", "--nodes", ALL], delay)) stopped++;
    checkNodes(pit.www);
    await call(pit, ["online", "--nodes", ALL]);
    assertEquals(treeOf(pit.www), pit.first);
  }
  assert(stopped > 0, "no run was killed before its end");
});

async function call(pit: TemporaryPit, args: string[]): Promise<{ problems: readonly unknown[] }> {
  const { code, stderr, document } = await pitboot(pit, [...args, "--json"], { env: NO_PASSWORD });
  assertEquals(code, 0, stderr);
  return document;
}

/** Kills a command after a while, in milliseconds; tells whether it was still at work. */
async function isKilled(pit: TemporaryPit, args: string[], delay: number): Promise<boolean> {
  const child = startPitboot(pit, args, { stdin: "null", env: NO_PASSWORD });
  const output = child.output();
  const timer = setTimeout(() => child.kill("SIGKILL"), delay);
  const { signal } = await output;
  clearTimeout(timer);
  return signal === "SIGKILL";
}

/** A node that has a script has three whole links to files of one release. */
function checkNodes(www: string): void {
  for (const node of NODES) {
    const directory = `${www}/${node}`;
    if (textOf(`${directory}/script.ipxe`) === null) continue;
    const releases = LINKS.map((link) => {
      Deno.statSync(`${directory}/${link}`);
      return /data\/[^/]+\/[^/]+/.exec(Deno.readLinkSync(`${directory}/${link}`))?.[0];
    });
    assertEquals(new Set(releases).size, 1, `${node} boots ${releases.join(", ")}`);
  }
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
