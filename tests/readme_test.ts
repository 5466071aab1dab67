/**
 * What the READMEs and other texts say, held against the code.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { GENERATIONS_KEPT } from "../lib/history/state_directory.ts";
import { MOST_BYTES } from "../lib/io/read_file.ts";
import { RUN_OPTIONS } from "../lib/run/run_all.ts";
import { EXIT_MEANINGS } from "../mod.ts";
import { type CommandName, COMMANDS } from "../scripts/commands.ts";
import { PACKAGES } from "./needs.ts";

const ROOT = new URL("../", import.meta.url);
const README = read("README.md");
const LIB = read("lib/README.md");
/** All texts for people, by their path from the root. */
const TEXTS = new Map(
  [".", ".github", "lib", "scripts", "tests", "tools"].flatMap(markdownIn)
    .map((path) => [path, read(path)]),
);

Deno.test("the README fits on a page, and shows early how to install", () => {
  const bytes = new TextEncoder().encode(README).length;
  assert(bytes <= 9 * 1024, `${bytes} bytes`);
  const line = README.split("\n").indexOf("## Install");
  assert(line > 0 && line < 50, `Install is in line ${line + 1}`);
});

Deno.test("the README has the table of exit codes", () => {
  const rows = [...README.matchAll(/^\| +(\d+) \| (.+?) +\|$/gm)].map(([, code, meaning]) => [
    Number(code),
    meaning,
  ]);
  assertEquals(rows, EXIT_MEANINGS.map((row) => [...row]));
});

Deno.test("the README has a row for each command", () => {
  const [, table = ""] = /^(\| command .*?)\n\n/ms.exec(README) ?? [];
  const rows = [...table.matchAll(/^\| `([a-z-]+)` /gm)].map(([, name]) => name ?? "");
  assertEquals(rows.sort(), Object.keys(COMMANDS).sort());
});

Deno.test("the README says which commands select nodes", async () => {
  const rows = [...README.matchAll(/^\| `([a-z-]+)` /gm)].map(([, name]) => name as CommandName);
  const without: CommandName[] = [];
  for (const name of rows) {
    const { command } = await COMMANDS[name]();
    if (!("nodes" in command.options)) without.push(name);
  }
  assertStringIncludes(README, "Everywhere, but from `install` on: `--nodes");
  assertEquals(without, rows.slice(rows.indexOf("install")));
});

Deno.test("the texts name only tasks that there are", () => {
  const named = [...TEXTS.values()].join("\n")
    .matchAll(/(?:deno|deno@[\d.]+) task (?!…)([\w:]+)/g);
  const names = [...named].map(([, name = ""]) => name);
  assert(names.length > 20, "the texts name no tasks");
  assertEquals(names.filter((name) => !(name in config.tasks)), []);
});

Deno.test("every link of the texts leads somewhere", async (t) => {
  for (const [path, text] of TEXTS) {
    await t.step(path, () => {
      for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (!/^https:/.test(target)) assertLeads(path, target);
      }
    });
  }
});

Deno.test("SECURITY.md explains every permission", () => {
  const rows = [
    ...read(".github/SECURITY.md").matchAll(
      /^\| ((?:`[a-z]+`(?:, )?)+) +\| ([^|]+?) +\|$/gm,
    ),
  ].map(([, names = "", what = ""]) => [names.replaceAll("`", "").split(", "), what] as const);
  const { pitboot } = config.permissions;
  assertEquals(rows.flatMap(([names]) => names), Object.keys(pitboot));
  const explained = (name: string): string =>
    rows.find(([names]) => names.includes(name))?.[1] ?? "";
  for (const name of pitboot.env) assert(explained("env").includes(`\`${name}\``), name);
  for (const name of pitboot.run) assert(explained("run").includes(`\`${name}\``), name);
});

Deno.test("lib/README.md shows the rooms that there are, and files in them", () => {
  const rooms = [...LIB.matchAll(/^\| `([a-z]+)\/` /gm)].map(([, room]) => room ?? "");
  const there = [...Deno.readDirSync(new URL("lib", ROOT))].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name);
  assertEquals(rooms.sort(), there.sort());
  const files = [...LIB.matchAll(/`([a-z]+\/\w+\.ts)`/g)].map(([, path = ""]) => path);
  assert(files.length > 10, "lib/README.md walks through no files");
  for (const path of files) {
    Deno.statSync(new URL(/^(tests|scripts)\//.test(path) ? path : `lib/${path}`, ROOT));
  }
});

Deno.test("tests/README.md and tools/README.md name what there is", () => {
  for (const room of ["tests", "tools"]) {
    const named = [...read(`${room}/README.md`).matchAll(/\| `(\w+\/|\w+\.ts)` /g)];
    assert(named.length > 4, `${room}/README.md names no files`);
    for (const [, name] of named) Deno.statSync(new URL(`${room}/${name}`, ROOT));
  }
});

Deno.test("tests/README.md names tests that there are, for each fault", () => {
  const named = [...read("tests/README.md").matchAll(/`(\w+(?:\/\w+)*_test\.ts)`/g)];
  assert(named.length > 100, "tests/README.md names no tests");
  for (const [, path] of named) Deno.statSync(new URL(`tests/${path}`, ROOT));
});

Deno.test("tests/README.md says what is tested with each package", () => {
  const rows = [
    ...read("tests/README.md").matchAll(/^\| (`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*) +\| (.+?) +\|$/gm),
  ]
    .flatMap(([, names = "", use = ""]) =>
      names.replaceAll("`", "").split(", ").map((name): [string, string] => [name, use])
    );
  assertEquals(
    Object.fromEntries(rows),
    Object.fromEntries(Object.entries(PACKAGES).map(([name, [, use]]) => [name, use])),
  );
});

Deno.test("the figures of the texts are those of the code", () => {
  const [, files = "", file = ""] =
    /\[LEAST, LEAST_OF_ONE\] = \[(\d+), (\d+)\]/.exec(read("tools/coverage.ts")) ?? [];
  const bench = read("tests/faults/faults_test.ts") + read("tests/faults/power_test.ts");
  const [faults, cuts] = [...bench.matchAll(/^const (?:COUNT|CUTS) = (\d+);/gm)]
    .map(([, count]) => count);
  const says: [text: string, words: string][] = [
    ["README.md", `${RUN_OPTIONS.fanout.initial} BMCs are switched at once`],
    ["README.md", `after ${inWords(RUN_OPTIONS.timeout)}`],
    ["scripts/README.md", `${inWords(RUN_OPTIONS.timeout)} from the moment`],
    [
      "scripts/README.md",
      `after \`--grace\`, ${inWords(RUN_OPTIONS.grace)}`,
    ],
    ["scripts/README.md", `The last ${GENERATIONS_KEPT} are kept`],
    ["scripts/README.md", `of at most ${MOST_BYTES / 1024 / 1024} MiB`],
    [".github/CONTRIBUTING.md", `${files} % of all, ${file} % of each file`],
    ["tests/README.md", `below ${files} % of all lines or ${file} % of a file`],
    ["tests/README.md", `${faults} of the faults and ${cuts} of the power cuts`],
  ];
  for (const [path, words] of says) {
    assertStringIncludes(TEXTS.get(path)?.replaceAll(/\s+/g, " ") ?? "", words);
  }
});

/** Checks a link as a forge resolves it: the file, and the heading in it. */
function assertLeads(from: string, target: string): void {
  const [path = "", heading] = target.split("#");
  const url = path ? new URL(path, new URL(from, ROOT)) : new URL(from, ROOT);
  assert(Deno.statSync(url), target);
  if (heading === undefined) return;
  const text = Deno.readTextFileSync(url);
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, words = ""]) => anchorOf(words));
  assert(headings.includes(heading), `${from}: no heading ${target}`);
}

/** The default of an option, for instance `15 minutes`. */
function inWords({ initial }: { readonly initial: string | null }): string {
  const [, count, unit] = /^(\d+)([ms])$/.exec(initial ?? "") ?? [];
  return `${count} ${unit === "m" ? "minutes" : "seconds"}`;
}

/** The name that a forge gives to a heading. */
function anchorOf(words: string): string {
  return words.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-");
}

function markdownIn(directory: string): string[] {
  return [...Deno.readDirSync(new URL(`${directory}/`, ROOT))]
    .filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => directory === "." ? name : `${directory}/${name}`);
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}
