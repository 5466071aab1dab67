import { assertEquals, assertMatch } from "@std/assert";
import { failureOf, fileFailure, hintFor, writeFailure } from "../../../lib/io/failures.ts";
import { hintOf } from "../../typed.ts";

/** What the system says to an action. */
function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing went wrong");
}

const missing = errorOf(() => Deno.statSync("/proc/missing"));
// The disk that is full whenever somebody writes.
const full = errorOf(() => Deno.writeTextFileSync("/dev/full", "x"));

Deno.test("the hint about a file that is missing is that of its reader", () => {
  const { code, details } = fileFailure("/a", missing, "install it");
  assertEquals([code, details], ["file-missing", {
    message: "/a: does not exist",
    hint: "install it",
  }]);
});

Deno.test("the hint about a file that the system refuses is that against its reason", () => {
  const { code, details } = writeFailure("/a", full, "install it");
  assertEquals([code, details.message], [
    "file-unwritable",
    "/a cannot be written: no space left on device",
  ]);
  assertMatch(hintOf(details.hint), /^make room on the disk of \/a /);
});

Deno.test("a hint keeps what is so in any case", async (t) => {
  const advice = { state: "nothing was changed", hint: "install it" };
  const cases: [name: string, error: unknown, hint: RegExp][] = [
    ["missing", missing, /^nothing was changed; install it$/],
    ["a full disk", full, /^nothing was changed; make room /],
    ["no error of the system", new Error("x"), /^nothing was changed; install it$/],
  ];
  for (const [name, error, hint] of cases) {
    await t.step(name, () => assertMatch(hintFor("/a", error, advice) ?? "", hint));
  }
});

Deno.test("a hint that helps whatever the reason is said besides", () => {
  const advice = { hint: "name another", isSure: true };
  assertEquals(hintFor("/a", missing, advice), "name another");
  assertMatch(hintFor("/a", full, advice) ?? "", /^make room .*, or name another$/);
});

Deno.test("there is no hint where nobody knows one", () => {
  assertEquals(hintFor("/a", missing), undefined);
});

Deno.test("failureOf() names no real path", () => {
  assertEquals(failureOf(full).message, "no space left on device");
  assertEquals(failureOf(new Error("x of y")).message, "x of y");
});
