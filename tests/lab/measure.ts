/**
 * Measures pitboot in the lab: against ipmitool under xargs, against one BMC
 * after another, and how often the whole flow works in a row. Run by hand.
 *
 * @module
 */

import type { Document } from "../../mod.ts";
import type { Fault } from "./fault.ts";
import { assertLeases, assertServed, leasesFile, startFlow } from "./flow.ts";
import { Lab } from "./lab.ts";
import { DEAD_BY_REDFISH, MANY_BY_REDFISH, measureRedfish } from "./measure_redfish.ts";
import { pitboot, shell, start, USUAL } from "./pitboot.ts";
import { timed, until } from "./wait.ts";

const BMCS = 100;
const DEAD = ["ncn-m003", "ncn-w020", "ncn-w060", "ncn-s010", "fmn002"];
const env = { IPMI_PASSWORD: "initial0", TERM: "dumb" };

/** Where nginx has it. */
const LOG = ["--access-log", "/var/log/nginx/access.log"];

/** What a shell does with each address, many at once. */
const SET = "ipmitool -I lanplus -U root -E -H % lan set 1 ipsrc dhcp";
/** The same by somebody in a hurry: a dead BMC costs six seconds instead of twenty. */
const SET_HASTILY = SET.replace("lan set", "-N 1 -R 2 lan set");

/**
 * Measures 100 BMCs, each way in a lab of its own.
 *
 * @param log Takes each line as it is known.
 * @returns Whether the goals were reached.
 */
export async function measure(log: (line: string) => void): Promise<boolean> {
  const xargs = await settingOnly(64);
  log(`${BMCS} BMCs, xargs -P 64 ipmitool … lan set, setting only: ${inSeconds(xargs)}`);
  const all = await untilAllLeased();
  log(`${BMCS} BMCs, pitboot until all have a lease: ${inSeconds(all)}`);
  log(`  ${ratio(all, xargs)} times xargs; the goal is at most 3`);
  const some = await withDeadBmcs();
  log(`${BMCS} BMCs, ${DEAD.length} of them dead, pitboot: ${inSeconds(some.leased)} until`);
  log(`  ${BMCS - DEAD.length} have a lease, ${inSeconds(some.ended)} until bmc-dhcp ends;`);
  log(`  the slowest BMC of each state: ${some.slowest}`);
  const race = await lastSet(DEAD);
  log(`${BMCS} BMCs, ${DEAD.length} of them dead, until the last healthy one is set:`);
  log(`  xargs -P 64 ipmitool -N 1 -R 2 … lan set: ${inSeconds(race.xargs)};`);
  log(`  pitboot: ${inSeconds(race.ours)}, ${ratio(race.ours, race.xargs)} times; the goal is 1.2`);
  const power = await powerRaces(DEAD);
  log(`${BMCS} BMCs, ${DEAD.length} of them dead, in one run, until the last that lives:`);
  log(`  xargs -P 64 ipmitool -N 1 -R 2 … chassis power status: ${inSeconds(power.xargs)};`);
  log(`  pitboot power status: ${inSeconds(power.status)}, power on: ${inSeconds(power.on)};`);
  const slower = Math.max(power.status, power.on);
  log(`  ${ratio(slower, power.xargs)} times; the goal is 1.2`);
  log(`  with no more patience than xargs, to its very end: power status ${inSeconds(power.end)},`);
  log(`  ${ratio(power.end, power.xargs)} times`);
  const redfish = await measureRedfish();
  log(`BMCs by Redfish, 100 ms a round trip: one ${inSeconds(redfish.one)},`);
  log(
    `  nine ${inSeconds(redfish.nine)}, ${ratio(redfish.nine, redfish.one)} times; the goal is 1.5`,
  );
  log(`${MANY_BY_REDFISH} BMCs by Redfish, ${DEAD_BY_REDFISH.length} of them dead, until the last`);
  log(`  healthy one is set:`);
  log(`  xargs -P 64 with the same requests by curl: ${inSeconds(redfish.xargs)}; pitboot:`);
  log(`  ${inSeconds(redfish.ours)}, ${ratio(redfish.ours, redfish.xargs)} times; the goal is 1.2`);
  const serial = await settingOnly(1, DEAD);
  log(
    `${BMCS} BMCs, ${DEAD.length} of them dead, ipmitool one after another: ${inSeconds(serial)}`,
  );
  log(`  ${ratio(serial, some.leased)} times as long as pitboot's leases; the goal is at least 10`);
  log(`  ${ratio(serial, some.ended)} times as long as bmc-dhcp until its end`);
  return all <= 3 * xargs && serial >= 10 * some.leased && race.ours <= 1.2 * race.xargs &&
    slower <= 1.2 * power.xargs;
}

/**
 * Runs the whole flow with 9 nodes again and again, each in a lab of its own.
 *
 * @param times How often.
 * @param log Takes each line as it is known.
 * @returns Whether every run was without a flaw.
 */
export async function repeat(times: number, log: (line: string) => void): Promise<boolean> {
  let flaws = 0;
  for (let i = 1; i <= times; i++) {
    const begin = performance.now();
    const seen = await flow().catch((error: Error) => {
      flaws++;
      return `FLAW: ${error.message}`;
    });
    log(`${i} of ${times}, ${inSeconds((performance.now() - begin) / 1000)}: ${seen}`);
  }
  log(`${times - flaws} of ${times} runs without a flaw`);
  return flaws === 0;
}

async function flow(): Promise<string> {
  await using lab = await startFlow({ bmcs: 9 });
  const { code, stderr, seconds } = await pitboot(lab, ["run", "--timeout", "60s"]);
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  await assertLeases(lab);
  const served = await assertServed(lab);
  const again = await pitboot(lab, ["status"]);
  if (again.code !== 0) throw new Error(`status: exit ${again.code}: ${again.stderr}`);
  return `run ${inSeconds(seconds)}, ${served}`;
}

async function settingOnly(atOnce: number, dead: readonly string[] = []): Promise<number> {
  await using lab = await Lab.start({ bmcs: BMCS, faults: deadly(dead) });
  const stdin = lab.bmcs.map(({ address }) => `${address}\n`).join("");
  const cmd = ["sh", "-c", `xargs -P ${atOnce} -I % ${SET} >/dev/null`];
  const [, seconds] = await timed(() => lab.run(cmd, { env, stdin }));
  return seconds;
}

/**
 * Races in turns, each in a lab of its own, and takes the medians: seconds until
 * the last BMC that lives has noted that it is on DHCP.
 */
async function lastSet(dead: readonly string[]): Promise<{ xargs: number; ours: number }> {
  const times: Record<"xargs" | "ours", number[]> = { xargs: [], ours: [] };
  for (let i = 0; i < 3; i++) {
    times.xargs.push(
      await raceOf(dead, (lab) => {
        const stdin = lab.bmcs.map(({ address }) => `${address}\n`).join("");
        return lab.run(["sh", "-c", `xargs -P 64 -I % ${SET_HASTILY} >/dev/null`], { env, stdin });
      }),
    );
    times.ours.push(await raceOf(dead, (lab) => pitboot(lab, ["bmc-dhcp", ...USUAL])));
  }
  const median = (list: number[]): number => list.sort((a, b) => a - b)[1] ?? NaN;
  return { xargs: median(times.xargs), ours: median(times.ours) };
}

/**
 * Races in turns in one lab, and takes the medians: seconds until the last BMC that lives
 * is done; those that are dead are asked as long as --bmc-timeout says. `end`: until
 * pitboot ends that has as much patience as xargs.
 */
export async function powerRaces(
  dead: readonly string[],
): Promise<Record<"xargs" | "status" | "on" | "end", number>> {
  await using lab = await Lab.start({ bmcs: BMCS, faults: deadly(dead) });
  const stdin = lab.bmcs.map(({ address }) => `${address}\n`).join("");
  const look = "ipmitool -I lanplus -U root -E -N 1 -R 2 -H % chassis power status";
  const ways = {
    xargs: async () => {
      const cmd = ["sh", "-c", `xargs -P 64 -I % ${look} >/dev/null`];
      return (await timed(() => lab.run(cmd, { env, stdin })))[1];
    },
    status: () => lastPowered(lab, ["status"]),
    on: () => lastPowered(lab, ["on", "--nodes", "ncn-*,fmn*", ...LOG]),
    end: async () => (await pitboot(lab, ["power", "status", "--bmc-timeout", "6s"])).seconds,
  };
  const order = ["xargs", "status", "on", "end"] as const;
  const times: Record<keyof typeof ways, number[]> = { xargs: [], status: [], on: [], end: [] };
  for (let i = 0; i < 3; i++) {
    for (const way of order) times[way].push(await ways[way]());
    await pitboot(lab, ["power", "off", "--nodes", "ncn-*,fmn*", ...USUAL]);
  }
  const median = (list: number[]): number => list.sort((a, b) => a - b)[1] ?? NaN;
  return {
    xargs: median(times.xargs),
    status: median(times.status),
    on: median(times.on),
    end: median(times.end),
  };
}

/** Seconds until the last node is done whose BMC lives. */
async function lastPowered(lab: Lab, args: readonly string[]): Promise<number> {
  const begin = Date.now();
  const events = "/run/lab/events";
  await pitboot(lab, ["power", ...args, ...USUAL, "--events", events]);
  const lines = (await lab.sh(`cat ${events}; rm ${events}`)).trim().split("\n");
  const times = lines.map((line) => JSON.parse(line))
    .filter(({ what, power }) => what === "powered" && power !== "unreachable")
    .map(({ time }) => Date.parse(time));
  return (Math.max(...times) - begin) / 1000;
}

async function raceOf(
  dead: readonly string[],
  run: (lab: Lab) => Promise<unknown>,
): Promise<number> {
  await using lab = await Lab.start({ bmcs: BMCS, faults: deadly(dead) });
  const begin = Date.now();
  await run(lab);
  const times = await lab.sh("cd /run/lab/bmc && stat -c %.Y */source");
  const set = times.trim().split("\n").map(Number);
  if (set.length !== BMCS - dead.length) throw new Error(`${set.length} BMCs were set`);
  return Math.max(...set) - begin / 1000;
}

async function untilAllLeased(): Promise<number> {
  await using lab = await Lab.start({ bmcs: BMCS });
  const { code, seconds, stderr } = await shell(lab, "pitboot bmc-dhcp | pitboot wait-leases");
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return seconds;
}

async function withDeadBmcs(): Promise<{ leased: number; ended: number; slowest: string }> {
  await using lab = await Lab.start({ bmcs: BMCS, faults: deadly(DEAD) });
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  const call = start(lab, ["bmc-dhcp"]);
  await until(() => leases(lab) === BMCS - DEAD.length, { seconds: 120, what: "95 leases" });
  const leased = seconds();
  const { document } = await call.end;
  const ended = seconds();
  return { leased, ended, slowest: slowestOf(document.bmcs ?? []) };
}

function slowestOf(bmcs: NonNullable<Document["bmcs"]>): string {
  const groups = Map.groupBy(bmcs, ({ state }) => state);
  return [...groups].map(([state, group]) => {
    const slowest = Math.max(...group.map(({ seconds }) => seconds));
    return `${group.length} ${state}, ${inSeconds(slowest)}`;
  }).join("; ");
}

function leases(lab: Lab): number {
  return Deno.readTextFileSync(leasesFile(lab)).match(/^\d/gm)?.length ?? 0;
}

function deadly(nodes: readonly string[]): Record<string, Fault> {
  return Object.fromEntries(nodes.map((node) => [node, "dead"]));
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(1);
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
