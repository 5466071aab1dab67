/**
 * What goes into packages besides the program: licenses, a notice, changes, numbers.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import type { Build } from "../../lib/cli/build.ts";
import { BuildError } from "../../tools/build/build_error.ts";
import { readChangelog } from "../../tools/package/changelog.ts";
import { findLicenses } from "../../tools/package/licenses.ts";
import { missingLicenses, notice } from "../../tools/package/notice.ts";
import { partsOf } from "../../tools/package/parts.ts";
import { isTagged, releaseOf } from "../../tools/package/release.ts";
import { execute } from "../installation.ts";
import { BUILD, TIME, write } from "./package_kit.ts";
import { testWith } from "../needs.ts";
import { temporaryDirectory } from "../temporary.ts";

const CHANGELOG = Deno.readTextFileSync(new URL("../../CHANGELOG.md", import.meta.url));
const LICENSE = "MIT License\n\nCopyright (c) 2026 We\n\nFree.\n";

Deno.test("the changelog has this version first, and something about each", () => {
  const changes = readChangelog(CHANGELOG);
  assertEquals(changes[0]?.version, config.version);
  assertEquals(changes.length, CHANGELOG.match(/^## \[\d/gm)?.length);
  for (const { lines, version } of changes) assert(lines.length > 0, version);
  const dates = changes.map(({ date }) => date);
  assertEquals(dates, dates.toSorted().reverse());
});

Deno.test("readChangelog() reads versions, not what is still to come", () => {
  const text = `# Changelog
Words.

## [Unreleased]

- Nothing that counts.

## [1.1.0-rc.1] - 2022-08-02

### Added

- \`pitboot run\` does **all** of it,
  in one go.
- set_links_of_nodes stays a word.

### Fixed

- One thing.

## [1.0.0] - 2022-08-01

[1.0.0]: https://pitboot.test
`;
  assertEquals(readChangelog(text), [
    {
      version: "1.1.0-rc.1",
      date: "2022-08-02",
      lines: [
        "pitboot run does all of it, in one go.",
        "set_links_of_nodes stays a word.",
        "One thing.",
      ],
    },
    { version: "1.0.0", date: "2022-08-01", lines: [] },
  ]);
});

Deno.test("findLicenses() finds what is at hand", async (t) => {
  using temporary = temporaryDirectory();
  const root = temporary.directory;
  write(`${root}/LICENSE`, LICENSE);
  write(`${root}/deno/LICENSE`, "Of the Deno authors.\n");
  write(`${root}/more/LICENSE.v8`, "Of V8.\n");
  write(`${root}/more/LICENSE.deno`, "Of Deno, better.\n");
  write(`${root}/more/sqlite`, "Of SQLite.\n");
  write(
    `${root}/vendor/jsr.io/@std/path/1.1.6/join.ts`,
    "// Copyright 2018-2026 the Deno authors. MIT license.\nexport {};\n",
  );
  const ofDeno = { "LICENSE.deno": "Of the Deno authors.\n" };
  const ofStd = { "LICENSE.std": LICENSE.replace("(c) 2026 We", "2018-2026 the Deno authors") };
  const cases: [
    name: string,
    std: Build["std"],
    deno: string,
    named: string | undefined,
    found: object,
  ][] = [
    ["ours", {}, "/deno", undefined, {}],
    ["not that of somebody else beside Deno", {}, `${root}/deno`, undefined, {}],
    ["that beside Deno", {}, `${root}/deno/deno`, undefined, ofDeno],
    ["none of stand-ins", { "@std/path": null }, `${root}/deno`, undefined, {}],
    ["that of packages", { "@std/cli": "1.0.32", "@std/path": "1.1.6" }, "/deno", undefined, ofStd],
    ["none of another version", { "@std/path": "1.1.7" }, "/deno", undefined, {}],
    ["those of a directory, first", {}, `${root}/deno/deno`, `${root}/more`, {
      "LICENSE.deno": "Of Deno, better.\n",
      "LICENSE.v8": "Of V8.\n",
      "sqlite": "Of SQLite.\n",
    }],
  ];
  for (const [name, std, deno, named, found] of cases) {
    await t.step(name, () => {
      assertEquals(findLicenses({ std }, { root, deno, named }), { ...found, LICENSE });
    });
  }
  await t.step("says which directory it cannot read", () => {
    assertThrows(
      () => findLicenses({ std: {} }, { root, deno: "/deno", named: `${root}/x` }),
      BuildError,
      `--licenses ${root}/x cannot be read`,
    );
  });
});

Deno.test("notice() names every part, and each text that is missing", () => {
  const parts = partsOf(BUILD);
  const licenses = { "LICENSE": LICENSE, "LICENSE.deno": "Of Deno.\n" };
  assertEquals(missingLicenses(parts, licenses), ["LICENSE.v8", "LICENSE.std"]);
  const text = notice("pitboot 1", parts, licenses);
  assertMatch(text, /^ {2}deno 2\.6\.8 +MIT +LICENSE\.deno$/m);
  assertMatch(text, /^ {2}v8 14\.5\.201\.2 +BSD-3-Clause +LICENSE\.v8$/m);
  assertMatch(text, /^ {2}@std\/internal 1\.0\.14 +MIT +LICENSE\.std$/m);
  assertStringIncludes(
    text.replaceAll("\n", " "),
    "was packaged: LICENSE.v8, LICENSE.std. Whoever",
  );
  assertEquals(text.split("\n").filter((line) => line.length > 79), []);
  const whole = { ...licenses, "LICENSE.v8": "", "LICENSE.std": "" };
  assertEquals(missingLicenses(parts, whole), []);
  assert(!notice("pitboot 1", parts, whole).includes("Not at hand"));
});

Deno.test("releaseOf() numbers what has no tag below what has one", async (t) => {
  const { commit } = BUILD;
  const cases: [name: string, build: Partial<Build>, isTagged: boolean, release: string][] = [
    ["a tag", {}, true, "1"],
    ["a commit", {}, false, "0.202208010000gitfffffff"],
    ["changes", { commit: `${commit}+changes` }, false, "0.202208010000gitfffffff.changes"],
    ["no git", { commit: null }, false, "0.202208010000"],
    ["no time", { time: null, commit: null }, false, "0.202208010001"],
  ];
  for (const [name, build, isTagged, release] of cases) {
    await t.step(name, () => {
      assertEquals(releaseOf({ ...BUILD, ...build }, { isTagged, time: TIME + 60 }), release);
    });
  }
});

testWith("isTagged() asks git for the tag of the version", ["git"], async () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  const git = async (...args: string[]): Promise<string> => {
    const who = ["-c", "user.name=Jo", "-c", "user.email=jo@pitboot.test"];
    const { code, stdout, stderr } = await execute(["git", "-C", directory, ...who, ...args]);
    assertEquals(code, 0, stderr);
    return stdout.trim();
  };
  await git("init", "-q");
  await git("commit", "-q", "--allow-empty", "-m", "One");
  const commit = await git("rev-parse", "HEAD");
  assertEquals(await isTagged(directory, "1.0.0", { commit }), false);
  await git("tag", "v1.0.0");
  assertEquals(await isTagged(directory, "1.0.0", { commit }), true);
  assertEquals(await isTagged(directory, "1.0.1", { commit }), false);
  assertEquals(await isTagged(directory, "1.0.0", { commit: `${commit}+changes` }), false);
  assertEquals(await isTagged(directory, "1.0.0", { commit: null }), false);
});
