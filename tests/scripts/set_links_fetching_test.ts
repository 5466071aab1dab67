import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { addRelease } from "../../tools/pit/make_pit.ts";
import { callInProcess, chained } from "../in_process.ts";
import { addressOf, problemOf, type TemporaryPit, temporaryPit } from "../kit.ts";
import { checkManners } from "../refusals.ts";

const LOG = "/var/log/apache2/access_log";
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const STATICS = "/etc/dnsmasq.d/statics.conf";
const MINUTE = 60_000;

Deno.test("set-links warns of nodes that are booting while it switches them", async () => {
  using pit = await switching();
  logTo(pit, LOG, [
    line(pit, "ncn-w001", "script.ipxe", 42),
    line(pit, "ncn-w001", "kernel", 40),
    line(pit, "ncn-w002", "kernel", 2),
    line(pit, "ncn-w003", "kernel", 61),
    line(pit, "ncn-w004", "kernel", 20),
    line(pit, "ncn-w004", "rootfs", 10),
    line(pit, "ncn-s001", "kernel", 2), // keeps its release
    line(pit, "ncn-m002", "kernel", 2, "10.1.1.250"), // somebody else
    line(pit, "ncn-m003", "kernel", 2, "127.0.0.1"),
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
      /^ncn-w\[001-002\] fetched script\.ipxe, kernel within the last 4\d minutes, and no root/,
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
  logTo(pit, log, [line(pit, "ncn-m002", "kernel", 1)]);
  const words = ["run", "--dry-run", "--json"] as const;
  const named = await callInProcess(pit, [...words, "--access-log", log]);
  assertEquals(problemOf(named.document, "node-fetching").nodes, ["ncn-m002"]);
  const usual = await callInProcess(pit, words);
  assertEquals(fetching(usual.document), []);
});

Deno.test("set-links finds who boots although packages are in the same log", async () => {
  using pit = await switching();
  const noise = `${line(pit, "repository", "repomd.xml", 1)}\n`;
  logTo(pit, LOG, [
    line(pit, "ncn-w001", "kernel", 50),
    noise.repeat(Math.ceil(3 * 1024 * 1024 / noise.length)).trimEnd(),
    line(pit, "ncn-w002", "kernel", 2),
  ]);
  const { document } = await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  assertEquals(problemOf(document, "node-fetching").nodes, ["ncn-w001", "ncn-w002"]);
});

Deno.test("rollback warns as set-links does, also without statics.conf", async () => {
  using pit = await switching();
  await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  logTo(pit, LOG, [line(pit, "ncn-w001", "kernel", 50)]);
  const words = ["rollback", "--dry-run", "--json"] as const;
  const { document } = await callInProcess(pit, words);
  assertEquals(problemOf(document, "node-fetching").nodes, ["ncn-w001"]);
  Deno.removeSync(pit.root + STATICS);
  const without = await callInProcess(pit, words);
  assertEquals(problemOf(without.document, "node-fetching").nodes, ["ncn-w001"]);
});

Deno.test("run says which nodes the web server refuses what they boot, once", async () => {
  using pit = temporaryPit({ nodes: ["ncn-m001", "ncn-w001", "ncn-w002", "fmn001"], leased: true });
  logTo(pit, LOG, [
    line(pit, "fmn001", "script.ipxe", 3).replace(" 200 ", " 403 "),
    line(pit, "ncn-w001", "script.ipxe", 5).replace(" 200 ", " 403 "),
    line(pit, "ncn-w001", "script.ipxe", 3),
  ]);
  for (const args of [["run"], ["run"], ["run", "--dry-run"]] as const) {
    const { code, document, stderr } = await callInProcess(pit, [...args, "--json"]);
    assertEquals(code, 0, stderr);
    const { nodes, message, hint } = problemOf(document, "web-refused");
    assertEquals(nodes, ["fmn001"]);
    assertMatch(
      message,
      /^the web server refused files to fmn001: 403 for \/fmn001\/script\.ipxe at/,
    );
    assertMatch(hint ?? "", /LocationMatch.*pitboot check --root \S+ --nodes fmn001 says/);
  }
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

/** What Apache writes when a node has fetched a file some minutes ago, from its own address. */
function line(
  pit: TemporaryPit,
  node: string,
  file: string,
  minutes: number,
  address = addressOf(pit, node),
): string {
  const time = new Date(Date.now() - minutes * MINUTE + 1000);
  const [, year, month, day, clock] = /^(.{4})-(..)-(..)T(.{8})/.exec(time.toISOString()) ?? [];
  const stamp = `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock} +0000`;
  return `${address} - - [${stamp}] "GET /${node}/${file} HTTP/1.1" 200 9437184 "-" "iPXE/1.21.1+"`;
}
