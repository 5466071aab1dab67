/**
 * File systems whose power goes.
 *
 * An ext4 in a file, mounted by a loop device. The power goes by the ioctl
 * FS_IOC_SHUTDOWN without a flush of the log: from that moment ext4 hands nothing
 * more to the block device, not even what it holds in memory, and a commit that
 * is under way is never finished. What it had handed over before is in the file,
 * in that order; a copy of the file that somebody takes while it is written to
 * would not be of one moment. Mounted again, the file is what a machine finds
 * whose power went: the journal is replayed. Whether the loop device reads and
 * writes the file directly is no matter, since this machine stays up: it does
 * not. What is not shown: a disk that loses what it said it had flushed.
 *
 * @module
 */

import { shimVariables } from "./shim.ts";

/**
 * How it is mounted: new names for files that nobody synced are not made safe by
 * ext4 itself, and it commits nothing because time goes by.
 */
const OPTIONS = "loop,noauto_da_alloc,commit=300";

/** A file system in a file. */
export interface Disk {
  /** The file. */
  readonly image: string;
  /** Where it is mounted, or will be. */
  readonly place: string;
}

/**
 * Makes a file system and mounts it.
 *
 * @param directory Where.
 * @param name Its name.
 */
export async function makeDisk(directory: string, name: string): Promise<Disk> {
  const disk = { image: `${directory}/${name}.ext4`, place: `${directory}/${name}.mounted` };
  await run("truncate", "-s", "16M", disk.image);
  await run("mkfs.ext4", "-q", disk.image);
  await mount(disk);
  return disk;
}

/**
 * Copies a file system that is not mounted, and mounts the copy.
 *
 * @param disk What to copy.
 * @param name The name of the copy.
 */
export async function copyDisk({ image }: Disk, name: string): Promise<Disk> {
  const base = image.replace(/[^/]*$/, name);
  const copy = { image: `${base}.ext4`, place: `${base}.mounted` };
  await run("cp", "--sparse=always", image, copy.image);
  await mount(copy);
  return copy;
}

/** Cuts the power: nothing more of it is written. */
export async function cutPower({ place }: Disk, shim: string): Promise<void> {
  const log = `${place}.cut`;
  const { stdout } = await new Deno.Command("sh", {
    // The shell itself is ended with it.
    args: ["-c", `: > ${place}/cut; echo still here`],
    env: {
      ...shimVariables({ shim, root: place, log }, { at: 1, way: "cut" }),
    },
    stderr: "null",
  }).output();
  if (stdout.length > 0) throw new Error("the power was not cut");
  Deno.removeSync(log);
}

/** Starts it again: the journal is replayed. */
export async function restart(disk: Disk): Promise<void> {
  await unmount(disk);
  await mount(disk);
}

/** Mounts it. */
async function mount({ image, place }: Disk): Promise<void> {
  Deno.mkdirSync(place, { recursive: true });
  await run("mount", "-o", OPTIONS, image, place);
}

/** Unmounts it. */
export async function unmount({ place }: Disk): Promise<void> {
  await run("umount", place);
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (success) return;
  throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
