/**
 * At SIGUSR1 new versions of Deno open a debugger, by which every user of the
 * machine can do what pitboot may.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  filesOf,
  giveLeases,
  isWatching,
  PITBOOT,
  startPitboot,
  temporaryPit,
  until,
} from "../kit.ts";

/** Longer than Deno waits before it heeds that signal. */
const GRACE_MS = 1000;

/** From 2.9.2 on Deno may be faster than we are: for such a one the README says what helps. */
const isFit = Deno.version.deno.localeCompare("2.9.1", "en", { numeric: true }) <= 0;

// While coverage is measured, a process that ends goes on until that is written.
const ending = { ignore: Deno.env.has("DENO_COVERAGE_DIR") };

Deno.test(
  "pitboot ends at SIGUSR1, and opens no debugger if its Deno has none",
  ending,
  async () => {
    using pit = temporaryPit();
    const child = startPitboot(pit, ["wait-leases"], { stdin: "null" });
    const { code, seen } = await signalled(child, () => {});
    assertEquals(code, 130);
    if (isFit) assertEquals(seen, []);
  },
);

Deno.test("pitboot from which SIGUSR1 is kept opens no debugger, whatever its Deno", async () => {
  using pit = temporaryPit();
  const child = new Deno.Command("env", {
    args: ["--block-signal=USR1", ...PITBOOT, "wait-leases", `--root=${pit.root}`],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // It goes on with what comes after the signal, to its own end.
  const leaseAll = (): void => giveLeases(pit, pit.nodes.map(({ name }) => name));
  assertEquals(await signalled(child, leaseAll), { code: 0, seen: [] });
});

/**
 * Sends SIGUSR1 to a process that waits, and lets something happen.
 *
 * @returns Where it listened until it ended, and its exit code.
 */
async function signalled(
  child: Deno.ChildProcess,
  act: () => void,
): Promise<{ code: number; seen: readonly string[] }> {
  await until(() => isWatching(child));
  await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  assertEquals(listeners(child), []);
  child.kill("SIGUSR1");
  act();
  const seen = new Set<string>();
  const look = setInterval(() => listeners(child).forEach((socket) => seen.add(socket)), 1);
  const { code } = await child.output();
  clearInterval(look);
  return { code, seen: [...seen] };
}

/** Where a process listens: addresses and ports as the kernel writes them. */
function listeners({ pid }: Deno.ChildProcess): string[] {
  const open = filesOf(pid);
  return ["tcp", "tcp6"].flatMap((table) => {
    const rows = Deno.readTextFileSync(`/proc/net/${table}`).split("\n").slice(1);
    return rows.map((row) => row.trim().split(/\s+/)).flatMap((words) => {
      const [, address = "", , state] = words;
      return state === "0A" && open.includes(`socket:[${words[9]}]`) ? [address] : [];
    });
  });
}
