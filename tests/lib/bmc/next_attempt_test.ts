import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { type Ended, nextAttempt, PATIENCE } from "../../../lib/bmc/next_attempt.ts";
import type { EndKind } from "../../../lib/bmc/session_end.ts";

/** An attempt that ended: kind, suite, patience; `!` after the kind: it was open. */
type Past = readonly [kind: EndKind | "silent!" | "slow!", suite: number | null, patience: number];

function endedOf([kind, suite, patience]: Past): Ended {
  const wasOpen = kind.endsWith("!");
  return { kind: kind.replace("!", "") as EndKind, suite, patience, wasOpen, pause: 0 };
}

Deno.test("nextAttempt() goes on with what may help", async (t) => {
  const cases: [
    name: string,
    past: Past[],
    next: [suite: number | null, patience: number, pause: number] | null,
  ][] = [
    ["first what the BMC names", [], [null, 0, 0]],
    ["never again where nothing answers", [["dead", null, 0]], null],
    ["never again after a denial", [["denied", 17, 0]], null],
    ["never again if ipmitool is the trouble", [["failed", null, 0]], null],
    ["another suite where one is refused", [["suite", 17, 0]], [3, 0, 0]],
    ["the other way round", [["suite", 3, 0]], [17, 0, 0]],
    ["no suite is left", [["suite", 17, 0], ["suite", 3, 0]], null],
    ["a suite nobody named counts as 3", [["suite", null, 0]], [17, 0, 0]],
    ["another suite where one is silent", [["silent", 17, 0]], [3, 0, 0]],
    ["another suite where one mismatches", [["mismatch", 17, 0]], [3, 0, 0]],
    ["both mismatch", [["mismatch", 17, 0], ["mismatch", 3, 0]], null],
    ["one mismatches, one is refused", [["mismatch", 17, 0], ["suite", 3, 0]], null],
    ["a mismatch with 3 is a wrong password", [["mismatch", 3, 0]], null],
    ["and so it is with what nobody named", [["mismatch", null, 0]], null],
    ["both silent: more patience", [["silent", 3, 0], ["silent", 17, 0]], [17, 1, 0]],
    ["silent, and the other refused", [["silent", 3, 0], ["suite", 17, 0]], [3, 1, 0]],
    ["a session that broke: its suite again", [["silent!", 3, 0]], [3, 1, 0]],
    ["slow: much more patience", [["slow", 3, 0]], [17, 3, 0]],
    ["slow, and the suite is known", [["slow!", 3, 0]], [3, 3, 0]],
    ["what seems to be old is asked once more", [["old", 3, 0]], [17, 1, 0]],
    ["and is old", [["old", 3, 0], ["old", 17, 1]], null],
    ["no free session: a pause", [["full", 3, 0]], [3, 0, 1]],
    ["still none: a longer one", [["full", 3, 0], ["full", 3, 0], ["full", 3, 0]], [3, 0, 4]],
    ["it answered once, and is gone", [["silent!", 3, 0], ["dead", 3, 1]], [3, 1, 1]],
    ["all patience is spent, but not all time", [["silent!", 3, 4]], [3, 4, 1]],
  ];
  for (const [name, past, next] of cases) {
    await t.step(name, () => {
      const attempt = nextAttempt(past.map(endedOf), null);
      const seen = attempt && [attempt.suite, attempt.patience, attempt.pause];
      assertEquals<unknown>(seen, next);
    });
  }
});

Deno.test("nextAttempt() tries the only suite that it may", () => {
  const next = (...past: Past[]): unknown => nextAttempt(past.map(endedOf), 17);
  assertEquals(next(), { suite: 17, patience: 0, pause: 0 });
  assertEquals(next(["suite", 17, 0]), null);
  assertEquals(next(["silent", 17, 0]), { suite: 17, patience: 1, pause: 0 });
});

Deno.test("nextAttempt() goes on for ever with a BMC that answers, and never with one that does not", () => {
  const kinds = fc.constantFrom<EndKind>("silent", "slow", "full", "dead");
  fc.assert(fc.property(fc.array(kinds, { minLength: 1, maxLength: 40 }), (ends) => {
    const past: Ended[] = [];
    for (const kind of ends) {
      const attempt = nextAttempt(past, null);
      if (attempt === null) {
        assert(past.every(({ kind }) => kind === "dead"));
        return;
      }
      assert(attempt.patience >= (past.at(-1)?.patience ?? 0), "patience never shrinks");
      assert(attempt.patience < PATIENCE.length && attempt.pause <= 8);
      past.push({ ...attempt, kind, wasOpen: false });
    }
  }));
});
