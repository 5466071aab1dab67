import { assert, assertEquals, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import fc from "../../npm/fast_check.ts";
import { FormatError } from "../../../lib/text/format_error.ts";
import {
  KERNEL_HEAD_BYTES,
  type KernelImage,
  parseKernelImage,
} from "../../../lib/images/kernel_image.ts";

const FILE = "a.kernel";
const VERSION = "5.3.18-150300.59.76-default";
const BANNER = `${VERSION} (geeko@buildhost) #1 SMP Fri Jun 10 2022\0`;

interface Layout {
  /** Sectors of 512 bytes after the first; 0 stands for 4. */
  readonly setupSectors?: number;
  /** Units of 16 bytes. */
  readonly systemSize?: number;
  /** Where the banner stands. */
  readonly bannerAt?: number;
  readonly banner?: string;
}

/** A bzImage with nothing in it but its header. */
function bzImage(layout: Layout = {}): Uint8Array {
  const { setupSectors = 4, systemSize = 64 } = layout;
  const { bannerAt = 0x400, banner = BANNER } = layout;
  const size = ((setupSectors || 4) + 1) * 512 + systemSize * 16;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes[0x1f1] = setupSectors;
  view.setUint32(0x1f4, systemSize, true);
  view.setUint16(0x1fe, 0xaa55, true);
  bytes.set(new TextEncoder().encode("HdrS"), 0x202);
  view.setUint16(0x206, 0x020f, true); // version of the boot protocol
  view.setUint16(0x20e, bannerAt - 0x200, true);
  bytes.set(new TextEncoder().encode(banner), bannerAt);
  return bytes;
}

/** The first bytes of an arm64 Image; in front stand two instructions. */
function arm64Image(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set(new TextEncoder().encode("MZ"));
  bytes.set([0x41, 0x52, 0x4d, 0x64], 56);
  return bytes;
}

/** The first bytes of a kernel that unpacks itself under UEFI. */
function zboot(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set(new TextEncoder().encode("MZ\0\0zimg"));
  return bytes;
}

/** Puts a PE32+ header with one section up to `end` into a kernel, and a signature behind it. */
function pe(kernel: Uint8Array, end: number, signature = 0): Uint8Array {
  const bytes = new Uint8Array(end + signature);
  bytes.set(kernel);
  const view = new DataView(bytes.buffer);
  const at = 0x40;
  view.setUint32(0x3c, at, true);
  view.setUint32(at, 0x50450000);
  view.setUint16(at + 6, 1, true); // sections
  view.setUint16(at + 20, 160, true); // bytes of the optional header
  view.setUint16(at + 24, 0x20b, true);
  if (signature > 0) {
    view.setUint32(at + 24 + 144, end, true);
    view.setUint32(at + 24 + 148, signature, true);
  }
  view.setUint32(at + 24 + 160 + 16, end - 512, true);
  view.setUint32(at + 24 + 160 + 20, 512, true);
  return bytes;
}

/** A file of some size that does not pack well. */
function noise(head: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4096).map((_, i) => (i * 2654435761) >>> 13);
  bytes.set(head);
  return bytes;
}

function parse(file: Uint8Array): KernelImage {
  const head = file.subarray(0, KERNEL_HEAD_BYTES);
  return parseKernelImage(head, file.length, FILE);
}

Deno.test("parseKernelImage() reads every kind of kernel", async (t) => {
  const x86: KernelImage = { arch: "x86_64", version: VERSION };
  const arm: KernelImage = { arch: "aarch64", version: null };
  const far = { setupSectors: 200, bannerAt: 0x200 + 0xffff };
  const cases: [name: string, file: Uint8Array, kernel: KernelImage][] = [
    ["bzImage", bzImage(), x86],
    ["a signature behind it", Uint8Array.of(...bzImage(), 1, 2, 3), x86],
    ["no number of setup sectors", bzImage({ setupSectors: 0 }), x86],
    ["a banner far away", bzImage(far), x86],
    ["a bare version", bzImage({ banner: `${VERSION}\0x` }), x86],
    ["other version letters", bzImage({ banner: "6.4.0+a~b_C.1 x" }), {
      arch: "x86_64",
      version: "6.4.0+a~b_C.1",
    }],
    ["arm64 Image", arm64Image(), arm],
    ["arm64 Image with its length", pe(arm64Image(), 4096), arm],
    ["arm64 zboot", pe(zboot(), 4096), arm],
    ["gzipped Image", gzipSync(arm64Image()), arm],
    ["gzipped Image, of which more comes", gzipSync(noise(arm64Image())).subarray(0, 300), arm],
    ["a bzImage with its signature", pe(bzImage(), 3584, 100), x86],
  ];
  for (const [name, file, kernel] of cases) {
    await t.step(name, () => assertEquals(parse(file), kernel));
  }
});

Deno.test("parseKernelImage() says what is wrong with a kernel", async (t) => {
  const kind = "is not a Linux kernel (neither bzImage nor arm64 Image)";
  const nameless = "has no kernel version in its header";
  const noFlag = bzImage().fill(0, 0x1fe, 0x200);
  const noMagic = bzImage().fill(0, 0x202, 0x206);
  const cases: [name: string, file: Uint8Array, complaint: string][] = [
    ["an empty file", new Uint8Array(), kind],
    ["zeros", new Uint8Array(4096), kind],
    ["zeros at the front", bzImage().fill(0, 0, 0x300), kind],
    ["no boot flag", noFlag, kind],
    ["no HdrS", noMagic, kind],
    ["gzip of text", gzipSync("text"), "is a gzip file without an arm64 kernel at its start"],
    [
      "gzip, cut",
      Uint8Array.of(0x1f, 0x8b, 8, 0),
      "is a gzip file without an arm64 kernel at its start",
    ],
    [
      "gzip, damaged",
      Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff),
      "is a gzip file without an arm64 kernel at its start",
    ],
    [
      "an arm64 Image, cut",
      pe(arm64Image(), 4096).subarray(0, 4095),
      "is truncated: 4095 of at least 4096 bytes are there",
    ],
    [
      "an arm64 zboot, cut",
      pe(zboot(), 4096).subarray(0, 4095),
      "is truncated: 4095 of at least 4096 bytes are there",
    ],
    ["zboot without a PE header", zboot(), "is not for arm64, or cut"],
    [
      "a bzImage without the end of its signature",
      pe(bzImage(), 3584, 100).subarray(0, 3683),
      "is truncated: 3683 of at least 3684 bytes are there",
    ],
    ["ELF", new TextEncoder().encode("\x7fELF".padEnd(4096)), kind],
    [
      "cut in the header",
      bzImage().subarray(0, 0x20f),
      "is truncated: 527 bytes are there",
    ],
    [
      "cut behind it",
      bzImage().subarray(0, 3583),
      "is truncated: 3583 of at least 3584 bytes are there",
    ],
    [
      "cut, with no number of setup sectors",
      bzImage({ setupSectors: 0 }).subarray(0, 3583),
      "is truncated: 3583 of at least 3584 bytes are there",
    ],
    ["no banner", bzImage({ banner: "" }), nameless],
    ["a banner without an end", bzImage({ banner: "a".repeat(300) }), nameless],
    ["an escape sequence", bzImage({ banner: "\x1b[31m5.3 " }), nameless],
    ["no place for a banner", bzImage().fill(0, 0x20e, 0x210), nameless],
  ];
  for (const [name, file, complaint] of cases) {
    await t.step(name, () => {
      const error = assertThrows(() => parse(file), FormatError);
      assertEquals(error.message, `${FILE}: ${complaint}`);
      assertEquals(error.place, { file: FILE });
    });
  }
});

Deno.test("parseKernelImage() refuses a bzImage cut at any length", () => {
  const whole = bzImage();
  for (let size = 0; size < whole.length; size++) {
    assertThrows(() => parse(whole.subarray(0, size)), FormatError);
  }
});

Deno.test("parseKernelImage() reads any version from any place", () => {
  const versions = fc.stringMatching(/^\d\.\d{1,2}\.\d{1,3}-[a-z0-9.]{1,20}$/);
  const places = fc.integer({ min: 0x300, max: 0x900 });
  fc.assert(fc.property(versions, places, (version, bannerAt) => {
    const file = bzImage({ banner: `${version} (a@b) #1\0`, bannerAt });
    assertEquals(parse(file), { arch: "x86_64", version });
  }));
});

Deno.test("parseKernelImage() throws nothing but FormatError", () => {
  const edit = fc.tuple(fc.nat(0x480), fc.nat(255));
  const damaged = fc.array(edit, { maxLength: 20 }).map((edits) => {
    const file = bzImage();
    for (const [at, value] of edits) file[at] = value;
    return file;
  });
  const header = fc.uint8Array({ minLength: 0x50, maxLength: 0x50 })
    .map((bytes) => {
      const file = bzImage();
      file.set(bytes, 0x206);
      return file;
    });
  const files = fc.oneof(fc.uint8Array({ maxLength: 600 }), damaged, header);
  fc.assert(fc.property(files, isReadOrRefused));
});

function isReadOrRefused(file: Uint8Array): void {
  try {
    const { arch, version } = parse(file);
    assertEquals(version === null, arch === "aarch64");
  } catch (error) {
    assert(error instanceof FormatError, String(error));
  }
}
