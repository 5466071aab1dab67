/**
 * What pitboot makes of BMCs that do not do as they are told, side by side in
 * one lab: their states, exit codes, problems and hints, and that the others
 * are served.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { BMC_WORDS } from "../../lib/document/bmc_words.ts";
import type { Fault } from "./fault.ts";
import { assertServed, startFlow } from "./flow.ts";
import { labTest } from "./lab_case.ts";
import type { Lab } from "./lab.ts";
import { isThere } from "../kit.ts";
import { type Call, PATIENT, pitboot, servedBy, shell, start } from "./pitboot.ts";
import { until } from "./wait.ts";

const FAULTS: Readonly<Record<string, Fault | Fault[]>> = {
  "ncn-m003": "dead",
  "ncn-w001": "hang",
  "ncn-w002": "badpass",
  "ncn-w003": "chan3",
  "ncn-w004": "chan2",
  "ncn-w005": "slow:300",
  "ncn-w006": "slow:900",
  "ncn-w007": "slow:1500",
  "ncn-s001": "move",
  "ncn-s002": "nociphers",
  "ncn-s003": "nosuites",
  "fmn001": "typo",
};
/** Those that get their lease in spite of it. */
const SERVED = ["ncn-m002", "ncn-w003", "ncn-w004", "ncn-w005", "ncn-w006", "ncn-s001", "ncn-s002"];
/** Those that answer, and are not served. */
const REFUSING = ["ncn-w002", "ncn-s003", "fmn001"];
/** Those that never answer. */
const SILENT = ["ncn-m003", "ncn-w001"];

labTest("pitboot tells faults of BMCs apart", async (t) => {
  const nodes = ["ncn-m002", ...Object.keys(FAULTS)];
  // Nobody leaves an address before it was heard there that all is well.
  const faults = nodes.map((node) => [node, [FAULTS[node] ?? [], "nodhcp"].flat()] as const);
  await using lab = await startFlow({ nodes, faults: Object.fromEntries(faults) as typeof FAULTS });
  // Whoever answers is given as long as that takes; nobody waits for the others.
  const answering = [...SERVED, ...REFUSING].join();
  const told = await pitboot(lab, ["bmc-dhcp", "--keep-going", "--nodes", answering]);
  for (const node of [...SERVED, "fmn001"]) {
    await lab.ask(node);
    await until(() => hasLease(lab, node), { what: node });
  }
  const run = await pitboot(lab, ["run", "--json", "--timeout", "2s", "--bmc-timeout", "30s"]);
  // One by one, for the exit code of each.
  const alone = new Map(
    await Promise.all(
      [...SILENT, "ncn-w002", "ncn-w003", "ncn-w004", "ncn-s003"].map(async (node) =>
        [node, await settingAlone(lab, node)] as const
      ),
    ),
  );
  const codeOf = (node: string): number | undefined => alone.get(node)?.code;

  await t.step("the run serves the others, and exits 124", async () => {
    assertEquals(run.code, 124, run.stderr);
    assertEquals(run.document.status, "partial");
    const served = servedBy(run);
    for (const node of SERVED) assert(served.includes(node), `${node} is not served`);
    await assertServed(lab, { nodes: served });
    return `exit 124, ${served.length} of ${lab.bmcs.length} nodes served`;
  });
  for (const [node, fault] of [["ncn-m003", "dead"], ["ncn-w001", "hang"]] as const) {
    await t.step(`${fault}: no answer`, () => {
      assertFault(run, node, "unreachable", "bmc-unreachable", /cable, power and address/);
      assertMissing(run, node);
      assertEquals(codeOf(node), 3);
      return seenOf(run, node);
    });
  }
  await t.step("badpass: the BMC has another password", () => {
    assertFault(told, "ncn-w002", "denied", "bmc-denied", /check IPMI_PASSWORD/);
    assertMissing(run, "ncn-w002");
    assertEquals(codeOf("ncn-w002"), 4);
    return seenOf(told, "ncn-w002");
  });
  for (const [node, channel] of [["ncn-w003", 3], ["ncn-w004", 2]] as const) {
    await t.step(`chan${channel}: its LAN channel is not 1`, () => {
      assertEquals([told.bmc(node).state, told.bmc(node).channel], ["changed", channel]);
      assertNoProblem(told, node);
      assertEquals([codeOf(node), alone.get(node)?.bmc(node).state], [0, "already"]);
      return seenOf(told, node);
    });
  }
  for (const [node, ms] of [["ncn-w005", 300], ["ncn-w006", 900]] as const) {
    await t.step(`slow: ${ms} ms for each packet`, () => {
      assertEquals(told.bmc(node).state, "changed");
      assertNoProblem(told, node);
      return seenOf(told, node);
    });
  }
  await t.step("slow: 1500 ms for each packet, and the password is right", () => {
    const { state } = run.bmc("ncn-w007");
    assert(state !== "denied", "a slow BMC is said to have refused the password");
    return seenOf(run, "ncn-w007");
  });
  await t.step("nociphers: no answer when asked for cipher suites", () => {
    assertEquals(told.bmc("ncn-s002").state, "changed");
    assertNoProblem(told, "ncn-s002");
    return seenOf(told, "ncn-s002");
  });
  await t.step("nosuites: no cipher suite is accepted", () => {
    assertFault(told, "ncn-s003", "failed", "bmc-failed", /--cipher/);
    assertMissing(run, "ncn-s003");
    assertEquals(codeOf("ncn-s003"), 3);
    return seenOf(told, "ncn-s003");
  });
  await t.step("move: it is told at its old address, and found at the new one", () => {
    const { address, ip } = lab.bmc("ncn-s001");
    assertEquals([told.bmc("ncn-s001").state, told.bmc("ncn-s001").address], ["changed", address]);
    const lease = run.document.leases?.find(({ bmc }) => bmc === "ncn-s001-mgmt");
    assertEquals(lease?.ip, ip);
    assertNoProblem(told, "ncn-s001");
    return `${address}, then a lease for ${ip}`;
  });
  await t.step("typo: statics.conf has another MAC", () => {
    assertEquals(told.bmc("fmn001").state, "changed");
    assertMissing(run, "fmn001");
    const [problem] = run.problems("leases-unexpected");
    assertStringIncludes(problem?.message ?? "", lab.bmc("fmn001").mac);
    assertMatch(problem?.hint ?? "", /fmn001-mgmt.*MAC in statics\.conf is mistyped/);
    return problem?.message;
  });
  await t.step("--bmc-timeout bounds each of them", async () => {
    const args = ["bmc-dhcp", "--bmc-timeout", "2s", "--nodes", "ncn-m003,ncn-w[001,006]"];
    const call = await pitboot(lab, args);
    const states = call.document.bmcs?.map(({ state }) => state);
    assertEquals(states, ["unreachable", "unreachable", "unreachable"]);
    assertEquals(call.code, 3);
    assertMatch(call.problems("bmc-unreachable", "ncn-w006")[0]?.hint ?? "", /--bmc-timeout/);
    for (const { seconds } of call.document.bmcs ?? []) assert(seconds > 1, `${seconds} s`);
    return `exit 3 after ${call.seconds.toFixed(1)} s`;
  });
});

labTest("pitboot recovers BMCs that ask for no lease", async (t) => {
  const faults = { "ncn-w001": "nodhcp", "ncn-w002": "vanish" } as const;
  const nodes = ["ncn-m002", ...Object.keys(faults), "ncn-s001"];
  await using lab = await startFlow({ nodes, faults });
  const told = await pitboot(lab, ["bmc-dhcp"]);
  for (const node of ["ncn-m002", "ncn-w002", "ncn-s001"]) await until(() => hasLease(lab, node));
  const run = await pitboot(lab, ["run", "--json", "--timeout", "2s"]);
  await t.step("vanish: the session is lost, and it is found again", async () => {
    // Unless it is away for longer than one looks for it: then the lease tells.
    const words = seenOf(told, "ncn-w002");
    assertMatch(words, /^(changed, channel 1, [\d.]+ s|unknown, .*session was lost.*)$/);
    assertEquals(run.document.missing?.includes("ncn-w002-mgmt"), false);
    const again = await pitboot(lab, ["bmc-dhcp", "--nodes", "ncn-w002"]);
    assertEquals([again.code, again.bmc("ncn-w002").state], [0, "already"]);
    return words;
  });
  await t.step("nodhcp: it takes the setting, and asks for no lease", () => {
    assertEquals(run.code, 124, run.stderr);
    assertEquals([told, run].map((call) => call.bmc("ncn-w001").state), ["changed", "already"]);
    assertEquals(run.document.missing, ["ncn-w001-mgmt"]);
    assertMissing(run, "ncn-w001");
    assertMatch(run.problems("leases-missing")[0]?.hint ?? "", /pitboot bmc-dhcp --reset/);
    assertEquals(servedBy(run), ["ncn-m002", "ncn-s001", "ncn-w002"]);
    return "exit 124, the hint says --reset";
  });
  await t.step("bmc-dhcp --reset restarts it and nobody else", async () => {
    const call = await shell(
      lab,
      `pitboot resolve-images | pitboot wait-leases --timeout 0 | pitboot bmc-dhcp --reset ${
        PATIENT.join(" ")
      } |
       pitboot wait-leases | pitboot set-links`,
    );
    assertEquals(call.code, 0, call.stderr);
    assertEquals(call.document.status, "ok");
    assertEquals([call.bmc("ncn-w001").state, call.bmc("ncn-w001").message], [
      "reset",
      "was on DHCP already",
    ]);
    assertEquals(call.document.missing, []);
    assertEquals(await lab.sh("cd /run/lab/bmc && grep -l 'cold reset' */log"), "ncn-w001/log\n");
    await assertServed(lab);
    return `exit 0 after ${call.seconds.toFixed(1)} s, 4 nodes served`;
  });
  await t.step("the line that the help of bmc-dhcp shows for it works", async () => {
    const help = await pitboot(lab, ["bmc-dhcp", "--help"]);
    const [line] = /^ *pitboot .* \|\s.*--reset[^]*?[^|]$/m.exec(help.stdout) ?? [];
    assert(line, help.stdout);
    const call = await shell(lab, line);
    assertEquals(call.code, 0, call.stderr);
  });
});

labTest("the lease decides where a BMC has left for another address", async () => {
  const faults = { "ncn-w001": ["vanish", "move"] } as const;
  await using lab = await startFlow({ nodes: ["ncn-m002", "ncn-w001"], faults });
  const run = await pitboot(lab, ["run", "--json"]);
  assertEquals(run.code, 0, run.stderr);
  assertEquals(run.bmc("ncn-w001").state, "unknown");
  assertMatch(run.bmc("ncn-w001").message ?? "", /session was lost/);
  assertMatch(run.problems("bmc-unknown", "ncn-w001")[0]?.hint ?? "", /its lease decides/);
  await assertServed(lab);
  return seenOf(run, "ncn-w001");
});

labTest("pitboot keeps what was done when it is interrupted", async () => {
  await using lab = await startFlow({ nodes: ["ncn-m002", "ncn-w001"], faults: SLOW });
  const abort = new AbortController();
  const options = { signal: abort.signal, kill: "SIGINT" } as const;
  const { end } = start(lab, ["bmc-dhcp", "--events", EVENTS], options);
  const path = `${lab.sandbox.root}${EVENTS}`;
  const isAsked = '"node":"ncn-m002","what":"asked"';
  await until(() => isThere(path) && Deno.readTextFileSync(path).includes(isAsked));
  abort.abort();
  const call = await end;
  assertEquals(call.code, 130, call.stderr);
  assertEquals(call.bmc("ncn-m002").state, "changed");
  assert(["skipped", "unknown"].includes(call.bmc("ncn-w001").state));
  assertEquals(call.problems("interrupted").length, 1);
  const left = await lab.sh("pgrep -x ipmitool || true");
  assertEquals(left, "");
  return `exit 130, ${call.bmc("ncn-m002").state} and ${call.bmc("ncn-w001").state}`;
});

const SLOW: Readonly<Record<string, Fault>> = { "ncn-w001": "slow:2000" };
const EVENTS = "/run/lab/events.jsonl";

/** With a lock of its own: they are many at once, and of different BMCs. */
function settingAlone(lab: Lab, node: string): Promise<Call> {
  const state = ["--state", `/run/lab/state/${node}`];
  const time = SILENT.includes(node) ? ["--bmc-timeout", "8s"] : [];
  return pitboot(lab, ["bmc-dhcp", "--nodes", node, ...state, ...time]);
}

async function hasLease(lab: Lab, node: string): Promise<boolean> {
  const { mac } = lab.bmc(node);
  return (await lab.leases()).some((lease) => lease.startsWith(mac));
}

function assertFault(call: Call, node: string, state: string, code: string, hint: RegExp): void {
  assertEquals(call.bmc(node).state, state, call.bmc(node).message ?? "");
  const [problem] = call.problems(code, node);
  assert(problem, `no problem ${code} for ${node}`);
  assertEquals([problem.stage, problem.severity], ["bmc-dhcp", "warning"]);
  assertMatch(problem.hint ?? "", hint);
}

/** Its lease is missing, and what bmc-dhcp saw of it is said there. */
function assertMissing(call: Call, node: string): void {
  const { state } = call.bmc(node);
  assert(call.document.missing?.includes(`${node}-mgmt`), `${node} is not missing`);
  const [problem] = call.problems("leases-missing", node);
  assertMatch(
    problem?.message ?? "",
    new RegExp(`^ +${node}-mgmt .* bmc-dhcp: ${BMC_WORDS[state]}$`, "m"),
  );
}

function assertNoProblem(call: Call, node: string): void {
  assertEquals(call.document.problems.filter(({ nodes }) => nodes.includes(node)), []);
}

function seenOf(call: Call, node: string): string {
  const { state, channel, seconds, message } = call.bmc(node);
  const words = [state, ...channel === null ? [] : [`channel ${channel}`], `${seconds} s`];
  return `${words.join(", ")}${message === null ? "" : `: ${message}`}`;
}
