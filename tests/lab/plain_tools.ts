/**
 * What dnsmasq and conmand make of their files.
 *
 * @module
 */

import { conmandShim } from "./cache.ts";
import type { Pair } from "../testdata/pairs.ts";
import { Sandbox } from "./sandbox.ts";

/** A console that conmand opens. */
export interface OpenedConsole {
  readonly name: string;
  /** As conmand hands it to libipmiconsole: an address or a name, perhaps with a port. */
  readonly place: string;
  /** Empty if the file names none. */
  readonly user: string;
  /** The K_g key; empty if the file names none. */
  readonly key: string;
}

/** What the two made of a pair. */
export interface Served {
  /** What dnsmasq wrote into its leases file; `null` if it did not start. */
  readonly leases: string | null;
  /** What dnsmasq said. */
  readonly dnsmasq: string;
  readonly consoles: readonly OpenedConsole[];
  /** What conmand said. */
  readonly conmand: string;
}

const SCRIPT = new URL("./serve_pairs.pl", import.meta.url).pathname;
const NETWORK = `ip link set lo up
ip addr add 10.254.1.1/17 dev lo
ip addr add 10.254.1.2/17 dev lo
read -r _ outside _ </proc/self/uid_map
[ "$outside" != 0 ] || touch /run/lab/as-root`;

/**
 * Lets dnsmasq and conmand read pairs of files, and all BMCs ask for a lease.
 *
 * @param pairs The files, and the BMCs.
 * @returns What they made of each.
 */
export async function serveAll(pairs: readonly Pair[]): Promise<Served[]> {
  const shim = await conmandShim();
  const sandbox = await Sandbox.open();
  try {
    const directories = pairs.map((_, i) => `/run/lab/pair-${i}`);
    for (const [i, pair] of pairs.entries()) layOut(sandbox.root + directories[i], pair);
    const script = `${NETWORK}\nexec perl "$@"`;
    const command = ["sh", "-euc", script, "sh", SCRIPT, shim, ...directories];
    const { code, stderr } = await sandbox.run(command);
    if (code !== 0 || stderr) throw new Error(`exit ${code}: ${stderr}`);
    return directories.map((directory) => servedIn(sandbox.root + directory));
  } finally {
    await sandbox.close();
  }
}

function layOut(directory: string, { statics, conman, bmcs }: Pair): void {
  Deno.mkdirSync(directory);
  Deno.writeTextFileSync(`${directory}/statics.conf`, statics);
  Deno.writeTextFileSync(`${directory}/conman.conf`, conman);
  Deno.writeTextFileSync(`${directory}/macs`, bmcs.map(({ mac }) => `${mac}\n`).join(""));
}

function servedIn(directory: string): Served {
  const read = (name: string): string => Deno.readTextFileSync(`${directory}/${name}`);
  const [dnsmasq, conmand] = [read("dnsmasq.log"), read("conmand.log")];
  const leases = dnsmasq.includes(" started, ") ? read("leases") : null;
  return { leases, dnsmasq, consoles: consolesIn(conmand), conmand };
}

/** A console as the shim prints it, and conmand's own line after it. */
const OPENED = /^place (.*)\nuser (.*)\nkey (.*)\n.*Unable to create IPMI context for \[(.*)\]$/gm;

function consolesIn(log: string): OpenedConsole[] {
  return [...log.matchAll(OPENED)].map(([, place = "", user = "", key = "", name = ""]) => ({
    name,
    place: fromHex(place),
    user: fromHex(user),
    key: fromHex(key),
  }));
}

function fromHex(digits: string): string {
  const bytes = (digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
  return String.fromCharCode(...bytes);
}
