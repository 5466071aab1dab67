import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RELEASE } from "../../tools/pit/make_pit.ts";
import { callInProcess, collect } from "../in_process.ts";
import { type TemporaryPit, temporaryPit } from "../kit.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";

Deno.test("status --watch shows the table again and again, and what fails meanwhile", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run"], { env: { IPMI_PASSWORD: "" } })).code, 0);
  const statics = `${pit.root}/etc/dnsmasq.d/statics.conf`;
  const { code, writes, stderr } = await watch(pit, [
    () => Deno.renameSync(statics, `${statics}.away`),
    () => {
      Deno.renameSync(`${statics}.away`, statics);
      Deno.removeSync(`${pit.root}/var/www/ncn-w001/rootfs`);
    },
  ]);
  assertEquals([code, stderr], [130, ""]);
  const [enter, first = "", failed = "", again = "", leave = "", ...more] = writes;
  assertEquals([enter, more], [ENTER, []]);
  for (const frame of [first, failed, again]) {
    // One write from the top, in which no line keeps what was there before.
    assert(frame.startsWith("\x1b[H") && frame.endsWith("\x1b[K\x1b[J"), frame);
    assertMatch(frame.split("\n")[0] ?? "", /^\S+\d\d:\d\d:\d\d UTC, every 2 s until \^C\S+$/);
    assert(frame.split("\n").every((line) => line.includes("\x1b[K")), frame);
  }
  assertMatch(first, new RegExp(`whole +ours +yes +storage +${RELEASE} +3 +ncn-s`));
  assertStringIncludes(failed, "error: /etc/dnsmasq.d/statics.conf: does not exist");
  assert(!failed.includes("whole"), failed);
  assertMatch(again, /missing +ours +yes [^]*whole +ours [^]*ncn-w001 {2}rootfs does not exist/);
  // The last look stays, without anything that moves the cursor.
  assert(leave.startsWith(LEAVE), leave);
  const last = leave.slice(LEAVE.length);
  assert(!last.includes("\x1b"), last);
  assertMatch(last, /^\d\d:\d\d:\d\d UTC[^]*ncn-w001 {2}rootfs does not exist[^]*\n$/);
});

Deno.test("status --watch keeps to the size of the terminal", async () => {
  using pit = temporaryPit({ leased: true });
  for (const [columns, rows] of [[80, 24], [40, 24], [40, 5]] as const) {
    const { writes } = await watch(pit, [], { columns, rows });
    const lines = (writes[1] ?? "").split("\n").map((line) => line.split("\x1b[K")[0] ?? "")
      .map((line) => line.replace("\x1b[H", ""));
    assert(lines.length <= rows, lines.join("\n"));
    assertEquals(lines.filter((line) => line.length > columns), []);
    if (rows === 5) assertMatch(lines.at(-1) ?? "", /^… and \d+ lines more$/);
  }
});

Deno.test("status --watch wants a terminal, and writes no document", async (t) => {
  using pit = temporaryPit({ leased: true });
  const terminal = { ...collect(() => {}), isTerminal: true };
  const cases: [name: string, Parameters<typeof callInProcess>[2], args: string[], RegExp][] = [
    ["a pipe", {}, [], /--watch needs a terminal/],
    ["a dumb terminal", { stdout: terminal, env: { TERM: "dumb" } }, [], /needs a terminal/],
    ["--json", { stdout: terminal }, ["--json"], /no document/],
  ];
  for (const [name, options, args, words] of cases) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await callInProcess(
        pit,
        ["status", "--watch", ...args],
        options,
      );
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, words);
    });
  }
});

/** Watches until something was done after each look but the last. */
async function watch(
  pit: TemporaryPit,
  acts: (() => void)[],
  { columns = 100, rows = 50 } = {},
): Promise<{ code: number; writes: string[]; stderr: string }> {
  const writes: string[] = [];
  const end = new AbortController();
  const write = (text: string): void => {
    writes.push(text);
    if (!text.startsWith("\x1b[H")) return;
    const act = acts.shift();
    if (act) act();
    else end.abort(new DOMException("stopped by SIGINT", "AbortError"));
  };
  const stdout = {
    ...collect(write),
    isTerminal: true,
    columns: () => columns,
    rows: () => rows,
  };
  const result = await callInProcess(pit, ["status", "--watch"], { stdout, signal: end.signal });
  return { ...result, writes };
}
