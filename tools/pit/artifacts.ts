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

/** An xz stream of one block, as `printf x | xz --check=crc32` writes it. */
export function xzFile(): Uint8Array<ArrayBuffer> {
  // deno-fmt-ignore
  return Uint8Array.from([
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36,
    0x02, 0x00, 0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3,
    0x01, 0x00, 0x00, 0x78, 0x00, 0x00, 0x00, 0x00, 0x83, 0x16, 0xdc, 0x8c,
    0x00, 0x01, 0x15, 0x01, 0xa9, 0x63, 0x34, 0x60, 0x90, 0x42, 0x99, 0x0d,
    0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a,
  ]);
}

/** A squashfs 4.0 superblock in a file padded to 4 KiB. */
export function squashfsImage(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("hsqs"));
  view.setUint16(20, 4, true); // compressed with xz
  view.setUint16(28, 4, true); // major version
  view.setBigUint64(40, 96n, true); // bytes used: the superblock alone
  return bytes;
}

/** As much of a UEFI program for x86_64 as its kind is known by. */
export function uefiProgram(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2000);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4d5a); // "MZ"
  view.setUint32(0x3c, 0x80, true);
  view.setUint32(0x80, 0x50450000); // "PE"
  view.setUint16(0x84, 0x8664, true);
  return bytes;
}
