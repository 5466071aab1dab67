import { assertEquals, assertRejects } from "@std/assert";
import { Checks } from "../../../lib/command/checks.ts";
import { Draft } from "../../../lib/command/draft.ts";
import type { Event } from "../../../lib/document/event.ts";
import { Failure } from "../../../lib/document/problems.ts";
import { OutputError } from "../../../lib/io/context.ts";
import { TYPED } from "../../typed.ts";

/** Checks, and whom they tell. */
function newChecks(signal = new AbortController().signal): {
  checks: Checks;
  draft: Draft;
  events: Event[];
  traced: unknown[];
} {
  const [events, traced]: [Event[], unknown[]] = [[], []];
  const checks = new Checks({
    context: { signal },
    reporter: { trace: (error) => traced.push(error) },
    emit: (event) => events.push(event),
  });
  const draft = new Draft(() => {}, TYPED);
  draft.begin("set-links");
  return { checks, draft, events, traced };
}

function failing(message: string, hint = "mend it"): () => never {
  return () => {
    throw new Failure("file-missing", { message, hint });
  };
}

Deno.test("Checks return what each finds, and pass", async () => {
  const { checks, draft, events } = newChecks();
  assertEquals(await checks.make(draft, () => 1), 1);
  assertEquals(await checks.make(draft, () => Promise.resolve("two")), "two");
  assertEquals([checks.haveFailed, checks.havePassed()], [false, true]);
  assertEquals([draft.document.problems, events], [[], []]);
});

Deno.test("Checks go on after one that failed, and name all that did", async () => {
  const { checks, draft, events, traced } = newChecks();
  assertEquals(await checks.make(draft, failing("/a: does not exist")), undefined);
  assertEquals(await checks.make(draft, () => 2), 2);
  assertEquals(await checks.make(draft, () => Promise.reject(new TypeError("odd"))), undefined);
  assertEquals([checks.haveFailed, checks.havePassed()], [true, false]);
  const { problems } = draft.document;
  assertEquals(problems.map(({ stage, code }) => [stage, code]), [
    ["set-links", "file-missing"],
    ["set-links", "failed"],
  ]);
  assertEquals(events, [{ what: "refused", failed: 2, checks: 3 }]);
  assertEquals(traced.length, 2);
});

Deno.test("Checks name once what two stages need", async () => {
  const { checks, draft, events } = newChecks();
  const other = draft.beside("wait-leases");
  await checks.make(draft, failing("/statics.conf: does not exist"));
  await checks.make(other, failing("/statics.conf: does not exist"));
  await checks.make(other, failing("/leases: does not exist"));
  assertEquals(checks.havePassed(), false);
  assertEquals(draft.document.problems.map(({ message }) => message), [
    "/statics.conf: does not exist",
    "/leases: does not exist",
  ]);
  assertEquals(events, [{ what: "refused", failed: 2, checks: 2 }]);
});

Deno.test("Checks end at ^C, and report nothing of it", async () => {
  const controller = new AbortController();
  const { checks, draft } = newChecks(controller.signal);
  const interrupted = (): never => {
    controller.abort(new DOMException("stopped by SIGINT", "AbortError"));
    throw new RangeError("it was in the middle of something");
  };
  await assertRejects(() => checks.make(draft, interrupted), RangeError);
  await assertRejects(() => checks.make(draft, () => 1), DOMException, "stopped by SIGINT");
  assertEquals([draft.document.problems, checks.haveFailed], [[], false]);
});

Deno.test("Checks end where standard output cannot be written", async () => {
  const { checks, draft } = newChecks();
  const full = (): never => {
    throw new OutputError("standard output cannot be written", null);
  };
  await assertRejects(() => checks.make(draft, full), OutputError);
  assertEquals(draft.document.problems, []);
});
