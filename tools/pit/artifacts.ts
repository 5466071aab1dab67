/**
 * The smallest files that are valid boot artifacts.
 *
 * @module
 */

/** An x86 bzImage: boot sector, one setup sector with the version, 16 bytes. */
export function kernelImage(version: string): Uint8Array<ArrayBuffer> {
  const setupSectors = 1;
  const bytes = new Uint8Array((setupSectors + 1) * 512 + 16);
  const view = new DataView(bytes.buffer);
  bytes[0x1f1] = setupSectors;
  view.setUint32(0x1f4, 1, true); // syssize, in units of 16 bytes
  view.setUint16(0x1fe, 0x55aa);
  view.setUint32(0x202, 0x48647253); // "HdrS"
  const start = 0x300;
  view.setUint16(0x20e, start - 0x200, true);
  bytes.set(new TextEncoder().encode(`${version} (geeko@buildhost) #1 SMP\0`), start);
  return bytes;
}

/** An xz stream without blocks: header, index and footer, as `xz </dev/null` writes it. */
export function xzFile(): Uint8Array<ArrayBuffer> {
  // deno-fmt-ignore
  return Uint8Array.from([
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46,
    0x00, 0x00, 0x00, 0x00, 0x1c, 0xdf, 0x44, 0x21,
    0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
  ]);
}

/** A squashfs 4.0 superblock in a file padded to 4 KiB. */
export function squashfsImage(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("hsqs"));
  view.setUint16(28, 4, true); // major version
  view.setBigUint64(40, 96n, true); // bytes used: the superblock alone
  return bytes;
}
