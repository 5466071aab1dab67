/**
 * The header of a Linux kernel: x86 bzImage, arm64 Image, or arm64 zboot.
 *
 * Formats: Documentation/arch/x86/boot.rst and Documentation/arch/arm64/
 * booting.rst of Linux; its drivers/firmware/efi/libstub/zboot-header.S; the PE
 * format, as UEFI boots a kernel and signs it.
 *
 * @module
 */

import { viewOfBytes } from "../text/byte_text.ts";
import { FormatError } from "../text/format_error.ts";

/** The facts in the header of a kernel. */
export interface KernelImage {
  /** What it runs on. */
  readonly arch: "x86_64" | "aarch64";
  /**
   * For instance `5.3.18-150300.59.76-default`. `null` for arm64, whose header
   * has no place for it.
   */
  readonly version: string | null;
}

/** How many bytes from the start {@linkcode parseKernelImage} wants to see. */
export const KERNEL_HEAD_BYTES: number = 0x10000 + 0x400;

const GZIP_MAGIC = 0x1f8b;
const ARM64_MAGIC = 0x41524d64; // "ARM\x64"
const BOOT_FLAG = 0x55aa;
const ZBOOT_MAGIC = 0x7a696d67; // "zimg"
const X86_MAGIC = 0x48647253; // "HdrS"
const PE_MAGIC = 0x50450000; // "PE"

/**
 * Reads the header of a kernel and checks that the file is as long as it says.
 *
 * @param head The first {@linkcode KERNEL_HEAD_BYTES} bytes, fewer if the file
 * is shorter.
 * @param size The size of the file in bytes.
 * @param file Its name in messages.
 * @returns Architecture and version.
 * @throws {FormatError} If it is not a kernel, or truncated.
 */
export function parseKernelImage(head: Uint8Array, size: number, file: string): KernelImage {
  const view = viewOfBytes(head);
  const has = (offset: number, bytes: number): boolean => offset + bytes <= head.length;
  const checkSize = (expected: number): void => {
    if (size >= expected) return;
    throw new FormatError(`is truncated: ${size} of at least ${expected} bytes are there`, {
      file,
    });
  };
  const isImage = has(56, 4) && view.getUint32(56) === ARM64_MAGIC;
  const isZboot = has(4, 4) && view.getUint32(4) === ZBOOT_MAGIC;
  if (isImage || isZboot) {
    const expected = peBytes(view);
    if (expected === null && isZboot) throw new FormatError("is not for arm64, or cut", { file });
    checkSize(expected ?? 0);
    return { arch: "aarch64", version: null };
  }
  if (has(0, 2) && view.getUint16(0) === GZIP_MAGIC) {
    const inner = gunzipHead(head);
    const isKernel = inner && inner.length >= 60 &&
      viewOfBytes(inner).getUint32(56) === ARM64_MAGIC;
    if (isKernel) return { arch: "aarch64", version: null }; // iPXE unpacks it
    throw new FormatError("is a gzip file without an arm64 kernel at its start", { file });
  }
  if (
    !has(0x202, 4) || view.getUint16(0x1fe) !== BOOT_FLAG ||
    view.getUint32(0x202) !== X86_MAGIC
  ) {
    throw new FormatError("is not a Linux kernel (neither bzImage nor arm64 Image)", { file });
  }
  if (!has(0x20e, 2)) {
    throw new FormatError(`is truncated: ${size} bytes are there`, { file });
  }
  const setupSectors = head[0x1f1] || 4; // 0 means 4, for very old loaders
  checkSize((setupSectors + 1) * 512 + view.getUint32(0x1f4, true) * 16);
  checkSize(peBytes(view) ?? 0);
  const start = view.getUint16(0x20e, true) + 0x200;
  const banner = new TextDecoder().decode(head.subarray(start, start + 256));
  const version = /^[\w.+~-]+(?=[ \0])/.exec(banner)?.[0];
  if (!version) {
    throw new FormatError("has no kernel version in its header", { file });
  }
  return { arch: "x86_64", version };
}

/**
 * How many bytes a PE file has by its sections, and by the signature for Secure Boot
 * that lies behind them; `null` if this is none.
 */
function peBytes(view: DataView): number | null {
  const u16 = (at: number): number => at + 2 <= view.byteLength ? view.getUint16(at, true) : 0;
  const u32 = (at: number): number => at + 4 <= view.byteLength ? view.getUint32(at, true) : 0;
  const pe = u32(0x3c);
  if (pe + 24 > view.byteLength || view.getUint32(pe) !== PE_MAGIC) return null;
  const optional = pe + 24;
  const sections = optional + u16(pe + 20);
  // PE32+ has a wider header in front of the table whose fifth entry is the signature.
  const signature = optional + (u16(optional) === 0x20b ? 144 : 128);
  const ends = Array.from({ length: u16(pe + 6) }, (_, i) => {
    const section = sections + i * 40;
    return u32(section + 16) + u32(section + 20);
  });
  return Math.max(0, ...ends, signature < sections ? u32(signature) + u32(signature + 4) : 0);
}

/**
 * Unpacks the start of a gzip file.
 *
 * @param head Its first bytes.
 * @returns The first bytes of what is in it; `null` if it is damaged.
 */
function gunzipHead(head: Uint8Array): Uint8Array | null {
  // Hardly ever needed, and slow to load: so not imported.
  const { gunzipSync, constants } = globalThis.process.getBuiltinModule("node:zlib");
  try {
    // What the head cuts off is no error with this.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return null;
  }
}
