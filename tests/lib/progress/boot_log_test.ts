import { assert, assertEquals } from "@std/assert";
import { Root } from "../../../lib/io/root.ts";
import { BootLog, type BootLogSight, readBootRequests } from "../../../lib/progress/boot_log.ts";
import { temporaryDirectory } from "../../temporary.ts";

const LOG = "/log/access_log";
const NOW = Date.UTC(2026, 10, 29, 12);
const HORIZON = NOW - 2 * 3_600_000;
const MIB = 1024 * 1024;

/** A line that was stamped so many seconds before now. */
function line(ago: number, path: string, address = "10.1.1.20"): string {
  const [, day, month, year, time] =
    /^..., (\d\d) (...) (\d{4}) (\S+)/.exec(new Date(NOW - ago * 1000).toUTCString()) ?? [];
  const stamp = `${day}/${month}/${year}:${time} +0000`;
  return `${address} - - [${stamp}] "GET ${path} HTTP/1.1" 200 9 "-" "iPXE/1.0"\n`;
}

/** So many bytes of what others fetch. */
function noise(ago: number, bytes: number): string {
  const one = line(ago, "/repository/x86_64/kernel-default-5.14.21.rpm");
  return one.repeat(Math.ceil(bytes / one.length));
}

/** The log of a web server below a directory. */
class Logs implements Disposable {
  readonly #at = temporaryDirectory();
  readonly root: Root = new Root(this.#at.directory);

  constructor() {
    Deno.mkdirSync(`${this.#at.directory}/log`);
  }

  write(text: string, path = LOG): void {
    Deno.writeTextFileSync(this.real(path), text);
  }

  append(text: string | Uint8Array, path = LOG): void {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    Deno.writeFileSync(this.real(path), bytes, { append: true });
  }

  real(path = LOG): string {
    return this.#at.directory + path;
  }

  read(log = LOG): BootLogSight {
    return readBootRequests(this.root, { log, horizon: HORIZON, now: NOW });
  }

  [Symbol.dispose](): void {
    this.#at[Symbol.dispose]();
  }
}

const pathsOf = ({ requests }: BootLogSight): string[] => requests.map(({ path }) => path);

Deno.test("readBootRequests() finds what others push far back", () => {
  using logs = new Logs();
  logs.write(
    line(9000, "/a/kernel") + noise(8000, 3 * MIB) + line(7000, "/b/kernel") +
      noise(3000, 2.5 * MIB) + line(2000, "/c/kernel") + noise(1000, 1000),
  );
  const sight = logs.read();
  assertEquals(pathsOf(sight), ["/b/kernel", "/c/kernel"]);
  assertEquals([sight.since, sight.problems], [HORIZON, []]);
});

Deno.test("readBootRequests() reads lines that are not sorted", () => {
  using logs = new Logs();
  // A transfer of more than an hour bears its start.
  logs.write(line(100, "/a/kernel") + noise(90, MIB) + line(7100, "/a/rootfs") + noise(9000, 10));
  assertEquals(pathsOf(logs.read()), ["/a/kernel", "/a/rootfs"]);
});

Deno.test("readBootRequests() tells from when on it knows", () => {
  using logs = new Logs();
  logs.write(line(300, "/x") + line(200, "/a/kernel"));
  assertEquals(logs.read().since, NOW - 300_000);
});

Deno.test("readBootRequests() reads on over what is no line", async (t) => {
  const cases: [name: string, between: Uint8Array | string][] = [
    ["NULs", new Uint8Array(2 * MIB)],
    ["one line of 3 MB", "x".repeat(3 * MIB)],
    ["bytes that are no text", new Uint8Array(100_000).fill(0xff)],
    ["escapes", "\x1b[2J\x07\n"],
  ];
  for (const [name, between] of cases) {
    await t.step(name, () => {
      using logs = new Logs();
      logs.append(line(300, "/a/script.ipxe"));
      logs.append(between);
      logs.append(`\n${line(200, "/a/kernel")}`);
      assertEquals(pathsOf(logs.read()), ["/a/script.ipxe", "/a/kernel"]);
    });
  }
});

Deno.test("readBootRequests() reads every line, wherever a block begins", () => {
  using logs = new Logs();
  const lines = Array.from({ length: 40_000 }, (_, i) => line(6000 - i / 10, `/n${i}/kernel`));
  logs.write(lines.join(""));
  assertEquals(pathsOf(logs.read()), lines.map((_, i) => `/n${i}/kernel`));
});

Deno.test("readBootRequests() reads what the log was rotated into", () => {
  using logs = new Logs();
  logs.write(line(3000, "/a/script.ipxe"), `${LOG}-20261129`);
  logs.write(line(90_000, "/old/script.ipxe"), `${LOG}-20261128`);
  logs.write("", `${LOG}-20261127.xz`);
  Deno.utimeSync(logs.real(`${LOG}-20261128`), NOW / 1000, (HORIZON - 1000) / 1000);
  Deno.utimeSync(logs.real(`${LOG}-20261127.xz`), NOW / 1000, NOW / 1000);
  Deno.utimeSync(logs.real(`${LOG}-20261129`), NOW / 1000, NOW / 1000);
  logs.write(line(100, "/a/kernel"));
  const sight = logs.read();
  assertEquals(pathsOf(sight), ["/a/script.ipxe", "/a/kernel"]);
  assertEquals(sight.problems, [`${LOG}-20261127.xz is compressed: it is not looked at`]);
});

Deno.test("BootLog.look() reads on, also after a rotation", () => {
  using logs = new Logs();
  logs.write(line(3000, "/a/script.ipxe"));
  const log = new BootLog(logs.root, LOG);
  const look = (): string[] => pathsOf(log.look({ horizon: HORIZON, now: NOW }));
  assertEquals(look(), ["/a/script.ipxe"]);
  logs.append(`${line(2000, "/a/initrd.img.xz")}10.1.1.20 - - [`);
  assertEquals(look(), ["/a/script.ipxe", "/a/initrd.img.xz"]);
  Deno.renameSync(logs.real(), logs.real(`${LOG}-20261129`));
  logs.append(line(1900, "/a/kernel").slice("10.1.1.20 - - [".length), `${LOG}-20261129`);
  logs.write(line(100, "/b/kernel"));
  const all = ["/a/script.ipxe", "/a/initrd.img.xz", "/a/kernel", "/b/kernel"];
  assertEquals(look(), all);
  assertEquals(look(), all);
  // Emptied in place, as copytruncate does.
  logs.write(line(50, "/c"));
  assertEquals(look(), all);
});

Deno.test("BootLog.look() says again that it cannot read what it has read", () => {
  using logs = new Logs();
  logs.write('{"uri":"/ncn-w001/kernel"}\n');
  const log = new BootLog(logs.root, LOG);
  const query = { horizon: HORIZON, now: NOW };
  const { problems } = log.look(query);
  assertEquals([problems.length, log.look(query).problems], [1, problems]);
  logs.append(line(9, "/ncn-w001/kernel"));
  assertEquals(log.look(query).problems, []);
});

Deno.test("readBootRequests() says what it cannot see", async (t) => {
  const cases: [name: string, make: (logs: Logs) => void, expected: string][] = [
    ["no log", () => {}, `${LOG}: does not exist`],
    ["a directory", (logs) => Deno.mkdirSync(logs.real()), `${LOG}: is a directory`],
    [
      "a FIFO",
      (logs) => new Deno.Command("mkfifo", { args: [logs.real()] }).outputSync(),
      `${LOG}: is not a regular file but a FIFO`,
    ],
    [
      "JSON",
      (logs) => logs.write('{"request":"GET /ncn-w001/kernel HTTP/1.1"}\n'),
      `${LOG} has lines of another format: ${
        JSON.stringify('{"request":"GET /ncn-w001/kernel HTTP/1.1"}')
      }`,
    ],
    [
      "escapes",
      (logs) => logs.write("\x1b[2Jx\n"),
      `${LOG} has lines of another format: ${JSON.stringify("\\x1b[2Jx")}`,
    ],
    ["one line without an end", (logs) => logs.write("x".repeat(MIB)), `${LOG} has no whole line`],
    [
      "the future",
      (logs) => logs.write(line(-600, "/a/kernel")),
      `${LOG} has lines from the future, up to 2026-11-29T12:10:00Z: was a clock set back?`,
    ],
  ];
  for (const [name, make, expected] of cases) {
    await t.step(name, () => {
      using logs = new Logs();
      make(logs);
      assertEquals(logs.read().problems, [expected]);
    });
  }
});

Deno.test("readBootRequests() needs little memory, whatever it reads", () => {
  using logs = new Logs();
  using file = Deno.openSync(logs.real(), { create: true, write: true });
  // In which there is nothing.
  file.truncateSync(300 * MIB);
  // Of this file alone: others are tested in the same process.
  const used = (): number => {
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  assertEquals(pathsOf(logs.read()), []);
  const more = used() - before;
  assert(more < 64 * MIB, `${more / MIB} MiB`);
});
