import { assert, assertEquals } from "@std/assert";
import { markup } from "../../../lib/report/html.ts";
import fc from "../../npm/fast_check.ts";

Deno.test("markup() escapes what is put into it, and leaves HTML alone", () => {
  const inner = markup`<b>${"a & b"}</b>`;
  assertEquals(
    markup`<p>${inner}${[inner]}${7}</p>`.text,
    [
      "<p><b>a &amp; b</b><b>a &amp; b</b>7</p>",
    ].join(),
  );
  assertEquals(markup`${"\x1b[31m\u202e"}`.text, "\\x1b[31m\\u202e");
});

/** Any that UTF-8 can write. The tables for the like in fast-check take seconds to be made. */
const CHARACTER = fc.integer({ min: 0, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

Deno.test("markup() never lets a text become markup", () => {
  fc.assert(fc.property(fc.string({ unit: CHARACTER }), (text) => {
    const { text: made } = markup`<i title="${text}">${text}</i>`;
    const [, title = "", inner = ""] = /^<i title="([^"]*)">([^<>]*)<\/i>$/.exec(made) ?? [];
    assert(title === inner && made.length === title.length * 2 + 16, made);
    // deno-lint-ignore no-control-regex
    assert(!/[<>"'\x00-\x1f\u202e]/.test(inner), made);
  }));
});
