/**
 * End to end, as an administrator does it: from BMCs with static addresses to
 * boot directories that the web server gives out.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { assertLeases, assertServed, leasesFile, stamps, startFlow } from "./flow.ts";
import { labTest } from "./lab_case.ts";
import type { Lab } from "./lab.ts";
import { openChanges } from "./open_changes.ts";
import { type Call, PATIENT, pitboot, shell, start } from "./pitboot.ts";
import { rewriting } from "./rewrite_leases.ts";

const HANDBOOK = new URL("../testdata/handbook/run.txt", import.meta.url);
/** A BMC that stays where it is hears of the end of its change in one. */
const MOST_ROUNDS = 9;
const CHAIN = `pitboot resolve-images | pitboot bmc-dhcp ${
  PATIENT.join(" ")
} | pitboot wait-leases`;

labTest("pitboot run serves 9 nodes", async (t) => {
  await using lab = await startFlow({ bmcs: 9 });
  await t.step("prints the handbook's lines in their order", async () => {
    const { code, stdout, stderr, seconds } = await pitboot(lab, ["run"]);
    assertEquals(code, 0, stderr);
    assertEquals(comparable(stdout), comparable(await Deno.readTextFile(HANDBOOK)));
    return `exit 0 after ${seconds.toFixed(1)} s`;
  });
  await t.step("gives every BMC its lease", () => assertLeases(lab));
  await t.step("makes the boot directories", () => assertServed(lab));
  await t.step("changes nothing when run again", () => assertUnchanged(lab, {}));
  await t.step("leaves a state that status calls whole", () => assertWhole(lab));
  await t.step("names the PIT, and leaves it alone", async () => {
    const { document } = await pitboot(lab, ["run", "--json"]);
    assertEquals(document.bmcs?.some(({ node }) => node === "ncn-m001"), false);
    assertEquals(document.nodes?.length, 9);
  });
});

labTest("the chain of four commands serves 9 nodes", async (t) => {
  await using lab = await startFlow({ bmcs: 9, devFirst: true });
  const env = { CSM_RELEASE: "1.6.2" };
  await t.step("exits 0 with a document of all of it", async () => {
    const call = await shell(lab, `${CHAIN} | pitboot set-links`, { env });
    assertDone(call, 9);
    return `exit 0 after ${call.seconds.toFixed(1)} s: ${statesOf(call)}`;
  });
  await t.step("gives every BMC its lease", () => assertLeases(lab));
  await t.step("makes the boot directories", () => assertServed(lab, { release: "1.6.2" }));
  await t.step("as single scripts changes nothing more", async () => {
    const line = `resolve-images | bmc-dhcp ${PATIENT.join(" ")} | wait-leases | set-links`;
    return await assertSame(lab, () => shell(lab, line, { env }));
  });
  await t.step("leaves a state that status calls whole", () => assertWhole(lab, env));
});

labTest("pitboot run serves 100 nodes", async (t) => {
  await using lab = await startFlow({ bmcs: 100 });
  const env = { CSM_RELEASE: "1.6.2" };
  await t.step("exits 0 with a document of all of it", async () => {
    const call = await pitboot(lab, ["run", "--json"], { env });
    assertDone(call, 100);
    return `exit 0 after ${call.seconds.toFixed(1)} s: ${statesOf(call)}`;
  });
  await t.step("gives every BMC its lease", () => assertLeases(lab));
  await t.step("makes the boot directories", () => assertServed(lab, { release: "1.6.2" }));
  await t.step("changes nothing when run again", () => assertUnchanged(lab, env));
  await t.step("leaves a state that status calls whole", () => assertWhole(lab, env));
  await t.step("is not misled by leases that are being rewritten", () => assertSteady(lab));
});

/** Of the lines, those that do not depend on who is slow. */
function comparable(text: string): string[] {
  return text.replace(/^current BMC count: \d+$/m, "current BMC count: …")
    .replace(/^\S+( run)? is creating/m, "… is creating")
    .replace(/(^Waiting on 9 .*\n)+/gm, "$1")
    .split("\n");
}

/** A BMC that changes its address quickly may cut the session off: `unknown`. */
function assertDone(call: Call, nodes: number): void {
  const { code, document, stderr } = call;
  assertEquals(code, 0, stderr);
  assertEquals(document.status, "ok");
  assertEquals(document.bmcs?.length, nodes);
  for (const { state, channel, name } of document.bmcs ?? []) {
    assert(state === "changed" || state === "unknown", `${name}: ${state}`);
    assertEquals(channel, 1);
  }
  assertEquals(document.leases?.length, nodes);
  assertEquals(document.missing, []);
  assertEquals(document.nodes?.length, nodes);
  for (const { change, script } of document.nodes ?? []) {
    assertEquals([change, script], ["created", "written"]);
  }
}

function assertUnchanged(lab: Lab, env: Record<string, string>): Promise<string> {
  return assertSame(lab, () => pitboot(lab, ["run", "--json"], { env }));
}

/**
 * Runs again, and once more where a BMC was left with a change in progress: nothing that
 * nodes boot is touched, and no BMC but those.
 */
async function assertSame(lab: Lab, run: () => Promise<Call>): Promise<string> {
  const before = await stamps(lab);
  for (let rounds = 1;; rounds++) {
    const open = await openChanges(lab);
    const call = await run();
    assertEquals(call.code, 0, call.stderr);
    for (const { change, script } of call.document.nodes ?? []) {
      assertEquals([change, script], ["unchanged", "unchanged"]);
    }
    assertEquals(await stamps(lab), before);
    const changed = call.document.bmcs?.filter(({ state }) => state !== "already") ?? [];
    assertEquals(changed.filter(({ name }) => !open.has(name)), []);
    if (changed.length === 0) return `${statesOf(call)}, all nodes unchanged, run ${rounds}`;
    assert(rounds < MOST_ROUNDS, `${statesOf(call)} after ${rounds} runs`);
  }
}

async function assertWhole(lab: Lab, env: Record<string, string> = {}): Promise<string> {
  const { code, document, stderr } = await pitboot(lab, ["status", "--json"], { env });
  assertEquals(code, 0, stderr);
  assertEquals(document.nodes?.map(({ name }) => name), lab.bmcs.map(({ node }) => node).sort());
  for (const { links, script, lease } of document.nodes ?? []) {
    assertEquals([links, script, typeof lease], ["whole", "ours", "string"]);
  }
  return `exit 0, ${document.nodes?.length} nodes whole`;
}

/** Looks at leases while they are rewritten as fast as can be: 99, then 100. */
async function assertSteady(lab: Lab): Promise<string> {
  await lab.stopDnsmasq();
  const all = await Deno.readTextFile(leasesFile(lab));
  const name = "ncn-w042-mgmt";
  const most = all.replace(new RegExp(`^.* ${name} .*\n`, "m"), "");
  const text = { now: most };
  using writer = rewriting(leasesFile(lab), text);
  for (let i = 0; i < 5; i++) {
    const { code, document } = await pitboot(lab, ["wait-leases", "--timeout", "0"]);
    assertEquals([code, document.missing], [124, [name]]);
  }
  const nodes = "ncn-m002,ncn-w[001,042,070],ncn-s[001,025],fmn[001,003]";
  const wait = start(lab, ["run", "--json", "--nodes", nodes]);
  await wait.says("Waiting on 8");
  text.now = all;
  const { code, document } = await wait.end;
  assertEquals([code, document.missing], [0, []], wait.said());
  assert(!wait.said().includes("has lost its lease"), wait.said());
  return `right 6 times, while the file was rewritten ${writer.count} times`;
}

function statesOf({ document }: Call): string {
  const counts = new Map<string, number>();
  for (const { state } of document.bmcs ?? []) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).sort().join(", ");
}
