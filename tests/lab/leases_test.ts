/**
 * What pitboot makes of leases while dnsmasq is stopped, is started again, or
 * leases end.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertLeases, assertServed, leasesFile, startFlow } from "./flow.ts";
import { labTest } from "./lab_case.ts";
import type { Lab } from "./lab.ts";
import { pitboot, servedBy, shell, start } from "./pitboot.ts";
import { preflight } from "./preflight.ts";
import { delay, until } from "./wait.ts";

const NODES = ["ncn-m002", "ncn-w001", "ncn-s001"];

labTest("wait-leases counts what is valid now", async (t) => {
  await using lab = await startFlow({ nodes: NODES });
  await lab.stopDnsmasq();
  await t.step("dnsmasq is stopped: leases that have ended stay, and do not count", async () => {
    writeLeases(lab, { "ncn-m002": now() + 600, "ncn-w001": now() - 5, "ncn-s001": 0 });
    const line = "pitboot resolve-images | pitboot wait-leases --timeout 0 | pitboot set-links";
    const call = await shell(lab, line);
    assertEquals(call.code, 124, call.stderr);
    assertEquals(call.document.missing, ["ncn-w001-mgmt"]);
    assertEquals(call.document.leases?.map(({ bmc }) => bmc), ["ncn-m002-mgmt", "ncn-s001-mgmt"]);
    assertEquals(call.document.leases?.at(-1)?.expires, null);
    const [problem] = call.problems("leases-missing", "ncn-w001");
    assertStringIncludes(problem?.message ?? "", lab.bmc("ncn-w001").mac);
    assertEquals(servedBy(call), ["ncn-m002", "ncn-s001"]);
    assertEquals(await preflight(lab, ["ncn-m002", "ncn-s001"]), []);
    return "exit 124, the ended lease of ncn-w001 is missing, 2 nodes served";
  });
  await t.step("a lease that ends while waiting is missing again", async () => {
    writeLeases(lab, { "ncn-m002": 0 });
    const abort = new AbortController();
    const wait = start(lab, ["run", "--json"], { signal: abort.signal, kill: "SIGINT" });
    await wait.says("Waiting on 3");
    // It ends a while after it has been seen, however late that is.
    await until(() => {
      writeLeases(lab, { "ncn-m002": 0, "ncn-w001": now() + 4 });
      return wait.said().includes("ncn-w001-mgmt has a lease");
    });
    await wait.says("ncn-w001-mgmt has lost its lease");
    writeLeases(lab, { "ncn-m002": 0, "ncn-w001": now() - 1, "ncn-s001": 0 });
    await wait.says("ncn-s001-mgmt has a lease");
    abort.abort();
    const call = await wait.end;
    assertEquals(call.code, 130, wait.said());
    assertEquals(call.document.missing, ["ncn-w001-mgmt"]);
    assertEquals(servedBy(call), ["ncn-m002", "ncn-s001"]);
    return "exit 130, the lease came, ended, and is missing";
  });
  await t.step("no leases file is an error where nobody waits", async () => {
    await lab.sh("mv /var/lib/misc/dnsmasq.leases /run/lab/");
    const call = await shell(lab, "pitboot wait-leases --timeout 0 | pitboot set-links");
    await lab.sh("mv /run/lab/dnsmasq.leases /var/lib/misc/");
    assertEquals([call.code, call.document.status], [1, "failed"]);
    assertMatch(call.problems("file-missing")[0]?.hint ?? "", /dnsmasq/);
    return call.problems("file-missing")[0]?.message;
  });
});

labTest("pitboot run waits while dnsmasq is set up again, its leases gone", async () => {
  const faults = Object.fromEntries(NODES.map((node) => [node, "nodhcp" as const]));
  await using lab = await startFlow({ nodes: NODES, faults });
  const run = start(lab, ["run", "--json"]);
  await run.says("Waiting on 3");
  await lab.stopDnsmasq();
  await lab.sh("rm /var/lib/misc/dnsmasq.leases");
  await run.says("dnsmasq.leases does not exist: no leases yet");
  await lab.startDnsmasq();
  for (const node of NODES) await lab.ask(node);
  const call = await run.end;
  assertEquals(call.code, 0, run.said());
  assertEquals(run.said().match(/does not exist: no leases yet/g)?.length, 1, run.said());
  assertEquals(call.problems("leases-replaced"), []);
  await assertLeases(lab);
  await assertServed(lab);
  return `exit 0 after ${call.seconds.toFixed(1)} s, 3 nodes served`;
});

labTest("pitboot run waits while dnsmasq is restarted", async () => {
  const faults = { "ncn-w001": "nodhcp", "ncn-s001": "nodhcp" } as const;
  await using lab = await startFlow({ nodes: NODES, faults });
  const run = start(lab, ["run", "--json"]);
  await run.says("Waiting on ");
  await until(() => has(lab, "ncn-m002"), { what: "a lease of ncn-m002" });
  await lab.stopDnsmasq();
  for (const node of Object.keys(faults)) await lab.ask(node);
  await delay(1500);
  await lab.startDnsmasq();
  const call = await run.end;
  assertEquals(call.code, 0, run.said());
  assertEquals(call.document.missing, []);
  assert(!run.said().includes("lost its lease"), run.said());
  await assertLeases(lab);
  await assertServed(lab);
  return `exit 0 after ${call.seconds.toFixed(1)} s, 3 nodes served`;
});

labTest("pitboot says that leases were replaced under dnsmasq, and what helps", async (t) => {
  const faults = { "ncn-w001": "nodhcp", "ncn-s001": "dead" } as const;
  await using lab = await startFlow({ nodes: NODES, faults });
  const replace = (): Promise<string> => lab.sh("sed -i '' /var/lib/misc/dnsmasq.leases");
  const one = ["wait-leases", "--nodes", "ncn-s001", "--timeout", "1s"];
  await t.step("not while dnsmasq writes to them", async () => {
    const call = await pitboot(lab, one);
    assertEquals([call.code, call.problems("leases-replaced")], [124, []]);
  });
  await t.step("while it waits; what it advises helps", async () => {
    const nodes = ["--nodes", "ncn-m002,ncn-w001"];
    const run = start(lab, ["run", "--json", ...nodes]);
    await until(() => has(lab, "ncn-m002"), { what: "a lease of ncn-m002" });
    await replace();
    await run.says("hint: systemctl restart dnsmasq");
    await lab.stopDnsmasq();
    await lab.startDnsmasq();
    await lab.ask("ncn-w001");
    const call = await run.end;
    assertEquals([call.code, call.document.missing], [0, []], run.said());
    assertEquals(call.problems("leases-replaced").length, 1);
  });
  await t.step("also where that was before it began", async () => {
    await replace();
    const call = await pitboot(lab, one);
    const [problem] = call.problems("leases-replaced");
    assertMatch(problem?.message ?? "", /^nobody writes to \S+dnsmasq\.leases: /);
  });
});

function has(lab: Lab, node: string): boolean {
  return Deno.readTextFileSync(leasesFile(lab)).includes(lab.bmc(node).mac);
}

/** Writes the leases of some BMCs, by when they end. */
function writeLeases(lab: Lab, ends: Readonly<Record<string, number>>): void {
  const lines = Object.entries(ends).map(([node, end]) => {
    const { mac, ip, name } = lab.bmc(node);
    return `${end} ${mac} ${ip} ${name} 01:${mac}\n`;
  });
  // Nobody is to see half of it.
  Deno.writeTextFileSync(`${leasesFile(lab)}.new`, lines.join(""));
  Deno.renameSync(`${leasesFile(lab)}.new`, leasesFile(lab));
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
