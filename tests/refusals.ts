/**
 * Tables of bad input: what pitboot says to it, how it ends, and that it leaves
 * the disk alone.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { CommandName } from "../scripts/commands.ts";
import { callInProcess } from "./in_process.ts";
import { type CallResult, problemOf, type TemporaryPit, temporaryPit, treeOf } from "./kit.ts";
import { printable } from "../lib/text/printable.ts";

/** A command and its arguments. */
export type Words = readonly [CommandName, ...string[]];

/** One kind of bad input. */
export interface Refusal {
  readonly name: string;
  /** Makes the input bad. */
  readonly arrange?: (pit: TemporaryPit) => void | Promise<void>;
  /** What is run; that of the table if left out. */
  readonly args?: Words;
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly code: number;
  /** The code of the problem. */
  readonly problem: string;
  /** The whole message, or what it must look like. */
  readonly message: RegExp | string;
  readonly hint?: RegExp;
  readonly nodes?: readonly string[];
}

/** Runs a table of bad inputs, each on a PIT of its own. */
export async function refuse(
  t: Deno.TestContext,
  args: Words,
  table: readonly Refusal[],
): Promise<void> {
  for (const refusal of table) {
    await t.step(refusal.name, async () => {
      using pit = temporaryPit({ leased: true });
      await refusal.arrange?.(pit);
      const before = unlogged(pit);
      const { stdin, env = {} } = refusal;
      const options = stdin === undefined ? { env } : { env, stdin };
      const words = refusal.args ?? args;
      // These show a table unless they are asked.
      const isAlone = ["offline", "online", "rollback"].includes(words[0]);
      const asked: Words = isAlone ? [...words, "--json"] : words;
      const result = await callInProcess(pit, asked, options);
      checkRefusal(result, refusal);
      assertEquals(unlogged(pit), before, "something changed on disk");
      checkManners(result, pit);
    });
  }
}

/** Checks exit code, problem, message and hint. */
export function checkRefusal({ code, document, stderr }: CallResult, refusal: Refusal): void {
  const found = problemOf(document, refusal.problem);
  if (typeof refusal.message === "string") assertEquals(found.message, refusal.message);
  else assertMatch(found.message, refusal.message);
  assertEquals(code, refusal.code, stderr);
  const { severity, hint, nodes } = found;
  if (severity === "error") assertEquals(document.status, "failed");
  assertMatch(hint?.replaceAll(/ --root \S+/g, "") ?? "", refusal.hint ?? /\w/);
  if (refusal.nodes) assertEquals(nodes, refusal.nodes);
  assertStringIncludes(stderr, printable(found.message, Infinity));
  assertStringIncludes(stderr, `hint: ${hint}`);
}

/** What no output may hold: stack traces, the password, real paths, escape sequences. */
export function checkManners(
  { stdout, stderr }: Pick<CallResult, "stdout" | "stderr"> & Partial<CallResult>,
  { root }: TemporaryPit,
): void {
  for (const text of [stdout, stderr]) {
    assert(!/^ +at .*:\d+:\d+/m.test(text), `a stack trace: ${text}`);
    assert(!text.includes("initial0"), `the password: ${text}`);
    // A command line of before is shown as it was typed.
    assert(
      !text.replaceAll(`--root=${root}`, "").replaceAll(` --root ${root}`, "").includes(root),
      `a real path: ${text}`,
    );
    // deno-lint-ignore no-control-regex
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(text), `control characters: ${text}`);
  }
}

/** The tree of a PIT without the log directory and the lock, which every run may write. */
function unlogged(pit: TemporaryPit): Record<string, string> {
  const own = /^var\/(log\/(pitboot\/.*)?|lib\/pitboot\/(lock)?)$/;
  return Object.fromEntries(Object.entries(treeOf(pit.root)).filter(([path]) => !own.test(path)));
}
