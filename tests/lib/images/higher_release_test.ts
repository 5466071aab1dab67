import { assertEquals, assertMatch } from "@std/assert";
import { compareReleases } from "../../../lib/text/release.ts";
import { addRelease } from "../../../tools/pit/make_pit.ts";
import { callInProcess } from "../../in_process.ts";
import { problemOf, type TemporaryPit, temporaryPit, withoutRoot } from "../../kit.ts";

const OLD = new Date("2020-01-01T00:00:00Z");

Deno.test("compareReleases() compares what can be compared", async (t) => {
  const cases: [a: string, b: string, sign: number][] = [
    ["1.6.2", "1.6.2", 0],
    ["1.6.10", "1.6.9", 1],
    ["1.6.2-rc.1", "1.6.2", -1],
    ["1.6.2-beta.9", "1.6.2-rc.1", -1],
    ["1.6.2-3", "1.6.2", 1],
    ["fe775c6-1659395320990", "0123456-1759395320990", -1],
    ["1.6.2", "fe775c6-1659395320990", 0],
    ["mine", "1.6.2", 0],
    ["mine", "yours", 0],
  ];
  for (const [a, b, sign] of cases) {
    await t.step(`${a} ${b}`, () => {
      assertEquals([Math.sign(compareReleases(a, b)), Math.sign(compareReleases(b, a)) + 0], [
        sign,
        -sign + 0,
      ]);
    });
  }
});

Deno.test("a release that is higher than the newest by date is named, with the command", async (t) => {
  using pit = temporaryPit({ release: "1.6.1" });
  addRelease(pit.root, "k8s", { release: "1.7.0", modified: OLD });
  const kernel = "1.8.0/5.3.18-150300.59.76-default-1.8.0.kernel";
  addRelease(pit.root, "k8s", { release: "1.8.0", modified: OLD });
  // One that cannot be used is not offered.
  const path = `${pit.root}/var/www/ephemeral/data/k8s/${kernel}`;
  Deno.truncateSync(path, 10);
  Deno.utimeSync(path, OLD, OLD);
  await t.step("where it was not named", async () => {
    const { code, document } = await callInProcess(pit, ["resolve-images"]);
    const { message, hint } = problemOf(document, "images-higher");
    assertEquals([code, document.images?.["kubernetes"]?.release], [0, "1.6.1"]);
    assertMatch(message, /^kubernetes: 1\.6\.1 is chosen, .*; 1\.7\.0 is the higher release$/);
    assertMatch(withoutRoot(pit, hint), /pitboot resolve-images .*--release kubernetes=1\.7\.0/);
  });
  await t.step("not where it was", async () => {
    const words = ["resolve-images", "--release", "kubernetes=1.6.1"] as const;
    assertEquals(codesOf(await callInProcess(pit, words)), []);
  });
});

Deno.test("a chosen image whose date lies in the future is named", async () => {
  using pit: TemporaryPit = temporaryPit({ release: "1.6.2" });
  addRelease(pit.root, "k8s", { release: "1.6.1", modified: new Date(Date.now() + 1e10) });
  const result = await callInProcess(pit, ["resolve-images"]);
  assertEquals(codesOf(result), ["images-higher", "images-future"]);
  assertMatch(
    problemOf(result.document, "images-future").message,
    /^kubernetes: 1\.6\.1 is chosen/,
  );
});

function codesOf(
  { document }: { readonly document: { readonly problems: readonly { readonly code: string }[] } },
): string[] {
  return document.problems.map(({ code }) => code);
}
