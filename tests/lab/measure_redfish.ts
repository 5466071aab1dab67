/**
 * Measures pitboot by Redfish in the lab: nine BMCs far away against one, and a
 * hundred against curl under xargs.
 *
 * @module
 */

import type { Fault } from "./fault.ts";
import { Lab } from "./lab.ts";
import { nodeNames } from "./pit.ts";
import { pitboot, USUAL } from "./pitboot.ts";
import { timed } from "./wait.ts";

/** Each packet takes half of 100 ms each way. */
const FAR: readonly Fault[] = ["redfish:openbmc", "line:100:0"];
/**
 * With a hundred a machine with two cores does nothing but start programs: the curls, and what
 * each BMC starts that has its IPMI on and asks for a lease; the services take a tenth of that.
 */
export const MANY_BY_REDFISH = 40;
export const DEAD_BY_REDFISH = ["ncn-m003", "ncn-w020"];
/** How often each, of which the median counts. */
const TIMES = 3;

/** What a shell does with each address: the same requests, and six seconds for one that is dead. */
const SET = `
base=https://$1/redfish/v1
config=$(printf 'user = "root:%s"' "$IPMI_PASSWORD")
ask() { printf '%s' "$config" | curl -q -sSk --http1.1 --connect-timeout 6 -o /dev/null -K - "$@" || exit 0; }
ask $base
ask $base/Managers
ask $base/Managers/bmc
ask $base/Managers/bmc/EthernetInterfaces
ask $base/Managers/bmc/EthernetInterfaces/eth0
ask $base/Managers/bmc/NetworkProtocol
ask -X PATCH -d '{"IPMI":{"ProtocolEnabled":true}}' $base/Managers/bmc/NetworkProtocol
ask -X PATCH -d '{"DHCPv4":{"DHCPEnabled":true}}' $base/Managers/bmc/EthernetInterfaces/eth0`;

/** Seconds, medians. */
export interface RedfishTimes {
  /** One BMC, and nine, at 100 ms a round trip, from start to end. */
  readonly one: number;
  readonly nine: number;
  /** Many, some of them dead, until the last healthy one is set. */
  readonly xargs: number;
  readonly ours: number;
}

/**
 * Measures both, in turns, each time in a lab of its own.
 *
 * @returns The times.
 */
export async function measureRedfish(): Promise<RedfishTimes> {
  const times: Record<keyof RedfishTimes, number[]> = { one: [], nine: [], xargs: [], ours: [] };
  for (let i = 0; i < TIMES; i++) {
    times.one.push(await setting(1));
    times.nine.push(await setting(9));
    times.xargs.push(await untilSet(byXargs));
    times.ours.push(await untilSet((lab) => pitboot(lab, BY_REDFISH)));
  }
  const median = (list: number[]): number => list.sort((a, b) => a - b)[TIMES >> 1] ?? NaN;
  return {
    one: median(times.one),
    nine: median(times.nine),
    xargs: median(times.xargs),
    ours: median(times.ours),
  };
}

const BY_REDFISH = ["bmc-dhcp", "--redfish", "only", ...USUAL];

async function setting(bmcs: number): Promise<number> {
  const nodes = Array.from({ length: bmcs }, (_, i) => `ncn-w00${i + 1}`);
  const faults = Object.fromEntries(nodes.map((node) => [node, FAR]));
  await using lab = await Lab.start({ nodes, faults });
  const { code, seconds, stderr } = await pitboot(lab, BY_REDFISH);
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return seconds;
}

async function byXargs(lab: Lab): Promise<void> {
  const stdin = lab.bmcs.map(({ address }) => `${address}\n`).join("");
  const env = { IPMI_PASSWORD: "initial0" };
  await lab.run(["xargs", "-P", "64", "-I", "ADDRESS", "sh", "-c", SET, "sh", "ADDRESS"], {
    env,
    stdin,
  });
}

async function untilSet(run: (lab: Lab) => Promise<unknown>): Promise<number> {
  await using lab = await Lab.start({ bmcs: MANY_BY_REDFISH, faults: manyFaults() });
  const begin = Date.now();
  const [, seconds] = await timed(() => run(lab));
  const times = (await lab.sh("cd /run/lab/bmc && stat -c %.Y */source")).trim().split("\n");
  if (times.length !== MANY_BY_REDFISH - DEAD_BY_REDFISH.length) {
    throw new Error(`${times.length} BMCs were set in ${seconds} s`);
  }
  return Math.max(...times.map(Number)) - begin / 1000;
}

function manyFaults(): Record<string, Fault[]> {
  return Object.fromEntries(
    nodeNames(MANY_BY_REDFISH).map((node) => [
      node,
      DEAD_BY_REDFISH.includes(node) ? ["redfish:openbmc", "dead"] : ["redfish:openbmc"],
    ]),
  );
}
