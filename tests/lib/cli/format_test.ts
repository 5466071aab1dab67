import { assert, assertEquals } from "@std/assert";
import { EVENT_EXAMPLES } from "../../../lib/cli/event_format.ts";
import { type Format, formatPage, formatText, terms } from "../../../lib/cli/format.ts";
import { FORMATS } from "../../../lib/cli/formats.ts";
import {
  boolean,
  described,
  integer,
  list,
  nullable,
  object,
  oneOf,
  text,
} from "../../../lib/text/shape.ts";
import { EVENT_SCHEMA } from "../../../mod.ts";
import { Ajv2020 } from "../../npm/ajv.ts";

Deno.test("terms() says of what kind each value is, and what it means", async (t) => {
  const cases = [
    ["text", text, "(text)"],
    ["a number", integer, "(whole number)"],
    ["a switch", boolean, "(true or false)"],
    ["a choice", oneOf("a", "b"), "(a | b)"],
    ["what may be null", nullable(text), "(text or null)"],
    ["a list", list(object({})), "(list of object)"],
  ] as const;
  for (const [name, shape, kind] of cases) {
    await t.step(name, () => {
      const { schema } = object({ a: described<unknown>(shape, "Words.") });
      assertEquals(terms(schema), [["a", `${kind} Words.`]]);
    });
  }
  await t.step("what may be missing", () => {
    const { schema } = object({}, { a: described(text, "Words.") });
    assertEquals(terms(schema), [["a", "(text, may be missing) Words."]]);
  });
});

Deno.test("formatPage() and formatText() show the same", () => {
  const format: Format = {
    name: "x",
    summary: "a thing",
    parts: [{
      heading: "ABOUT",
      blocks: ["One. Two.", "Three.", ["key", "Words."], { lines: ["x -y"] }],
    }],
  };
  assertEquals(formatPage(format, "2022-08-01").split("\n").slice(3), [
    ".SH NAME",
    "pitboot\\-x \\- a thing",
    ".SH ABOUT",
    "One.",
    "Two.",
    ".PP",
    "Three.",
    ".TP",
    ".B key",
    "Words.",
    ".PP",
    ".RS 4",
    ".nf",
    "x \\-y",
    ".fi",
    ".RE",
    "",
  ]);
  assertEquals(
    formatText(format, 80),
    `pitboot-x - a thing

ABOUT
One. Two.

Three.
  key               Words.

    x -y
`,
  );
});

Deno.test("no page has an empty part, or a key without words", () => {
  for (const format of FORMATS) {
    for (const { heading, blocks } of format.parts) assert(blocks.length > 0, heading);
    assert(!formatText(format, 80).includes("undefined"));
  }
});

Deno.test("the events on their page are events", () => {
  const validate = new Ajv2020().compile(EVENT_SCHEMA);
  assert(EVENT_EXAMPLES.length > 2);
  for (const line of EVENT_EXAMPLES) {
    assertEquals(validate(JSON.parse(line)) ? null : validate.errors, null, line);
  }
});
