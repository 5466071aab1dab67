/**
 * Shows that a power cut is one: what was synced is there, and nothing else is.
 * To be run where what it mounts is seen by nobody else: `unshare --mount`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { treeOf } from "../kit.ts";
import { copyDisk, cutPower, makeDisk, restart, unmount } from "./power.ts";
import { makeBench } from "./try_all.ts";

using bench = await makeBench();
const base = await makeDisk(bench.directory, "base");
await unmount(base);
const disk = await copyDisk(base, "cut");
try {
  write("never-synced", "lost", false);
  write("synced", "kept", true);
  // A name that is given after the last sync is not on the disk, nor what it hides.
  write("new", "newer", false);
  Deno.renameSync(`${disk.place}/new`, `${disk.place}/synced`);
  write("late", "lost", false);
  await cutPower(disk, bench.shim);
  await restart(disk);
  const { "lost+found/": _, ...tree } = treeOf(disk.place);
  // The sync of one file takes the names of all that were made before along.
  assertEquals(tree, { "never-synced": "", "synced": "kept" });
} finally {
  await unmount(disk);
}

function write(name: string, text: string, isSynced: boolean): void {
  using file = Deno.openSync(`${disk.place}/${name}`, { write: true, create: true });
  file.writeSync(new TextEncoder().encode(text));
  if (isSynced) file.syncSync();
}
