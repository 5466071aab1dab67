import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Problem } from "../../mod.ts";
import { BOOT_SCRIPT } from "../../tools/pit/make_pit.ts";
import { addNewer, change, leasedPit, savedOf } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { problemOf, withoutRoot } from "../kit.ts";

const KEEPS = BOOT_SCRIPT.replace("rd.lvm=1", "rd.lvm=1 metal.no-wipe=1");
const OTHER = "#!ipxe\n# an administrator's\n";
const W001 = ["--nodes", "ncn-w001"] as const;

type Pit = ReturnType<typeof leasedPit>;

/** A PIT that the shell script set up: nothing is recorded; some scripts differ. */
function unrecordedPit(scripts: Record<string, string>): Pit {
  const pit = leasedPit();
  for (const [node, text] of Object.entries(scripts)) {
    Deno.mkdirSync(`${pit.www}/${node}`);
    Deno.writeTextFileSync(scriptOf(pit, node), text);
  }
  return pit;
}

function scriptOf({ www }: Pit, node = "ncn-w001"): string {
  return `${www}/${node}/script.ipxe`;
}

/** What is said of scripts. */
function saidOf(pit: Pit, { problems }: { problems: readonly Problem[] }): unknown[] {
  return problems.filter(({ code }) => code.startsWith("script-"))
    .map(({ code, message, hint, nodes }) => ({
      code,
      message,
      hint: withoutRoot(pit, hint),
      nodes,
    }));
}

Deno.test("a script that keeps disks and is not recorded stays, and all commands say so", async () => {
  using pit = unrecordedPit({ "ncn-w001": KEEPS, "ncn-w002": KEEPS });
  await change(pit, ["run", "--dry-run"]);
  const expected = [{
    code: "script-kept",
    message:
      "script.ipxe of ncn-w[001-002] keeps the disks (metal.no-wipe), and a new one would wipe them: it is kept",
    hint: "pitboot set-links --reset-scripts --nodes ncn-w[001-002] saves and replaces it",
    nodes: ["ncn-w001", "ncn-w002"],
  }];
  for (
    const words of [["run", "-n"], ["run"], ["status"], ["set-links"], ["set-links", "-n"]] as const
  ) {
    assertEquals(saidOf(pit, await change(pit, words)), expected, words.join(" "));
    assertEquals(Deno.readTextFileSync(scriptOf(pit)), KEEPS);
  }
  // Its links are those of all nodes, also those of a newer release.
  addNewer(pit);
  await change(pit, ["run"]);
  assert(Deno.readLinkSync(`${pit.www}/ncn-w001/kernel`).includes("/1.6.2/"));
  assertEquals([Deno.readTextFileSync(scriptOf(pit)), savedOf(pit)], [KEEPS, []]);
  // The hint does what it says, for its nodes.
  await change(pit, ["set-links", "--reset-scripts", ...W001]);
  assertEquals(savedOf(pit), [["ncn-w001", KEEPS]]);
  assert(!Deno.readTextFileSync(scriptOf(pit)).includes("no-wipe=1"));
  assertEquals(Deno.readTextFileSync(scriptOf(pit, "ncn-w002")), KEEPS);
});

Deno.test("a script that is not recorded and keeps no disks is saved and replaced, and that is said before", async () => {
  const wipes = KEEPS.replace("no-wipe=1", "no-wipe=0");
  using pit = unrecordedPit({ "ncn-w001": OTHER, "ncn-w002": wipes });
  Deno.writeTextFileSync(`${pit.www}/boot/script.ipxe`, KEEPS);
  const nodes = ["--nodes", "ncn-w[001-002]"];
  const expected = [{
    code: "script-edited",
    message: "script.ipxe of ncn-w[001-002] may be edited by hand: it will be saved and replaced",
    hint: "put what you need of it into boot/script.ipxe before",
    nodes: ["ncn-w001", "ncn-w002"],
  }];
  const all = await change(pit, ["set-links", ...nodes, "-n"]);
  assertEquals(saidOf(pit, all), expected);
  const status = await callInProcess(pit, ["status", "--json", ...nodes]);
  assertEquals(saidOf(pit, status.document), expected);
  assertEquals(Deno.readTextFileSync(scriptOf(pit)), OTHER);
  problemOf(await change(pit, ["set-links", ...nodes]), "script-saved");
  assertEquals(savedOf(pit).map(([node]) => node).sort(), ["ncn-w001", "ncn-w002"]);
  assertStringIncludes(Deno.readTextFileSync(scriptOf(pit)), "metal.no-wipe=1");
});

Deno.test("a script that keeps disks does not become ours because it was brought back", async (t) => {
  const ways: [name: string, way: (pit: Pit) => Promise<unknown>][] = [
    ["after it was kept", async (pit) => {
      await change(pit, ["run"]);
      addNewer(pit);
      await change(pit, ["run"]);
      await change(pit, ["rollback"]);
    }],
    ["after it was replaced", async (pit) => {
      await change(pit, ["run", "--reset-scripts"]);
      await change(pit, ["rollback", "0"]);
    }],
    ["after the node was offline", async (pit) => {
      await change(pit, ["offline", ...W001]);
      await change(pit, ["online", ...W001]);
      await change(pit, ["rollback", "0"]);
    }],
  ];
  for (const [name, way] of ways) {
    await t.step(name, async () => {
      using pit = unrecordedPit({ "ncn-w001": KEEPS });
      await way(pit);
      const document = await change(pit, ["run"]);
      assertEquals(problemOf(document, "script-kept").nodes, ["ncn-w001"]);
      assertEquals(Deno.readTextFileSync(scriptOf(pit)), KEEPS);
    });
  }
});
