/**
 * What `pitboot run` makes of what happens while it waits.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertLeases, assertServed, startFlow } from "./flow.ts";
import { labTest } from "./lab_case.ts";
import type { Lab } from "./lab.ts";
import { type Call, pitboot, servedBy, start } from "./pitboot.ts";
import { type Watch, watchServing } from "./serving.ts";
import { until } from "./wait.ts";

/** The first two are served at once, the others when they are told to ask for a lease. */
const NODES = ["ncn-m002", "ncn-s001", "ncn-w001", "ncn-w002"];
const LATE = { "ncn-w001": "nodhcp", "ncn-w002": "nodhcp" } as const;
/** So many packets, or a few less, open a session. */
const AMID = 15;
const STATE = "/var/lib/pitboot";

labTest("pitboot run goes on when a BMC gives its lease up, and says so", async () => {
  await using lab = await startFlow({ nodes: NODES, faults: { "ncn-w001": "nodhcp" } });
  using watch = watchServing(lab);
  const abort = new AbortController();
  const run = start(lab, ["run", "--json"], { signal: abort.signal, kill: "SIGINT" });
  await until(() => watch.served().length === 3);
  await run.says("waiting up to 15 min");
  await release(lab, "ncn-m002");
  await run.says("ncn-m002-mgmt has lost its lease");
  abort.abort();
  const call = await run.end;
  assertEquals([call.code, call.document.missing], [130, ["ncn-m002-mgmt", "ncn-w001-mgmt"]]);
  assertEquals(causesOf(call), ["ncn-m002 has lost its lease", "ncn-w001 has no lease yet"]);
  // Its boot directory does no harm.
  await assertServed(lab, { nodes: ["ncn-m002", "ncn-s001", "ncn-w002"] });
  return "exit 130, the lease of ncn-m002 came and went";
});

labTest(
  "pitboot run looks on when the leases vanish and come back while BMCs are set",
  async () => {
    await using lab = await startFlow({ nodes: NODES });
    using watch = watchServing(lab);
    // Its session takes longer than it takes to serve the others.
    lab.hold("ncn-w002", 1);
    const run = start(lab, ["run", "--json"]);
    await until(() => watch.served().length === 3);
    // dnsmasq goes on writing to it, by whatever name.
    await lab.sh("cd /var/lib/misc && mv dnsmasq.leases elsewhere");
    await run.says("dnsmasq.leases does not exist");
    await lab.sh("test ! -e /run/lab/bmc/ncn-w002/source");
    await lab.sh("cd /var/lib/misc && mv elsewhere dnsmasq.leases");
    lab.hold("ncn-w002", null);
    const call = await run.end;
    assertEquals(call.code, 0, run.said());
    await assertLeases(lab);
    await assertServed(lab);
    return `exit 0 after ${call.seconds.toFixed(1)} s`;
  },
);

labTest("pitboot run serves the others when something gets in the way of one", async () => {
  await using lab = await startFlow({ nodes: NODES, faults: LATE });
  using watch = watchServing(lab);
  const run = start(lab, ["run", "--json"]);
  await untilTwo(watch);
  await lab.sh("echo mine >/var/www/ncn-w001");
  await askLate(lab);
  const call = await run.end;
  assertEquals(call.code, 3, run.said());
  assertEquals(servedBy(call), ["ncn-m002", "ncn-s001", "ncn-w002"]);
  assertMatch(
    causesOf(call).join(),
    /^ncn-w001 \/var\/www\/ncn-w001 has appeared and is in the way/,
  );
  assertEquals(await lab.sh("cat /var/www/ncn-w001; rm /var/www/ncn-w001"), "mine\n");
  assertEquals((await pitboot(lab, ["run", "--nodes", "ncn-w001"])).code, 0);
  await assertServed(lab);
});

labTest(
  "pitboot run ends when its state can be written no more, and goes on afterwards",
  async () => {
    await using lab = await startFlow({ nodes: NODES, faults: LATE });
    using watch = watchServing(lab);
    const before = await lab.sh("cd /var/www && find . | sort");
    const run = start(lab, ["run", "--json"]);
    await untilTwo(watch);
    await lab.sh(`mount --bind ${STATE} ${STATE} && mount -o remount,bind,ro ${STATE}`);
    await lab.ask("ncn-w001");
    const call = await run.end;
    assertEquals(call.code, 1, run.said());
    assertEquals(servedBy(call), ["ncn-m002", "ncn-s001"]);
    const [first = "", second = ""] = causesOf(call);
    assertMatch(first, /^ncn-w001 \/var\/lib\/pitboot\/lock cannot be written: read-only/);
    assertEquals(second, "ncn-w002 has no lease yet");
    await assertServed(lab, { nodes: ["ncn-m002", "ncn-s001"] });
    await lab.sh(`umount ${STATE}`);
    await lab.ask("ncn-w002");
    assertEquals((await pitboot(lab, ["run"])).code, 0);
    await assertServed(lab);
    // One that was cut off is undone with the next.
    assertEquals((await pitboot(lab, ["rollback"])).code, 0);
    assertEquals(await lab.sh("cd /var/www && find . | sort"), before);
    return call.problems("file-unwritable")[0]?.message;
  },
);

labTest(
  "pitboot run gives all nodes one script, and warns when the original was edited",
  async () => {
    await using lab = await startFlow({ nodes: NODES, faults: LATE });
    using watch = watchServing(lab);
    const env = { CSM_RELEASE: "1.6.2" };
    const run = start(lab, ["run", "--json"], { env });
    await untilTwo(watch);
    await lab.sh("echo '# mine' >>/var/www/boot/script.ipxe");
    await askLate(lab);
    const call = await run.end;
    assertEquals(call.code, 0, run.said());
    assertEquals(call.problems("script-edited").length, 1);
    const scripts = "cd /var/www && cat ncn-m002/script.ipxe | cmp - ncn-s001/script.ipxe &&" +
      " cmp ncn-w001/script.ipxe ncn-w002/script.ipxe && grep -lx '# mine' */script.ipxe";
    assertEquals(await lab.sh(scripts), "boot/script.ipxe\n");
    const again = await pitboot(lab, ["run", "--json"], { env });
    assertEquals([again.code, again.problems("script-edited")], [0, []]);
    assertEquals((await lab.sh(scripts)).trim().split("\n").length, NODES.length + 1);
  },
);

labTest("pitboot run killed amid its work leaves a run that ends it, and a way back", async () => {
  await using lab = await startFlow({ nodes: NODES, faults: { "ncn-w001": "nodhcp" } });
  // It stands still in the middle of its session.
  lab.hold("ncn-w002", AMID);
  using watch = watchServing(lab);
  const before = await lab.sh("cd /var/www && find . | sort");
  const abort = new AbortController();
  const run = start(lab, ["run"], { signal: abort.signal, kill: "SIGKILL" });
  await untilTwo(watch);
  await until(() => lab.packets("ncn-w002") >= AMID);
  abort.abort();
  await run.end;
  lab.hold("ncn-w002", null);
  await lab.ask("ncn-w001");
  const call = await pitboot(lab, ["run", "--json"]);
  assertEquals(call.code, 0, call.stderr);
  await assertLeases(lab);
  await assertServed(lab);
  assertEquals((await pitboot(lab, ["rollback"])).code, 0);
  assertEquals(await lab.sh("cd /var/www && find . | sort"), before);
  return `exit 0 after ${call.seconds.toFixed(1)} s`;
});

labTest("pitboot run touches nobody but the chosen, and leaves alone who is offline", async () => {
  await using lab = await startFlow({ nodes: NODES, faults: { "ncn-w002": "dead" } });
  const nodes = ["ncn-m002", "ncn-w001"];
  const args = ["run", "--json", "--nodes", nodes.join()];
  assertEquals((await pitboot(lab, args)).code, 0);
  assertEquals(lab.packets("ncn-s001"), 0);
  await assertServed(lab, { nodes });
  assertEquals((await pitboot(lab, ["offline", "--nodes", "ncn-w001"])).code, 0);
  const call = await pitboot(lab, args);
  assertEquals(call.code, 0, call.stderr);
  assertEquals(call.document.nodes?.map(({ change }) => change), ["unchanged", "offline"]);
  assert(call.problems("node-offline", "ncn-w001").length === 1);
  assertEquals(await lab.sh("cd /var/www/ncn-w001 && ls -A"), ".offline\n");
});

async function untilTwo(watch: Watch): Promise<void> {
  await until(() => watch.served().length === 2);
}

async function askLate(lab: Lab): Promise<void> {
  for (const node of Object.keys(LATE)) await lab.ask(node);
}

/** Its DHCP client gives the lease back. */
async function release(lab: Lab, node: string): Promise<void> {
  await lab.sh(`for pid in $(pgrep -f '^busybox udhcpc'); do
    [ "$(ip netns identify $pid)" != "${lab.bmc(node).name}" ] || kill -USR2 $pid
  done`);
  await until(async () => !(await lab.leases()).join().includes(lab.bmc(node).mac));
}

function causesOf({ document: { nodes = [] } }: Call): string[] {
  return nodes.flatMap(({ name, cause }) => cause ? [`${name} ${cause.message}`] : []);
}
