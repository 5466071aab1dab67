import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { ARCHITECTURES, parseRelease, type Release } from "../../../lib/text/release.ts";
import { anyText } from "../../testdata/texts.ts";

Deno.test("parseRelease() takes a tag apart", async (t) => {
  type Case = [
    tag: string,
    ...parts: [string, Release["stream"], Release["arch"]],
  ];
  const cases: Case[] = [
    ["1.6.2", "1.6.2", "stable", null],
    ["1.6.2-x86_64", "1.6.2", "stable", "x86_64"],
    ["1.6.2-aarch64", "1.6.2", "stable", "aarch64"],
    ["10.20.30", "10.20.30", "stable", null],
    ["1.6.2-1", "1.6.2-1", "stable", null],
    ["1.6.2-alpha.12-x86_64", "1.6.2-alpha.12", "stable", "x86_64"],
    ["1.6.2-beta.1", "1.6.2-beta.1", "stable", null],
    ["1.6.2-rc.3", "1.6.2-rc.3", "stable", null],
    ["fe775c6-1659395320990", "fe775c6-1659395320990", "unstable", null],
    [
      "fe775c6-1659395320990-aarch64",
      "fe775c6-1659395320990",
      "unstable",
      "aarch64",
    ],
    ["1234567-1659395320990", "1234567-1659395320990", "unstable", null],
    ["1.6", "1.6", null, null],
    ["v1.6.2", "v1.6.2", null, null],
    ["1.6.2-alpha", "1.6.2-alpha", null, null],
    ["1.6.2-gamma.1", "1.6.2-gamma.1", null, null],
    ["1.6.2-rc.1-2", "1.6.2-rc.1-2", null, null],
    ["1.6.2-arm64", "1.6.2-arm64", null, null],
    ["fe775c6-1659395320", "fe775c6-1659395320", null, null],
    ["FE775C6-1659395320990", "FE775C6-1659395320990", null, null],
    ["fe775-1659395320990", "fe775-1659395320990", null, null],
    ["1.6.2\n", "1.6.2\n", null, null],
    ["x86_64", "x86_64", null, null],
    ["", "", null, null],
  ];
  for (const [tag, release, stream, arch] of cases) {
    await t.step(JSON.stringify(tag), () => {
      assertEquals(parseRelease(tag), { release, stream, arch });
    });
  }
});

Deno.test("parseRelease() parts give back the tag", () => {
  const tags = fc.oneof(
    anyText(),
    fc.tuple(fc.string(), fc.constantFrom(...ARCHITECTURES))
      .map((parts) => parts.join("-")),
  );
  fc.assert(fc.property(tags, (tag) => {
    const { release, arch } = parseRelease(tag);
    assertEquals(arch ? `${release}-${arch}` : release, tag);
  }));
});

Deno.test("parseRelease() finds the architecture behind any release", () => {
  const releases = fc.oneof(
    fc.stringMatching(/^\d{1,2}\.\d{1,2}\.\d{1,3}(-(alpha|beta|rc)\.\d)?$/),
    fc.stringMatching(/^[0-9a-f]{7}-\d{13}$/),
  );
  fc.assert(fc.property(
    releases,
    fc.constantFrom(...ARCHITECTURES),
    (release, arch) => {
      const bare = parseRelease(release);
      assertEquals(bare.arch, null);
      assertEquals(bare.stream, release.includes(".") ? "stable" : "unstable");
      assertEquals(parseRelease(`${release}-${arch}`), { ...bare, arch });
    },
  ));
});
