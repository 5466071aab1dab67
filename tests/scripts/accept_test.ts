import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Document } from "../../mod.ts";
import {
  addNewer,
  change,
  historyOf,
  leasedPit,
  NO_PASSWORD,
  storedGeneration,
} from "../changes.ts";
import { RELEASE } from "../../tools/pit/make_pit.ts";
import { callInProcess, chainInProcess } from "../in_process.ts";
import { problemOf, treeOf } from "../kit.ts";
import type { Words } from "../refusals.ts";

type Pit = ReturnType<typeof leasedPit>;

const IMAGE = "/var/www/ephemeral/data/k8s/1.6.2";
const INITRD = `${IMAGE}/initrd.img-1.6.2.xz`;
const FAULT = `${INITRD}: is not an xz file: no FD 37 7A 58 5A 00 at its start`;
const W001 = ["--nodes", "ncn-w001"] as const;

/** A PIT whose newest initrd is nothing that pitboot knows. */
function unfitPit(): Pit {
  const pit = leasedPit();
  addNewer(pit);
  Deno.writeTextFileSync(pit.root + INITRD, "a format of the future\n");
  return pit;
}

async function refused(pit: Pit, words: Words): Promise<Document["problems"][number]> {
  const before = treeOf(pit.www);
  const { code, document } = await callInProcess(pit, [...words, "--json"], { env: NO_PASSWORD });
  assertEquals(code, 5);
  assertEquals(treeOf(pit.www), before);
  return problemOf(document, "images-unfit");
}

Deno.test("--accept takes a file on somebody's word, for one command", async () => {
  using pit = unfitPit();
  const { hint } = await refused(pit, ["run"]);
  assertMatch(
    hint ?? "",
    new RegExp(`if nodes are known to boot it: pitboot run .*--accept ${INITRD}$`),
  );
  const document = await change(pit, ["run", "--accept", INITRD]);
  assertEquals(document.images?.kubernetes?.initrd.accepted, FAULT);
  assertEquals(
    problemOf(document, "images-accepted").message,
    `kubernetes: taken on your word: ${FAULT}`,
  );
  assertEquals(
    document.nodes?.every(({ links }) => links === undefined || links === "whole"),
    true,
  );
  await refused(pit, ["run"]);
});

Deno.test("what was taken on somebody's word is recorded, and can be given back", async () => {
  using pit = unfitPit();
  await change(pit, ["run", "--accept", INITRD]);
  assertEquals(storedGeneration(pit, 1).accepted?.map(({ path, fault }) => [path, fault]), [
    [INITRD, FAULT],
  ]);
  const shown = await callInProcess(pit, ["history", "1"]);
  assertStringIncludes(shown.stdout, `taken on somebody's word: ${FAULT}\n`);
  // The generation that says so first is soon forgotten.
  await change(pit, ["offline", "--keep=1", ...W001]);
  assertEquals((await historyOf(pit)).map(({ number }) => number), [2]);
  await change(pit, ["online", ...W001]);
  await change(pit, ["run", "--release", `kubernetes=${RELEASE}`]);
  await change(pit, ["rollback"]);
  const { nodes, images } = await change(pit, ["status"]);
  const workers = nodes?.filter(({ role }) => role === "kubernetes") ?? [];
  assertEquals(
    new Set(workers.map(({ links, release }) => `${links} ${release}`)),
    new Set(["whole 1.6.2"]),
  );
  assertEquals(images?.kubernetes?.initrd.accepted, FAULT);
});

Deno.test("a word does not count for another file in the same place", async () => {
  using pit = unfitPit();
  await change(pit, ["run", "--accept", INITRD]);
  await change(pit, ["offline", ...W001]);
  Deno.writeTextFileSync(pit.root + INITRD, "something else that is longer\n");
  await refused(pit, ["online", ...W001]);
});

Deno.test("a chain hands a word on, with the file that it is about", async () => {
  using pit = unfitPit();
  const { code, stderr } = await chainInProcess(pit, [
    ["resolve-images", "--accept", INITRD],
    ["wait-leases"],
    ["set-links"],
  ]);
  assertEquals(code, 0, stderr);
  assertEquals(storedGeneration(pit, 1).accepted?.length, 1);
});

Deno.test("--accept helps only where a format is in doubt, and says where it is not needed", async (t) => {
  await t.step("a file that cannot be read", async () => {
    using pit = unfitPit();
    Deno.chmodSync(pit.root + INITRD, 0o600);
    const { message, hint } = await refused(pit, ["run", "--accept", INITRD]);
    assertMatch(message, /the web server cannot read/);
    assertEquals(hint?.includes("known to boot it"), false);
  });
  await t.step("a file that is fit", async () => {
    using pit = leasedPit();
    const fit = "/var/www/ephemeral/data/k8s/1.6.1/initrd.img-1.6.1.xz";
    const document = await change(pit, ["resolve-images", "--accept", `${fit},/nowhere`]);
    assertStringIncludes(problemOf(document, "accept-needless").message, `${fit}, /nowhere`);
  });
  await t.step("a path that is not absolute", async () => {
    using pit = leasedPit();
    const { code, stderr } = await callInProcess(pit, ["resolve-images", "--accept", "initrd"]);
    assertEquals(code, 2);
    assertMatch(stderr, /expected the absolute path of a file/);
  });
});
