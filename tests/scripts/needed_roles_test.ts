import { assertEquals, assertMatch } from "@std/assert";
import { callInProcess, chainInProcess } from "../in_process.ts";
import { problemOf, temporaryPit } from "../kit.ts";

const CEPH = "/var/www/ephemeral/data/ceph";
const WORKERS = ["--nodes", "ncn-w[001-004]"];

Deno.test("images of a role that no selected node has stop nobody", async (t) => {
  await t.step("run", async () => {
    using pit = temporaryPit({ leased: true });
    Deno.removeSync(pit.root + CEPH, { recursive: true });
    const { code, document } = await callInProcess(pit, ["run", "--json", ...WORKERS]);
    const { message } = problemOf(document, "images-not-needed");
    assertMatch(message, /ceph: does not exist; no selected node needs it$/);
    assertEquals([code, Object.keys(document.images ?? {})], [0, ["kubernetes"]]);
    assertEquals(document.nodes?.map(({ change }) => change), Array(4).fill("created"));
  });
  await t.step("set-links", async () => {
    using pit = temporaryPit({ leased: true });
    Deno.removeSync(pit.root + CEPH, { recursive: true });
    const { code, document } = await callInProcess(pit, ["set-links", ...WORKERS]);
    assertEquals([code, document.nodes?.length], [0, 4]);
  });
  await t.step("resolve-images, for a system without storage nodes", async () => {
    using pit = temporaryPit({ nodes: ["ncn-m001", "ncn-m002", "ncn-w001"], leased: true });
    Deno.removeSync(pit.root + CEPH, { recursive: true });
    const { code } = await chainInProcess(pit, [["resolve-images"], ["set-links"]]);
    assertEquals(code, 0);
  });
});

Deno.test("images of a role that a selected node has are needed", async () => {
  using pit = temporaryPit({ leased: true });
  Deno.removeSync(pit.root + CEPH, { recursive: true });
  const { code, document } = await callInProcess(pit, [
    "run",
    "--json",
    "--nodes",
    "ncn-s001,ncn-w001",
  ]);
  assertEquals([code, document.status, document.nodes], [5, "failed", undefined]);
  problemOf(document, "images-missing");
});
