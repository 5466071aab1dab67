/**
 * The header of a Linux kernel, x86 bzImage or arm64 Image.
 *
 * Formats: Documentation/arch/x86/boot.rst and Documentation/arch/arm64/
 * booting.rst of Linux.
 *
 * @module
 */

import { FormatError } from "../text/format_error.ts";

/** What a kernel says of itself. */
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
const X86_MAGIC = 0x48647253; // "HdrS"

/**
 * Reads the header of a kernel and checks that the file is as long as it says.
 *
 * @param head The first {@linkcode KERNEL_HEAD_BYTES} bytes, fewer if the file
 * is shorter.
 * @param size The size of the file in bytes.
 * @param file Its name in messages.
 * @returns Architecture and version.
 * @throws {FormatError} If it is no kernel, or cut.
 */
export function parseKernelImage(head: Uint8Array, size: number, file: string): KernelImage {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const has = (offset: number, bytes: number): boolean => offset + bytes <= head.length;
  // Only arm64 kernels are handed to iPXE gzipped; a bzImage unpacks itself.
  if (has(0, 2) && view.getUint16(0) === GZIP_MAGIC) {
    return { arch: "aarch64", version: null };
  }
  if (has(56, 4) && view.getUint32(56) === ARM64_MAGIC) {
    return { arch: "aarch64", version: null };
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
  const expected = (setupSectors + 1) * 512 + view.getUint32(0x1f4, true) * 16;
  if (size < expected) {
    throw new FormatError(`is truncated: ${size} of at least ${expected} bytes are there`, {
      file,
    });
  }
  const start = view.getUint16(0x20e, true) + 0x200;
  const banner = new TextDecoder().decode(head.subarray(start, start + 256));
  const version = /^[\w.+~-]+(?=[ \0])/.exec(banner)?.[0];
  if (!version) {
    throw new FormatError("names no kernel version in its header", { file });
  }
  return { arch: "x86_64", version };
}
