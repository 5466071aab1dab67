/**
 * Looks into the three files of a boot image.
 *
 * @module
 */

import { reasonOf } from "../io/failures.ts";
import { readPart } from "../io/read_file.ts";
import type { Root } from "../io/root.ts";
import { FormatError } from "../text/format_error.ts";
import type { ArtifactFile, BootTriple } from "./boot_triples.ts";
import { checkInitrd } from "./initrd.ts";
import { KERNEL_HEAD_BYTES, type KernelImage, parseKernelImage } from "./kernel_image.ts";
import { unservable } from "./servable.ts";
import { checkSquashfs, SUPERBLOCK_BYTES } from "./squashfs.ts";

/**
 * Checks headers and lengths of the three files, and that the web server can
 * read them. A few kilobytes are read, whatever their size.
 *
 * @param triple The three files.
 * @param webRoot The directory that the web server serves.
 * @returns What the kernel says of itself, or everything that is wrong.
 */
export function inspectTriple(
  root: Root,
  triple: BootTriple,
  webRoot: string,
): { kernel: KernelImage | null; faults: string[] } {
  const faults: string[] = [];
  const check = <T>({ path }: ArtifactFile, look: (file: Deno.FsFile) => T): T | null => {
    const obstacle = unservable(root, path, webRoot);
    if (obstacle) faults.push(obstacle);
    try {
      // As long as it is the same file, what is in it is known.
      return root.once(`inside ${path} ${JSON.stringify(root.stat(path))}`, () => {
        using file = root.open(path);
        return look(file);
      });
    } catch (error) {
      faults.push(error instanceof FormatError ? error.message : `${path}: ${reasonOf(error)}`);
      return null;
    }
  };
  const kernel = check(triple.kernel, (file) => readKernel(file, triple));
  check(triple.initrd, (file) => {
    const read = (offset: number, length: number): Uint8Array => readPart(file, offset, length);
    checkInitrd(read, triple.initrd.bytes, triple.initrd.path);
  });
  check(triple.rootfs, (file) => checkRootfs(file, triple.rootfs));
  return { kernel, faults };
}

function readKernel(file: Deno.FsFile, { kernel: { path, bytes }, arch }: BootTriple): KernelImage {
  const kernel = parseKernelImage(readPart(file, 0, KERNEL_HEAD_BYTES), bytes, path);
  if (arch === null || kernel.arch === arch) return kernel;
  throw new FormatError(`is a kernel for ${kernel.arch}, its name says ${arch}`, { file: path });
}

function checkRootfs(file: Deno.FsFile, { path, bytes }: ArtifactFile): void {
  checkSquashfs(readPart(file, 0, SUPERBLOCK_BYTES), bytes, path);
}
