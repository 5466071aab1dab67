import { assertEquals } from "@std/assert";
import { jobOf, ownJob } from "../../../lib/command/job.ts";

Deno.test("jobOf() reads a line of /proc/PID/stat", async (t) => {
  const cases: [name: string, stat: string, isForeground: boolean, hasShell: boolean][] = [
    ["in the foreground", "9 (grep) R 8 7 5 34816 7 4194304 0", true, true],
    ["in the background", "9 (grep) R 8 7 5 34816 5 4194304 0", false, true],
    ["a program that has a terminal for itself", "9 (grep) R 8 5 5 34816 5 4194304 0", true, false],
    ["no terminal", "9 (grep) R 8 7 5 0 -1 4194304 0", false, true],
    ["a name with a bracket and blanks", "9 (a) R 1 1) S 8 7 5 34816 5 0 0", false, true],
    ["behind other lines", "SigIgn:\t00\n9 (grep) R 8 7 5 34816 5 0 0\n", false, true],
    ["nothing", "", true, false],
  ];
  for (const [name, stat, isForeground, hasShell] of cases) {
    await t.step(name, () => assertEquals(jobOf(stat), { isForeground, hasShell }));
  }
});

Deno.test("ownJob() says what /proc says", async () => {
  const stat = Deno.readTextFileSync("/proc/self/stat");
  assertEquals(await ownJob(), jobOf(stat));
});
