import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { addRelease } from "../../tools/pit/make_pit.ts";
import { callInProcess, chained } from "../in_process.ts";
import { problemOf, type TemporaryPit, temporaryPit } from "../kit.ts";
import { checkManners } from "../refusals.ts";

const LOG = "/var/log/apache2/access_log";
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const MINUTE = 60_000;

Deno.test("set-links warns of nodes that are booting while it switches them", async () => {
  using pit = await switching();
  logTo(pit, LOG, [
    line("ncn-w001", "script.ipxe", 3),
    line("ncn-w001", "kernel", 2),
    line("ncn-w002", "kernel", 2),
    line("ncn-w003", "kernel", 60),
    line("ncn-s001", "kernel", 2), // keeps its release
    line("ncn-x001", "kernel", 2),
  ]);
  const stdin = await chained(pit);
  const words = ["set-links", "--dry-run"] as const;
  for (const args of [words, ["set-links"] as const]) {
    const result = await callInProcess(pit, args, { stdin });
    assertEquals(result.code, 0, result.stderr);
    const { severity, message, nodes } = problemOf(result.document, "node-fetching");
    assertEquals(severity, "warning");
    assertEquals(nodes, ["ncn-w001", "ncn-w002"]);
    assertMatch(
      message,
      /^ncn-w\[001-002\] fetched script\.ipxe, kernel within the last 10 minutes/,
    );
    assertStringIncludes(result.stderr, message);
    assertStringIncludes(result.stderr, `tail -f ${LOG}`);
    checkManners(result, pit);
  }
  // Now they are as they should be: nobody is switched any more.
  const again = await callInProcess(pit, ["set-links"], { stdin });
  assertEquals(fetching(again.document), []);
});

Deno.test("run warns of nodes that are booting, by the log that --access-log names", async () => {
  using pit = await switching();
  const log = "/var/log/nginx/access.log";
  logTo(pit, log, [line("ncn-m002", "kernel", 1)]);
  const words = ["run", "--dry-run", "--json"] as const;
  const named = await callInProcess(pit, [...words, "--access-log", log]);
  assertEquals(problemOf(named.document, "node-fetching").nodes, ["ncn-m002"]);
  const usual = await callInProcess(pit, words);
  assertEquals(fetching(usual.document), []);
});

Deno.test("set-links reads the end of a long log", async () => {
  using pit = await switching();
  const noise = `${line("ncn-w004", "repodata", 1)}\n`;
  logTo(pit, LOG, [
    line("ncn-w001", "kernel", 2),
    noise.repeat(Math.ceil(1024 * 1024 / noise.length)).trimEnd(),
    line("ncn-w002", "kernel", 2),
  ]);
  const { document } = await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  assertEquals(problemOf(document, "node-fetching").nodes, ["ncn-w002"]);
});

Deno.test("set-links is silent about a log that cannot be read, but for --verbose", async (t) => {
  const cases: [name: string, arrange: (path: string) => void, reason: string][] = [
    ["none", () => {}, "does not exist"],
    ["a directory", (path) => Deno.mkdirSync(path), "is a directory"],
    ["a FIFO", (path) => {
      assert(new Deno.Command("mkfifo", { args: [path] }).outputSync().success);
    }, "is not a regular file but a FIFO"],
  ];
  for (const [name, arrange, reason] of cases) {
    await t.step(name, async () => {
      using pit = await switching();
      Deno.mkdirSync(`${pit.root}/var/log/apache2`, { recursive: true });
      arrange(pit.root + LOG);
      const stdin = await chained(pit);
      const plain = await callInProcess(pit, ["set-links", "--dry-run"], { stdin });
      assertEquals(plain.code, 0);
      assertEquals(plain.stderr.includes(LOG), false, plain.stderr);
      const verbose = await callInProcess(pit, ["set-links", "--verbose"], { stdin });
      assertEquals(verbose.code, 0);
      assertEquals(fetching(verbose.document), []);
      assertStringIncludes(verbose.stderr, `cannot tell who is booting: ${LOG}: ${reason}`);
      checkManners(verbose, pit);
    });
  }
});

/** A PIT whose Kubernetes nodes boot another release than they should. */
async function switching(): Promise<TemporaryPit> {
  const pit = temporaryPit({ leased: true });
  await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  addRelease(pit.root, "k8s", { release: "9.9.9" });
  return pit;
}

function fetching({ problems }: { problems: readonly { code: string }[] }): unknown[] {
  return problems.filter(({ code }) => code === "node-fetching");
}

function logTo({ root }: TemporaryPit, path: string, lines: readonly string[]): void {
  Deno.mkdirSync(`${root}${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
  Deno.writeTextFileSync(root + path, `${lines.join("\n")}\n`);
}

/** What Apache writes when a node has fetched a file some minutes ago. */
function line(node: string, file: string, minutes: number): string {
  const time = new Date(Date.now() - minutes * MINUTE);
  const [, year, month, day, clock] = /^(.{4})-(..)-(..)T(.{8})/.exec(time.toISOString()) ?? [];
  const stamp = `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock} +0000`;
  return `10.1.1.20 - - [${stamp}] "GET /${node}/${file} HTTP/1.1" 200 9437184 "-" "iPXE/1.21.1+"`;
}
