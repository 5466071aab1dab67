/**
 * A boot image as the document tells of it.
 *
 * @module
 */

import type { BootTriple } from "./boot_triples.ts";
import type { Image } from "../document/document.ts";

/**
 * Makes an entry for the `images` of the document.
 *
 * @param triple The three files.
 * @param version The version of the kernel.
 */
export function imageOf(triple: BootTriple, version: string): Image {
  const { release, stream, arch, directory, kernel, initrd, rootfs, secure } = triple;
  const artifact = ({ path, bytes, modified }: BootTriple["kernel"]): Image["initrd"] => ({
    path,
    bytes,
    modified: new Date(modified).toISOString().replace(/\.\d+/, ""),
  });
  return {
    release,
    stream,
    arch,
    directory,
    kernel: { ...artifact(kernel), version },
    initrd: artifact(initrd),
    rootfs: { ...artifact(rootfs), secure },
  };
}
