/**
 * What a build finds out about the @std packages in it.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { BuildError } from "../../tools/build/build_error.ts";
import { packagesIn, stdPackages } from "../../tools/build/std_packages.ts";
import { temporaryDirectory } from "../temporary.ts";

Deno.test("packagesIn() finds packages in the names of modules", async (t) => {
  const path = "https://jsr.io/@std/path/1.1.6";
  const cases: [name: string, specifiers: string[], packages: Record<string, string | null>][] = [
    ["none", ["file:///a/lib/a.ts", "node:process"], {}],
    ["one, of many modules", [`${path}/join.ts`, `${path}/posix/join.ts`], {
      "@std/path": "1.1.6",
    }],
    ["what a package needs", [`${path}/join.ts`, "https://jsr.io/@std/internal/1.0.14/os.ts"], {
      "@std/internal": "1.0.14",
      "@std/path": "1.1.6",
    }],
    ["a mirror", ["https://mirror.test/jsr/@std/fs/1.0.24/mod.ts"], { "@std/fs": "1.0.24" }],
    ["a candidate", ["https://jsr.io/@std/fs/2.0.0-rc.1/mod.ts"], { "@std/fs": "2.0.0-rc.1" }],
    ["a stand-in", ["https://jsr.io/@std/cli/1.0.32/mod.ts"], { "@std/cli": null }],
  ];
  for (const [name, specifiers, packages] of cases) {
    await t.step(name, () => {
      const isReal = (path: string): boolean => path !== "jsr.io/@std/cli/1.0.32";
      assertEquals(packagesIn(specifiers, isReal), packages);
    });
  }
});

Deno.test("stdPackages() tells packages from stand-ins, and finds what they need", async () => {
  using sources = project({
    "@std/fs": { version: "1.0.24", code: 'export * from "jsr:@std/internal@^1.0.14";' },
    "@std/internal": { version: "1.0.14", code: "export const a = 1;" },
    "@std/path": { version: "1.1.6", code: null },
  });
  Deno.writeTextFileSync(
    `${sources.directory}/main.ts`,
    'import "jsr:@std/fs@1.0.24"; import "jsr:@std/path@1.1.6";',
  );
  assertEquals(await stdPackages(sources.directory, "main.ts"), {
    "@std/fs": "1.0.24",
    "@std/internal": "1.0.14",
    "@std/path": null,
  });
});

Deno.test("stdPackages() says which module is missing", async () => {
  using sources = project({});
  Deno.writeTextFileSync(`${sources.directory}/main.ts`, 'import "./other.ts";');
  await assertRejects(
    () => stdPackages(sources.directory, "main.ts"),
    BuildError,
    "other.ts",
  );
});

/** Sources with a vendor/; code is that of a package, `null` makes it a stand-in. */
function project(
  packages: Record<string, { version: string; code: string | null }>,
): ReturnType<typeof temporaryDirectory> {
  const temporary = temporaryDirectory();
  const { directory } = temporary;
  Deno.writeTextFileSync(`${directory}/deno.json`, '{"vendor":true,"lock":false}');
  for (const [name, { version, code }] of Object.entries(packages)) {
    const path = `${directory}/vendor/jsr.io/${name}`;
    Deno.mkdirSync(`${path}/${version}`, { recursive: true });
    const manifest = code === null ? {} : { "/mod.ts": { size: 1, checksum: "sha256-0" } };
    const write = (file: string, value: unknown): void =>
      Deno.writeTextFileSync(`${path}/${file}`, JSON.stringify(value));
    write("meta.json", { versions: { [version]: {} } });
    write(`${version}_meta.json`, { manifest, exports: { ".": "./mod.ts" } });
    Deno.writeTextFileSync(`${path}/${version}/mod.ts`, code ?? "export const a = 1;");
  }
  return temporary;
}
