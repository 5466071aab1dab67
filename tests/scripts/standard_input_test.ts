/**
 * Standard input as users have it: pipes and sockets that are silent, and lists
 * that a loop of the shell reads, too.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  type CallResult,
  checkDocument,
  environment,
  isThere,
  PITBOOT,
  problemOf,
  resultOf,
  shell,
  succeeds,
  type TemporaryPit,
  temporaryPit,
} from "../kit.ts";
import type { Input } from "../../lib/io/context.ts";
import { FakeClock } from "../fake_clock.ts";
import { callInProcess, EMPTY_PIPE, inputOf } from "../in_process.ts";
import { callUntilLate, startInProcess } from "../late.ts";
import { testWith } from "../needs.ts";
import { checkManners, type Words } from "../refusals.ts";

const NOTICE = "waiting for a document on standard input (</dev/null to begin anew)";
const EMPTY = `{"pitboot":1}`;
const LIST = ["ncn-w001", "ncn-w002", "ncn-w003"];
const WORDS = PITBOOT.map((word) => `'${word}'`).join(" ");

Deno.test("wait-leases does not wait for a document for longer than for leases", async (t) => {
  const calls: [args: string[], notices: number][] = [
    [["--timeout", "1s"], 0],
    [["--timeout", "3s"], 1],
    [["--timeout", "3s", "--quiet"], 0],
  ];
  for (const [args, notices] of calls) {
    await t.step(args.join(" "), async () => {
      using pit = temporaryPit({ leased: true });
      const options = { stdin: silentPipe().stdin, isSo: () => true };
      const result = await callUntilLate(pit, ["wait-leases", ...args], options);
      assertEquals(result.code, 124, result.stderr);
      assertEquals([result.document.status, result.document.leases], ["failed", undefined]);
      const { message, hint } = problemOf(result.document, "document-missing");
      assertEquals(message, `no document came on standard input within ${args[1]?.[0]} s`);
      assertMatch(hint ?? "", /<\/dev\/null.*--timeout/);
      assertStringIncludes(result.stderr, message);
      assertEquals(result.stderr.split(NOTICE).length - 1, notices, result.stderr);
      checkManners(result, pit);
    });
  }
});

Deno.test("a command goes on with a document that comes after it has wondered", async (t) => {
  for (const command of ["resolve-images", "bmc-dhcp", "wait-leases", "set-links"] as const) {
    await t.step(command, async () => {
      using pit = temporaryPit({ leased: true });
      const { stdin, hand } = silentPipe();
      const clock = new FakeClock();
      const { elapsed, later } = clock;
      const options = { stdin, env: { IPMI_PASSWORD: "" }, elapsed, later };
      const running = startInProcess(pit, [command], options);
      while (!running.stderr.includes("waiting")) await clock.advance(100);
      hand(`{"pitboot":1,"site":"x"}`);
      const { code, stdout, stderr } = await running.end;
      assertEquals([code, JSON.parse(stdout).site], [0, "x"], stderr);
      assertEquals(stderr.split(`pitboot ${command}: ${NOTICE}\n`).length - 1, 1, stderr);
    });
  }
});

testWith("--input waits for a pipe of the shell no longer than --timeout says", [
  "bash",
], async () => {
  using pit = temporaryPit();
  const fifo = `${pit.directory}/fifo`;
  const { code, document } = await bash(
    pit,
    // What holds the pipe open ends as soon as somebody writes to the FIFO.
    `mkfifo ${fifo}
     ${WORDS} wait-leases --timeout 1s --input <(read x <${fifo})
     code=$?; echo >${fifo}; exit $code`,
  );
  assertEquals(code, 124);
  const { message } = problemOf(document, "document-missing");
  assertMatch(message, /^no document came from \/dev\/fd\/\d+ within 1 s$/);
});

Deno.test("commands that begin a document read no standard input", async (t) => {
  const calls: Words[] = [["status", "--json"], ["history"], ["run", "--dry-run"]];
  for (const words of calls) {
    await t.step(words.join(" "), async () => {
      using pit = temporaryPit({ leased: true });
      const options = { stdin: silentPipe().stdin, env: { IPMI_PASSWORD: "" } };
      const result = await callInProcess(pit, words, options);
      assert(result.code === 0 || words[0] === "status", result.stderr);
      assert(!result.stderr.includes("waiting for a document"), result.stderr);
    });
  }
});

testWith("a socket is read as a pipe is, as ssh hands it over", ["perl-base"], async (t) => {
  const socket = (pit: TemporaryPit, said: string, command: string): Promise<CallResult> =>
    shell(
      pit,
      `perl -MSocket -e '
         socketpair(A, B, AF_UNIX, SOCK_STREAM, 0) or die;
         if (!($child = fork)) { close A; open STDIN, "<&B"; exec @ARGV }
         close B; syswrite A, $ENV{SAID}; shutdown A, 1 if $ENV{SAID} =~ /}\\Z/;
         waitpid $child, 0; exit $? >> 8' ${WORDS} ${command} --root="$ROOT"`,
      { SAID: said, IPMI_PASSWORD: "" },
    );
  const cases: [name: string, said: string, command: string, code: number][] = [
    ["a document", EMPTY, "wait-leases", 0],
    ["silence", "", "wait-leases --timeout 1s", 124],
    ["silence where nobody asks", "", "history --json", 0],
  ];
  for (const [name, said, command, expected] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit({ leased: true });
      const { code, stderr } = await socket(pit, said, command);
      assertEquals(code, expected, stderr);
    });
  }
});

Deno.test("a command in a loop leaves the list of the loop alone", async (t) => {
  for (const sh of ["sh", "bash"].filter((name) => succeeds(name, "-c", ":"))) {
    await t.step(`${sh}, a file`, async () => {
      using pit = temporaryPit({ leased: true });
      const { names, calls } = await loop(pit, sh, "done <list", "");
      assertEquals(names, LIST);
      for (const { message, hint } of calls) {
        assertMatch(
          message,
          /^standard input is not a pitboot document: it begins with "ncn-w001"$/,
        );
        assertEquals(
          hint,
          "add </dev/null to begin without a document, as in a loop that reads a list",
        );
      }
      assertEquals([calls.length, isThere(`${pit.root}/var/www/ncn-w001`)], [3, false]);
    });
    await t.step(`${sh}, a pipe`, async () => {
      using pit = temporaryPit({ leased: true });
      const { names, calls: [{ message = "", hint = "" } = {}, ...more] } = await loop(
        pit,
        sh,
        "done",
        "",
      );
      // Whole names only, and the one that is lost is named.
      assertEquals(names, ["ncn-w001", "ncn-w003"]);
      assertMatch(message, /it begins with "ncn-w002"$/);
      assertMatch(hint ?? "", /<\/dev\/null.*lost/);
      assertEquals(more.map(({ message }) => message), [
        "standard input ended without a document: the command before did not end well",
      ]);
    });
  }
  await t.step("as the hint has it", async () => {
    using pit = temporaryPit({ leased: true });
    assertEquals(await loop(pit, "sh", "done", "</dev/null"), { names: LIST, calls: [] });
    for (const name of LIST) assert(isThere(`${pit.root}/var/www/${name}/rootfs`));
  });
});

/** A pipe that says nothing until something is handed over. */
function silentPipe(): { stdin: Input; hand: (text: string) => void } {
  const { promise, resolve } = Promise.withResolvers<Input>();
  const stdin = {
    ...EMPTY_PIPE,
    read: async (buffer: Uint8Array) => await (await promise).read(buffer),
  };
  return { stdin, hand: (text) => resolve(inputOf(text)) };
}

/** Runs set-links in a loop over a list: the names that the loop read, and the errors. */
async function loop(
  pit: TemporaryPit,
  sh: string,
  end: string,
  input: string,
): Promise<{ names: string[]; calls: { message: string; hint: string | null }[] }> {
  Deno.writeTextFileSync(`${pit.directory}/list`, LIST.map((name) => `${name}\n`).join(""));
  const { code, stdout, stderr } = await shell(
    pit,
    `cd '${pit.directory}'
     cat >script <<'EOF'
     ${end === "done" ? "cat list |" : ""} while read name; do
       echo "name $name"
       ${WORDS} set-links --nodes $name --root="$ROOT" ${input}
     ${end}
EOF
     ${sh} script`,
  );
  checkManners({ stdout, stderr }, pit);
  const lines = stdout.trim().split("\n");
  const documents = lines.filter((line) => line.startsWith("{")).map(checkDocument);
  assertEquals(code, input ? 0 : 1, stderr);
  return {
    names: lines.flatMap((line) => line.startsWith("name ") ? [line.slice(5)] : []),
    calls: documents.filter(({ status }) => status === "failed")
      .map((document) => problemOf(document, "document-invalid"))
      .map(({ message, hint }) => ({ message, hint })),
  };
}

/** Runs a script of bash without `--root`. */
async function bash(pit: TemporaryPit, script: string): Promise<CallResult> {
  const child = new Deno.Command("bash", {
    args: ["-c", script],
    env: environment(pit),
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return await resultOf(child);
}
