import { assertEquals } from "@std/assert";
import { Reporter } from "../../../lib/show/reporter.ts";
import { collect } from "../../in_process.ts";

/** What a reporter writes. */
function written(work: (reporter: Reporter) => void): string {
  let text = "";
  const stderr = collect((part) => text += part);
  const context = { env: () => undefined, stderr };
  work(new Reporter(context, "pitboot run", { quiet: false, verbose: false, color: "never" }));
  return text;
}

Deno.test("Reporter makes no line of its own of a line end in a foreign name", () => {
  const name = "/data/x\npitboot run: error: all is lost";
  const shown = "/data/x\\x0apitboot run: error: all is lost";
  const problem = { severity: "error", message: `${name}: bad\n    a row`, hint: name } as const;
  assertEquals(
    written((reporter) => reporter.problem(problem)),
    `pitboot run: error: ${shown}: bad\n    a row\n  hint: ${shown}\n`,
  );
  assertEquals(written((reporter) => reporter.say(name)), `pitboot run: ${shown}\n`);
  assertEquals(written((reporter) => reporter.show(["a", name])), `a\n${shown}\n`);
  assertEquals(
    written((reporter) => reporter.verdict(["NOT READY", name])),
    `NOT READY\n${shown}\n`,
  );
});
