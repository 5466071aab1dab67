import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { FormatError } from "../../../lib/text/format_error.ts";
import { checkSquashfs, SUPERBLOCK_BYTES } from "../../../lib/images/squashfs.ts";

const FILE = "rootfs.squashfs";

/** A superblock as mksquashfs writes it, of a file of `used` bytes. */
function superblock(used: number, major = 4): Uint8Array {
  const bytes = new Uint8Array(SUPERBLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("hsqs"));
  view.setUint32(4, 1, true); // inodes
  view.setUint32(12, 131072, true); // block size
  view.setUint16(20, 4, true); // compression: xz
  view.setUint16(22, 17, true); // log2 of the block size
  view.setUint16(28, major, true);
  view.setBigUint64(40, BigInt(used), true);
  return bytes;
}

Deno.test("checkSquashfs() takes whole images", async (t) => {
  const cases: [name: string, used: number, size: number][] = [
    ["as long as it says", 5000, 5000],
    ["padded to 4 KiB", 5000, 8192],
    ["larger than 4 GiB", 5_000_000_000, 5_000_000_768],
  ];
  for (const [name, used, size] of cases) {
    await t.step(name, () => {
      assertEquals(checkSquashfs(superblock(used), size, FILE), undefined);
    });
  }
  await t.step("a part of a larger buffer", () => {
    const buffer = new Uint8Array(200);
    buffer.set(superblock(5000), 7);
    const head = buffer.subarray(7, 7 + SUPERBLOCK_BYTES);
    assertEquals(checkSquashfs(head, 5000, FILE), undefined);
  });
});

Deno.test("checkSquashfs() says what is wrong with an image", async (t) => {
  const bigEndian = superblock(5000);
  bigEndian.set(new TextEncoder().encode("sqsh"));
  const halfZero = superblock(5000).fill(0, 0, 8);
  const zeros = new Uint8Array(SUPERBLOCK_BYTES);
  const kind = "is not a squashfs image: no hsqs at its start";
  const cases: [name: string, head: Uint8Array, complaint: string][] = [
    [
      "zeros",
      zeros,
      "begins with zeros: mksquashfs is still writing it, or was interrupted",
    ],
    ["zeros at the front", halfZero, kind],
    ["the other byte order", bigEndian, kind],
    ["version 3", superblock(5000, 3), "is squashfs version 3, expected 4"],
    ["version 5", superblock(5000, 5), "is squashfs version 5, expected 4"],
    ["cut", superblock(5001), "is truncated: 5000 of 5001 bytes are there"],
  ];
  for (const [name, head, complaint] of cases) {
    await t.step(name, () => {
      const error = assertThrows(
        () => checkSquashfs(head, 5000, FILE),
        FormatError,
      );
      assertEquals(error.message, `${FILE}: ${complaint}`);
      assertEquals(error.place, { file: FILE });
    });
  }
  await t.step("an empty file", () => {
    const error = assertThrows(
      () => checkSquashfs(new Uint8Array(), 0, FILE),
      FormatError,
    );
    assertEquals(
      error.message,
      `${FILE}: 0 bytes are too few for a squashfs image`,
    );
  });
});

Deno.test("checkSquashfs() refuses a compressor that Linux does not have", async (t) => {
  for (const [compressor, name] of [[2, "lzma"], [7, "compressor 7"]] as const) {
    await t.step(name, () => {
      const head = superblock(5000);
      head[20] = compressor;
      const error = assertThrows(() => checkSquashfs(head, 5000, FILE), FormatError);
      assertEquals(error.message, `${FILE}: is compressed with ${name}, which Linux cannot read`);
    });
  }
});

Deno.test("checkSquashfs() refuses an image cut at any length", () => {
  const whole = new Uint8Array(300).fill(7);
  whole.set(superblock(whole.length));
  checkSquashfs(whole.subarray(0, SUPERBLOCK_BYTES), whole.length, FILE);
  for (let size = 0; size < whole.length; size++) {
    const head = whole.subarray(0, Math.min(size, SUPERBLOCK_BYTES));
    assertThrows(() => checkSquashfs(head, size, FILE), FormatError);
  }
});

Deno.test("checkSquashfs() throws nothing but FormatError", () => {
  const heads = fc.oneof(
    fc.uint8Array({ maxLength: SUPERBLOCK_BYTES }),
    fc.uint8Array({ minLength: 92, maxLength: 92 })
      .map((rest) => Uint8Array.of(0x68, 0x73, 0x71, 0x73, ...rest)),
  );
  fc.assert(fc.property(heads, fc.maxSafeNat(), (head, size) => {
    try {
      checkSquashfs(head, size, FILE);
      assertEquals(head[28], 4);
    } catch (error) {
      assert(error instanceof FormatError, String(error));
    }
  }));
});
