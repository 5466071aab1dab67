/**
 * A test in the lab: ignored with a sentence where there can be none, and
 * written down for the table of `deno task lab` if somebody asks for that.
 *
 * @module
 */

import { BOOTING, LAB, type Need, testWith, whyNot } from "../needs.ts";

/** Names the file that the results are added to, one JSON object a line. */
export const REPORT = "PITBOOT_LAB_REPORT";

/** What came of a case. */
export interface Seen {
  /** The test, and the part of it if it has parts. */
  readonly name: readonly [test: string, part?: string];
  readonly state: "ok" | "FAILED" | "ignored";
  /** One line. */
  readonly seen: string;
  readonly seconds: number;
}

/** What a case says that it saw; nothing: what it asserts. */
type Answer = string | void | Promise<string | void>;

/** The parts of a test. */
export interface Parts {
  /**
   * Runs a part. The test goes on if it fails.
   *
   * @param name What it shows.
   * @param fn Looks, and may return what it saw in one line.
   */
  step(name: string, fn: () => Answer): Promise<void>;
}

/**
 * A test that needs the lab.
 *
 * @param name What it shows.
 * @param fn Looks, and may return what it saw in one line.
 * @param options `boot`: whether a node is to boot; `needs`: what it needs besides.
 */
export function labTest(
  name: string,
  fn: (t: Parts) => Answer,
  options: { boot?: boolean; needs?: readonly Need[] } = {},
): void {
  const needs = [...options.boot ? BOOTING : LAB, ...options.needs ?? []];
  const why = whyNot(needs);
  if (why !== null) note({ name: [name], state: "ignored", seen: why, seconds: 0 });
  testWith(name, needs, (t) => whole(name, t, fn));
}

async function whole(
  test: string,
  t: Deno.TestContext,
  fn: (t: Parts) => Answer,
): Promise<void> {
  const results: boolean[] = [];
  const step: Parts["step"] = async (name, part) => {
    results.push(await t.step(name, () => timed([test, name], part)));
  };
  await timed([test], async () => {
    const seen = await fn({ step });
    const failed = results.filter((isGood) => !isGood).length;
    if (failed > 0) throw new Error(`${failed} of ${results.length} parts failed`);
    return seen ?? (results.length > 0 ? `${results.length} parts passed` : undefined);
  });
}

async function timed(name: Seen["name"], fn: () => Answer): Promise<void> {
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  try {
    const seen = await fn() ?? "as it should be";
    note({ name, state: "ok", seen, seconds: seconds() });
  } catch (error) {
    const [seen = ""] = String(error).split("\n");
    note({ name, state: "FAILED", seen, seconds: seconds() });
    throw error;
  }
}

function note(seen: Seen): void {
  const path = Deno.env.get(REPORT);
  if (path) Deno.writeTextFileSync(path, `${JSON.stringify(seen)}\n`, { append: true });
}
