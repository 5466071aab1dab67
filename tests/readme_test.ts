/**
 * What the README says, held against the code.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { EXIT_MEANINGS } from "../mod.ts";

const README = Deno.readTextFileSync(new URL("../README.md", import.meta.url));

Deno.test("the README has the table of exit codes", () => {
  const rows = [...README.matchAll(/^\| +(\d+) \| (.+?) +\|$/gm)].map(([, code, meaning]) => [
    Number(code),
    meaning,
  ]);
  assertEquals(rows, EXIT_MEANINGS.map((row) => [...row]));
});

Deno.test("the README names only tasks that there are", () => {
  const { tasks } = JSON.parse(
    Deno.readTextFileSync(new URL("../deno.json", import.meta.url)),
  );
  const named = [...README.matchAll(/(?:deno|deno@[\d.]+) task ([\w:]+)/g)].map(([, task]) => task);
  assert(named.length > 4, "the README names no tasks");
  assertEquals(named.filter((task) => !(task && task in tasks)), []);
});

Deno.test("the README names only files that there are", () => {
  const named = [...README.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? "");
  assert(named.length > 0, "the README links to nothing");
  for (const path of named) Deno.statSync(new URL(`../${path}`, import.meta.url));
});
