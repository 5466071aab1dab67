import { assert, assertEquals } from "@std/assert";
import type { Input } from "../../lib/io/context.ts";
import { addRelease } from "../../tools/pit/make_pit.ts";
import { callInProcess, chained, EMPTY_PIPE } from "../in_process.ts";
import { environment, PITBOOT, type TemporaryPit, temporaryPit, treeOf } from "../kit.ts";
import type { Words } from "../refusals.ts";

/** The chain; each of the first three dies in each way. */
const STAGES: readonly Words[] = [
  ["resolve-images"],
  ["bmc-dhcp", "-n"],
  ["wait-leases", "--timeout=0"],
];
const SIGNALS = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGILL",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGKILL",
  "SIGSEGV",
  "SIGTERM",
] as const;

/** How a stage dies, in the words of a shell; `"$@"` is the stage, which reads a pipe. */
const DEATHS: readonly (readonly [name: string, script: string])[] = [
  ["a wrong option", '"$@" --relaese x'],
  ["a wrong value", '"$@" --color x'],
  ["not found", "/nowhere/pitboot"],
  ["no memory", 'ulimit -v 200000; exec "$@"'],
  ["no processor time", 'ulimit -t 0; exec "$@"'],
  ["a full disk", 'exec "$@" >/dev/full'],
  ["a closed output", 'exec "$@" >&-'],
  ...SIGNALS.map((signal) => [signal, 'exec "$@"'] as const),
];

for (const [place, stage] of STAGES.entries()) {
  Deno.test(`nothing changes behind ${stage[0]}, however that dies`, async (t) => {
    using pit = temporaryPit({ leased: true });
    const document = place === 0 ? "" : await chained(pit);
    // What the last one would take if it began anew.
    for (const role of ["k8s", "ceph"] as const) addRelease(pit.root, role, { release: "1.6.2" });
    const before = treeOf(`${pit.root}/var/www`);
    for (const [name, script] of DEATHS) {
      await t.step(name, async () => {
        const left = await leftBy(pit, { name, stage, script, document });
        assert(!left.includes('"status":"ok"'), left);
        let stdin: string | Input = left === "" ? EMPTY_PIPE : left;
        for (const [next, ...args] of [...STAGES.slice(place + 1), ["set-links"] as const]) {
          const { code, stdout, document } = await callInProcess(pit, [next, ...args], { stdin });
          assertEquals([code !== 0, document.status], [true, "failed"], `${next}: ${stdout}`);
          stdin = stdout;
        }
        assertEquals(treeOf(`${pit.root}/var/www`), before);
      });
    }
  });
}

/** What a stage that dies has written. */
async function leftBy(
  pit: TemporaryPit,
  { name, stage, script, document }: Readonly<Record<"name" | "script" | "document", string>> & {
    readonly stage: Words;
  },
): Promise<string> {
  const words = [...PITBOOT, ...stage, `--root=${pit.root}`];
  const child = new Deno.Command("/bin/bash", {
    args: ["-c", script, "bash", ...words],
    env: environment(pit),
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const signal = SIGNALS.find((each) => each === name);
  // It has no document yet, and is not done before it is there.
  if (signal) {
    child.kill(signal);
    const { stdout } = await outputOf(child);
    return stdout;
  }
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(document)).catch(() => {});
  await writer.close().catch(() => {});
  return (await outputOf(child)).stdout;
}

async function outputOf(child: Deno.ChildProcess): Promise<{ readonly stdout: string }> {
  const text = await new Response(child.stdout).text();
  await child.status;
  await child.stdin.close().catch(() => {});
  return { stdout: text };
}
