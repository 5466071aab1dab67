import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { FormatError } from "../../../lib/text/format_error.ts";
import { checkXz, crc32, XZ_HEADER_BYTES } from "../../../lib/images/xz.ts";

const FILE = "initrd.img.xz";

/**
 * The smallest xz file, which is what `xz` writes for no input at all. Byte by
 * byte from "The .xz File Format" 1.2.1: stream header (2.1.1), index without
 * records (4), stream footer (2.1.2).
 */
const EMPTY_XZ = Uint8Array.of(
  0xfd,
  0x37,
  0x7a,
  0x58,
  0x5a,
  0x00, // magic
  0x00,
  0x04, // flags: the content has a CRC64
  0xe6,
  0xd6,
  0xb4,
  0x46, // CRC32 of the flags
  0x00,
  0x00,
  0x00,
  0x00, // index indicator, no records, padding
  0x1c,
  0xdf,
  0x44,
  0x21, // CRC32 of the index
  0x1f,
  0xb6,
  0xf3,
  0x7d, // CRC32 of the next six bytes
  0x01,
  0x00,
  0x00,
  0x00, // backward size: the index has eight bytes
  0x00,
  0x04, // the flags again
  0x59,
  0x5a, // magic
);

/** A newc archive that holds nothing but its trailer. */
const EMPTY_CPIO = new TextEncoder().encode(
  "070701" + "0".repeat(8 * 11) + "0000000B" + "0".repeat(8) +
    "TRAILER!!!\0\0\0\0",
);

function check(file: Uint8Array): void {
  const tail = file.subarray(Math.max(0, file.length - XZ_HEADER_BYTES));
  checkXz(file.subarray(0, XZ_HEADER_BYTES), tail, FILE);
}

function withByte(at: number, value: number): Uint8Array {
  const bytes = EMPTY_XZ.slice();
  bytes[at] = value;
  return bytes;
}

Deno.test("checkXz() takes whole files", async (t) => {
  const cases: [name: string, file: Uint8Array][] = [
    ["the smallest file", EMPTY_XZ],
    ["two streams", Uint8Array.of(...EMPTY_XZ, ...EMPTY_XZ)],
    ["microcode before it", Uint8Array.of(...EMPTY_CPIO, ...EMPTY_XZ)],
  ];
  for (const [name, file] of cases) {
    await t.step(name, () => assertEquals(check(file), undefined));
  }
});

Deno.test("checkXz() says what is wrong with a file", async (t) => {
  const kind = "is not an xz file: no FD 37 7A 58 5A 00 at its start";
  const cut = "is truncated: an xz file ends in YZ, this one does not";
  const damaged = "is damaged: the checksum of its xz footer is wrong";
  const gzip = Uint8Array.of(0x1f, 0x8b, 8, ...EMPTY_XZ.subarray(3));
  // A footer of its own whose flags ask for CRC32 (01) instead of CRC64 (04).
  const foreign = EMPTY_XZ.slice();
  foreign.set([0x90, 0x42, 0x99, 0x0d, 1, 0, 0, 0, 0, 1], 20);
  const cases: [name: string, file: Uint8Array, complaint: string][] = [
    ["an empty file", new Uint8Array(), kind],
    ["zeros", new Uint8Array(32), kind],
    ["zeros at the front", EMPTY_XZ.slice().fill(0, 0, 6), kind],
    ["gzip", gzip, kind],
    ["old cpio", new TextEncoder().encode("070707" + "0".repeat(30)), kind],
    ["only microcode", EMPTY_CPIO, cut],
    ["only the header", EMPTY_XZ.subarray(0, 12), cut],
    ["zeros at the end", EMPTY_XZ.slice().fill(0, 20), cut],
    ["a wrong backward size", withByte(24, 2), damaged],
    ["a wrong checksum", withByte(20, 0), damaged],
    [
      "the end of another file",
      foreign,
      "is damaged: xz header and footer do not belong together",
    ],
  ];
  for (const [name, file, complaint] of cases) {
    await t.step(name, () => {
      const error = assertThrows(() => check(file), FormatError);
      assertEquals(error.message, `${FILE}: ${complaint}`);
      assertEquals(error.place, { file: FILE });
    });
  }
});

Deno.test("checkXz() refuses a file cut at any length", async (t) => {
  const files: [name: string, file: Uint8Array][] = [
    ["xz", EMPTY_XZ],
    ["microcode and xz", Uint8Array.of(...EMPTY_CPIO, ...EMPTY_XZ)],
  ];
  for (const [name, file] of files) {
    await t.step(name, () => {
      for (let size = 0; size < file.length; size++) {
        assertThrows(() => check(file.subarray(0, size)), FormatError);
      }
    });
  }
});

Deno.test("checkXz() sees one wrong bit", async (t) => {
  const parts: [name: string, from: number, to: number][] = [
    ["in the magic", 0, 6],
    ["in the header's flags", 6, 8],
    ["in the header's checksum", 8, 12],
    ["in the footer", 20, 32],
  ];
  for (const [name, from, to] of parts) {
    await t.step(name, () => {
      for (let bit = from * 8; bit < to * 8; bit++) {
        const at = bit >> 3;
        const damaged = withByte(at, (EMPTY_XZ[at] ?? 0) ^ (1 << (bit & 7)));
        assertThrows(() => check(damaged), FormatError);
      }
    });
  }
});

Deno.test("checkXz() throws nothing but FormatError", () => {
  const files = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 40 })
      .map((rest) => Uint8Array.of(...EMPTY_XZ.subarray(0, 6), ...rest)),
    fc.uint8Array({ maxLength: 40 })
      .map((rest) => Uint8Array.of(...EMPTY_CPIO.subarray(0, 6), ...rest)),
    fc.tuple(fc.nat(31), fc.nat(255)).map(([at, value]) => withByte(at, value)),
  );
  fc.assert(fc.property(files, (file) => {
    try {
      check(file);
      assertEquals([...file.subarray(-2)], [0x59, 0x5a]);
    } catch (error) {
      assert(error instanceof FormatError, String(error));
    }
  }));
});

Deno.test("crc32() computes the sums that are known", async (t) => {
  const cases: [text: string, sum: number][] = [
    ["", 0],
    ["a", 0xe8b7be43],
    ["123456789", 0xcbf43926], // the check value of the catalogues
    ["The quick brown fox jumps over the lazy dog", 0x414fa339],
  ];
  for (const [text, sum] of cases) {
    await t.step(text || "nothing", () => {
      assertEquals(crc32(new TextEncoder().encode(text)), sum);
    });
  }
});

Deno.test("crc32() is an unsigned 32-bit number", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const sum = crc32(bytes);
    assert(Number.isInteger(sum) && sum >= 0 && sum <= 0xffffffff);
  }));
});

Deno.test("crc32() sees every single changed bit", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 32 });
  fc.assert(fc.property(bytes, fc.nat(), (before, bit) => {
    const after = before.slice();
    const at = bit % (before.length * 8);
    after[at >> 3] = (after[at >> 3] ?? 0) ^ (1 << (at & 7));
    assertNotEquals(crc32(after), crc32(before));
  }));
});
