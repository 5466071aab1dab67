import { assertEquals, assertMatch } from "@std/assert";
import type { Boot } from "../../mod.ts";
import { callInProcess, collect, type InProcessOptions } from "../in_process.ts";
import {
  type CallResult,
  giveLeases,
  isThere,
  problemOf,
  type TemporaryPit,
  temporaryPit,
  until,
} from "../kit.ts";
import { startInProcess } from "../late.ts";

const NOW = Date.UTC(2026, 10, 29, 3);
const LOG = "/var/log/apache2/access_log";
/** Below --root ss is not asked; and this search path has none. */
const NO_PROGRAMS = { PATH: "/nonexistent" };

/** A line of the web server's log, of a node, so many seconds ago. */
function logLine(
  { address, ago, path, status = 200 }: {
    readonly address: string;
    readonly ago: number;
    readonly path: string;
    readonly status?: number;
  },
): string {
  const [, day, month, year, time] =
    /^..., (\d\d) (...) (\d{4}) (\S+)/.exec(new Date(NOW - ago * 1000).toUTCString()) ?? [];
  const stamp = `${day}/${month}/${year}:${time} +0000`;
  return `${address} - - [${stamp}] "GET ${path} HTTP/1.1" ${status} 9 "-" "iPXE/1.21"\n`;
}

/** What a node asks for, up to a file, beginning so many seconds ago. */
function bootLines(pit: TemporaryPit, node: string, files: readonly string[], ago: number): string {
  return files.map((file, i) =>
    logLine({ address: addressOf(pit, node), ago: ago - i, path: `/${node}/${file}` })
  ).join("");
}

function addressOf({ root }: TemporaryPit, node: string): string {
  const statics = Deno.readTextFileSync(`${root}/etc/dnsmasq.d/statics.conf`);
  return new RegExp(`,([\\d.]+),${node},20m # MTL`).exec(statics)?.[1] ?? "";
}

function pitWith(log: (pit: TemporaryPit) => string): TemporaryPit {
  const pit = temporaryPit();
  Deno.mkdirSync(`${pit.root}/var/log/apache2`, { recursive: true });
  Deno.writeTextFileSync(pit.root + LOG, log(pit));
  return pit;
}

async function bootProgress(
  pit: TemporaryPit,
  args: readonly string[] = [],
  options: InProcessOptions = {},
): Promise<CallResult> {
  const words = ["boot-progress", ...args] as const;
  return await callInProcess(pit, words, { env: NO_PROGRAMS, now: () => NOW, ...options });
}

function stagesOf({ document }: CallResult): Record<string, Boot["stage"]> {
  return Object.fromEntries((document.boots ?? []).map(({ node, stage }) => [node, stage]));
}

const ALL = ["script.ipxe", "initrd.img.xz", "kernel", "rootfs"];

Deno.test("boot-progress tells how far each chosen node got", async () => {
  using pit = pitWith((pit) =>
    bootLines(pit, "ncn-w001", ALL, 600) + bootLines(pit, "ncn-w002", ALL.slice(0, 3), 500) +
    logLine({ address: "127.0.0.1", ago: 9, path: "/ncn-w003/kernel" })
  );
  const result = await bootProgress(pit, ["--nodes=ncn-w*"]);
  assertEquals(stagesOf(result), {
    "ncn-w001": "rootfs-sent",
    "ncn-w002": "kernel",
    "ncn-w003": "none",
    "ncn-w004": "none",
  });
  assertEquals(result.code, 0);
  assertMatch(result.stderr, /the web server's log begins at 02:50 UTC; it is 03:00 UTC/);
});

Deno.test("boot-progress shows a table, the least progressed first", async () => {
  using pit = pitWith((pit) =>
    ["ncn-s001", "ncn-s002"].map((node) => bootLines(pit, node, ALL, 600)).join("") +
    bootLines(pit, "ncn-w001", ALL.slice(0, 1), 500)
  );
  const { stderr } = await bootProgress(pit, [], { onTerminal: true });
  const rows = stderr.split("\n").filter((line) => /^(BOOT|no sign|script|rootfs) /.test(line));
  assertEquals(rows, [
    "BOOT         STATE   LAST SEEN  N  NODES",
    "no sign      -       -          6  ncn-m[002-003],ncn-s003,ncn-w[002-004]",
    // Its peers took a second.
    "script       silent  8:20 ago   1  ncn-w001",
    "rootfs sent  -       9:57 ago   2  ncn-s[001-002]",
  ]);
});

Deno.test("boot-progress names what does not go on, strangers, and what cannot be seen", async () => {
  using pit = pitWith((pit) => {
    const address = addressOf(pit, "ncn-w001");
    return bootLines(pit, "ncn-w001", ["script.ipxe"], 60) +
      logLine({ address, ago: 58, path: "/ncn-w001/initrd.img.xz", status: 404 }) +
      logLine({ address: "10.1.1.33", ago: 50, path: "/boot/script.ipxe" });
  });
  const lease = `${NOW / 1000 + 500} aa:bb:cc:00:00:01 10.1.1.33 * *\n`;
  Deno.writeTextFileSync(`${pit.root}/var/lib/misc/dnsmasq.leases`, lease);
  const { document, code } = await bootProgress(pit, ["--nodes=ncn-w00[1-2]"]);
  assertEquals(code, 0);
  const stuck = problemOf(document, "boot-stuck");
  assertEquals(
    stuck.message,
    [
      "ncn-w001: the web server refuses what it asks for: /ncn-w001/initrd.img.xz: 404",
    ].join(""),
  );
  assertEquals(
    stuck.hint,
    `pitboot check --root ${pit.root} --nodes ncn-w001 names the cause`,
  );
  assertMatch(
    problemOf(document, "boot-stranger").message,
    /10\.1\.1\.33 aa:bb:cc:00:00:01 asked for \/boot\/script\.ipxe at 02:59 UTC/,
  );
  assertEquals(problemOf(document, "boot-unseen").message.split("\n"), [
    "what cannot be seen:",
    "    who receives something now: ss tells of this machine alone",
    "    whether a node is up, and what it says: no console log of ncn-w[001-002]",
  ]);
});

Deno.test("boot-progress goes on without a source", async (t) => {
  const cases: [name: string, fault: (root: string) => void, unseen: RegExp][] = [
    ["no log", (root) => Deno.removeSync(root + LOG), /access_log: does not exist/],
    [
      "no leases",
      (root) => Deno.removeSync(`${root}/var/lib/misc/dnsmasq.leases`),
      /dnsmasq\.leases: does not exist/,
    ],
    [
      "a FIFO for a log",
      (root) => {
        Deno.removeSync(root + LOG);
        new Deno.Command("mkfifo", { args: [root + LOG] }).outputSync();
      },
      /access_log: is not a regular file but a FIFO/,
    ],
    [
      "escapes in a log",
      (root) => Deno.writeTextFileSync(root + LOG, "\x1b[2J\n"),
      /access_log has lines of another format: "\\\\x1b\[2J"/,
    ],
    [
      "NUL in a log",
      (root) => Deno.writeFileSync(root + LOG, new Uint8Array(9_000_000)),
      /access_log has no wh/,
    ],
    [
      "a FIFO for leases",
      (root) => {
        Deno.removeSync(`${root}/var/lib/misc/dnsmasq.leases`);
        new Deno.Command("mkfifo", { args: [`${root}/var/lib/misc/dnsmasq.leases`] }).outputSync();
      },
      /dnsmasq\.leases: is not a regular file but a FIFO/,
    ],
    [
      "a FIFO for a console",
      (root) => {
        const directory = `${root}/var/log/conman`;
        Deno.mkdirSync(directory, { recursive: true });
        const args = [`${directory}/console.ncn-w001-mgmt`];
        new Deno.Command("mkfifo", { args }).outputSync();
      },
      /no console log of \S*ncn-w\[001-/,
    ],
  ];
  for (const [name, fault, unseen] of cases) {
    await t.step(name, async () => {
      using pit = pitWith((pit) => bootLines(pit, "ncn-w001", ALL, 600));
      fault(pit.root);
      const { document, code } = await bootProgress(pit);
      assertEquals([code, document.boots?.length], [0, 9]);
      assertMatch(problemOf(document, "boot-unseen").message, unseen);
    });
  }
});

Deno.test("boot-progress --wait ends when all chosen nodes got that far", async () => {
  using pit = pitWith((pit) => bootLines(pit, "ncn-w001", ALL, 600));
  const { code, document } = await bootProgress(pit, ["--wait=rootfs", "--nodes=ncn-w001"]);
  assertEquals([code, document.status], [0, "ok"]);
});

Deno.test("boot-progress --wait names those that did not", async () => {
  using pit = pitWith((pit) => bootLines(pit, "ncn-w001", ALL, 600));
  const words = ["--wait=rootfs-sent", "--timeout=0", "--nodes=ncn-w00[1-3]"];
  const { code, document, stderr } = await bootProgress(pit, words);
  assertEquals(code, 124);
  assertMatch(stderr, /: 1 of 3 nodes have got to rootfs sent$/m);
  const late = problemOf(document, "boot-late");
  assertEquals(late.message.split("\n"), [
    "2 of 3 nodes did not get to rootfs sent within 0:00:",
    "    no sign: ncn-w[002-003]",
  ]);
  assertEquals(late.nodes, ["ncn-w002", "ncn-w003"]);
  const again = `pitboot boot-progress --root ${pit.root} --wait rootfs-sent`;
  assertEquals(late.hint, `${again} --nodes ncn-w[002-003]`);
  const bare = await bootProgress(pit, ["--wait", "--timeout=0", "--nodes=ncn-w001"]);
  assertEquals(
    problemOf(bare.document, "boot-late").message,
    "the node did not get to up within 0:00:\n    rootfs sent: ncn-w001",
  );
});

Deno.test("boot-progress --wait sees what comes meanwhile, and tells of it", async () => {
  using pit = pitWith((pit) => bootLines(pit, "ncn-w001", ALL.slice(0, 1), 60));
  const running = startInProcess(pit, [
    "boot-progress",
    "--wait=kernel",
    "--nodes=ncn-w001",
    "--events=/var/log/events",
  ], {
    env: NO_PROGRAMS,
    now: () => NOW,
    later: (_, act) => {
      const timer = setTimeout(act, 5);
      return () => clearTimeout(timer);
    },
  });
  const path = `${pit.root}/var/log/events`;
  await until(() => isThere(path) && Deno.readTextFileSync(path).includes('"script"'));
  const more = bootLines(pit, "ncn-w001", ALL.slice(1, 3), 59);
  Deno.writeTextFileSync(pit.root + LOG, more, { append: true });
  const { code, stderr } = await running.end;
  assertEquals(code, 0);
  assertMatch(stderr, /kernel: ncn-w001 \(1 of 1\)/);
  const events = Deno.readTextFileSync(path).trim().split("\n")
    .map((line) => JSON.parse(line)).filter(({ what }) => what === "booting");
  assertEquals(events.map(({ stage, node, reached, source }) => [stage, node, reached, source]), [
    ["boot-progress", "ncn-w001", "script", "access-log"],
    ["boot-progress", "ncn-w001", "kernel", "access-log"],
  ]);
});

Deno.test("boot-progress --wait shows a board on a terminal, and says no line for a change", async () => {
  using pit = pitWith((pit) => bootLines(pit, "ncn-w001", ALL.slice(0, 1), 60));
  const running = startInProcess(pit, ["boot-progress", "--wait=kernel", "--nodes=ncn-w00[1-2]"], {
    env: { ...NO_PROGRAMS, TERM: "xterm" },
    onTerminal: true,
    now: () => NOW,
    later: (_, act) => {
      const timer = setTimeout(act, 5);
      return () => clearTimeout(timer);
    },
  });
  await until(() => /kernel {2}0 of 2 nodes, (?:60:00|1:00:00|59:\d\d) left/.test(running.stderr));
  await until(() => /script +- +1:00 ago +1 +ncn-w001/.test(running.stderr));
  const more = bootLines(pit, "ncn-w001", ALL.slice(1, 3), 59);
  Deno.writeTextFileSync(pit.root + LOG, more, { append: true });
  await until(() => /kernel {2}1 of 2 nodes/.test(running.stderr));
  running.interrupt();
  const { code, stderr } = await running.end;
  assertEquals(code, 130);
  assertEquals(/ have got to kernel|\(1 of 2\)/.test(stderr), false);
});

Deno.test("boot-progress behind another command counts from its beginning", async () => {
  using pit = pitWith((pit) => bootLines(pit, "ncn-w001", ALL, 600));
  const handed = (more: string): InProcessOptions => ({
    stdin: `{"pitboot":1,"nodes":[${
      ["ncn-w001", "ncn-w002"].map((name) =>
        `{"name":"${name}","role":null,"directory":"/","change":"failed","kernel":null,
          "initrd":null,"rootfs":null,"script":"missing"${name === "ncn-w002" ? more : ""}}`
      )
    }]}`,
  });
  const result = await bootProgress(pit, ["--input=-"], handed(""));
  assertEquals(stagesOf(result), { "ncn-w001": "none", "ncn-w002": "none" });
  const since = await bootProgress(
    pit,
    ["--input=-", "--since=1h"],
    handed(',"cause":{"code":"x","message":"","hint":null}'),
  );
  assertEquals(stagesOf(since), { "ncn-w001": "rootfs-sent" });
});

Deno.test("boot-progress passes on a document that has failed", async () => {
  using pit = pitWith(() => "");
  const stdin = '{"pitboot":1,"status":"failed","problems":[]}';
  const { code, document } = await bootProgress(pit, ["--input=-"], { stdin });
  assertEquals([code, document.boots], [1, undefined]);
});

Deno.test("boot-progress --watch shows a table until ^C", async () => {
  using pit = pitWith((pit) => bootLines(pit, "ncn-w001", ALL, 600));
  let frame = "";
  const end = new AbortController();
  const write = (text: string): void => {
    if (!text.startsWith("\x1b[H")) return;
    frame = text;
    end.abort(new DOMException("stopped by SIGINT", "AbortError"));
  };
  const stdout = { ...collect(write), isTerminal: true, columns: () => 100, rows: () => 50 };
  const words = ["--watch", "--nodes=ncn-w001"];
  const { code } = await bootProgress(pit, words, { stdout, signal: end.signal });
  assertEquals(code, 130);
  assertMatch(
    frame,
    /03:00:00 UTC, every 2 s until \^C[^]*\nrootfs sent +- +9:57 ago +1 +ncn-w001/,
  );
});

Deno.test("boot-progress --watch shows no document, and waits for nothing", async (t) => {
  using pit = pitWith(() => "");
  for (const [option, words] of [["--json", /no document/], ["--wait=up", /choose one/]] as const) {
    await t.step(option, async () => {
      const { code, stderr } = await bootProgress(pit, ["--watch", option]);
      assertEquals(code, 2);
      assertMatch(stderr, words);
    });
  }
});

Deno.test("status shows how far nodes got, where that can be seen", async () => {
  using pit = pitWith((pit) => bootLines(pit, "ncn-w001", ALL, 600));
  const status = async (): Promise<CallResult> =>
    await callInProcess(pit, ["status", "--nodes=ncn-w*"], { env: NO_PROGRAMS, now: () => NOW });
  const seen = await status();
  assertMatch(seen.stdout, /^LINKS +SCRIPT +LEASE +BOOT +ROLE /m);
  assertMatch(seen.stdout, /^missing +missing +no +rootfs sent +kubernetes +- +1 +ncn-w001$/m);
  Deno.writeTextFileSync(pit.root + LOG, "");
  const unseen = await status();
  assertMatch(unseen.stdout, /^LINKS +SCRIPT +LEASE +ROLE /m);
  assertEquals([seen.code, unseen.code], [3, 3]);
});

Deno.test("run --wait-for waits until nodes got that far", async (t) => {
  for (const [stage, code] of [["kernel", 0], ["up", 124]] as const) {
    await t.step(stage, async () => {
      using pit = pitWith((pit) => bootLines(pit, "ncn-w001", ALL.slice(0, 3), -3));
      giveLeases(pit, ["ncn-w001"]);
      const words = [`--wait-for=${stage}`, "--boot-timeout=0", "--nodes=ncn-w001"] as const;
      const result = await callInProcess(pit, ["run", "--json", ...words], {
        env: { IPMI_PASSWORD: "" },
        now: () => NOW + 5000,
      });
      assertEquals([result.code, stagesOf(result)], [code, { "ncn-w001": "kernel" }]);
      assertMatch(result.stderr, new RegExp(`waiting for ${stage}: power the nodes on`));
    });
  }
});
