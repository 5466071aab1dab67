/**
 * A night with real Apache, dnsmasq and machines that boot: `pitboot check` names one fault
 * after the other, what it tells to do is done, and then the node boots.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { type Call, pitboot, shell } from "./pitboot.ts";
import { GRANT, HTTPD, LOADER, makeNight, NIGHT_RELEASE } from "./night_pit.ts";

const NODES = ["ncn-w001", "ncn-s001", "fmn001"];
const K8S = `/var/www/ephemeral/data/k8s/${NIGHT_RELEASE}`;
const STATICS = "/etc/dnsmasq.d/statics.conf";
/** As long as processes are counted in whole seconds. */
const HAVE_RUN =
  "until [ $(ps -o etimes= -C dnsmasq | sort -n | tail -1) -ge 4 ]; do sleep .1; done";
/** It asks for a lease anew. */
const RESET_BMC = "ipmitool -I lanplus -U root -P initial0 -H";

/** What check is to say of a fault. */
type Finding = readonly [result: string, message: RegExp];

/** A fault, and the way out of it. */
interface NightFault {
  readonly name: string;
  /** Makes it: a script of shell. */
  readonly make: string;
  /** All that check says: check, state, nodes. */
  readonly found: readonly Finding[];
  /** What one of them tells to do; `command` is typed. */
  readonly hint: RegExp;
  /** What is to be done by hand, before that: a script of shell. */
  readonly byHand?: string;
  /** What has to come of that by itself: a script that waits for it. */
  readonly settled?: string;
  /** The node that it keeps from booting, and what its console says then. */
  readonly node?: readonly [name: string, console: RegExp];
  /** Whether that has UEFI. */
  readonly uefi?: boolean;
}

const FAULTS: readonly NightFault[] = [
  {
    name: "a script edited by hand that asks for another file than is linked",
    make: "sed -i s/squashimg=rootfs/squashimg=rootfs.new/ /var/www/ncn-w001/script.ipxe",
    found: [
      [
        "scripts failed ncn-w001",
        /^it asks for \/NODE\/rootfs\.new, and the link is \/NODE\/rootfs$/,
      ],
      ["web failed ncn-w001", /^\/NODE\/rootfs\.new: it does not exist$/],
    ],
    hint: /^(?<command>pitboot set-links --reset-scripts --nodes ncn-w001) makes the script anew/,
    node: ["ncn-w001", /^node: no rootfs\.new$/m],
  },
  {
    name: "Apache refuses the directory of a node that it does not know",
    make: `sed -i '\\,"^/fmn,{N;N;d;}' ${HTTPD}; systemctl reload apache2`,
    found: [
      ["web failed fmn001", /^\/NODE\/script\.ipxe: 403, a rule of the web server refuses this/],
    ],
    hint: /^grant it in \/etc\/apache2 as for \^\/ncn- \(LocationMatch\), then: (?<command>.*)$/,
    byHand: GRANT,
    node: ["fmn001", /\/fmn001\/script\.ipxe\.\.\. Operation not permitted/],
  },
  {
    name: "a root filesystem that the web server may not read",
    make: `chmod 600 ${K8S}/*.squashfs`,
    found: [
      ["images failed fmn001 ncn-w001", /^links broken: .*, or what the web server cannot read$/],
      ["web failed fmn001 ncn-w001", /^\/NODE\/rootfs: 403, \S+\.squashfs: .* cannot read it$/],
    ],
    hint: /^(?<command>chmod o\+r \S+\.squashfs)$/,
    node: ["ncn-w001", /^node: no rootfs$/m],
  },
  {
    name: "a kernel that belongs to somebody else than the links to it",
    make: `chown www-data ${K8S}/*.kernel`,
    found: [
      ["web failed fmn001 ncn-w001", /^\/NODE\/kernel: 403, the link and its target have diff/],
    ],
    hint: /^set the links again: (?<command>pitboot run .*)$/,
    node: ["ncn-w001", /\/ncn-w001\/kernel\.\.\. Operation not permitted/],
  },
  {
    name: "Apache does not run",
    make: "systemctl stop apache2",
    found: [
      ["web failed fmn001 ncn-s001 ncn-w001", /^no web server listens there: curl: \(7\)/],
      ["services failed", /^apache2 does not run: nodes get no script and no image$/],
    ],
    hint: /^(?<command>systemctl start apache2)$/,
  },
  {
    name: "a boot loader that belongs to somebody else",
    make: `chown root ${LOADER}`,
    found: [["tftp failed", /: with tftp-secure it must belong to dnsmasq$/]],
    hint: /^(?<command>chown dnsmasq \S+)$/,
    node: ["ncn-w001", /PXE-E23: Client received TFTP error from server/],
    uefi: true,
  },
  {
    name: "dnsmasq is older than statics.conf, in which a MAC was mended",
    make: `cp ${STATICS} /run/lab/statics; sed -i '/set:ncn-w001,/s/b8:59:9f/b8:59:90/g' ${STATICS}
systemctl restart dnsmasq; ${HAVE_RUN}; cp /run/lab/statics ${STATICS}`,
    found: [["services failed", /^dnsmasq started before .*statics\.conf was written/]],
    hint: /^(?<command>systemctl restart dnsmasq)$/,
    node: ["ncn-w001", /http:\/\/pit\/\/script\.ipxe\.\.\. No such file/],
  },
  {
    name: "a BMC whose lease is at another address than is reserved",
    make:
      `cp ${STATICS} /run/lab/statics; sed -i 's/,10.254.1.2,ncn-w001-mgmt,/,10.254.1.99,ncn-w001-mgmt,/' ${STATICS}
systemctl restart dnsmasq; ${RESET_BMC} 10.254.1.2 mc reset cold
${leased("10.254.1.99")}
cp /run/lab/statics ${STATICS}; systemctl restart dnsmasq`,
    found: [["leases failed ncn-w001", /^the lease is at 10\.254\.1\.99, and 10\.254\.1\.2 is /]],
    hint: /, or after a reset: (?<command>ipmitool .* -H 10\.254\.1\.99 .* mc reset cold)$/,
    settled: leased("10.254.1.2"),
  },
  {
    name: "a script without a word on disks",
    make: "sed -i 's/ metal.no-wipe=0//' /var/www/ncn-s001/script.ipxe",
    found: [[
      "disks warning ncn-s001",
      /^script\.ipxe has no metal\.no-wipe: they WIPE their disks$/,
    ]],
    hint: /metal\.no-wipe=1 keeps disks/,
    byHand: "sed -i 's/ metal.server=/ metal.no-wipe=0&/' /var/www/ncn-s001/script.ipxe",
  },
  {
    name: "the script for all was renamed to collect MACs",
    make: "cd /var/www/boot && mv script.ipxe script.ipxe.bak",
    found: [["scripts failed", /^it does not exist: a machine that has no directory of its own/]],
    hint: /\(boot\/script\.ipxe\.bak\)\? Move it back$/,
    byHand: "cd /var/www/boot && mv script.ipxe.bak script.ipxe",
  },
];

labTest(
  "check names what keeps nodes from booting, and they boot when that is done",
  async (t) => {
    await using lab = await Lab.start({ nodes: NODES, apache: true });
    await makeNight(lab);
    await t.step("run sets the nodes up, and check finds nothing", async () => {
      const run = await pitboot(lab, ["run"]);
      assertEquals(run.code, 0, run.stderr);
      assertEquals(await findings(lab), []);
    });
    for (const fault of FAULTS) await t.step(fault.name, () => play(lab, fault));
    await t.step("both kinds of nodes boot in the end", async () => {
      await Promise.all(["ncn-w001", "ncn-s001"].map((node) => assertBoots(lab, node)));
    });
  },
  { boot: true, needs: ["apache2-bin", "curl", "ipxe", "ovmf", "root"] },
);

async function play(lab: Lab, fault: NightFault): Promise<string> {
  const { node: [node, console] = [null, /$/], uefi = false } = fault;
  await inShell(lab, fault.make);
  const expected = fault.found.map(([result]) => result);
  const results = await findings(lab, expected);
  assertEquals(results.map(({ result }) => result), expected);
  fault.found.forEach(([, message], i) => assertMatch(results[i]?.message ?? "", message));
  if (node !== null) await assertStuck(lab, { node, uefi, console });
  const hints = results.map(({ hint }) => hint ?? "");
  const hint = hints.map((hint) => fault.hint.exec(hint)).find((match) => match !== null);
  assert(hint, hints.join("\n"));
  const { command = ":" } = hint.groups ?? {};
  await inShell(lab, fault.byHand ?? ":");
  await inShell(lab, command);
  await inShell(lab, fault.settled ?? ":");
  assertEquals(await findings(lab), []);
  if (node !== null) await assertBoots(lab, node, uefi);
  return `${results.map(({ result }) => result).join("; ")}; then: ${hint[0]}`;
}

/** What check finds. */
interface Found {
  readonly result: string;
  readonly message: string | null;
  readonly hint: string | null;
}

/** A server may stand still for longer than one look waits for it; not each time. */
const MOST_LOOKS = 3;

/** What check finds, in the order in which it says it: at once, or when it looks again. */
async function findings(lab: Lab, expected: readonly string[] = []): Promise<Found[]> {
  for (let looks = 1;; looks++) {
    const found = await look(lab);
    const isExpected = found.map(({ result }) => result).join() === expected.join();
    if (isExpected || looks === MOST_LOOKS) return found;
  }
}

async function look(lab: Lab): Promise<Found[]> {
  const { document, stderr } = await pitboot(lab, ["check", "--json"]);
  assert(document.checks, stderr);
  return document.checks
    // There is neither in the lab.
    .filter(({ found }) => !/^(?:conman|basecamp) does not run$/.test(found))
    .filter(({ state }) => state === "failed" || state === "warning")
    .map(({ check, state, nodes, message, hint }) => ({
      result: [check, state, ...nodes].join(" "),
      message,
      hint,
    }));
}

async function inShell(lab: Lab, line: string): Promise<Call> {
  const call = await shell(lab, line);
  assertEquals(call.code, 0, `${line}\n${call.stderr}`);
  return call;
}

async function assertStuck(
  lab: Lab,
  { node, uefi, console }: { node: string; uefi: boolean; console: RegExp },
): Promise<void> {
  const text = await lab.boot(node, { uefi, says: console, ...uefi ? { stuck: console } : {} });
  assertMatch(text, console);
  assertEquals(text.includes("node: release"), false, text);
}

async function assertBoots(lab: Lab, node: string, uefi = false): Promise<void> {
  const role = node.startsWith("ncn-s") ? "storage" : "kubernetes";
  const says = new RegExp(`^node: release ${role}$`, "m");
  assertMatch(await lab.boot(node, { uefi, says }), says);
}

/** Waits for a lease at an address. */
function leased(ip: string): string {
  return `until grep -q ' ${ip} ' /var/lib/misc/dnsmasq.leases; do sleep .1; done`;
}
