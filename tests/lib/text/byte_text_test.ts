import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { bytesOfText, sha256, sha256OfBytes, textOfBytes } from "../../../lib/text/byte_text.ts";

const ALL = Uint8Array.from({ length: 256 }, (_, i) => i);
const utf8 = new TextEncoder();

Deno.test("textOfBytes() makes one character of each byte", async (t) => {
  const cases: [name: string, bytes: Uint8Array, text: string][] = [
    ["no bytes", new Uint8Array(), ""],
    ["ASCII", utf8.encode("#!ipxe\n\0\x7f"), "#!ipxe\n\0\x7f"],
    ["two bytes of UTF-8", utf8.encode("ü"), "\xc3\xbc"],
    ["four bytes of UTF-8", utf8.encode("😀"), "\xf0\x9f\x98\x80"],
    ["a byte order mark", utf8.encode("\ufeffa"), "\xef\xbb\xbfa"],
    ["Latin-1", Uint8Array.of(0x61, 0xfc), "aü"],
    ["what UTF-8 never has", Uint8Array.of(0xff, 0xfe, 0x80), "\xff\xfe\x80"],
    ["a character that is cut off", Uint8Array.of(0x61, 0xc3), "a\xc3"],
    ["every byte", ALL, String.fromCharCode(...ALL)],
    ["a large file", new Uint8Array(300_000).fill(0xff), "\xff".repeat(300_000)],
  ];
  for (const [name, bytes, text] of cases) {
    await t.step(name, () => {
      assertEquals(textOfBytes(bytes), text);
      assertEquals([...bytesOfText(text)], [...bytes]);
    });
  }
});

Deno.test("bytesOfText() gives back what textOfBytes() was given", () => {
  const files = fc.oneof(
    fc.uint8Array(),
    fc.uint8Array({ max: 0x7f }),
    // A file that is UTF-8 must not be read as such either.
    fc.string({ unit: "grapheme" }).map((text) => utf8.encode(text)),
  );
  fc.assert(fc.property(files, (bytes) => {
    const text = textOfBytes(bytes);
    assertEquals(text.length, bytes.length);
    assertEquals([...bytesOfText(text)], [...bytes]);
  }));
});

Deno.test("sha256() and sha256OfBytes() give what sha256sum prints", async (t) => {
  // The first two stand in FIPS 180-2 and RFC 6234.
  const cases: [name: string, bytes: Uint8Array<ArrayBuffer>, sum: string][] = [
    [
      "nothing",
      new Uint8Array(),
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ],
    [
      "abc",
      utf8.encode("abc"),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ],
    [
      "every byte",
      ALL,
      "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880",
    ],
  ];
  for (const [name, bytes, sum] of cases) {
    await t.step(name, async () => {
      assertEquals(await sha256OfBytes(bytes), sum);
      assertEquals(await sha256(textOfBytes(bytes)), sum);
    });
  }
});
