import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { callInProcess } from "../in_process.ts";
import {
  addressOf,
  environment,
  PITBOOT,
  type TemporaryPit,
  temporaryPit,
  treeOf,
} from "../kit.ts";
import { testWith } from "../needs.ts";

const EVENTS = "/var/log/events.jsonl";
const LOG = "/var/log/apache2/access_log";
const BEGIN = Date.UTC(2026, 10, 28, 20, 47, 3);
const SECRET = "initial0";

/** A line of a file of events, so many seconds after the first one. */
function event(second: number, what: string, keys: object = {}): string {
  const time = new Date(BEGIN + second * 1000).toISOString();
  return `${JSON.stringify({ time, stage: "run", node: null, what, ...keys })}\n`;
}

/** A line of Apache's log, so many minutes after the first event. */
function request(minute: number, address: string, path: string, rest = "200 9"): string {
  const [, , day, month, , clock] =
    /^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/.exec(new Date(BEGIN + minute * 60_000).toUTCString()) ??
      [];
  return `${address} - - [${day}/${month}/2026:${clock} +0000] "GET ${path} HTTP/1.1" ${rest} "-" "iPXE/1"\n`;
}

function write({ root }: TemporaryPit, path: string, text: string): void {
  Deno.mkdirSync(`${root}${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
  Deno.writeTextFileSync(root + path, text);
}

/** The cells of the row of a node by their heads, without tags; a step is without its day. */
function cellsOf(page: string, node: string): Record<string, string> {
  const [, table = ""] = /<table class="nodes">(.*?)<\/table>/s.exec(page) ?? [];
  const [, row = ""] = new RegExp(`<th scope="row">${node}</th>(.*?)</tr>`, "s").exec(table) ?? [];
  const texts = (text: string, pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map(([, cell = ""]) => cell.replace(/<[^>]*>/g, "").trim());
  const heads = texts(table, /<th scope="col"[^>]*>(.*?)<\/th>/gs).slice(1);
  const cells = texts(row, /<td[^>]*>(.*?)<\/td>/gs);
  assertEquals(cells.length, heads.length);
  return Object.fromEntries(heads.map((head, i) => [head, cells[i] ?? ""]));
}

Deno.test("report writes the night of a run, from its events and the access log", async () => {
  using pit = temporaryPit({
    nodes: ["ncn-m001", "ncn-w001", "ncn-w002", "ncn-s001"],
    leased: true,
    // None gets another lease later.
    behaviour: () => ({ wait: "never" }),
  });
  write(pit, EVENTS, "");
  const run = await callInProcess(pit, ["run", `--events=${EVENTS}`]);
  assertEquals(run.code, 0, run.stderr);
  const now = Date.now() + 60_000;
  const stamp = new Date(now).toUTCString()
    .replace(/^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/, "$1/$2/$3:$4 +0000");
  const worker = addressOf(pit, "ncn-w001");
  write(pit, LOG, `${worker} - - [${stamp}] "GET /ncn-w001/kernel HTTP/1.1" 200 9 "-" "iPXE/1"\n`);
  const before = treeOf(pit.root);
  const { code, stdout, stderr } = await callInProcess(pit, ["report", EVENTS], {
    now: () => now + 60_000,
  });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(treeOf(pit.root), before);
  assertMatch(stdout, /^<!DOCTYPE html>/);
  assertMatch(stdout, /<p class="verdict good">.*all chosen nodes are ready/);
  const clock = new Date(now).toISOString().slice(11, 19);
  const { "BMC set": bmc, ready, script, initrd, kernel } = cellsOf(stdout, "ncn-w001");
  assertMatch(`${bmc} ${ready}`, /^(\d\d:\d\d:\d\d ?){2}$/);
  assertEquals([script, initrd], ["–", "–"]);
  assert(kernel?.startsWith(clock), `${kernel} is not ${clock}`);
  assert(!stdout.includes(SECRET));
});

Deno.test("report tells several runs in several files, and names what is no event", async () => {
  using pit = temporaryPit();
  const dead = { node: "ncn-w001", state: "unreachable", message: "no answer" };
  const verdict = { node: "ncn-w001", code: "bmc-unreachable", message: "no answer", hint: SECRET };
  write(
    pit,
    "/one",
    [
      event(0, "setting", { nodes: ["ncn-w001", "ncn-w002"] }),
      event(1, "asked", dead),
      "May the source be with you: P:secret\n",
      event(2, "linked", { node: "ncn-w002", change: "created" }),
      event(3, "verdict", { summary: "1 of 2", nodes: [verdict], next: `pitboot ${SECRET}` }),
      event(4, "asked").slice(0, -20),
    ].join(""),
  );
  write(
    pit,
    "/two",
    [
      event(100, "asked", { ...dead, state: "changed", message: null }),
      event(101, "lease", { node: "ncn-w001", ip: "10.254.1.2" }),
      event(102, "linked", { node: "ncn-w001", change: "created" }),
      event(103, "ready"),
    ].join(""),
  );
  const { code, stdout, stderr } = await callInProcess(pit, ["report", "/two", "/one"]);
  assertEquals(code, 0);
  assertMatch(stderr, /^pitboot report: \/one: line 3 is not an event$/m);
  assertMatch(stderr, /^pitboot report: \/one: line 6 is torn: it has no end$/m);
  assertStringIncludes(stdout, "line 3 is not an event");
  assertMatch(stdout, /<p class="verdict good">/);
  const { "BMC set": bmc, lease, ready, "powered on": power } = cellsOf(stdout, "ncn-w001");
  assertEquals([bmc, lease, ready, power], ["20:48:43", "20:48:44", "20:48:45", "–"]);
  for (const secret of [SECRET, "P:secret", "be with you"]) {
    assert(!`${stdout}${stderr}`.includes(secret), secret);
  }
});

Deno.test("report tells what nodes fetched themselves, were refused, and who is unknown", async () => {
  using pit = temporaryPit();
  const [one, two] = [addressOf(pit, "ncn-w001"), addressOf(pit, "ncn-w002")];
  write(pit, EVENTS, event(0, "setting", { nodes: ["ncn-w001", "ncn-w002"] }));
  write(
    pit,
    LOG,
    [
      request(-5, one, "/ncn-w001/rootfs"), // before the first event
      request(1, one, "/ncn-w001/script.ipxe"),
      request(2, one, "/ncn-w001/initrd.img.xz", "404 236"),
      request(3, two, "/ncn-w001/rootfs"), // another node, and people
      request(3, "127.0.0.1", "/ncn-w001/rootfs"),
      request(4, "10.1.1.33", "/boot/script.ipxe"),
      request(13 * 60, two, "/ncn-w002/kernel"), // on another day
    ].join(""),
  );
  const now = { now: () => BEGIN + 24 * 3_600_000 };
  const { code, stdout, stderr } = await callInProcess(pit, ["report", EVENTS], now);
  assertEquals(code, 0);
  assertMatch(
    stderr,
    /unknown machine 10\.1\.1\.33 asked for \/boot\/script\.ipxe at 20:51:03 UTC/,
  );
  const { script, initrd, rootfs, Notes: notes } = cellsOf(stdout, "ncn-w001");
  assertEquals([script, initrd, rootfs], ["20:48:03", "–", "–"]);
  assertEquals(notes, "asked for /ncn-w001/initrd.img.xz: 404");
  const { lease, up, kernel, Notes: none } = cellsOf(stdout, "ncn-w002");
  assertEquals([lease, up, kernel, none], ["–", "–", "–", ""]);
});

Deno.test("report says what it lacks: the log, or the addresses of nodes", async () => {
  using pit = temporaryPit();
  write(pit, EVENTS, event(0, "setting", { nodes: ["ncn-w001"] }));
  const without = await callInProcess(pit, ["report", EVENTS]);
  assertEquals(without.code, 0);
  assertMatch(without.stderr, /access_log: does not exist/);
  assertStringIncludes(without.stdout, "nobody can tell what nodes fetched");
  write(pit, LOG, request(1, "10.9.9.9", "/ncn-w001/kernel"));
  const { code, stdout, stderr } = await callInProcess(pit, ["report", EVENTS, "--statics=/none"]);
  assertEquals([code, cellsOf(stdout, "ncn-w001")["kernel"]], [0, "20:48:03"]);
  assertMatch(stderr, /\/none: does not exist: whoever asked for the files of a node is taken/);
});

Deno.test("report lets no name, message or path become markup", async () => {
  using pit = temporaryPit();
  const hostile = `"><script>alert(1)</script><img src=//x onerror='1'>\u202e\x1b[31m`;
  const texts = { code: hostile, severity: hostile, message: hostile, nodes: [hostile] };
  write(
    pit,
    "/<b>",
    [
      event(0, "setting", { nodes: [hostile], stage: hostile }),
      event(1, "asked", { node: hostile, state: hostile, message: hostile }),
      event(2, "problem", { problem: texts }),
      event(3, "resolved", { images: { [hostile]: { release: hostile } } }),
      event(4, "verdict", { summary: hostile, nodes: [{ ...texts, node: hostile }] }),
    ].join(""),
  );
  const { code, stdout } = await callInProcess(pit, ["report", "/<b>"]);
  assertEquals(code, 0);
  assert(stdout.includes("&lt;script&gt;"));
  for (const sign of ["<script", "<img", '<b>"', "\x1b", "\u202e", "</script", "'1'"]) {
    assert(!stdout.includes(sign), sign);
  }
});

Deno.test("report refuses what it cannot make a page of, and prints none", async (t) => {
  const cases: [name: string, args: string[], code: number, message: RegExp][] = [
    ["no file", [], 2, /EVENTS is missing/],
    ["a file that does not exist", ["/none"], 1, /\/none: does not exist/],
    ["one of two does not exist", [EVENTS, "/none"], 1, /\/none: does not exist/],
    ["a directory", ["/etc"], 1, /\/etc: is a directory/],
    ["a FIFO", ["/fifo"], 1, /is not a regular file but a FIFO/],
    ["an empty file", ["/empty"], 1, /\/empty: no line is an event/],
    ["a file of something else", ["/etc/conman.conf"], 1, /conman\.conf: no line is an event/],
  ];
  using pit = temporaryPit();
  write(pit, EVENTS, event(0, "ready"));
  write(pit, "/empty", "");
  assert(new Deno.Command("mkfifo", { args: [`${pit.root}/fifo`] }).outputSync().success);
  for (const [name, args, code, message] of cases) {
    await t.step(name, async () => {
      const result = await callInProcess(pit, ["report", ...args]);
      assertEquals([result.code, result.stdout], [code, ""]);
      assertMatch(result.stderr, message);
    });
  }
  await t.step("a terminal", async () => {
    const result = await callInProcess(pit, ["report", EVENTS], { onTerminal: true });
    assertEquals([result.code, result.stdout], [2, ""]);
    assertMatch(result.stderr, />night\.html/);
  });
});

testWith("report says so if a disk is full, and nothing if nobody reads", ["Linux"], async () => {
  using pit = temporaryPit();
  write(pit, EVENTS, event(0, "ready"));
  const words = [...PITBOOT, "report", EVENTS, `--root=${pit.root}`].map((word) => `'${word}'`);
  const script = `${words.join(" ")} >/dev/full; echo "code $?"; ${words.join(" ")} | :`;
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script],
    env: environment(pit),
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stderr);
  assertEquals(new TextDecoder().decode(stdout), "code 1\n", text);
  assertEquals(text.match(/standard output cannot be written: no space left/g)?.length, 1, text);
});
