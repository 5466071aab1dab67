/**
 * At SIGUSR1 new versions of Deno open a debugger, by which every user of the
 * machine can do what pitboot may.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { isWatching, startPitboot, temporaryPit, until } from "../kit.ts";

/** Longer than Deno waits before it heeds that signal. */
const GRACE_MS = 1000;

Deno.test("pitboot opens no debugger at SIGUSR1, but ends", async () => {
  using pit = temporaryPit();
  const child = startPitboot(pit, ["wait-leases"], { stdin: "null" });
  await until(() => isWatching(child));
  await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  assertEquals(listeners(child), []);
  child.kill("SIGUSR1");
  let isOver = false;
  const over = child.output().finally(() => isOver = true);
  const seen = new Set<string>();
  await until(() => {
    for (const socket of listeners(child)) seen.add(socket);
    return isOver || seen.size > 0;
  });
  if (!isOver) child.kill("SIGKILL");
  assertEquals([...seen], []);
  const { code, stdout } = await over;
  assertEquals([code, stdout.length], [130, 0]);
});

/** Where a process listens: addresses and ports as the kernel writes them. */
function listeners({ pid }: Deno.ChildProcess): string[] {
  const open = linksIn(`/proc/${pid}/fd`);
  return ["tcp", "tcp6"].flatMap((table) => {
    const rows = Deno.readTextFileSync(`/proc/net/${table}`).split("\n").slice(1);
    return rows.map((row) => row.trim().split(/\s+/)).flatMap((words) => {
      const [, address = "", , state] = words;
      return state === "0A" && open.includes(`socket:[${words[9]}]`) ? [address] : [];
    });
  });
}

/** What links point to; none of a process that has ended. */
function linksIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].flatMap(({ name }) =>
      linkTarget(`${directory}/${name}`)
    );
  } catch {
    return [];
  }
}

function linkTarget(path: string): string[] {
  try {
    return [Deno.readLinkSync(path)];
  } catch {
    return []; // it was closed just now
  }
}
