import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { type Ended, nextAttempt, PATIENCE } from "../../../lib/bmc/next_attempt.ts";
import { found } from "../../../lib/bmc/finding.ts";
import type { BmcReason } from "../../../lib/document/document.ts";

/** An attempt that ended: why, suite, patience; `open`: there was a session. */
type Past = readonly [reason: BmcReason, suite: number | null, patience: number, open?: "open"];

function endedOf([reason, suite, patience, open]: Past): Ended {
  return { ...found(reason), suite, patience, wasOpen: open === "open", pause: 0 };
}

Deno.test("nextAttempt() goes on with what may help", async (t) => {
  const cases: [
    name: string,
    past: Past[],
    next: [suite: number | null, patience: number, pause: number] | null,
  ][] = [
    ["first what the BMC names", [], [null, 0, 0]],
    ["where nothing answers, as at first: it may be starting", [["no-answer", null, 0]], [
      null,
      0,
      1,
    ]],
    ["ipmitool was ended: a pause", [["ipmitool-died", 17, 0, "open"]], [null, 0, 1]],
    ["whatever ends it ends it again", Array(3).fill(["ipmitool-died", null, 0]), null],
    ["never again after a denial", [["refused-user", 17, 0]], null],
    ["never again if ipmitool is the trouble", [["no-shell", null, 0]], null],
    ["never again where the address is not found", [["no-address", null, 0]], null],
    ["never again after words that nobody knows", [["not-understood", null, 0]], null],
    ["never again for a user who may not", [["refused-role", 17, 0]], null],
    ["never again after the code of a session command", [["refused", 17, 0]], null],
    ["another suite where the key mismatches", [["no-key", 17, 0]], [3, 0, 0]],
    ["a mismatch with 3 is another key", [["no-key", 3, 0]], null],
    ["both mismatch, the key in one", [["no-key", 17, 0], ["refused-password", 3, 0]], null],
    ["another suite where one is refused", [["no-suite", 17, 0]], [3, 0, 0]],
    ["the other way round", [["no-suite", 3, 0]], [17, 0, 0]],
    ["no suite is left", [["no-suite", 17, 0], ["no-suite", 3, 0]], null],
    ["a suite nobody named counts as 3", [["no-suite", null, 0]], [17, 0, 0]],
    ["another suite where one is silent", [["silent", 17, 0]], [3, 0, 0]],
    ["another suite where one mismatches", [["refused-password", 17, 0]], [3, 0, 0]],
    ["both mismatch", [["refused-password", 17, 0], ["refused-password", 3, 0]], null],
    ["one mismatches, one is refused", [["refused-password", 17, 0], ["no-suite", 3, 0]], null],
    ["a mismatch with 3 is a wrong password", [["refused-password", 3, 0]], null],
    ["and so it is with what nobody named", [["refused-password", null, 0]], null],
    ["both silent: more patience", [["silent", 3, 0], ["silent", 17, 0]], [17, 1, 0]],
    ["silent, and the other refused", [["silent", 3, 0], ["no-suite", 17, 0]], [3, 1, 0]],
    ["a session that broke: its suite again", [["silent", 3, 0, "open"]], [3, 1, 0]],
    ["slow: much more patience", [["slow", 3, 0]], [17, 3, 0]],
    ["slow, and the suite is known", [["slow", 3, 0, "open"]], [3, 3, 0]],
    ["what seems to be old is asked once more", [["no-ipmi-2", 3, 0]], [17, 1, 0]],
    ["and is old", [["no-ipmi-2", 3, 0], ["no-ipmi-2", 17, 1]], null],
    ["no free session: a pause", [["no-session", 3, 0]], [3, 0, 1]],
    ["a session that is dropped: a pause", [["session-dropped", 3, 0]], [3, 0, 1]],
    [
      "still none: a longer one",
      [["no-session", 3, 0], ["no-session", 3, 0], ["no-session", 3, 0]],
      [3, 0, 4],
    ],
    ["it answered once, and is gone", [["silent", 3, 0, "open"], ["no-answer", 3, 1]], [3, 1, 1]],
    ["all patience is spent, but not all time", [["silent", 3, 4, "open"]], [3, 4, 1]],
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
  assertEquals(next(["no-suite", 17, 0]), null);
  assertEquals(next(["silent", 17, 0]), { suite: 17, patience: 1, pause: 0 });
});

Deno.test("nextAttempt() goes on for ever, more and more patiently", () => {
  const reasons = fc.constantFrom<BmcReason>("silent", "slow", "no-session", "no-answer");
  fc.assert(fc.property(fc.array(reasons, { minLength: 1, maxLength: 40 }), (ends) => {
    const past: Ended[] = [];
    for (const reason of ends) {
      const attempt = nextAttempt(past, null);
      assert(attempt);
      assert(attempt.patience >= (past.at(-1)?.patience ?? 0), "patience never shrinks");
      assert(attempt.patience < PATIENCE.length && attempt.pause <= 8);
      past.push({ ...attempt, ...found(reason), wasOpen: false });
    }
  }));
});
