import { assert, assertEquals } from "@std/assert";
import { makePit } from "../../tools/pit/make_pit.ts";
import { SHIM, testWith } from "../needs.ts";
import { awayTimes, look, readWhileSwitching, switchingPit, switchTo } from "./readers.ts";
import { call, RELEASES } from "./starts.ts";
import type { SeenCall } from "./shim.ts";
import { makeBench } from "./try_all.ts";

Deno.test("awayTimes() finds how long scripts are away", () => {
  const seen = (at: number, path: string, to = "", kind = "rename"): SeenCall => {
    return { n: at, at: at * 1e6, kind, path, to, isHit: false };
  };
  const times = awayTimes([
    seen(1, "/a/script.ipxe", "/a/.away"),
    seen(2, "/b/script.ipxe", "", "unlink"),
    seen(3, "/c/.new", "/c/script.ipxe"),
    seen(4, "/b/script.ipxe", "", "link"),
    seen(9, "/a/.new", "/a/script.ipxe"),
  ]);
  assertEquals(times, [2, 8]);
});

readersTest("readers see what is broken", async (t) => {
  using bench = await makeBench();
  const pit = makePit(bench.directory, { nodes: ["ncn-m001", "ncn-w001"], leased: true });
  await call(pit, ["run"], RELEASES.older);
  const directory = `${pit.root}/var/www/ncn-w001`;
  await t.step("nothing", async () => {
    const [looks = 0, counted = 0, ...wrong] = await look(bench, pit, 1);
    assert(looks > 0 && counted === looks);
    assertEquals(wrong, [0, 0]);
  });
  await t.step("links that do not belong together, and one that leads nowhere", async () => {
    Deno.removeSync(`${directory}/rootfs`);
    Deno.symlinkSync("../ephemeral/elsewhere", `${directory}/rootfs`);
    const [looks = 0, ...others] = await look(bench, pit, 1);
    assert(looks > 0);
    assertEquals(others, [looks, looks, looks]);
  });
  await t.step("without a script nothing counts", async () => {
    Deno.removeSync(`${directory}/script.ipxe`);
    const [looks = 0, ...others] = await look(bench, pit, 1);
    assertEquals(others, [0, 0, looks]);
  });
});

readersTest("a switch takes away the script of every node, and puts it back", async () => {
  using bench = await makeBench();
  const pit = await switchingPit(bench.directory, 3);
  const times = awayTimes(await switchTo(bench, pit, RELEASES.newer));
  assertEquals(times.length, 3);
  assert(times.every((time) => time > 0), times.join(" "));
});

readersTest("readers never see links that do not belong together", async () => {
  using bench = await makeBench();
  const seen = await readWhileSwitching(bench, { nodes: 100, seconds: 3 });
  assert(seen.switches > 0 && seen.renames > 0 && seen.counted > 0, JSON.stringify(seen));
  assertEquals([seen.mixed, seen.broken], [0, 0]);
});

function readersTest(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  testWith(name, SHIM, fn);
}
