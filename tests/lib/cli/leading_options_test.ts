import { assertEquals } from "@std/assert";
import { areOptions } from "../../../lib/cli/leading_options.ts";
import { COMMON_OPTIONS, DRY_RUN_OPTIONS, OUTPUT_OPTIONS } from "../../../lib/cli/manual.ts";

Deno.test("areOptions() tells whether the command may follow", async (t) => {
  const options = { ...COMMON_OPTIONS, ...DRY_RUN_OPTIONS, ...OUTPUT_OPTIONS };
  const cases: [words: string[], may: boolean][] = [
    [[], false],
    [["-n"], true],
    [["--root", "/x"], true],
    [["--root=/x", "-qn"], true],
    [["-o", "json"], true],
    [["-ojson"], true],
    // The next word is their value.
    [["--root"], false],
    [["-n", "-o"], false],
    // Another word would be the command.
    [["/x"], false],
    [["-n", "/x"], false],
    [["/x", "-n"], false],
    // To be refused by the command.
    [["--frob"], true],
    [["--root="], true],
  ];
  for (const [words, may] of cases) {
    await t.step(words.join(" ") || "nothing", () => {
      assertEquals(areOptions(words, { options }), may);
    });
  }
});
