/**
 * That `pitboot run` serves whoever is ready, whatever becomes of the others, and
 * is alone with the BMCs.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Fault } from "./fault.ts";
import { assertServed, startFlow } from "./flow.ts";
import { labTest } from "./lab_case.ts";
import { pitboot, servedBy, start } from "./pitboot.ts";
import { watchServing } from "./serving.ts";
import { until } from "./wait.ts";

const NODES = [
  "ncn-m002",
  "ncn-m003",
  "ncn-w001",
  "ncn-w002",
  "ncn-w003",
  "ncn-s001",
  "ncn-s002",
  "ncn-s003",
  "fmn001",
];

labTest(
  "pitboot run serves eight nodes while it waits for the ninth, and ^C loses none",
  async (t) => {
    await using lab = await startFlow({ nodes: NODES, faults: { "ncn-w003": "dead" } });
    using watch = watchServing(lab);
    const others = NODES.filter((node) => node !== "ncn-w003");
    const before = await lab.sh("cd /var/www && find . | sort");
    await t.step("serves them, and goes on", async () => {
      const abort = new AbortController();
      const run = start(lab, ["run", "--json"], { signal: abort.signal, kill: "SIGINT" });
      await until(() => watch.served().length === others.length);
      abort.abort();
      const call = await run.end;
      assertEquals(call.code, 130, run.said());
      assertMatch(run.said(), /8 of 9 nodes are ready; ncn-w003 is not \(exit 130\)/);
      assertEquals(servedBy(call), others.toSorted());
      return `exit 130 after ${call.seconds.toFixed(1)} s`;
    });
    await t.step("leaves them whole", () => assertServed(lab, { nodes: others }));
    await t.step("is undone in one step, in however many it was done", async () => {
      assertEquals((await pitboot(lab, ["rollback"])).code, 0);
      assertEquals(await lab.sh("cd /var/www && find . | sort"), before);
    });
  },
);

labTest(
  "pitboot run serves the one slow BMC that takes the password which all others refuse",
  async () => {
    const faults = Object.fromEntries(NODES.map((node): [string, Fault] => [node, "badpass"]));
    await using lab = await startFlow({
      nodes: NODES,
      faults: { ...faults, "ncn-m003": "slow:300" },
    });
    const args = ["run", "--json", "--timeout", "1h", "--grace", "2s"];
    const call = await pitboot(lab, args);
    assertEquals(call.code, 4, call.stderr);
    assertEquals(servedBy(call), ["ncn-m003"]);
    await assertServed(lab, { nodes: ["ncn-m003"] });
    assertMatch(call.stderr, /giving up on .* after 2 s without a change: refused$/m);
    const refusing = NODES.filter((node) => node !== "ncn-m003");
    for (const node of refusing) assertEquals(call.bmc(node).state, "denied");
    // One that is tried again and again may lock its user out; one that stands still for a
    // while gets more.
    const packets = refusing.map((node) => lab.packets(node));
    assert(Math.min(...packets) < 10, packets.join());
    return `exit 4 after ${call.seconds.toFixed(1)} s, 1 node served, 8 BMCs refused once`;
  },
);

labTest("two runs at once open one session to each BMC", async () => {
  // These two refuse the setting as long as anybody asks.
  const busy = ["ncn-w002", "ncn-w003"];
  const faults = { "ncn-w002": "write:0xc0", "ncn-w003": "write:0xc0" } as const;
  await using lab = await startFlow({ nodes: NODES, faults });
  using watch = watchServing(lab);
  const others = NODES.filter((node) => !busy.includes(node));
  const abort = new AbortController();
  const args = ["run", "--json", "--verbose", "--bmc-timeout", "1h"];
  const first = start(lab, args, { signal: abort.signal, kill: "SIGINT" });
  let hasEnded = false;
  first.end.finally(() => hasEnded = true).catch(() => {});
  const isDone = (node: string): boolean => first.said().includes(`${node}-mgmt (`);
  await until(() =>
    watch.served().length === others.length && others.every(isDone) &&
    busy.every((node) => lab.sessions(node) > 0)
  );
  const packets = (): number[] => others.map((node) => lab.packets(node));
  const before = packets();
  // Each opens its session in a process of its own.
  let most = 0;
  const lines = [["run", "--json"], ["bmc-dhcp"], ["run", "--json", "--nodes", "ncn-w002"]];
  let areOver = false;
  const calls = Promise.all(lines.map((args) => pitboot(lab, args))).finally(() => areOver = true);
  while (!areOver) {
    most = Math.max(most, Number(await lab.sh("pgrep -cx ipmitool || true")));
  }
  for (const { code, document } of await calls) {
    assertEquals([code, document.bmcs], [1, undefined]);
    assertEquals(document.problems.map(({ code }) => code), ["locked"]);
  }
  assertEquals(packets(), before);
  assert(most > 0 && most <= busy.length, `${most} sessions`);
  // The first one is done with it.
  const beside = await pitboot(lab, ["run", "--json", "--nodes", "fmn001"]);
  assertEquals([beside.code, servedBy(beside)], [0, ["fmn001"]], beside.stderr);
  assert(!hasEnded, "the first one was over too soon");
  abort.abort();
  const { code } = await first.end;
  assertEquals(code, 130, first.said());
  await assertServed(lab, { nodes: others });
  return "the others: exit 1, locked, no packet; one node that is ready: exit 0";
});
