/**
 * What is wrong with BMCs of the lab, as plain ipmitool sees it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { type Fault, parseFault } from "./fault.ts";
import { bytes, hastyIpmitool, ipmitool } from "./ipmitool.ts";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { delay, timed, until } from "./wait.ts";

const READ = "raw 0x0c 0x02 0x01 0x04 0x00 0x00";
const WRITE = "raw 0x0c 0x01 0x01 0x04 0x02";
const [COMPLETE, LOCK, COMMIT] = [0, 1, 2].map((state) => `raw 0x0c 0x01 0x01 0x00 0x0${state}`);

Deno.test("parseFault() reads each form", () => {
  const words = "dead deaf:20 line:100:5 line:100:5:7 mute:read mute:read:2 open:0x11 " +
    "rakp:0x01:2 write:0x82 write:0xcc:5 busy:3 nolock nolock:0xcc nocommit lateread:3 forgets " +
    "rakp4 fails-once priv:0x80 priv:0xd4:1";
  for (const word of words.split(" ")) assertEquals<string>(parseFault(word), word);
});

Deno.test("parseFault() refuses all else", async (t) => {
  const cases = [
    ["foo", /no fault is called "foo"; known are: dead, hang, .*mute:STEP\[:N\]/],
    ["", /no fault is called ""/],
    ["dead:1", /"dead:1" is not of the form dead$/],
    ["slow", /"slow" is not of the form slow:MS/],
    ["write:cc", /is not of the form write:CODE\[:N\], where CODE is like 0xcc/],
    ["mute:all", /where STEP is auth\|open\|/],
    ["line:100:101", /is not of the form line:MS:PERCENT\[:SEED\]/],
    ["busy:0", /is not of the form busy:N/],
  ] as const;
  for (const [word, message] of cases) {
    await t.step(word, () => {
      const { message: said } = assertThrows(() => parseFault(word), RangeError);
      assertMatch(said, message);
    });
  }
});

/** Those that ipmitool is done with at once. */
const QUICK = [
  ...["illegal17", "open:0x01:1", "rakp:0x01", "rakp:0x0d:1"] as const,
  ...["busy:2", "write:0x82", "nolock", "nocommit:0xcc", "lateread:1", "lateread:600"] as const,
  ...["forgets"] as const,
];
/** Those that make it wait: what it is asked, its exit status, what it reads. */
const SLOW: readonly (readonly [fault: Fault, commands: string[], code: number, read: string[]])[] =
  [
    ["silent17", ["-C17", READ], 1, []],
    ["mute:auth", [READ], 1, []],
    ["mute:open:1", [READ], 0, ["11 01"]],
    ["mute:rakp1", [READ], 1, []],
    ["mute:rakp3", [READ], 1, []],
    ["mute:priv", [READ], 1, []],
    ["mute:info:1", ["channel info", READ], 0, ["11 01"]],
    ["mute:read:1", [READ], 0, ["11 01"]],
    ["mute:write", [READ, WRITE, READ], 0, ["11 01", "11 01"]],
    ["mute:close", [READ], 0, ["11 01"]],
    ["deaf:10", [READ], 0, ["11 01"]],
    ["line:200:0", [READ, WRITE, READ], 0, ["11 01", "11 02"]],
    ["line:40:100", [READ], 1, []],
  ];
/** Those that are left with a session: it was not closed, or that was not heard. */
const HELD: readonly Fault[] = [
  "mute:rakp1",
  "mute:rakp3",
  "mute:close",
  "deaf:10",
];

Deno.test("lab up refuses what it does not know", async (t) => {
  const cases = [
    [["ncn-w001=foo"], /^lab: no fault is called "foo"; known are: dead, /],
    [["ncn-w001=dead,slow"], /^lab: "slow" is not of the form slow:MS$/],
    [["--bmcs", "many"], /^lab: --bmcs takes a number from 1 to 999, not many$/],
    [["ncn-w001"], /^lab: "ncn-w001" is not NODE=FAULT$/],
  ] as const;
  for (const [args, message] of cases) {
    await t.step(args.join(" "), async () => {
      const main = new URL("./main.ts", import.meta.url).pathname;
      const options = { args: ["run", "-qA", main, "up", ...args] };
      const { code, stderr } = await new Deno.Command(Deno.execPath(), options).output();
      assertEquals(code, 2);
      assertMatch(new TextDecoder().decode(stderr).trimEnd(), message);
    });
  }
});

labTest("BMCs have the faults that they are said to have", async (t) => {
  const faults: readonly Fault[] = [...QUICK, ...SLOW.map(([fault]) => fault)];
  const nodes = faults.map((_, i) => `ncn-w${String(i + 1).padStart(3, "0")}`);
  // None leaves its address before a test is done with it, however long that takes.
  const byNode = Object.fromEntries(
    nodes.map((node, i) => [node, [faults[i] ?? [], "nodhcp"].flat() as Fault[]]),
  );
  await using lab = await Lab.start({ nodes: ["ncn-m002", ...nodes], faults: byNode });
  const nodeOf = (fault: Fault): string => nodes[faults.indexOf(fault)] ?? "";
  const ask = async (fault: Fault, ...commands: string[]): ReturnType<typeof ipmitool> =>
    await ipmitool(lab, lab.bmc(nodeOf(fault)), ...commands);
  const step = (fault: Fault, fn: () => string | void | Promise<string | void>): Promise<void> =>
    t.step(fault, fn);

  const slow = new Map(
    await Promise.all(SLOW.map(async ([fault, commands, code]) => {
      const bmc = lab.bmc(nodeOf(fault));
      const call = code === 0 ? ipmitool : hastyIpmitool;
      const [result, seconds] = await timed(() => call(lab, bmc, ...commands));
      // A session that was not closed is forgotten after half a minute.
      await until(() => lab.sessions(bmc.node) === 0);
      const [packets, held] = [lab.packets(bmc.node), lab.forgotten(bmc.node)];
      return [fault, { ...result, seconds, packets, held }] as const;
    })),
  );

  await t.step("packets and sessions are counted", async () => {
    const bmc = lab.bmc("ncn-m002");
    assertEquals([lab.packets("ncn-m002"), lab.sessions("ncn-m002")], [0, 0]);
    const { stdout } = await ipmitool(lab, bmc, "channel info 1");
    assertStringIncludes(stdout, "Active Session Count  : 1");
    assertEquals(lab.packets("ncn-m002"), 13);
    await until(() => lab.sessions("ncn-m002") === 0);
    assertEquals(lab.forgotten("ncn-m002"), 0);
    const held = new AbortController();
    const script =
      "(echo channel info; sleep 99) | ipmitool -I lanplus -C3 -N 12 -U root -E -H $0 shell";
    const env = { IPMI_PASSWORD: "initial0", TERM: "dumb" };
    const options = { env, signal: held.signal, kill: "SIGKILL" } as const;
    const killed = lab.run(["sh", "-c", script, bmc.address], options);
    await until(() => lab.sessions("ncn-m002") === 1);
    held.abort();
    await killed;
    await until(() => lab.sessions("ncn-m002") === 0);
    assertEquals(lab.forgotten("ncn-m002"), 1);
  });
  await step("illegal17", async () => {
    const { stderr } = await ask("illegal17", "-C17", READ);
    assertStringIncludes(stderr, "illegal parameter");
    assertEquals((await ask("illegal17", READ)).code, 0);
  });
  await step("open:0x01:1", async () => {
    assertStringIncludes((await ask("open:0x01:1", READ)).stderr, "insufficient resources");
    assertEquals((await ask("open:0x01:1", READ)).code, 0);
  });
  await step("rakp:0x01", async () => {
    for (let i = 0; i < 2; i++) assertEquals((await ask("rakp:0x01", READ)).code, 1);
    await until(() => lab.sessions(nodeOf("rakp:0x01")) === 0);
    const { stderr } = await ask("rakp:0x01", "-C3", "-v " + READ);
    return stderr.split("\n").find((line) => line.includes("RAKP"));
  });
  await step("rakp:0x0d:1", async () => {
    assertEquals((await ask("rakp:0x0d:1", READ)).code, 1);
    assertEquals((await ask("rakp:0x0d:1", READ)).code, 0);
  });
  for (const [fault, , code, read] of SLOW) {
    await step(fault, () => {
      const seen = slow.get(fault);
      assert(seen);
      assertEquals([seen.code, bytes(seen.stdout)], [code, read], seen.stderr);
      assert(seen.seconds > 0.9, `${seen.seconds} s`);
      assertEquals(seen.held > 0, HELD.includes(fault));
      return `exit ${code} after ${seen.seconds.toFixed(1)} s, ${seen.packets} packets`;
    });
  }
  await t.step("a line takes half of its time each way", () => {
    const { seconds = 0, packets = 0 } = slow.get("line:200:0") ?? {};
    assert(packets > 10 && seconds > packets * 0.2, `${seconds} s`);
  });
  await step("busy:2", async () => {
    const { stdout, stderr } = await ask("busy:2", WRITE, WRITE, READ, WRITE, READ);
    assertEquals(bytes(stdout), ["11 01", "11 02"]);
    assertEquals(stderr.match(/rsp=0xc0/g)?.length, 2);
  });
  await step("write:0x82", async () => {
    const { stdout, stderr } = await ask("write:0x82", WRITE, WRITE, READ);
    assertEquals([bytes(stdout), stderr.match(/rsp=0x82/g)?.length], [["11 01"], 2]);
  });
  await step("nolock", async () => {
    const { stdout, stderr } = await ask("nolock", LOCK ?? "", WRITE, READ, COMMIT ?? "");
    assertEquals(bytes(stdout), ["11 02"]);
    assertEquals([...stderr.matchAll(/rsp=(0x..)/g)].map(([, code]) => code), ["0x80", "0x81"]);
  });
  await step("nocommit:0xcc", async () => {
    const commands = [LOCK, WRITE, READ, COMMIT, COMPLETE, READ].map(String);
    const { stdout, stderr } = await ask("nocommit:0xcc", ...commands);
    assertEquals(bytes(stdout), ["11 02", "11 02"]);
    assertEquals([...stderr.matchAll(/rsp=(0x..)/g)].map(([, code]) => code), ["0xcc"]);
  });
  await step("lateread:600", async () => {
    const { stdout } = await ask("lateread:600", WRITE, READ);
    assertEquals(bytes(stdout), ["11 01"]);
  });
  await step("lateread:1", async () => {
    await ask("lateread:1", WRITE);
    await delay(1100);
    assertEquals(bytes((await ask("lateread:1", READ)).stdout), ["11 02"]);
  });
  await step("forgets", async () => {
    const { code, stdout, stderr } = await ask("forgets", WRITE, READ);
    assertEquals([code, bytes(stdout), stderr.includes("rsp=")], [0, ["11 01"], false]);
  });
  await t.step("those that took the setting have their leases", async () => {
    const set: Fault[] = [
      "busy:2",
      "nolock",
      "nocommit:0xcc",
      "lateread:1",
      "lateread:600",
      "line:200:0",
    ];
    const wanted = set.map((fault) => lab.bmc(nodeOf(fault)).mac).sort();
    for (const fault of set) await lab.ask(nodeOf(fault));
    const seen = async (): Promise<string[]> =>
      (await lab.leases()).map((lease) => lease.split(" ")[0] ?? "").sort();
    await until(async () => (await seen()).length === wanted.length);
    assertEquals(await seen(), wanted);
    // The line is as slow at the new address.
    const [{ stdout }, seconds] = await timed(() => ask("line:200:0", READ));
    assertEquals([bytes(stdout), seconds > 1], [["11 02"], true]);
  });
});
