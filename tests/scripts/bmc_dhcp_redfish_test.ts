import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { callInProcess } from "../in_process.ts";
import { changeBmc, problemOf, temporaryPit } from "../kit.ts";

/** Who answers has done so by then, on however busy a machine. */
const BRIEF = ["--bmc-timeout", "12s"];
const ONE = [...BRIEF, "--nodes", "ncn-w002"];

Deno.test("bmc-dhcp tells that IPMI is off where Redfish is not to be used", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w002", "fault=ipmi-off");
  const { document, code, stderr } = await callInProcess(pit, [
    "bmc-dhcp",
    "--redfish",
    "never",
    ...ONE,
  ]);
  const [bmc] = document.bmcs ?? [];
  assertEquals([code, bmc?.state, bmc?.reason, bmc?.by], [3, "unreachable", "ipmi-off", null]);
  const { message, hint } = problemOf(document, "bmc-unreachable");
  assertEquals(message, "ncn-w002-mgmt: IPMI is off; Redfish answers");
  assertMatch(hint ?? "", /: pitboot bmc-dhcp .*--redfish auto .*--nodes ncn-w002/);
  assertStringIncludes(stderr, "1 IPMI off");
});

Deno.test("run names the nodes whose IPMI is off, and what to do", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w002", "fault=ipmi-off");
  const words = ["run", "--redfish", "never", "--json", "--grace", "1s", ...ONE] as const;
  const { document } = await callInProcess(pit, words);
  const { cause } = document.nodes?.[0] ?? {};
  assertEquals(cause?.message, "IPMI is off, Redfish answers");
  assertMatch(cause?.hint ?? "", /^pitboot bmc-dhcp .*--redfish auto --nodes ncn-w002$/);
});

Deno.test("bmc-dhcp goes on with IPMI where there is no curl, and says so once", async () => {
  using pit = temporaryPit();
  for (const node of ["ncn-w002", "ncn-w003"]) changeBmc(pit, node, "fault=dead");
  Deno.removeSync(`${pit.bin}/curl`);
  const words = ["bmc-dhcp", ...BRIEF] as const;
  const { document } = await callInProcess(pit, words, { env: { PATH: pit.bin } });
  const missing = document.problems.filter(({ code }) => code === "curl-missing");
  assertEquals(missing.length, 1);
  assertMatch(missing[0]?.hint ?? "", /--redfish never/);
  const states = document.bmcs?.map(({ state }) => state) ?? [];
  assertEquals(states.filter((state) => state === "changed").length, states.length - 2);
});

Deno.test("bmc-dhcp checks first what Redfish alone needs", async (t) => {
  const cases: [
    name: string,
    args: string[],
    env: Record<string, string>,
    expected: { code: number; problem: string; message: RegExp },
  ][] = [
    ["no curl", ["--redfish", "only"], { PATH: "/nowhere" }, {
      code: 1,
      problem: "curl-required",
      message: /^curl was not found/,
    }],
    ["a password of 256 bytes", ["--redfish", "only"], { IPMI_PASSWORD: "a".repeat(256) }, {
      code: 1,
      problem: "password-unfit",
      message: /256 bytes, Redfish carries at most 255/,
    }],
    ["no file of pins", ["--redfish-pin", "/nowhere"], {}, {
      code: 1,
      problem: "file-missing",
      message: /^\/nowhere: does not exist/,
    }],
    ["--enable-ipmi with --reset", ["--enable-ipmi", "--reset"], {}, {
      code: 2,
      problem: "usage",
      message: /^--enable-ipmi goes neither with --reset nor with --redfish never$/,
    }],
    ["--enable-ipmi without Redfish", ["--enable-ipmi", "--redfish", "never"], {}, {
      code: 2,
      problem: "usage",
      message: /^--enable-ipmi goes neither/,
    }],
  ];
  for (const [name, args, env, { code, problem, message }] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      const call = await callInProcess(pit, ["bmc-dhcp", ...args], { env });
      assertEquals(call.code, code);
      assertMatch(problemOf(call.document, problem).message, message);
    });
  }
});

Deno.test("bmc-dhcp takes a longer password where only Redfish is used", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w002", "fault=dead");
  const env = { IPMI_PASSWORD: "a".repeat(39) };
  const words = ["bmc-dhcp", "--redfish", "only", ...BRIEF] as const;
  const { document } = await callInProcess(pit, words, { env });
  assertEquals(document.bmcs?.[0]?.reason, "no-answer");
});

Deno.test("bmc-dhcp --enable-ipmi switches nobody to DHCP, and says what it does", async () => {
  using pit = temporaryPit();
  const words = ["bmc-dhcp", "--enable-ipmi", "--nodes", "ncn-w002"] as const;
  const { document, stderr, code } = await callInProcess(pit, words);
  const [bmc] = document.bmcs ?? [];
  assertEquals([code, bmc?.state, bmc?.goal, bmc?.by], [0, "already", "ipmi", "ipmi"]);
  assertStringIncludes(stderr, "turning IPMI on at 1 BMC, where it is off: ncn-w002\n");
  assertStringIncludes(stderr, "1 of 1 BMCs has IPMI on\n");
  assert(!/DHCP/.test(stderr), stderr);
  const dry = await callInProcess(pit, [...words, "--dry-run"]);
  assertStringIncludes(dry.stderr, "would turn IPMI on, where it is off: ncn-w002-mgmt\n");
});
