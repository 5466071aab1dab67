import { assertEquals, assertInstanceOf } from "@std/assert";
import { FormatError, type Place } from "../../../lib/text/format_error.ts";

Deno.test("FormatError begins with the place", async (t) => {
  const cases: [name: string, place: Place, message: string][] = [
    ["file and line", { file: "a.conf", line: 3 }, "a.conf:3: odd"],
    ["no lines", { file: "/srv/a.xz" }, "/srv/a.xz: odd"],
  ];
  for (const [name, place, message] of cases) {
    await t.step(name, () => {
      const error = new FormatError("odd", place);
      assertEquals(error.message, message);
      assertEquals(error.name, "FormatError");
      assertEquals(error.place, place);
    });
  }
});

Deno.test("FormatError is a SyntaxError", () => {
  assertInstanceOf(new FormatError("odd", { file: "a" }), SyntaxError);
});
