/**
 * What the README says, held against the code.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { EVENT_SCHEMA, EXIT_MEANINGS } from "../mod.ts";
import { Ajv2020 } from "./npm/ajv.ts";

const README = Deno.readTextFileSync(new URL("../README.md", import.meta.url));

Deno.test("the README has the table of exit codes", () => {
  const rows = [...README.matchAll(/^\| +(\d+) \| (.+?) +\|$/gm)].map(([, code, meaning]) => [
    Number(code),
    meaning,
  ]);
  assertEquals(rows, EXIT_MEANINGS.map((row) => [...row]));
});

Deno.test("the README names only tasks that there are", () => {
  const { tasks } = config;
  const named = [...README.matchAll(/(?:deno|deno@[\d.]+) task ([\w:]+)/g)].map(([, task]) => task);
  assert(named.length > 4, "the README names no tasks");
  assertEquals(named.filter((task) => !(task && task in tasks)), []);
});

Deno.test("the README explains every permission", () => {
  const rows = [...README.matchAll(/^\| ((?:`[a-z]+`(?:, )?)+) +\| ([^|]+?) +\|$/gm)]
    .map(([, names = "", what = ""]) => [names.replaceAll("`", "").split(", "), what] as const);
  const { pitboot } = config.permissions;
  assertEquals(rows.flatMap(([names]) => names), Object.keys(pitboot));
  const explained = (name: string): string =>
    rows.find(([names]) => names.includes(name))?.[1] ?? "";
  for (const name of pitboot.env) assert(explained("env").includes(`\`${name}\``), name);
  for (const name of pitboot.run) assert(explained("run").includes(`\`${name}\``), name);
});

Deno.test("the README names only files that there are", () => {
  const named = [...README.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? "");
  assert(named.length > 0, "the README links to nothing");
  for (const path of named) Deno.statSync(new URL(`../${path}`, import.meta.url));
});

Deno.test("the README shows the rooms that there are, and files in them", () => {
  const [, shown = ""] = /^The rooms.*?```\n(.*?)```/ms.exec(README) ?? [];
  const rooms = [...shown.matchAll(/\b([a-z]+)\//g)].map(([, room]) => room)
    .filter((room) => room !== "lib" && room !== "scripts");
  const there = [...Deno.readDirSync(new URL("../lib", import.meta.url))].map(({ name }) => name);
  assertEquals(rooms.sort(), there.sort());
  const files = [...README.matchAll(/`([a-z]+\/\w+\.ts)`/g)].map(([, path = ""]) => path);
  assert(files.length > 10, "the README walks through no files");
  for (const path of files) {
    Deno.statSync(
      new URL(path.startsWith("tests/") ? `../${path}` : `../lib/${path}`, import.meta.url),
    );
  }
});

Deno.test("the README shows events as they are", () => {
  const [, lines = ""] = /```jsonl\n(.*?)```/s.exec(README) ?? [];
  const events = lines.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert(events.length > 2, "the README shows no events");
  const validate = new Ajv2020().compile(EVENT_SCHEMA);
  for (const event of events) {
    assertEquals(validate(event) ? null : validate.errors, null, JSON.stringify(event));
  }
});
