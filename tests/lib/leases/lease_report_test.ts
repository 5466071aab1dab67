import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Bmc, BmcState } from "../../../lib/document/document.ts";
import type { Report } from "../../../lib/document/problems.ts";
import { askingAnew, leaseProblems, type Wait } from "../../../lib/leases/lease_report.ts";
import type { Lease } from "../../../lib/leases/leases.ts";
import type { StaticBmc } from "../../../lib/nodes/statics.ts";
import { hintOf, withHints } from "../../typed.ts";

const W001: StaticBmc = {
  name: "ncn-w001-mgmt",
  node: "ncn-w001",
  mac: "b4:2e:99:00:00:01",
  ip: "10.254.1.1",
  line: 1,
};
const W002: StaticBmc = { ...W001, name: "ncn-w002-mgmt", node: "ncn-w002", ip: "10.254.1.2" };
const BARE: StaticBmc = { ...W001, name: "fmn001-mgmt", node: "fmn001", mac: null, ip: null };
const WAIT: Wait = {
  expected: [BARE, W001, W002],
  bmcs: [],
  seconds: 900,
  leases: [],
  missing: [],
  unexpected: [],
  older: [],
  path: "/var/lib/misc/dnsmasq.leases",
  isThere: true,
  areGone: false,
};
const W001_UNREACHABLE: Bmc = {
  name: "ncn-w001-mgmt",
  node: "ncn-w001",
  address: "10.254.1.1",
  mac: null,
  state: "unreachable",
  channel: null,
  seconds: 2,
  message: null,
};

Deno.test("leaseProblems() names the BMCs without a lease", async (t) => {
  const cases: [
    name: string,
    missing: string[],
    wait: Partial<Wait>,
    nodes: string[],
    facts: string[],
    absent: string[],
  ][] = [
    ["one", ["ncn-w001-mgmt"], {}, ["ncn-w001"], [
      "1 of 3",
      "900 s",
      "ncn-w001-mgmt",
      "b4:2e:99:00:00:01",
      "10.254.1.1",
      "pitboot bmc-dhcp --reset --nodes ncn-w001",
    ], ["ncn-w002", "fmn001", "unreachable"]],
    ["some", ["ncn-w002-mgmt", "ncn-w001-mgmt"], {}, ["ncn-w001", "ncn-w002"], [
      "2 of 3",
      "\n    ncn-w001-mgmt",
      "\n    ncn-w002-mgmt",
      "--reset --nodes ncn-w[001-002]",
    ], ["fmn001"]],
    ["neither MAC nor address", ["fmn001-mgmt"], {}, ["fmn001"], ["fmn001-mgmt"], ["null"]],
    ["what bmc-dhcp saw", ["ncn-w001-mgmt"], { bmcs: [W001_UNREACHABLE] }, ["ncn-w001"], [
      "bmc-dhcp: no answer",
    ], []],
    [
      "what bmc-dhcp saw of others",
      ["ncn-w002-mgmt"],
      { bmcs: [W001_UNREACHABLE] },
      [
        "ncn-w002",
      ],
      [],
      ["no answer", "undefined"],
    ],
    ["the file was not there", ["ncn-w001-mgmt"], { isThere: false }, ["ncn-w001"], [
      "1 of 3",
      "900 s",
      `${WAIT.path} did not exist`,
      "systemctl status dnsmasq",
    ], []],
    ["nothing was waited", ["ncn-w001-mgmt"], { seconds: 0 }, ["ncn-w001"], [], ["0 s"]],
  ];
  for (const [name, missing, wait, nodes, facts, absent] of cases) {
    await t.step(name, () => {
      const reports = withHints(leaseProblems({ ...WAIT, missing, ...wait }));
      assertEquals(reports.map(([code, details]) => [code, details.nodes]), [
        ["leases-missing", nodes],
      ]);
      for (const fact of facts) assertStringIncludes(textOf(reports), fact);
      for (const fact of absent) {
        assert(!reports[0]?.[1].message.includes(fact), `${textOf(reports)}: ${fact}`);
      }
    });
  }
});

Deno.test("leaseProblems() says what to do about each", async (t) => {
  type Result = BmcState | "not-asked" | "refused-role" | "no-key" | "not-kept" | "no-suite";
  const result = (each: Result): Pick<Bmc, "state" | "reason"> => {
    if (each === "not-asked") return { state: "skipped", reason: each };
    if (each === "not-kept" || each === "no-suite") return { state: "failed", reason: each };
    const isReason = each === "refused-role" || each === "no-key";
    return isReason ? { state: "denied", reason: each } : { state: each, reason: null };
  };
  const cases: [name: string, results: [Result, Result], hint: string][] = [
    ["nobody answers", ["unreachable", "unreachable"], "check power and cabling"],
    [
      "one can be told to restart",
      ["unreachable", "failed"],
      "check power and cabling; reset them: pitboot bmc-dhcp --reset --nodes ncn-w002",
    ],
    [
      "both refuse",
      ["denied", "denied"],
      "user or password refused: check both, U: in conman.conf and the password (ncn-w[001-002])",
    ],
    [
      "one was not asked, as the other refused",
      ["denied", "not-asked"],
      "user or password refused: check both, U: in conman.conf and the password (ncn-w[001-002])",
    ],
    [
      "one wants another user, one another key",
      ["refused-role", "no-key"],
      "user or K_g key refused: check U: and K: in conman.conf (ncn-w[001-002])",
    ],
    [
      "a reset may help one, and no more the other, which had one",
      ["not-kept", "reset"],
      "check power and cabling; reset them: pitboot bmc-dhcp --reset --nodes ncn-w001; these were reset: look into their web interface (ncn-w002)",
    ],
    ["nobody gets a session to reset it", ["no-suite", "unreachable"], "check power and cabling"],
    ["nobody was asked", ["skipped", "skipped"], "check power and cabling"],
    [
      "each has a cause of its own",
      ["denied", "changed"],
      "check power and cabling; reset them: pitboot bmc-dhcp --reset --nodes ncn-w002; user or password refused: check both, U: in conman.conf and the password (ncn-w001)",
    ],
  ];
  for (const [name, [first, second], hint] of cases) {
    await t.step(name, () => {
      const bmcs: Bmc[] = [
        { ...W001_UNREACHABLE, ...result(first) },
        { ...W001_UNREACHABLE, name: W002.name, node: W002.node, ...result(second) },
      ];
      const missing = bmcs.map(({ name }) => name);
      const [report] = leaseProblems({ ...WAIT, missing, bmcs });
      assertEquals(hintOf(report?.[1].hint), hint);
    });
  }
});

Deno.test("leaseProblems() names leases that nobody expected, as far as they help", async (t) => {
  const some = "ncn-w002-mgmt";
  const cases: [name: string, missing: string[], hostnames: (string | null)[], shown: string[]][] =
    [
      ["none", [], [], []],
      ["none, while a BMC is missing", [some], [], []],
      ["any, while a BMC is missing", [some], ["laptop", null, "x-mgmt"], ["laptop", "x-mgmt"]],
      ["any", [], ["laptop", null, "x-mgmt"], ["laptop", "x-mgmt"]],
      ["in upper case", [], ["NCN-W009-MGMT"], ["NCN-W009-MGMT"]],
    ];
  for (const [name, missing, hostnames, shown] of cases) {
    await t.step(name, () => {
      const unexpected = hostnames.map(lease);
      const reports = leaseProblems({ ...WAIT, missing, unexpected })
        .filter(([code]) => code === "leases-unexpected");
      assertEquals(reports.length, shown.length > 0 ? 1 : 0);
      const text = textOf(reports);
      for (const hostname of hostnames) {
        if (hostname) {
          assertEquals(text.includes(`  ${hostname}\n`), shown.includes(hostname), text);
        }
      }
      for (const lease of unexpected) assertStringIncludes(text, `${lease.mac}  ${lease.ip}`);
      assert(shown.length === 0 || text.includes(WAIT.path), text);
      // Whose MAC may be mistyped.
      assertEquals(text.includes(some), shown.length > 0 && missing.length > 0, text);
    });
  }
});

Deno.test("leaseProblems() names who has a lease at another address than is reserved", () => {
  const given = (bmc: string, ip: string) => ({ bmc, ip, mac: "", expires: null });
  const leases = [given(W001.name, "10.1.1.77"), given(W002.name, W002.ip ?? "")];
  const reports = leaseProblems({ ...WAIT, expected: [W001, W002], leases });
  assertEquals(reports.map(([code, { nodes }]) => [code, nodes]), [
    ["leases-elsewhere", [W001.node]],
  ]);
  assertStringIncludes(textOf(reports), `${W001.name}  10.1.1.77  reserved: ${W001.ip}`);
  assertStringIncludes(
    textOf(reports),
    "ipmitool -I lanplus -H 10.1.1.77 -U root -E mc reset cold",
  );
});

Deno.test("askingAnew() resets BMCs where they are", () => {
  assertMatch(
    askingAnew(["10.1.1.77", "10.1.1.78"]),
    /: for ip in 10\.1\.1\.77 10\.1\.1\.78; do ipmitool .* -H \$ip .* mc reset cold; done$/,
  );
});

Deno.test("leaseProblems() shows twenty strangers, and counts the others", async (t) => {
  const cases: [count: number, shown: number, more: string | null][] = [
    [1, 1, null],
    [20, 20, null],
    [21, 20, "1 more"],
    [250, 20, "230 more"],
  ];
  for (const [count, shown, more] of cases) {
    await t.step(`${count}`, () => {
      const unexpected = Array.from({ length: count }, (_, i) => lease(`a${i}-mgmt`, i));
      const text = textOf(leaseProblems({ ...WAIT, unexpected }));
      assertEquals(unexpected.filter(({ ip }) => text.includes(` ${ip} `)).length, shown);
      assertEquals(/\d+ more/.exec(text)?.[0] ?? null, more);
    });
  }
});

Deno.test("leaseProblems() lets no escape sequence of a stranger through", () => {
  const hostname = `\x1b[2J${"x".repeat(500)}`;
  const reports = leaseProblems({
    ...WAIT,
    missing: ["ncn-w001-mgmt"],
    unexpected: [lease(hostname)],
  });
  assertStringIncludes(textOf(reports), "\\x1b[2Jxxx");
  assert(!textOf(reports).includes("\x1b"));
  assert(!textOf(reports).includes("x".repeat(60)));
});

Deno.test("leaseProblems() keeps to 80 columns, a row for each", () => {
  const far = { ...W002, name: "management-vm001-mgmt", ip: "255.255.255.255", mac: W001.mac };
  const expected = [BARE, W001, far];
  const missing = expected.map(({ name }) => name);
  const bmcs = expected.map(({ name }) => ({ ...W001_UNREACHABLE, name }));
  const unexpected = [lease(null), { ...lease("x".repeat(63)), ip: "255.255.255.255" }];
  const reports = leaseProblems({ ...WAIT, missing, unexpected, expected, bmcs });
  const rows = reports.map(([, { message }]) => message.split("\n").slice(1));
  assertEquals(rows, [[
    "    fmn001-mgmt            MAC unknown        address unknown  bmc-dhcp: no answer",
    "    ncn-w001-mgmt          b4:2e:99:00:00:01  10.254.1.1       bmc-dhcp: no answer",
    "    management-vm001-mgmt  b4:2e:99:00:00:01  255.255.255.255  bmc-dhcp: no answer",
  ], [
    "    02:00:00:00:00:0  10.1.1.0",
    `    02:00:00:00:00:0  255.255.255.255  ${"x".repeat(38)}…`,
  ]]);
});

Deno.test("leaseProblems() finds nothing where everybody has a lease", () => {
  assertEquals(leaseProblems(WAIT), []);
});

function lease(hostname: string | null, i = 0): Lease {
  return { expires: null, mac: `02:00:00:00:00:${i}`, ip: `10.1.1.${i}`, hostname };
}

function textOf(reports: readonly Report[]): string {
  return reports.map(([, { message, hint }]) => `${message}\n${hint}`).join("\n");
}

Deno.test("leaseProblems() names the older leases of a BMC", () => {
  const { name: bmc, mac } = W001;
  const lease = { bmc, mac: mac ?? "", ip: "10.254.1.1", expires: null };
  const older = [{ ...lease, ip: "10.254.1.200" }];
  const [[code, details] = []] = leaseProblems({ ...WAIT, leases: [lease], older });
  assertEquals([code, details?.nodes], ["leases-several", ["ncn-w001"]]);
  assertStringIncludes(details?.message ?? "", "ncn-w001-mgmt  10.254.1.1  older: 10.254.1.200");
});
