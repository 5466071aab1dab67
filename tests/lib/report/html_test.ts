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

Deno.test("markup() never lets a text become markup", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const { text: made } = markup`<i title="${text}">${text}</i>`;
    const [, title = "", inner = ""] = /^<i title="([^"]*)">([^<>]*)<\/i>$/.exec(made) ?? [];
    assert(title === inner && made.length === title.length * 2 + 16, made);
    // deno-lint-ignore no-control-regex
    assert(!/[<>"'\x00-\x1f\u202e]/.test(inner), made);
  }));
});
