import { assert, assertEquals, assertThrows } from "@std/assert";
import { testWith } from "../../needs.ts";
import fc from "../../npm/fast_check.ts";
import { checkInitrd } from "../../../lib/images/initrd.ts";
import { FormatError } from "../../../lib/text/format_error.ts";
import { xzFile } from "../../../tools/pit/artifacts.ts";

const FILE = "initrd.img.xz";
const XZ = xzFile();
/** `xz --check=crc32 </dev/null`: header, an index without records, footer. */
// deno-fmt-ignore
const EMPTY_XZ = Uint8Array.of(
  0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36,
  0x00, 0x00, 0x00, 0x00, 0x1c, 0xdf, 0x44, 0x21,
  0x90, 0x42, 0x99, 0x0d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a,
);
/** `printf x | xz`: its check is CRC64. */
// deno-fmt-ignore
const CRC64_XZ = Uint8Array.of(
  0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46,
  0x02, 0x00, 0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3,
);
const ZEROS = new Uint8Array(512);

/** A newc archive of files, each with one byte for each letter of its name. */
function cpio(...names: string[]): Uint8Array {
  const entries = [...names, "TRAILER!!!"].map((name) => {
    const size = name === "TRAILER!!!" ? 0 : name.length;
    const fields = Array.from(
      { length: 13 },
      (_, i) => i === 6 ? size : i === 11 ? name.length + 1 : 0,
    );
    const header = "070701" + fields.map((field) => field.toString(16).padStart(8, "0")).join("");
    return padded(padded(`${header}${name}\0`) + "x".repeat(size));
  });
  return new TextEncoder().encode(entries.join(""));
}

function padded(text: string): string {
  return text.padEnd(Math.ceil(text.length / 4) * 4, "\0");
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function check(file: Uint8Array): void {
  checkInitrd((offset, length) => file.subarray(offset, offset + length), file.length, FILE);
}

function withByte(at: number, value: number): Uint8Array {
  const bytes = XZ.slice();
  bytes[at] = value;
  return bytes;
}

const MICROCODE = cpio("kernel/x86/microcode/GenuineIntel.bin", "kernel/x86");

Deno.test("checkInitrd() takes what Linux unpacks", async (t) => {
  const cases: [name: string, file: Uint8Array][] = [
    ["xz", XZ],
    ["two streams", join(XZ, XZ)],
    ["zeros behind it", join(XZ, ZEROS, ZEROS)],
    ["more zeros than are looked at in one go", join(XZ, new Uint8Array(10_000))],
    ["microcode in front of it", join(MICROCODE, XZ)],
    ["zeros behind the microcode", join(MICROCODE, ZEROS, XZ)],
    ["two archives in front of it", join(MICROCODE, cpio("a"), XZ)],
    ["an archive behind it", join(XZ, cpio("etc/hosts"))],
    ["an archive and zeros behind it", join(XZ, cpio("etc/hosts"), ZEROS)],
    ["an empty stream behind it", join(XZ, EMPTY_XZ)],
    ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3)],
    ["zstd behind microcode", join(MICROCODE, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0))],
  ];
  for (const [name, file] of cases) {
    await t.step(name, () => assertEquals(check(file), undefined));
  }
});

Deno.test("checkInitrd() says what is wrong with a file", async (t) => {
  const kind = "is not an xz file: no FD 37 7A 58 5A 00 at its start";
  const cut = "is truncated: an xz file ends in YZ, this one does not";
  const footer = "is damaged: the checksum of its xz footer is wrong";
  const apart = "is damaged: its xz header and footer do not match";
  const check64 =
    "has the xz check CRC64, with which Linux does not unpack it; use xz --check=crc32";
  const cases: [name: string, file: Uint8Array, complaint: string][] = [
    ["an empty file", new Uint8Array(), kind],
    ["zeros", ZEROS, kind],
    ["text", new TextEncoder().encode("initrd"), kind],
    ["zeros at the front", XZ.slice().fill(0, 0, 6), kind],
    ["old cpio", new TextEncoder().encode("070707" + "0".repeat(130)), kind],
    ["xz of nothing", EMPTY_XZ, "is an xz file with nothing in it"],
    ["xz of nothing, and zeros", join(EMPTY_XZ, ZEROS), "is an xz file with nothing in it"],
    ["a check that Linux does not know", CRC64_XZ, check64],
    ["one in a second stream", join(XZ, CRC64_XZ, XZ.subarray(24, 46), CRC64_XZ), cut],
    ["only microcode", MICROCODE, "holds nothing but an archive that is not compressed"],
    ["microcode, cut", MICROCODE.subarray(0, 130), "is truncated: its first archive ends early"],
    [
      "text behind microcode",
      join(MICROCODE, new TextEncoder().encode("text")),
      `is not an xz file: no FD 37 7A 58 5A 00 behind its first archive, at ${MICROCODE.length}`,
    ],
    ["only the header", XZ.subarray(0, 12), cut],
    ["zeros at the end", XZ.slice().fill(0, 44), cut],
    ["a wrong checksum", withByte(44, 0), footer],
    ["a wrong backward size", withByte(48, 2), footer],
    ["the end of another file", join(XZ.subarray(0, 24), XZ.subarray(36)), apart],
    ["the end of an empty one", join(XZ.subarray(0, 24), EMPTY_XZ.subarray(12)), apart],
  ];
  for (const [name, file, complaint] of cases) {
    await t.step(name, () => {
      const error = assertThrows(() => check(file), FormatError);
      assertEquals(error.message, `${FILE}: ${complaint}`);
      assertEquals(error.place, { file: FILE });
    });
  }
});

Deno.test("checkInitrd() refuses a file cut at any length", async (t) => {
  const files: [name: string, file: Uint8Array][] = [
    ["xz", XZ],
    ["microcode and xz", join(MICROCODE, XZ)],
  ];
  for (const [name, file] of files) {
    await t.step(name, () => {
      for (let size = 0; size < file.length; size++) {
        assertThrows(() => check(file.subarray(0, size)), FormatError);
      }
    });
  }
});

Deno.test("checkInitrd() sees one wrong bit", async (t) => {
  const parts: [name: string, from: number, to: number][] = [
    ["in the magic", 0, 6],
    ["in the header's flags", 6, 8],
    ["in the header's checksum", 8, 12],
    ["in the sizes of the index", 37, 39],
    ["in the footer", 44, 56],
  ];
  for (const [name, from, to] of parts) {
    await t.step(name, () => {
      for (let bit = from * 8; bit < to * 8; bit++) {
        const at = bit >> 3;
        // The size that it comes to, unpacked, is not looked at, nor are sizes within four.
        const damaged = withByte(at, (XZ[at] ?? 0) ^ (1 << (bit & 7)));
        if (at === 38 && (bit & 7) < 2) continue;
        assertThrows(() => check(damaged), FormatError);
      }
    });
  }
});

Deno.test("checkInitrd() throws nothing but FormatError", () => {
  const rest = fc.uint8Array({ maxLength: 140 });
  const files = fc.oneof(
    rest,
    rest.map((rest) => join(XZ.subarray(0, 12), rest)),
    rest.map((rest) => join(rest, XZ.subarray(36))),
    rest.map((rest) => join(MICROCODE.subarray(0, 110), rest)),
    fc.tuple(fc.nat(XZ.length - 1), fc.nat(255)).map(([at, value]) => withByte(at, value)),
  );
  fc.assert(fc.property(files, (file) => {
    try {
      check(file);
    } catch (error) {
      assert(error instanceof FormatError, String(error));
    }
  }));
});

testWith("checkInitrd() agrees with xz on what it wrote", ["xz-utils"], async (t) => {
  const text = new Uint8Array(300_000).map((_, i) => (i * 2654435761) >>> 13);
  const cases: [name: string, options: string[], isTaken: boolean][] = [
    ["CRC32", ["--check=crc32"], true],
    ["no check", ["--check=none"], true],
    ["many blocks", ["--check=crc32", "--block-size=4096"], true],
    ["CRC64", [], false],
    ["SHA-256", ["--check=sha256"], false],
  ];
  for (const [name, options, isTaken] of cases) {
    await t.step(name, async () => {
      const file = await packed(text, options);
      if (isTaken) assertEquals([check(file), check(join(file, file))], [undefined, undefined]);
      else assertThrows(() => check(file), FormatError, "has the xz check");
      assertThrows(() => check(file.subarray(0, -4)), FormatError);
      const hole = join(
        file.subarray(0, file.length >> 1),
        file.subarray((file.length >> 1) + 64),
      );
      assertThrows(() => check(hole), FormatError);
    });
  }
});

async function packed(bytes: Uint8Array<ArrayBuffer>, options: string[]): Promise<Uint8Array> {
  const xz = new Deno.Command("xz", { args: options, stdin: "piped", stdout: "piped" }).spawn();
  const [{ stdout }] = await Promise.all([
    xz.output(),
    new Blob([bytes]).stream().pipeTo(xz.stdin),
  ]);
  return stdout;
}
