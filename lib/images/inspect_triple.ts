/**
 * Looks into the three files of a boot image.
 *
 * @module
 */

import { reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { FormatError } from "../text/format_error.ts";
import type { BootTriple } from "./boot_triples.ts";
import { KERNEL_HEAD_BYTES, type KernelImage, parseKernelImage } from "./kernel_image.ts";
import { unservable } from "./servable.ts";
import { checkSquashfs, SUPERBLOCK_BYTES } from "./squashfs.ts";
import { checkXz, XZ_HEADER_BYTES } from "./xz.ts";

/**
 * Checks headers and lengths of the three files, and that the web server can
 * read them. A few kilobytes are read, whatever their size.
 *
 * @param root The file system.
 * @param triple What to look into.
 * @param webRoot Where the web server begins.
 * @returns What the kernel says of itself, or everything that is wrong.
 */
export function inspectTriple(
  root: Root,
  triple: BootTriple,
  webRoot: string,
): { kernel: KernelImage | null; faults: string[] } {
  const faults: string[] = [];
  let kernel: KernelImage | null = null;
  const check = (path: string, look: (file: Deno.FsFile) => void): void => {
    const obstacle = unservable(root, path, webRoot);
    if (obstacle) faults.push(obstacle);
    try {
      using file = Deno.openSync(root.real(path));
      look(file);
    } catch (error) {
      faults.push(error instanceof FormatError ? error.message : `${path}: ${reasonOf(error)}`);
    }
  };
  check(triple.kernel.path, (file) => {
    const { path, bytes } = triple.kernel;
    kernel = parseKernelImage(readAt(file, 0, KERNEL_HEAD_BYTES), bytes, path);
    if (triple.arch && kernel.arch !== triple.arch) {
      throw new FormatError(`is a kernel for ${kernel.arch}, its name says ${triple.arch}`, {
        file: path,
      });
    }
  });
  check(triple.initrd.path, (file) => {
    const { path, bytes } = triple.initrd;
    const tail = readAt(file, Math.max(bytes - XZ_HEADER_BYTES, 0), XZ_HEADER_BYTES);
    checkXz(readAt(file, 0, XZ_HEADER_BYTES), tail, path);
  });
  check(triple.rootfs.path, (file) => {
    const { path, bytes } = triple.rootfs;
    checkSquashfs(readAt(file, 0, SUPERBLOCK_BYTES), bytes, path);
  });
  return { kernel, faults };
}

function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  let filled = 0;
  for (;;) {
    const count = file.readSync(bytes.subarray(filled));
    if (!count) return bytes.subarray(0, filled);
    filled += count;
  }
}
