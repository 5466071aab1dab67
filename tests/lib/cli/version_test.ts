import { assertEquals } from "@std/assert";
import type { Build } from "../../../lib/cli/build.ts";
import { VERSION, versionText } from "../../../lib/cli/version.ts";

const BUILD: Build = {
  form: "compiled",
  commit: "0123456789abcdef0123456789abcdef01234567",
  time: "2022-08-01T00:00:00Z",
  deno: "2.6.8",
  v8: "14.5.201.2",
  std: { "@std/cli": "1.0.32", "@std/internal": "1.0.14" },
};

Deno.test("versionText() says how it was built only when asked", () => {
  assertEquals(versionText({ build: BUILD }), `pitboot ${VERSION}\n`);
});

Deno.test("versionText() says what a build knows of itself", async (t) => {
  const commit = `commit ${BUILD.commit}`;
  const built = "built 2022-08-01T00:00:00Z, compiled, with Deno 2.6.8";
  const cases: [name: string, build: Partial<Build> | null, lines: string[]][] = [
    ["the sources", null, ["run from its sources"]],
    ["packages", {}, [commit, built, "@std/cli 1.0.32, @std/internal 1.0.14"]],
    [
      "stand-ins",
      { std: { "@std/cli": null, "@std/fs": null } },
      [commit, built, "stand-ins for @std/cli, @std/fs"],
    ],
    [
      "some of both",
      { std: { "@std/cli": "1.0.32", "@std/fs": null } },
      [commit, built, "@std/cli 1.0.32", "stand-ins for @std/fs"],
    ],
    ["a bundle without packages", { std: {} }, [commit, built]],
    [
      "neither commit nor time",
      { commit: null, time: null },
      [
        "commit unknown",
        "built at an unknown time, compiled, with Deno 2.6.8",
        "@std/cli 1.0.32, @std/internal 1.0.14",
      ],
    ],
  ];
  for (const [name, build, lines] of cases) {
    await t.step(name, () => {
      const text = versionText({ verbose: true, build: build && { ...BUILD, ...build } });
      assertEquals(text, [`pitboot ${VERSION}`, ...lines, ""].join("\n"));
    });
  }
});
