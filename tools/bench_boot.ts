/**
 * The part of the bench about boot-progress: a log of a gigabyte beside none, all of it
 * beside awk, and a wait for many nodes while their log grows.
 *
 * @module
 */

import type { Bench, Compiled, Row } from "./bench_binary.ts";
import { peakMegabytes } from "./bench_start.ts";
import type { Pit } from "./pit/make_pit.ts";

const LOG_BYTES = 1_000_000_000;
const LOG_HOURS = 30 * 24;
/** What most of the log is: packages that nodes and people fetch by the same server. */
const PACKAGE = "/repository/csm-sle-15sp4/x86_64/kernel-default-5.14.21-150400.24.x86_64.rpm";
const WAIT_SECONDS = 30;
/** So many lines come in while one waits. */
const LINES_A_SECOND = 100;

/**
 * Measures boot-progress.
 *
 * @param bench What it lends us.
 * @param compiled What to measure.
 * @param pit The nodes.
 */
export async function bootRows(bench: Bench, { own }: Compiled, pit: Pit): Promise<Row[]> {
  const log = `${pit.root}/var/log/apache2/access_log`;
  Deno.mkdirSync(`${pit.root}/var/log/apache2`, { recursive: true });
  const call = (...words: string[]): string =>
    [own, "boot-progress", "-q", `--root=${pit.root}`, ...words].join(" ");
  const [without = 0] = await bench.medians([call()]);
  writeLog(log);
  const whole = call(`--since=${LOG_HOURS}h`);
  const [recent = 0, all = 0, awk = 0, wc = 0] = await bench.medians(
    [call(), whole, `awk '{print $7}' ${log}`, `wc -l ${log}`],
    { runs: 5 },
  );
  const name = `boot-progress, ${pit.nodes.length - 1} nodes`;
  return [
    { what: `${name}, no log`, seconds: without, target: "" },
    {
      what: "the last 2 h of 1 GB : no log",
      seconds: recent / without,
      target: "ratio, at most 1.1",
    },
    { what: `${name}, all of 1 GB`, seconds: all, target: "" },
    { what: "wc -l of the same", seconds: wc, target: "" },
    {
      what: "all of 1 GB above no log : wc -l",
      seconds: (all - without) / wc,
      target: "ratio, at most 3.3",
    },
    {
      what: "the same in MB/s on a machine where wc -l needs 1 s",
      seconds: LOG_BYTES / 1e6 * wc / (all - without),
      target: "at least 300",
    },
    {
      what: "awk '{print $7}' of the same : ours",
      seconds: awk / all,
      target: "ratio, at least 2",
    },
    {
      what: "all of 1 GB, peak memory in MB",
      seconds: await peakMegabytes(whole),
      target: "at most 200 MB",
    },
    {
      what: `--wait while ${LINES_A_SECOND} lines a second come, % of a core`,
      seconds: await waitShare((timeout) => call("--wait=up", `--timeout=${timeout}s`), log),
      target: "at most 3",
    },
  ];
}

function line(at: number, path: string, address = "10.252.1.99"): string {
  const [, day, month, year, time] = /^..., (\d\d) (...) (\d{4}) (\S+)/.exec(
    new Date(at).toUTCString(),
  ) ?? [];
  const stamp = `${day}/${month}/${year}:${time} +0000`;
  return `${address} - - [${stamp}] "GET ${path} HTTP/1.1" 200 9 "-" "ZYpp 17.31.8"\n`;
}

/** Evenly over a month; each time is that of a thousand lines. */
function writeLog(path: string): void {
  const encoder = new TextEncoder();
  using file = Deno.openSync(path, { create: true, write: true, truncate: true });
  const now = Date.now();
  for (let bytes = 0; bytes < LOG_BYTES;) {
    const at = now - (1 - bytes / LOG_BYTES) * LOG_HOURS * 3_600_000;
    const text = line(at, PACKAGE).repeat(1000) + line(at, "/ncn-w001/kernel", "10.1.1.5");
    bytes += file.writeSync(encoder.encode(text));
  }
}

/** How much of a core a wait takes, in per cent, beyond a look. */
async function waitShare(call: (timeout: number) => string, log: string): Promise<number> {
  const timer = setInterval(() => {
    const lines = line(Date.now(), PACKAGE).repeat(LINES_A_SECOND);
    Deno.writeTextFileSync(log, lines, { append: true });
  }, 1000);
  const [wait, look] = [await cpuSeconds(call(WAIT_SECONDS)), await cpuSeconds(call(0))];
  clearInterval(timer);
  return 100 * (wait - look) / WAIT_SECONDS;
}

async function cpuSeconds(command: string): Promise<number> {
  const child = new Deno.Command("bash", {
    args: ["-c", `TIMEFORMAT='%U %S'; time ${command} >/dev/null 2>&1`],
    stdin: "null",
  });
  const text = new TextDecoder().decode((await child.output()).stderr);
  const [user = 0, system = 0] = text.trim().split(" ").map(Number);
  return user + system;
}
