import { assertEquals } from "@std/assert";
import { ignoredOf, isSince } from "../../lib/command/signals.ts";
import { testWith } from "../needs.ts";
import {
  changeBmc,
  checkDocument,
  environment,
  giveLeases,
  hear,
  isThere,
  isWatching,
  PITBOOT,
  temporaryPit,
  until,
} from "../kit.ts";

Deno.test("a signal that was ignored when pitboot started stays ignored", async (t) => {
  const cases: [name: string, before: string[], signal: Deno.Signal, code: number | null][] = [
    ["nohup, a hangup", ["nohup"], "SIGHUP", null],
    ["nohup at a terminal, a hangup", inShell("exec nohup {} 0>/dev/null"), "SIGHUP", null],
    ["nohup, an interrupt", ["nohup"], "SIGINT", 130],
    ["a job of sh in the background", inShell("exec 3<&0; {} & wait"), "SIGINT", null],
    ["the same, told to end", inShell("{} & wait $!"), "SIGTERM", 130],
    ["a trap", inShell("trap '' TERM; exec {}"), "SIGTERM", null],
    ["nothing of that", [], "SIGHUP", 130],
  ];
  for (const [name, before, signal, code] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      const [program = "", ...args] = [...before, ...PITBOOT];
      const child = new Deno.Command(program, {
        args: [...args, "wait-leases", `--root=${pit.root}`],
        env: environment(pit),
        clearEnv: true,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const said = hear(child);
      const [, first, ...others] = pit.nodes.map(({ name }) => name);
      const pid = await waitingPid(child);
      await until(() => said.stderr.includes("waiting up to"));
      Deno.kill(pid, signal);
      if (code === null) {
        // It goes on with what comes after the signal, to its own end.
        giveLeases(pit, [first ?? ""]);
        await until(() => said.stderr.includes(" (1 of 9)"));
        giveLeases(pit, others);
      }
      const { code: actual, stderr } = await said.end;
      assertEquals([actual, stderr.includes(" (9 of 9)")], [code ?? 0, code === null]);
    });
  }
});

Deno.test("ipmitool hears no hangup where pitboot ignores it", async (t) => {
  for (
    const [name, before, isApart] of [["nohup", ["nohup"], true], ["else", [], false]] as const
  ) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      const file = `${pit.directory}/pid`;
      changeBmc(pit, "ncn-w003", `echo $$ >${file}.new; mv ${file}.new ${file}; fault=hang`);
      const [program = "", ...args] = [...before, ...PITBOOT];
      const child = new Deno.Command(program, {
        args: [...args, "bmc-dhcp", "--nodes=ncn-w003", `--root=${pit.root}`],
        env: environment(pit),
        clearEnv: true,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      await until(() => isThere(file));
      const pid = Number(Deno.readTextFileSync(file));
      assertEquals(groupOf(pid) !== groupOf(child.pid), isApart);
      child.kill("SIGTERM");
      assertEquals((await child.status).code, 130);
      assertEquals(isThere(`/proc/${pid}`), false);
    });
  }
});

testWith("BMCs are switched also where SIGCHLD is ignored", ["perl-base"], async () => {
  using pit = temporaryPit();
  const { code, stdout, stderr } = await new Deno.Command("perl", {
    args: [
      "-e",
      "$SIG{CHLD} = 'IGNORE'; exec @ARGV",
      ...PITBOOT,
      "bmc-dhcp",
      "--nodes=ncn-w003",
      `--root=${pit.root}`,
    ],
    env: environment(pit),
    clearEnv: true,
    stdin: "null",
  }).output();
  const [said, document] = [stderr, stdout].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, said);
  assertEquals(checkDocument(document ?? "").bmcs?.map(({ state }) => state), ["changed"]);
});

Deno.test("ignoredOf() reads the mask", () => {
  assertEquals(ignoredOf("SigIgn:\t0000000000001001\n"), ["SIGHUP"]);
  assertEquals(ignoredOf("SigIgn:\t0000000180004002\n"), ["SIGINT", "SIGTERM"]);
  assertEquals(ignoredOf("SigIgn:\t0000000000000000\n"), []);
  assertEquals(ignoredOf(""), []);
});

Deno.test("isSince() compares versions by their numbers", () => {
  for (const version of ["2.9.2", "2.9.10", "2.10.0", "3.0.0"]) {
    assertEquals(isSince(version, [2, 9, 2]), true, version);
  }
  for (const version of ["2.9.1", "2.8.12", "1.46.3"]) {
    assertEquals(isSince(version, [2, 9, 2]), false, version);
  }
});

/** The process group of a process: a terminal hangs up on the whole of one. */
function groupOf(pid: number): string | undefined {
  return Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ")[2];
}

/** Runs what follows as a script says, where that has `{}`. */
function inShell(script: string): string[] {
  return ["sh", "-c", script.replace("{}", '"$@"'), "sh"];
}

/** Waits until pitboot waits for leases: the process itself, or the child of a shell. */
async function waitingPid(child: Deno.ChildProcess): Promise<number> {
  let found = 0;
  await until(() => {
    const children = Deno.readTextFileSync(`/proc/${child.pid}/task/${child.pid}/children`);
    const pids = [child.pid, ...children.trim().split(" ").filter(Boolean).map(Number)];
    found = pids.find((pid) => isWatching({ pid })) ?? 0;
    return found !== 0;
  });
  return found;
}
