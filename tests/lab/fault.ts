/**
 * What can be wrong with a BMC of the lab, and the words for it.
 *
 * @module
 */

import type { KindName } from "./redfish/kind.ts";
import { MISHAPS, type Step as RedfishStep } from "./redfish/mishap.ts";

/** A step of what ipmitool does: a request that a BMC can leave unanswered. */
type Step =
  | "auth"
  | "open"
  | "rakp1"
  | "rakp3"
  | "priv"
  | "info"
  | "read"
  | "write"
  | "power"
  | "close";

/** A byte that a BMC answers with, for instance `0xcc`. */
type Code = `0x${string}`;

/** Whose Redfish service a BMC has. */
type Kind = KindName;

/** A request that a client makes by Redfish; `any` of them. */
type Ask = Exclude<RedfishStep, "other"> | "any";

/** A word that can be followed by how often it holds; without, it is for ever. */
type Times<Word extends string> = Word | `${Word}:${number}`;

/**
 * What can be wrong with a BMC. Several at once: `["chan3", "slow:100"]`.
 *
 * As a whole:
 * - `dead`: nothing answers at its address.
 * - `hang`: it is there, but its IPMI server is stopped.
 * - `deaf:N`: it answers nothing any more after N packets.
 * - `slow:MS`: it takes so many milliseconds for each packet.
 * - `line:MS:PERCENT[:SEED]`: each packet takes half of so many milliseconds
 *   each way, and so many percent are lost each way; which, the seed says (1).
 *
 * Its place:
 * - `chan2`, `chan3`: its LAN channel is 2 (Fujitsu) or 3 (Intel), not 1.
 * - `move`: its static address is not the reserved one, so it moves.
 * - `typo`: statics.conf has another MAC than it uses.
 *
 * Before there is a session:
 * - `badpass`: it has another password.
 * - `nociphers`: it does not answer when asked for its cipher suites.
 * - `nosuites`: it refuses every cipher suite.
 * - `silent17`, `illegal17`: no simulated BMC knows cipher suite 17; such a one
 *   does not answer to it, or says "illegal parameter" (0x12), instead of
 *   "invalid authentication algorithm" (0x04).
 * - `open:CODE[:N]`: the status in its answer to the open session request.
 * - `rakp:CODE[:N]`: the status in its RAKP message 2.
 * - `rakp4`: it has the K_g key `kgkey0`: who does not know it finds its RAKP
 *   message 4 wrong.
 * - `fails-once`: its first session ends with a packet that is lost: no answer
 *   to RAKP message 3.
 *
 * In a session:
 * - `mute:STEP[:N]`: no answer to Get Channel Authentication Capabilities
 *   (`auth`), the open session request (`open`), RAKP messages 1 and 3, Set
 *   Session Privilege Level (`priv`), Get Channel Info (`info`), Get and Set
 *   LAN Configuration (`read`, `write`; nothing is set), Chassis Control (`power`; nothing
 *   is switched), or Close Session (`close`).
 * - `priv:CODE[:N]`: the completion code of Set Session Privilege Level.
 * - `write:CODE[:N]`: the completion code at the write of the address source.
 * - `busy:N`: the same as `write:0xc0:N`.
 * - `nolock[:CODE]`: it refuses "set in progress", by 0x80 if nothing is said;
 *   then there is nothing to commit either (0x81). A write takes effect at once.
 * - `nocommit[:CODE]`: it refuses the commit. A write takes effect at once.
 * - `lateread:S`: after the write it shows the old address source for so long.
 * - `forgets`: it accepts the write, and does nothing.
 *
 * By Redfish; its IPMI is off then, until somebody turns it on:
 * - `redfish:KIND`: it has the service of an iLO 5 (`ilo`; `ilo1`: before 1.40),
 *   an iLO 6 (`ilo6`), a Gigabyte with the firmware of AMI (`ami`), an Intel S2600
 *   (`intel`; `intel1`: 1.43) or an OpenBMC (`openbmc`).
 * - `ipmi`: its IPMI is on from the beginning.
 * - `on:ASK:WHAT[:N]`: what goes wrong with a request: that for the service root
 *   (`root`), the list of managers (`managers`), the manager, the list of its
 *   interfaces (`interfaces`), one of them (`interface`), its protocols
 *   (`protocol`), its kinds of reset (`action`), and what turns IPMI on (`ipmi`),
 *   DHCP on (`dhcp`) and restarts it (`reset`); its list of systems (`systems`), its
 *   node (`system`), what says how that boots (`boot`) and switches it (`power`); `any`
 *   of them. It is done, and
 *   the answer is not sent (`cut`), cut in the middle (`half`), never comes
 *   (`silence`), or its address goes away at once (`away`). Or it is not done:
 *   the connection ends (`lost`); an answer of HTML (`html`), one without end
 *   (`endless`) or content (`empty`), or no object (`list`); it is led to the
 *   same path with a slash (`slash`), to itself (`loop`), to another host
 *   (`elsewhere`), to HTTP (`plain`) or to another page (`outside`); it is
 *   refused as the word says, or by a status.
 * - `drop`: a write without If-Match is accepted, and does nothing.
 * - `quotes`: the ETag in a body has no quotes, and only that of the header does.
 * - `star`: no If-Match but `*` does; `bare`: none but the ETag without its `W/`.
 * - `settings`: what its node boots from is set at its settings for the next start.
 * - `nomode`: it refuses to be told that this is by UEFI; `needsmode`: it takes it for BIOS
 *   if it is not told.
 * - `two`: beside its node it names a system that is no machine; `twins`: one that is.
 * - `noswitch`: it shows no switch for IPMI, and has one.
 * - `noreset`: it does not say how it can be reset, and takes no type.
 * - `pending`: somebody turned DHCP on, and it was not reset since.
 * - `restart:S`: how long a reset takes (1); `starts:S`: how long it answers 503 then.
 * - `tls:cbc`, `tls:1.0`, `tls:small`: it knows only CBC with RSA, only TLS 1.0
 *   and 1.1, has a certificate of 1024 bits that is out of date.
 *
 * After it was told to use DHCP:
 * - `late:S`: it asks for a lease so many seconds after it was told to.
 * - `nodhcp`: it takes the setting but asks for no lease until it is reset, or a test
 *   has it ask.
 * - `vanish`: it changes over at once: no answer, and the session is gone.
 *
 * Its node:
 * - `started`: it is on at first.
 * - `once`, `legacy`: a boot device that is set is kept for one start only, or not for UEFI.
 * - `shortboot:S`: it is forgotten so many seconds later, unless the BMC is told to keep it.
 * - `noboot[:CODE]`: none can be set, by 0x80 if nothing is said.
 * - `slowpower:S`: the node is switched so many seconds after the answer.
 * - `idlepower`: the BMC accepts to switch it, and does nothing.
 * - `lostpower[:N]`: it is switched, and there is no answer.
 * - `strictpower`: the BMC refuses to switch it to what it is (0xd5).
 * - `power:CODE[:N]`: the completion code of Chassis Control.
 * - `alwayson`: it starts by itself after an outage.
 * - `clock:S`: the clock of the BMC is so many seconds behind.
 */
export type Fault =
  | ("dead" | "hang" | `deaf:${number}` | `slow:${number}`)
  | (`line:${number}:${number}` | `line:${number}:${number}:${number}`)
  | ("chan2" | "chan3" | "move" | "typo")
  | ("badpass" | "nociphers" | "nosuites" | "silent17" | "illegal17")
  | (Times<`open:${Code}`> | Times<`rakp:${Code}`> | "rakp4" | "fails-once")
  | (Times<`priv:${Code}`> | Times<`mute:${Step}`> | Times<`write:${Code}`> | `busy:${number}`)
  | ("nolock" | `nolock:${Code}` | "nocommit" | `nocommit:${Code}`)
  | (`lateread:${number}` | "forgets")
  | (`redfish:${Kind}` | "ipmi" | Times<`on:${Ask}:${string}`>)
  | ("drop" | "quotes" | "star" | "bare" | "noswitch" | "noreset" | "pending")
  | ("settings" | "nomode" | "needsmode" | "two" | "twins")
  | (`restart:${number}` | `starts:${number}` | "tls:cbc" | "tls:1.0" | "tls:small")
  | (`late:${number}` | "nodhcp" | "vanish")
  | ("started" | "once" | "legacy" | `shortboot:${number}` | "noboot" | `noboot:${Code}`)
  | (`slowpower:${number}` | "idlepower" | Times<"lostpower"> | "strictpower")
  | (Times<`power:${Code}`> | "alwayson" | `clock:${number}`);

/** How each fault is written; what is in capitals is filled in. */
const FORMS = [
  "dead",
  "hang",
  "deaf:N",
  "slow:MS",
  "line:MS:PERCENT[:SEED]",
  "chan2",
  "chan3",
  "move",
  "typo",
  "badpass",
  "nociphers",
  "nosuites",
  "silent17",
  "illegal17",
  "open:CODE[:N]",
  "rakp:CODE[:N]",
  "rakp4",
  "fails-once",
  "priv:CODE[:N]",
  "mute:STEP[:N]",
  "write:CODE[:N]",
  "busy:N",
  "nolock[:CODE]",
  "nocommit[:CODE]",
  "lateread:S",
  "forgets",
  "redfish:KIND",
  "ipmi",
  "on:ASK:WHAT[:N]",
  "drop",
  "quotes",
  "star",
  "bare",
  "noswitch",
  "noreset",
  "pending",
  "settings",
  "nomode",
  "needsmode",
  "two",
  "twins",
  "restart:S",
  "starts:S",
  "tls:OLD",
  "late:S",
  "nodhcp",
  "vanish",
  "started",
  "once",
  "legacy",
  "shortboot:S",
  "noboot[:CODE]",
  "slowpower:S",
  "idlepower",
  "lostpower[:N]",
  "strictpower",
  "power:CODE[:N]",
  "alwayson",
  "clock:S",
];

const FILLED: Readonly<Record<string, string>> = {
  N: "[1-9]\\d{0,8}",
  MS: "\\d{1,6}",
  S: "\\d{1,4}",
  PERCENT: "(?:100|\\d\\d?)",
  SEED: "\\d{1,9}",
  CODE: "0x[0-9a-f]{2}",
  STEP: "(?:auth|open|rakp1|rakp3|priv|info|read|write|power|close)",
  KIND: "(?:ilo1?|ilo6|ami|intel1?|openbmc)",
  ASK:
    "(?:any|root|managers|manager|interfaces|interface|protocol|action|ipmi|dhcp|reset|systems|system|boot|power)",
  WHAT: `(?:${MISHAPS.join("|")})`,
  OLD: "(?:cbc|1\\.0|small)",
};

/**
 * Reads the word for a fault.
 *
 * @param word For instance `mute:read:2`.
 * @returns The fault.
 * @throws {RangeError} If there is none that is written so.
 *
 * @example
 * ```ts
 * import { parseFault } from "./fault.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseFault("write:0xcc:5"), "write:0xcc:5");
 * ```
 */
export function parseFault(word: string): Fault {
  if (FORMS.some((form) => patternOf(form).test(word))) return word as Fault;
  const [name] = word.split(":");
  const form = FORMS.find((form) => /^[\w-]+/.exec(form)?.[0] === name);
  throw new RangeError(
    form === undefined
      ? `no fault is called "${name}"; known are: ${FORMS.join(", ")}`
      : `"${word}" is not of the form ${form}${legendOf(form)}`,
  );
}

/**
 * Finds what a fault says after its name.
 *
 * @param faults Of a BMC.
 * @param name For instance `slow`.
 * @returns What stands between and after colons: `["300"]`; `null` if it has
 * no such fault.
 */
export function argumentsOf(faults: readonly Fault[], name: string): string[] | null {
  const [found] = faults.map((fault) => fault.split(":")).filter(([first]) => first === name);
  return found?.slice(1) ?? null;
}

function patternOf(form: string): RegExp {
  const pattern = form.replaceAll("[", "(?:").replaceAll("]", ")?")
    .replace(/[A-Z]+/g, (name) => FILLED[name] ?? name);
  return new RegExp(`^${pattern}$`);
}

function legendOf(form: string): string {
  const word = ["STEP", "KIND", "WHAT", "OLD"].find((name) => form.includes(name));
  if (word !== undefined) return `, where ${word} is ${FILLED[word]?.slice(3, -1)}`;
  return form.includes("CODE") ? ", where CODE is like 0xcc" : "";
}
