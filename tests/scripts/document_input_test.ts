import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  feed,
  interruptWaiting,
  PITBOOT,
  problemOf,
  shell,
  startPitboot,
  temporaryPit,
} from "../kit.ts";
import { callInProcess, chained } from "../in_process.ts";
import { testWith } from "../needs.ts";
import { checkManners, refuse } from "../refusals.ts";

const EMPTY = `{"pitboot":1,"status":"ok","problems":[]}`;
const READERS = ["resolve-images", "bmc-dhcp", "wait-leases", "set-links"] as const;

Deno.test("every command that reads refuses what is not a document", async (t) => {
  await refuse(
    t,
    ["wait-leases"],
    READERS.map((command) => ({
      name: command,
      args: [command],
      stdin: "\n hello\nyou\n",
      code: 1,
      problem: "document-invalid",
      message: 'standard input is not a pitboot document: it begins with "hello"',
      hint: /<\/dev\/null/,
    })),
  );
});

Deno.test("--input refuses a file that does not exist", async (t) => {
  await refuse(t, ["resolve-images", "--input", "/tmp/document.json"], [{
    name: "no file",
    code: 1,
    problem: "file-missing",
    message: "/tmp/document.json: does not exist",
  }]);
});

Deno.test("every command passes on a document that failed, with its exit code", async () => {
  const problem = { stage: "x", severity: "error", nodes: [], message: "m", hint: null };
  const problems = [{ ...problem, code: "images-missing" }];
  const failed = { pitboot: 1, status: "failed", site: { kept: [1, null] }, problems };
  for (const command of READERS) {
    using pit = temporaryPit();
    const options = { stdin: JSON.stringify(failed) };
    const { code, stdout } = await callInProcess(pit, [command], options);
    assertEquals([code, JSON.parse(stdout)], [5, failed], command);
  }
});

testWith(
  "a command waits for no document where standard input is a terminal",
  ["bsdutils"],
  async () => {
    using pit = temporaryPit({ leased: true });
    const words = [...PITBOOT, "wait-leases", "--json", `--root=${pit.root}`];
    const screen = `${pit.directory}/screen`;
    const { code } = await shell(pit, `script -qec '${words.join(" ")}' ${screen} >/dev/null`);
    assertEquals(code, 0);
    assertMatch(Deno.readTextFileSync(screen), /^ {2}"leases": \[/m);
  },
);

Deno.test("a command that waits for a document ends at ^C", async () => {
  using pit = temporaryPit();
  const child = startPitboot(pit, ["resolve-images"], { stdin: "piped" });
  const { end } = await interruptWaiting(child);
  const { code, stdout, stderr, document } = await end;
  await child.stdin.close().catch(() => {});
  assertEquals(code, 130, stderr);
  assertEquals(document.status, "failed");
  problemOf(document, "interrupted");
  assertEquals(document.images, undefined);
  checkManners({ code, stdout, stderr, document }, pit);
});

Deno.test("at ^C a command still passes on what the command before it did", async () => {
  using leased = temporaryPit({ leased: true });
  const stdin = await chained(leased);
  // Without a lease it has no other end than ^C.
  using pit = temporaryPit();
  const child = startPitboot(pit, ["wait-leases"], { stdin: "piped" });
  const { end } = await interruptWaiting(child);
  await feed(child, stdin);
  const { code, document } = await end;
  assertEquals(code, 130);
  problemOf(document, "interrupted");
  assert(document.images?.["storage"], "the images of the document are gone");
});

Deno.test("wait-leases waits that much less for leases as it waited for its document", async () => {
  using pit = temporaryPit();
  let asked = 0;
  // All of the time goes by before the document is there; then the clock stands still.
  const elapsed = (): number => {
    if (++asked > 50) throw new Error("it waits for more");
    return asked === 1 ? 0 : 60_000;
  };
  const options = { stdin: EMPTY, elapsed };
  const { code, document } = await callInProcess(pit, ["wait-leases", "--timeout=60"], options);
  assertEquals(code, 124);
  problemOf(document, "leases-missing");
});
