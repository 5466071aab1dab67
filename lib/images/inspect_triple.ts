/**
 * Looks into the three files of a boot image.
 *
 * @module
 */

import { reasonOf } from "../io/failures.ts";
import { readPart } from "../io/read_file.ts";
import type { Root } from "../io/root.ts";
import { FormatError } from "../text/format_error.ts";
import type { Accepts } from "./accepted_files.ts";
import type { ArtifactFile, BootTriple } from "./boot_triples.ts";
import { checkInitrd } from "./initrd.ts";
import { KERNEL_HEAD_BYTES, type KernelImage, parseKernelImage } from "./kernel_image.ts";
import { unservable } from "./servable.ts";
import { checkSquashfs, SUPERBLOCK_BYTES } from "./squashfs.ts";

/** What was found in three files. */
export interface Inspection {
  /** What the kernel says of itself; `null` if that cannot be told. */
  readonly kernel: KernelImage | null;
  /** Everything that is wrong. */
  readonly faults: readonly string[];
  /** Those of them that are inside of files, by path: somebody may know better. */
  readonly formats: ReadonlyMap<string, string>;
  /** What looks wrong and is taken all the same, by path. */
  readonly accepted: ReadonlyMap<string, string>;
}

/**
 * Checks headers and lengths of the three files, and that the web server can
 * read them. A few kilobytes are read, whatever their size.
 *
 * @param triple The three files.
 * @param options `webRoot`: the directory that the web server serves; `accepts`: which
 * files are taken although they look unfit.
 */
export function inspectTriple(
  root: Root,
  triple: BootTriple,
  { webRoot, accepts = () => false }: { readonly webRoot: string; readonly accepts?: Accepts },
): Inspection {
  const faults: string[] = [];
  const formats = new Map<string, string>();
  const accepted = new Map<string, string>();
  const check = <T>(artifact: ArtifactFile, look: (file: Deno.FsFile) => T): T | null => {
    const { path } = artifact;
    const obstacle = unservable(root, path, webRoot);
    if (obstacle) faults.push(obstacle);
    try {
      // As long as it is the same file, what is in it is known.
      return root.once(`inside ${path} ${JSON.stringify(root.stat(path))}`, () => {
        using file = root.open(path);
        return look(file);
      });
    } catch (error) {
      const isFormat = error instanceof FormatError;
      const fault = isFormat ? error.message : `${path}: ${reasonOf(error)}`;
      if (isFormat) (accepts(artifact) ? accepted : formats).set(path, fault);
      if (!accepted.has(path)) faults.push(fault);
      return null;
    }
  };
  const kernel = check(triple.kernel, (file) => readKernel(file, triple));
  check(triple.initrd, (file) => {
    const read = (offset: number, length: number): Uint8Array => readPart(file, offset, length);
    checkInitrd(read, triple.initrd.bytes, triple.initrd.path);
  });
  check(triple.rootfs, (file) => checkRootfs(file, triple.rootfs));
  return { kernel, faults, formats, accepted };
}

function readKernel(file: Deno.FsFile, { kernel: { path, bytes }, arch }: BootTriple): KernelImage {
  const kernel = parseKernelImage(readPart(file, 0, KERNEL_HEAD_BYTES), bytes, path);
  if (arch === null || kernel.arch === arch) return kernel;
  throw new FormatError(`is a kernel for ${kernel.arch}, its name says ${arch}`, { file: path });
}

function checkRootfs(file: Deno.FsFile, { path, bytes }: ArtifactFile): void {
  checkSquashfs(readPart(file, 0, SUPERBLOCK_BYTES), bytes, path);
}
