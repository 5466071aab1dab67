import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  catchesInterrupt,
  feed,
  PITBOOT,
  pitboot,
  problemOf,
  resultOf,
  shell,
  startPitboot,
  succeeds,
  type TemporaryPit,
  temporaryPit,
  until,
} from "../kit.ts";
import { callInProcess, chained } from "../in_process.ts";
import { checkManners, type Refusal, refuse, type Words } from "../refusals.ts";

const EMPTY = `{"pitboot":1,"status":"ok","problems":[]}`;

Deno.test("every command that reads refuses what is not one document", async (t) => {
  const notOne = /^standard input is not a single pitboot document: \S/;
  const begins = /^standard input is not a pitboot document: it begins with "/;
  const texts: [name: string, stdin: string, message: RegExp][] = [
    ["garbage", "\n hello\nyou\n", /it begins with "hello"$/],
    ["binary garbage", "\0\x01\x02\x7f", begins],
    ["an escape sequence", "\x1b[31mred", begins],
    ["a document that is cut", EMPTY.slice(0, -2), notOne],
    ["two documents", `${EMPTY}\n${EMPTY}\n`, notOne],
    ["a list", "[]", begins],
    ["a number", "1", begins],
    ["null", "null", begins],
    ["an empty object", "{}", /not a single pitboot document: .*pitboot/],
    ["version 2", EMPTY.replace("1", "2"), /pitboot.*expected 1.*2/],
    ["version 0", EMPTY.replace("1", "0"), /pitboot.*expected 1.*0/],
    ["a version that is text", EMPTY.replace("1", '"1"'), /pitboot.*expected 1/],
    ["an unknown status", EMPTY.replace("ok", "fine"), /status/],
    ["no list of problems", `{"pitboot":1,"problems":{}}`, /problems/],
    [
      "a lease without a MAC",
      EMPTY.replace("}", `,"leases":[{"bmc":"a-mgmt","ip":"10.1.1.1","expires":null}]}`),
      /leases.*0.*mac/,
    ],
  ];
  const table: Refusal[] = texts.map(([name, stdin, message]) => ({
    name,
    stdin,
    code: 1,
    problem: "document-invalid",
    message,
    hint: /<\/dev\/null/,
  }));
  await refuse(t, ["wait-leases", "--timeout", "0"], table);
  for (const command of ["resolve-images", "bmc-dhcp", "set-links"] as const) {
    await t.step(command, (t) => refuse(t, [command], table.slice(0, 1)));
  }
});

Deno.test("--input refuses a file that is not one document", async (t) => {
  const args: Words = ["resolve-images", "--input", "/tmp/document.json"];
  const write = (text: string) => ({ root }: TemporaryPit): void => {
    Deno.mkdirSync(`${root}/tmp`);
    Deno.writeTextFileSync(`${root}/tmp/document.json`, text);
  };
  await refuse(t, args, [
    {
      name: "no file",
      code: 1,
      problem: "file-missing",
      message: "/tmp/document.json: does not exist",
    },
    {
      name: "garbage",
      arrange: write("hello"),
      code: 1,
      problem: "document-invalid",
      message: /^\/tmp\/document\.json is not a single pitboot document: /,
    },
    {
      name: "an empty file",
      arrange: write(""),
      code: 1,
      problem: "document-invalid",
      message: /^\/tmp\/document\.json is not a single pitboot document: /,
    },
  ]);
});

Deno.test("a failed document is passed on as it is, with its exit code", async (t) => {
  const problems: [code: string, exit: number][] = [
    ["images-missing", 5],
    ["input-missing", 2],
    ["file-invalid", 1],
    ["interrupted", 130],
    ["a-code-of-the-future", 1],
  ];
  const problem = { stage: "x", severity: "error", nodes: [], message: "m", hint: null };
  for (const [code, exit] of problems) {
    await t.step(code, async (t) => {
      const document = {
        pitboot: 1,
        status: "failed",
        site: { kept: [1, null] },
        problems: [{ ...problem, code }],
      };
      await passesOn(t, JSON.stringify(document), exit);
    });
  }
  await t.step("no problem at all", async (t) => {
    await passesOn(t, `{"pitboot":1,"status":"failed","problems":[]}`, 1);
  });
});

async function passesOn(t: Deno.TestContext, stdin: string, exit: number): Promise<void> {
  for (const command of ["resolve-images", "bmc-dhcp", "wait-leases", "set-links"] as const) {
    await t.step(command, async () => {
      using pit = temporaryPit();
      const { code, stdout } = await callInProcess(pit, [command], { stdin });
      assertEquals(JSON.parse(stdout), JSON.parse(stdin));
      assertEquals(code, exit);
    });
  }
}

Deno.test("a command keeps the keys of a document that it does not know", async () => {
  using pit = temporaryPit({ leased: true });
  const extra = { site: { a: [1] }, "": null };
  const stdin = JSON.stringify({ ...JSON.parse(EMPTY), ...extra });
  const { code, stdout } = await pitboot(pit, ["resolve-images"], { stdin });
  assertEquals(code, 0);
  const { site, "": empty } = JSON.parse(stdout);
  assertEquals({ site, "": empty }, extra);
});

Deno.test("a command settles its own earlier problems anew", async () => {
  using pit = temporaryPit();
  const missing = await pitboot(pit, ["wait-leases", "--timeout", "0"]);
  problemOf(missing.document, "leases-missing");
  using leased = temporaryPit({ leased: true });
  const { code, document } = await pitboot(leased, ["wait-leases"], { stdin: missing.stdout });
  assertEquals(code, 0);
  assertEquals(document.problems, []);
});

Deno.test("a command begins a document where standard input has none", async (t) => {
  const inputs: [name: string, redirection: string][] = [
    ["nothing", "</dev/null"],
    ["closed", "<&-"],
    ["an empty pipe", "<$(mktemp)"],
    ["blanks", "<$(f=$(mktemp); echo >$f; echo $f)"],
  ];
  for (const [name, redirection] of inputs) {
    await t.step(name, async () => {
      using pit = temporaryPit({ leased: true });
      const result = await shell(pit, `pitboot wait-leases ${redirection}`, {
        TMPDIR: pit.directory,
      });
      assertEquals(result.code, 0, result.stderr);
      assertEquals(result.document.leases?.length, 9);
      checkManners(result, pit);
    });
  }
});

Deno.test({
  name: "a command waits for no document where standard input is a terminal (needs script)",
  ignore: !succeeds("script", "--version"),
  fn: async () => {
    using pit = temporaryPit({ leased: true });
    const words = [...PITBOOT, "wait-leases", "--json", `--root=${pit.root}`];
    const screen = `${pit.directory}/screen`;
    const { code } = await shell(pit, `script -qec '${words.join(" ")}' ${screen} >/dev/null`);
    assertEquals(code, 0);
    assertMatch(Deno.readTextFileSync(screen), /^ {2}"leases": \[/m);
  },
});

Deno.test("a command that waits for a document ends at ^C", async () => {
  using pit = temporaryPit();
  const child = startPitboot(pit, ["resolve-images"], { stdin: "piped" });
  await until(() => catchesInterrupt(child));
  child.kill("SIGINT");
  const { code, stdout, stderr, document } = await resultOf(child);
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
  const result = resultOf(child);
  await until(() => catchesInterrupt(child));
  child.kill("SIGINT");
  await feed(child, stdin);
  const { code, document } = await result;
  assertEquals(code, 130);
  problemOf(document, "interrupted");
  assert(document.images?.["storage"], "the images of the document are gone");
});

Deno.test("a version alone is a whole document", async (t) => {
  for (const stdin of [`{"pitboot":1}`, ` \n\ufeff{ "pitboot": 1, "site": "x" }\n`]) {
    await t.step(stdin, async () => {
      using pit = temporaryPit({ leased: true });
      const { code, stdout, document } = await callInProcess(pit, ["wait-leases"], { stdin });
      assertEquals([code, document.leases?.length], [0, 9]);
      const { status, problems, site } = JSON.parse(stdout);
      assertEquals([status, problems, site], ["ok", [], stdin.includes("site") ? "x" : undefined]);
    });
  }
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
