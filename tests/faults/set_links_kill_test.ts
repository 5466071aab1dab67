import { assert, assertEquals } from "@std/assert";
import { addRelease } from "../../tools/pit/make_pit.ts";
import { callInProcess, chained } from "../in_process.ts";
import { type CallResult, problemOf, type TemporaryPit, temporaryPit, treeOf } from "../kit.ts";
import { type Running, startInProcess } from "../late.ts";
import { checkManners } from "../refusals.ts";
import { actAt } from "./cut_off.ts";
import { checkNodes, countIn, isKilled, linkOf, textOf } from "./kill.ts";

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
    const { code, stderr } = await callInProcess(pit, ["set-links"], { stdin, env });
    assertEquals(code, 0, stderr);
  };
  await run(first, {});
  const edited = `${www}/ncn-w001/script.ipxe`;
  Deno.writeTextFileSync(edited, EDITED);
  await run(second, { CSM_RELEASE: "2" });
  const expected = treeOf(www);
  let killed = 0;
  for (let i = 0; i < 4; i++) {
    const [stdin, CSM_RELEASE] = i % 2 === 0 ? [first, "1"] : [second, "2"];
    const release = CSM_RELEASE === "1" ? "fe775c6" : "1.0.0";
    const isNew = (directory: string): boolean => linkOf(directory)?.includes(release) ?? false;
    // A run that goes on where another one was killed has the fewer nodes left.
    const options = { made: () => countIn(www, isNew), more: 40 * i, stdin, env: { CSM_RELEASE } };
    if (await isKilled(pit, ["set-links"], options)) killed++;
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
  const made = (): number => countIn(www, (directory) => linkOf(directory) !== null);
  for (const more of [0, 80]) {
    const env = { CSM_RELEASE: "" };
    if (await isKilled(pit, ["set-links"], { made, more, stdin, env })) killed++;
    checkNodes(www);
  }
  assert(killed > 0, "no run was killed before its end");
  const { code, stderr } = await callInProcess(pit, ["set-links"], { stdin });
  assertEquals(code, 0, stderr);
  checkNodes(www);
  const names = Object.keys(treeOf(www)).filter((path) => /^(ncn|\.)[^/]*\/$/.test(path));
  assertEquals(names.length, 329);
  assertEquals(names.filter((name) => name.startsWith(".")), []);
});

Deno.test("set-links ends at ^C with what was done, and goes on the next time", async () => {
  using pit = await manyNodes(330);
  const [stdin] = pit.documents;
  const www = `${pit.root}/var/www`;
  const running = startInProcess(pit, ["set-links"], { stdin });
  const { code, document, stderr, stdout } = await interruptedAt(500, running);
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
  const again = await callInProcess(pit, ["set-links"], { stdin });
  assertEquals(again.code, 0, again.stderr);
  assertEquals(
    again.document.nodes?.filter(({ change }) => change === "created").length,
    left.length,
  );
});

/** Interrupts a command at a change of a file. */
async function interruptedAt(change: number, { end, interrupt }: Running): Promise<CallResult> {
  using _ = actAt(change, interrupt);
  return await end;
}
