import { assertEquals, assertStringIncludes } from "@std/assert";
import type { CommandName } from "../../scripts/commands.ts";
import { BOOT_SCRIPT } from "../../tools/pit/make_pit.ts";
import { addNewer, change, leasedPit } from "../changes.ts";
import { callInProcess, chained } from "../in_process.ts";
import { problemOf, withoutRoot } from "../kit.ts";

const KEEPS = BOOT_SCRIPT.replace("metal.no-wipe=0", "metal.no-wipe=1");
const NODES = ["--nodes", "ncn-w[001-002]"] as const;

type Pit = ReturnType<typeof leasedPit>;

/** A PIT whose nodes boot a release and keep their disks, and that has a newer one. */
async function keepingPit(script = KEEPS): Promise<Pit> {
  const pit = leasedPit();
  Deno.writeTextFileSync(`${pit.www}/boot/script.ipxe`, script);
  await change(pit, ["run", ...NODES]);
  addNewer(pit);
  return pit;
}

/** What is said of root filesystems that are kept. */
async function kept(
  pit: Pit,
  words: readonly [CommandName, ...string[]],
): Promise<{ message: string; hint: string; nodes: readonly string[] } | null> {
  const { problems } = await change(pit, words);
  const found = problems.find(({ code }) => code === "rootfs-kept");
  if (!found) return null;
  const { message, hint, nodes } = found;
  return { message, hint: withoutRoot(pit, hint), nodes };
}

function hintFor(release: string): string {
  return `CSM_RELEASE=${release} pitboot run --release kubernetes=${release} --nodes ncn-w[001-002] gives the new image a place of its own`;
}

const MESSAGE =
  "ncn-w[001-002] keep their disks (metal.no-wipe), and so the root filesystem in LiveOS on them, if it is there: the new kernel would start the old root filesystem";

Deno.test("run, set-links and rollback say who would start an old root filesystem", async () => {
  using pit = await keepingPit();
  const nodes = ["ncn-w001", "ncn-w002"];
  const expected = { message: MESSAGE, hint: hintFor("1.6.2"), nodes };
  assertEquals(await kept(pit, ["run", "-n", ...NODES]), expected);
  const stdin = await chained(pit, NODES);
  const chain = await callInProcess(pit, ["set-links", "-n", ...NODES], { stdin });
  assertEquals(problemOf(chain.document, "rootfs-kept").message, MESSAGE);
  assertEquals(await kept(pit, ["run", ...NODES]), expected);
  // Now they boot it: nothing changes any more.
  assertEquals(await kept(pit, ["run", ...NODES]), null);
  const old = "fe775c6-1659395320990";
  assertEquals(await kept(pit, ["rollback", "-n"]), { ...expected, hint: hintFor(old) });
});

Deno.test("what its hint says helps", async () => {
  using pit = await keepingPit();
  const env = { CSM_RELEASE: "1.6.2", IPMI_PASSWORD: "" };
  const { document, code } = await callInProcess(pit, ["run", ...NODES, "--json"], { env });
  assertEquals(code, 0);
  assertEquals(document.problems.filter((each) => each.code === "rootfs-kept"), []);
  assertStringIncludes(
    Deno.readTextFileSync(`${pit.www}/ncn-w001/script.ipxe`),
    "rd.live.dir=1.6.2",
  );
});

Deno.test("nothing is said of nodes that wipe their disks, or have no image as yet", async () => {
  using wiping = await keepingPit(BOOT_SCRIPT);
  assertEquals(await kept(wiping, ["run", "-n", ...NODES]), null);
  using fresh = leasedPit();
  Deno.writeTextFileSync(`${fresh.www}/boot/script.ipxe`, KEEPS);
  assertEquals(await kept(fresh, ["run", "-n", ...NODES]), null);
});

Deno.test("a script that somebody changed is given another place by hand", async () => {
  using pit = await keepingPit(BOOT_SCRIPT);
  const path = `${pit.www}/ncn-w001/script.ipxe`;
  Deno.writeTextFileSync(path, KEEPS);
  const { document } = await callInProcess(pit, ["run", "-n", ...NODES, "--json"]);
  const { hint, nodes } = problemOf(document, "rootfs-kept");
  assertEquals(nodes, ["ncn-w001"]);
  assertStringIncludes(hint ?? "", "write rd.live.dir=1.6.2 before root= into each");
});
