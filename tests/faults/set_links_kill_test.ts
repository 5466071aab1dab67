import { assert, assertEquals } from "@std/assert";
import { addRelease } from "../../tools/pit/make_pit.ts";
import { chained } from "../in_process.ts";
import {
  feed,
  pitboot,
  problemOf,
  resultOf,
  startPitboot,
  type TemporaryPit,
  temporaryPit,
  treeOf,
  until,
} from "../kit.ts";
import { checkManners } from "../refusals.ts";

const LINKS = ["kernel", "initrd.img.xz", "rootfs"];
const EDITED = "#!ipxe\n# an administrator's\n";

/** A PIT with many nodes and two releases, and a document for each of them. */
async function manyNodes(count: number): Promise<TemporaryPit & { documents: [string, string] }> {
  const nodes = Array.from({ length: count }, (_, i) => {
    const kind = "mws"[i % 3] ?? "m";
    return `ncn-${kind}${String(Math.floor(i / 3) + 1).padStart(3, "0")}`;
  });
  const pit = temporaryPit({ leased: true, nodes });
  for (const role of ["k8s", "ceph"] as const) addRelease(pit.root, role, { release: "1.0.0" });
  const choose = (release: string): Promise<string> =>
    chained(pit, ["--release", `kubernetes=${release},storage=${release}`]);
  const documents: [string, string] = [
    await choose("fe775c6-1659395320990"),
    await choose("1.0.0"),
  ];
  return { ...pit, documents };
}

Deno.test("set-links can be killed at any moment and started again", async () => {
  using pit = await manyNodes(330);
  const [first, second] = pit.documents;
  const www = `${pit.root}/var/www`;
  // One undisturbed run for each, to know how the trees should be.
  const run = async (stdin: string, env: Record<string, string>): Promise<void> => {
    const { code, stderr } = await pitboot(pit, ["set-links"], { stdin, env });
    assertEquals(code, 0, stderr);
  };
  await run(first, {});
  const edited = `${www}/ncn-w001/script.ipxe`;
  Deno.writeTextFileSync(edited, EDITED);
  await run(second, { CSM_RELEASE: "2" });
  const expected = treeOf(www);
  let killed = 0;
  for (let i = 0; i < 10; i++) {
    const [stdin, CSM_RELEASE] = i % 2 === 0 ? [first, "1"] : [second, "2"];
    const release = CSM_RELEASE === "1" ? "fe775c6" : "1.0.0";
    const isNew = (directory: string): boolean => linkOf(directory)?.includes(release) ?? false;
    // A run that goes on where another one was killed has the fewer nodes left.
    if (await isKilled(pit, stdin, { CSM_RELEASE, isNew, more: 25 * i })) killed++;
    checkNodes(www);
    assert(
      [edited, `${www}/ncn-w001/.script.ipxe.away`].some((path) => textOf(path) === EDITED),
      "the administrator's script is gone",
    );
  }
  assert(killed > 0, "no run was killed before its end");
  await run(second, { CSM_RELEASE: "2" });
  assertEquals(treeOf(www), expected);
  assertEquals(textOf(edited), EDITED);
});

Deno.test("set-links can be killed while it makes new directories", async () => {
  using pit = await manyNodes(330);
  const [stdin] = pit.documents;
  const www = `${pit.root}/var/www`;
  let killed = 0;
  for (let i = 0; i < 4; i++) {
    const isNew = (directory: string): boolean => linkOf(directory) !== null;
    if (await isKilled(pit, stdin, { CSM_RELEASE: "", isNew, more: 40 * i })) killed++;
    checkNodes(www);
  }
  assert(killed > 0, "no run was killed before its end");
  const { code, stderr } = await pitboot(pit, ["set-links"], { stdin });
  assertEquals(code, 0, stderr);
  checkNodes(www);
  const names = Object.keys(treeOf(www)).filter((path) => /^(ncn|\.)[^/]*\/$/.test(path));
  assertEquals(names.length, 329);
  assertEquals(names.filter((name) => name.startsWith(".")), []);
});

Deno.test("set-links ends at ^C with what was done, and goes on the next time", async () => {
  using pit = await manyNodes(330);
  const [stdin] = pit.documents;
  const child = startPitboot(pit, ["set-links"], { stdin: "piped", env: {} });
  const result = resultOf(child);
  await feed(child, stdin);
  const www = `${pit.root}/var/www`;
  await until(() => [...Deno.readDirSync(www)].some(({ name }) => name.startsWith("ncn-")));
  child.kill("SIGINT");
  const { code, document, stderr, stdout } = await result;
  assertEquals(code, 130, stderr);
  problemOf(document, "interrupted");
  const made = document.nodes?.filter(({ change }) => change === "created") ?? [];
  const left = document.nodes?.filter(({ change }) => change === "failed") ?? [];
  assert(made.length > 0 && left.length > 0, `${made.length} were made, ${left.length} were not`);
  const there = [...Deno.readDirSync(www)].map(({ name }) => name).filter((name) =>
    /^ncn/.test(name)
  );
  assertEquals(there.sort(), made.map(({ name }) => name));
  checkNodes(www);
  checkManners({ code, document, stderr, stdout }, pit);
  const again = await pitboot(pit, ["set-links"], { stdin });
  assertEquals(again.code, 0, again.stderr);
  assertEquals(
    again.document.nodes?.filter(({ change }) => change === "created").length,
    left.length,
  );
});

/**
 * Starts set-links and kills it once it has made more than so many nodes new.
 *
 * @returns Whether it was still running then.
 */
async function isKilled(
  pit: TemporaryPit,
  stdin: string,
  { CSM_RELEASE, isNew, more }: {
    CSM_RELEASE: string;
    isNew: (directory: string) => boolean;
    more: number;
  },
): Promise<boolean> {
  const www = `${pit.root}/var/www`;
  const made = (): number =>
    [...Deno.readDirSync(www)].filter(({ name }) => isNew(`${www}/${name}`)).length;
  const before = made();
  const child = startPitboot(pit, ["set-links"], { stdin: "piped", env: { CSM_RELEASE } });
  let hasEnded = false;
  const output = child.output().finally(() => hasEnded = true);
  await feed(child, stdin);
  await until(() => hasEnded || made() > before + more);
  if (!hasEnded) child.kill("SIGKILL");
  return (await output).signal === "SIGKILL";
}

/** What the kernel of a node is. */
function linkOf(directory: string): string | null {
  try {
    return Deno.readLinkSync(`${directory}/kernel`);
  } catch {
    return null; // it is not the directory of a node, or not yet
  }
}

/** A node that has a script has three whole links to files of one release. */
function checkNodes(www: string): void {
  for (const { name } of Deno.readDirSync(www)) {
    const directory = `${www}/${name}`;
    if (!name.startsWith("ncn-") || textOf(`${directory}/script.ipxe`) === null) continue;
    const releases = LINKS.map((link) => {
      Deno.statSync(`${directory}/${link}`);
      return /data\/[^/]+\/[^/]+/.exec(Deno.readLinkSync(`${directory}/${link}`))?.[0];
    });
    assertEquals(new Set(releases).size, 1, `${name} boots ${releases.join(", ")}`);
  }
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
