import { assertEquals } from "@std/assert";
import type { Bmc } from "../../../lib/document/document.ts";
import { causeOf, type Known } from "../../../lib/links/node_causes.ts";

const NODE = "ncn-w003";
const BMC: Bmc = {
  name: `${NODE}-mgmt`,
  node: NODE,
  address: "10.254.1.12",
  mac: null,
  state: "changed",
  channel: 1,
  seconds: 1,
  message: null,
};
const NOTHING: Known = {
  unreadable: new Map(),
  bmcs: [],
  leased: new Set(),
  served: new Set(),
  failed: new Map(),
  isCutOff: false,
  withoutRole: new Set(),
  password: "/etc/password",
  lacking: null,
};
const RESET = `pitboot bmc-dhcp --reset --nodes ${NODE}`;

Deno.test("causeOf() says why a node is not served", async (t) => {
  const leased = new Set([NODE]);
  const cases: [name: string, known: Partial<Known>, ...Expected][] = [
    ["served", { leased, served: leased }, null],
    [
      "of no role",
      { leased, withoutRole: leased },
      "node-without-role",
      /no role/,
      /pitboot\.json/,
    ],
    ["cut off in between", { leased }, "node-failed", /not set up yet/, "run again"],
    [
      "a boot directory that failed",
      {
        leased,
        served: leased,
        failed: new Map([[NODE, "link: no space left on device"]]),
      },
      "node-failed",
      /^link: no space/,
      /run again/,
    ],
    [
      "one that was not begun",
      { leased, failed: new Map([[NODE, null]]) },
      "node-failed",
      /not begun/,
      /again/,
    ],
    ["nobody has tried", { bmcs: undefined }, "leases-missing", /no lease/, /bmc-dhcp --nodes/],
    ["no console", {}, "bmc-unlisted", /no console/, /conman\.conf/],
  ];
  for (const [name, known, ...expected] of cases) {
    await t.step(name, () => check(causeOf(NODE, { ...NOTHING, ...known }), expected));
  }
});

Deno.test("causeOf() says what is wrong with a BMC, and offers a reset only where it answers", async (t) => {
  const cases: [Partial<Bmc>, ...Expected][] = [
    [{}, "leases-missing", /does not request a lease/, RESET],
    [{ state: "already" }, "leases-missing", /does not request a lease/, RESET],
    [{ state: "unknown" }, "leases-missing", /does not request a lease/, RESET],
    [
      { state: "unreachable", reason: "timed-out", message: "no answer within 30 s" },
      "bmc-unreachable",
      /^no answer$/,
      /^power\? cable\?/,
    ],
    [
      { state: "unreachable", reason: "silent", message: "stopped answering" },
      "bmc-unreachable",
      /^stopped answering$/,
      /^power\?/,
    ],
    [
      { state: "denied", reason: "refused-user", message: "x" },
      "bmc-denied",
      /refused/,
      /^\/etc\/password\?/,
    ],
    [
      { state: "denied", reason: "refused-role", message: "x" },
      "bmc-denied",
      /^this user may not/,
      /conman/,
    ],
    [
      { state: "denied", reason: "no-key", message: "x" },
      "bmc-denied",
      /^its K_g key is missing or wrong$/,
      "K: in conman.conf?",
    ],
    [
      { state: "failed", reason: "not-kept", message: "x" },
      "bmc-failed",
      /^did not keep the setting$/,
      RESET,
    ],
    [
      { state: "failed", reason: "refused", message: "x y" },
      "bmc-failed",
      /^x y$/,
      /bmc-dhcp\.log/,
    ],
    [
      { state: "skipped", reason: "no-password", message: "x" },
      "password-missing",
      /no BMC password/,
      /set IPMI_/,
    ],
    [
      { state: "skipped", reason: "not-asked", message: "x" },
      "bmc-denied",
      /^not asked: others refused$/,
      "/etc/password? --keep-going?",
    ],
    [
      { state: "skipped", reason: "interrupted", message: "interrupted" },
      "leases-missing",
      /^interrupted$/,
      /run again/,
    ],
    [
      { state: "unreachable", reason: "starting" },
      "bmc-unreachable",
      /^is starting$/,
      /^run again/,
    ],
    [{ state: "denied", reason: "password-expired" }, "bmc-denied", /must be changed/, /web/],
    // A document of an older pitboot has no reason.
    [{ state: "unreachable", message: "no answer" }, "bmc-unreachable", /^no answer$/, /^power\?/],
    [{ state: "denied", message: "x" }, "bmc-denied", /refused/, /^\/etc\/password\?/],
  ];
  for (const [bmc, ...expected] of cases) {
    await t.step(`${bmc.state ?? "changed"}: ${bmc.reason ?? bmc.message ?? ""}`, () => {
      check(causeOf(NODE, { ...NOTHING, bmcs: [{ ...BMC, ...bmc }] }), expected);
    });
  }
});

Deno.test("causeOf() has the address and the command as keys of their own", () => {
  const of = (bmc: Partial<Bmc>): unknown =>
    causeOf(NODE, { ...NOTHING, bmcs: [{ ...BMC, ...bmc }] });
  assertEquals(of({ state: "unreachable", reason: "no-answer" }), {
    code: "bmc-unreachable",
    message: "no answer",
    hint: "power? cable? IPMI off?",
    address: BMC.address,
  });
  assertEquals(of({ state: "unreachable", reason: "ipmi-off" }), {
    code: "bmc-unreachable",
    message: "IPMI is off, Redfish answers",
    hint: "pitboot bmc-dhcp --redfish auto --nodes ncn-w003",
    command: "pitboot bmc-dhcp --redfish auto",
    address: BMC.address,
  });
  assertEquals(of({}), {
    code: "leases-missing",
    message: "does not request a lease",
    hint: RESET,
    command: "pitboot bmc-dhcp --reset",
  });
});

Deno.test("causeOf() asks for no reset where a lease was lost, or not waited for", async (t) => {
  const cases: [name: string, known: Partial<Known>, ...Expected][] = [
    ["lost", { served: new Set([NODE]) }, "leases-missing", /^has lost its lease$/, /^power\?/],
    [
      "lost, while another has one",
      { leased: new Set(["ncn-w001"]), served: new Set([NODE, "ncn-w001"]) },
      "leases-missing",
      /^has lost its lease$/,
      /^power\?/,
    ],
    [
      "lost by all",
      { served: new Set([NODE, "ncn-w001"]) },
      "leases-missing",
      /^has lost its lease$/,
      /dnsmasq/,
    ],
    ["not waited for", { isCutOff: true }, "leases-missing", /^has no lease yet$/, "run again"],
    [
      "no file of leases",
      { lacking: "/x/leases" },
      "leases-missing",
      /^\/x\/leases does not exist$/,
      "systemctl status dnsmasq",
    ],
  ];
  for (const [name, known, ...expected] of cases) {
    await t.step(name, () => {
      check(causeOf(NODE, { ...NOTHING, bmcs: [BMC], ...known }), expected);
    });
  }
  const bmcs: Bmc[] = [{ ...BMC, state: "denied", message: "x" }];
  const known = { ...NOTHING, bmcs, isCutOff: true };
  check(causeOf(NODE, known), ["bmc-denied", /refused/, /^\/etc\/password\?/]);
});

type Expected = [code: string | null, message?: RegExp, hint?: RegExp | string];

function check(cause: ReturnType<typeof causeOf>, [code, message, hint]: Expected): void {
  assertEquals(cause?.code ?? null, code);
  if (!cause) return;
  const fits = (text: string | null, words: RegExp | string | undefined): boolean =>
    words instanceof RegExp ? words.test(text ?? "") : text === words;
  assertEquals([fits(cause.message, message), fits(cause.hint, hint)], [true, true], cause.message);
}
