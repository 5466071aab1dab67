import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type ProgramLimits,
  programRunner,
  type Ran,
  runProgram,
} from "../../../lib/io/run_program.ts";

const path = Deno.env.get("PATH");

/** What comes of a script within such limits. */
function run(script: string, limits: ProgramLimits = {}): Promise<Ran> {
  return runProgram({ name: "sh", args: ["-c", script], stdin: "handed\n", path }, limits);
}

function textOf({ stdout }: Ran): string {
  return new TextDecoder().decode(stdout);
}

Deno.test("runProgram() hands on a text, and takes what is printed", async () => {
  const ran = await run("cat; echo said >&2; exit 3");
  assertEquals([textOf(ran), ran.stderr, ran.code], ["handed\n", "said\n", 3]);
});

Deno.test("runProgram() hands on nothing of the environment but the search path", async () => {
  const names = textOf(await run("env")).split("\n").map((line) => line.split("=")[0]);
  const ofShell = ["PATH", "PWD", "SHLVL", "_", "OLDPWD", ""];
  assertEquals(names.filter((name = "") => !ofShell.includes(name)), []);
});

Deno.test("runProgram() ends a program that does not", async (t) => {
  await t.step("at a signal", async () => {
    assertEquals((await run("exec sleep 600", { signal: AbortSignal.timeout(50) })).code, null);
  });
  await t.step("when its time is over", async () => {
    assertEquals((await run("exec sleep 600", { milliseconds: 1 })).code, null);
  });
  await t.step("and what does not hear one", async () => {
    const script = "trap '' TERM; while :; do sleep 0.1; done";
    assertEquals((await run(script, { signal: AbortSignal.timeout(200) })).code, null);
  });
  await t.step("while it prints without end", async () => {
    const ran = await run("exec yes", { bytes: 100_000 });
    assertEquals([ran.code, ran.isFlood], [null, true]);
    assert(ran.stdout.length < 1_000_000);
  });
});

Deno.test("runProgram() does not wait for what a program left behind", async () => {
  const ran = await run("sleep 600 & echo $!; exit 3");
  Deno.kill(Number(textOf(ran)), "SIGKILL");
  assertEquals(ran.code, 3);
});

Deno.test("programRunner() throws what ended it", async () => {
  const stop = new AbortController();
  const running = programRunner(path ?? "", stop.signal)("sleep", ["600"]);
  stop.abort(new Error("stopped"));
  await assertRejects(() => running, Error, "stopped");
  await assertRejects(
    () => programRunner("/nowhere", new AbortController().signal)("no-such-program", []),
    Deno.errors.NotFound,
  );
});
