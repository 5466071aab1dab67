import { assertEquals, assertMatch } from "@std/assert";
import { RELEASE } from "../../tools/pit/make_pit.ts";
import { addNewer, change, historyOf, leasedPit, stampedTree } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { problemOf } from "../kit.ts";

type Pit = ReturnType<typeof leasedPit>;
const W001 = ["--nodes", "ncn-w001"] as const;

/** A PIT with three generations: the older release, the newer one, ncn-w002 offline. */
async function threeGenerations(): Promise<Pit> {
  const pit = leasedPit();
  await change(pit, ["run"]);
  addNewer(pit);
  await change(pit, ["run"], { CSM_RELEASE: "1.6.2" });
  await change(pit, ["offline", "--nodes", "ncn-w002"]);
  return pit;
}

/** What lies below the web root but for images, of a node and of all else. */
function treesOf({ www }: Pit, node: string): [own: unknown, others: unknown] {
  const entries = Object.entries(stampedTree(www)).filter(([path]) =>
    !path.startsWith("ephemeral")
  );
  const [own, others] = [true, false].map((isOwn) =>
    entries.filter(([path]) => path.startsWith(`${node}/`) === isOwn)
  );
  return [own, others];
}

Deno.test("rollback --nodes gives back to some nodes, and leaves all else alone", async () => {
  using pit = await threeGenerations();
  const [now, others] = treesOf(pit, "ncn-w001");
  const { nodes } = await change(pit, ["rollback", ...W001, "1"]);
  assertEquals(nodes?.map(({ name, release }) => [name, release]), [["ncn-w001", RELEASE]]);
  const [then, after] = treesOf(pit, "ncn-w001");
  assertEquals(after, others);
  const last = (await historyOf(pit)).at(-1);
  assertEquals([last?.number, last?.parent, last?.restores], [4, 3, null]);
  // Once more there is nothing to do; and it is undone as any other change is.
  await change(pit, ["rollback", ...W001, "1"]);
  assertEquals(treesOf(pit, "ncn-w001"), [then, others]);
  await change(pit, ["rollback"]);
  assertEquals(treesOf(pit, "ncn-w001"), [now, others]);
});

Deno.test("rollback --nodes takes a node offline that was so then", async () => {
  using pit = await threeGenerations();
  const [, others] = treesOf(pit, "ncn-w002");
  const [offline] = treesOf(pit, "ncn-w002");
  await change(pit, ["online", "--nodes", "ncn-w002"]);
  await change(pit, ["rollback", "--nodes", "ncn-w002", "3"]);
  assertEquals(treesOf(pit, "ncn-w002"), [offline, others]);
});

Deno.test("rollback --nodes says what is missing or cannot be", async (t) => {
  using pit = await threeGenerations();
  await t.step("no generation", async () => {
    const { code, stderr } = await callInProcess(pit, ["rollback", "--nodes", "ncn-w*"]);
    assertEquals(code, 2);
    assertMatch(stderr, /has to be named: pitboot history --nodes 'ncn-w\*' lists them/);
  });
  await t.step("a node that nobody has changed since", async () => {
    const words = ["rollback", "--json", ...W001, "2"] as const;
    const { code, document } = await callInProcess(pit, words);
    assertEquals(code, 1);
    const { message } = problemOf(document, "generation-missing");
    assertEquals(message, "nothing of ncn-w001 was changed since generation 2");
  });
});
