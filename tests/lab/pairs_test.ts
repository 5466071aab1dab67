/**
 * What pitboot makes of statics.conf and conman.conf beside dnsmasq and conmand: whoever
 * they serve, it serves.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type Conman, type IpmiConsole, parseConman } from "../../lib/bmc/conman.ts";
import { type Lease, parseLeases } from "../../lib/leases/leases.ts";
import { matchLeases } from "../../lib/leases/match_leases.ts";
import { parseStatics, type Statics } from "../../lib/nodes/statics.ts";
import { hostOf, nodeOf } from "../../lib/text/host_name.ts";
import fc from "../npm/fast_check.ts";
import { SERVING, testWith } from "../needs.ts";
import { MARK, type Pair, pairs } from "../testdata/pairs.ts";
import { type OpenedConsole, serveAll, type Served } from "./plain_tools.ts";

const COUNT = 200;
const SEED = Number(Deno.env.get("PITBOOT_SEED") ?? 20);

testWith(
  `whoever dnsmasq and conmand serve, pitboot serves: ${COUNT} pairs of files`,
  SERVING,
  async () => {
    const generated = fc.sample(pairs(), { numRuns: COUNT, seed: SEED });
    const served = await serveAll(generated);
    const each = generated.map((pair, i) => judged(pair, served[i] ?? fail()));
    const first = each.findIndex(({ wrong }) => wrong.length > 0);
    assert(first < 0, first < 0 ? "" : shown(generated[first] ?? fail(), each[first] ?? fail()));
    const sum = (of: (each: Judged) => number): number => each.reduce((sum, it) => sum + of(it), 0);
    // Were most pairs of no use to them, little would be compared.
    assert(sum(({ leases }) => leases) > COUNT, "few leases");
    assert(sum(({ consoles }) => consoles) > 2 * COUNT, "few consoles");
  },
);

/** What is different for a pair, and how much was compared. */
interface Judged {
  readonly wrong: readonly string[];
  readonly leases: number;
  readonly consoles: number;
}

function judged({ statics, conman }: Pair, served: Served): Judged {
  const [ours, consoles] = [parseStatics(statics), parseConman(conman)];
  const leases = served.leases === null ? [] : ofBmcs(parseLeases(served.leases));
  const wrong = [
    ...served.leases === null ? notNamed(ours, served) : notAsked(ours),
    ...unlikeLeases(ours, leases),
    ...unlikeConsoles(consoles, served),
    ...JSON.stringify(consoles).includes(MARK) ? ["a password is handed on"] : [],
  ];
  return { wrong, leases: leases.length, consoles: served.consoles.length };
}

function ofBmcs(leases: readonly Lease[]): Lease[] {
  return leases.filter(({ hostname }) => nodeOf(hostname ?? "") !== null);
}

/** dnsmasq did not start: the line is named. */
function notNamed({ faults }: Statics, { dnsmasq }: Served): string[] {
  const [why = "", line] = /^dnsmasq: (?:.* at line (\d+) .*)/m.exec(dnsmasq) ?? [];
  return faults.some((fault) => fault.line === Number(line)) ? [] : [`not named: ${why}`];
}

/** dnsmasq started: nothing is said to keep it from that. */
function notAsked({ faults }: Statics): string[] {
  return faults.filter(({ message }) => message.includes("does not start"))
    .map(({ line, message }) => `line ${line}: ${message}`);
}

function unlikeLeases({ bmcs, macs }: Statics, leases: readonly Lease[]): string[] {
  const ours = matchLeases(bmcs, leases, { now: 0, known: macs }).leases;
  return leases.flatMap(({ mac, ip, hostname }) => {
    const whose = ours.find((each) => each.mac === mac && each.ip === ip)?.bmc;
    return whose === hostname ? [] : [`${mac} ${ip} is ${hostname}, and not ${whose}`];
  });
}

function unlikeConsoles(conman: Conman, served: Served): string[] {
  return served.consoles.flatMap((theirs) => {
    const name = hostOf(theirs.name);
    const ours = conman.consoles.find((each) => each.name === name);
    if (nodeOf(name) === null || isNamed(conman, theirs, name)) return [];
    // A password with a comma, say: conmand passed over a console that is of use to us.
    if (ours && served.conmand.includes(`CONFIG[conman.conf:${ours.line}]`)) return [];
    const [is, should] = [ours && spelled(ours), spelledOf(theirs, name)];
    return is === should ? [] : [`conmand has ${should}, and not ${is}`];
  });
}

/** What conmand takes, and we do not for good reasons: then the statement is named. */
function isNamed({ faults }: Conman, { user }: OpenedConsole, name: string): boolean {
  // An empty user is nobody whom a BMC lets set anything; a blank is no part of one.
  if (/^$|^\s/.test(user)) return true;
  return faults.some(({ console, message }) =>
    (console === name && /already used|its address is also/.test(message)) ||
    ((console === name || console === null) && message.includes("the user (U:)"))
  );
}

function spelled({ name, address, port, user, key }: IpmiConsole): string {
  return `${name} at ${address}${port ? `:${port}` : ""} as ${user}, key ${key ?? ""}`;
}

function spelledOf({ place, user, key }: OpenedConsole, name: string): string {
  return `${name} at ${place.trim()} as ${user.trim()}, key ${key}`;
}

function shown({ statics, conman }: Pair, { wrong }: Judged): string {
  return [
    `PITBOOT_SEED=${SEED}`,
    ...wrong,
    "statics.conf:",
    JSON.stringify(statics),
    statics,
    "conman.conf:",
    JSON.stringify(conman),
    conman,
  ].join("\n");
}

function fail(): never {
  throw new RangeError("a pair is missing");
}
