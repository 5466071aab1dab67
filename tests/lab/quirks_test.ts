/**
 * What plain ipmitool and pitboot make of each quirk of a BMC, held side by
 * side: whoever has an ipmitool that succeeds must not lose by pitboot.
 *
 * @module
 */

import { assert } from "@std/assert";
import { mapLimited } from "./map_limited.ts";
import type { Bmc } from "./bmc.ts";
import type { Fault } from "./fault.ts";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { ENV, pitboot } from "./pitboot.ts";
import { timed } from "./wait.ts";

/** Those that end, or that one can be patient with. */
const PASSING: readonly (readonly Fault[])[] = [
  // Half a minute each for one of the two: begun first, so that all ends sooner.
  ...alone("vanish", "write:0xff:1", "line:1500:0"),
  ...alone("write:0xcc:5", "busy:3", "busy:1", "lateread:3", "lateread:8"),
  ...alone("nolock", "nolock:0x82", "nolock:0xcc", "nocommit", "nocommit:0x82", "nocommit:0xcc"),
  ["nolock", "nocommit"],
  ...alone("mute:auth:2", "mute:open:2", "mute:rakp1:2", "mute:rakp3:2", "mute:priv:2"),
  ...alone("mute:info:2", "mute:read:2", "mute:write:2", "mute:close:2", "mute:close"),
  ...alone("rakp:0x01:2", "rakp:0x08:1", "rakp:0x12:1", "open:0x01:2", "open:0x11:1"),
  ...alone("silent17", "illegal17", "nociphers", "chan2", "chan3", "move", "late:4", "nodhcp"),
  ...alone("slow:300", "slow:900", "line:100:0", "line:200:5", "line:100:20"),
  ["busy:2", "lateread:3", "line:100:5"],
  ["nolock", "nocommit", "mute:close", "silent17"],
];
/** Those that never end: nobody is given long. */
const LASTING: readonly (readonly Fault[])[] = [
  ...alone("write:0x80", "write:0x82", "write:0xcc", "write:0xd4", "forgets"),
  ...alone("mute:auth", "mute:open", "mute:rakp1", "mute:rakp3", "mute:priv", "mute:info"),
  ...alone("mute:read", "mute:write", "deaf:12", "badpass", "nosuites"),
  ...alone("rakp:0x01", "rakp:0x08", "rakp:0x09", "rakp:0x0d", "rakp:0x12", "open:0x01"),
  ...alone("open:0x11"),
];
/** Seconds that each is given for a quirk that never ends. */
const PATIENCE = 6;
/** Seconds for the others: ours may stand still for longer, which says nothing of it. */
const [PLAIN_PATIENCE, OUR_PATIENCE] = [60, 90];
/** Pairs of BMCs that are served at the same time: they mostly wait. */
const AT_ONCE = 10;

interface Options {
  /** Whether the quirk never ends. */
  readonly isLasting: boolean;
}

/** What a tool made of a BMC. */
interface Outcome {
  readonly code: number;
  readonly seconds: number;
  /** Whether the BMC is on DHCP now, whatever it says. */
  readonly isDhcp: boolean;
}

labTest("pitboot serves every BMC that plain ipmitool does", async (t) => {
  const rows = [...PASSING, ...LASTING].map((faults, i) => ({
    faults,
    nodes: nodesOf(i),
    options: { isLasting: LASTING.includes(faults) },
  }));
  await using lab = await Lab.start({
    nodes: rows.flatMap(({ nodes }) => nodes),
    faults: Object.fromEntries(
      rows.flatMap(({ faults, nodes }) => nodes.map((node) => [node, faults])),
    ),
  });
  const seen = await mapLimited(
    rows,
    AT_ONCE,
    async ({ faults, nodes: [first, second], options }) => ({
      name: faults.join(),
      plain: await plainly(lab, lab.bmc(first), options),
      ours: await byPitboot(lab, lab.bmc(second), options),
    }),
  );
  for (const { name, plain, ours } of seen) {
    await t.step(name, () => {
      const line = `ipmitool: ${seenOf(plain)}; pitboot: ${ours.state}, ${seenOf(ours)}`;
      const isSure = ["changed", "already"].includes(ours.state);
      // Of one that is away for a while only its lease tells.
      const isServed = isSure || (ours.state === "unknown" && ours.isDhcp);
      assert(!isSure || ours.isDhcp, `pitboot says what is not so: ${line}`);
      assert(isServed || plain.code !== 0 || !plain.isDhcp, `ipmitool is better: ${line}`);
      return line;
    });
  }
});

/** With its defaults, as one types it. */
async function plainly(
  lab: Lab,
  bmc: Bmc,
  { isLasting }: Options,
): Promise<Outcome> {
  const [{ code }, seconds] = await timed(() =>
    lab.run([
      "timeout",
      String(isLasting ? PATIENCE : PLAIN_PATIENCE),
      "ipmitool",
      "-I",
      "lanplus",
      "-U",
      bmc.user,
      "-E",
      "-H",
      bmc.address,
      "lan",
      "set",
      String(bmc.channel),
      "ipsrc",
      "dhcp",
    ], { env: ENV })
  );
  return { code, seconds, isDhcp: lab.isDhcp(bmc.node) };
}

async function byPitboot(
  lab: Lab,
  bmc: Bmc,
  { isLasting }: Options,
): Promise<Outcome & { state: string }> {
  const patience = ["--bmc-timeout", `${isLasting ? PATIENCE : OUR_PATIENCE}s`];
  // Several at once: each locks a place of its own.
  const state = ["--state", `/run/lab/state/${bmc.node}`];
  const call = await pitboot(lab, ["bmc-dhcp", "--nodes", bmc.node, ...state, ...patience]);
  const { code, seconds } = call;
  return { code, seconds, isDhcp: lab.isDhcp(bmc.node), state: call.bmc(bmc.node).state };
}

function alone(...faults: Fault[]): Fault[][] {
  return faults.map((fault) => [fault]);
}

/** One BMC for each of the two. */
function nodesOf(row: number): [first: string, second: string] {
  const name = (i: number): string => `ncn-w${String(i).padStart(3, "0")}`;
  return [name(2 * row + 1), name(2 * row + 2)];
}

function seenOf({ code, seconds, isDhcp }: Outcome): string {
  return `exit ${code}, ${seconds.toFixed(1)} s, ${isDhcp ? "DHCP" : "static"}`;
}
