/**
 * The fake Redfish services of the lab, seen by plain curl: that they go wrong
 * as they are said to.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Bmc } from "./bmc.ts";
import type { Fault } from "./fault.ts";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { workersWith } from "./redfish_lab.ts";
import { until } from "./wait.ts";

const NEEDS = { needs: ["curl"] } as const;
const LOGIN = ["-u", "root:initial0"];

/** What curl says of the service root: its exit status, and that of HTTP. */
const LOSSES: readonly (readonly [fault: Fault, said: string])[] = [
  ["on:root:cut", "52 000"],
  ["on:root:lost", "52 000"],
  ["on:root:half", "18 200"],
  ["on:root:silence", "28 000"],
  ["on:root:away", "28 000"],
  ["on:root:endless", "28 200"],
  ["on:root:html", "0 200"],
  ["on:root:503:1", "0 503"],
  ["on:root:elsewhere", "0 307"],
  ["on:root:loop", "0 308"],
  ["on:root:slash", "0 308"],
  ["on:root:error", "0 500"],
  ["hang", "28 000"],
  ["tls:cbc", "0 200"],
  ["tls:small", "0 200"],
  ["tls:1.0", "35 000"],
  ["line:100:0", "0 200"],
];

/** One whose answer never ends is given as long as it takes until that begins. */
function timed(lab: Lab, bmc: Bmc): Promise<Said> {
  const [, said] = LOSSES.find(([fault]) => bmc.faults.includes(fault)) ?? [];
  const seconds = said === "28 000" ? 2 : said === "28 200" ? 20 : 300;
  return curl(lab, bmc, "/redfish/v1", [], seconds);
}

labTest("fake Redfish services go wrong as they are said to", async (t) => {
  await using lab = await Lab.start(workersWith(LOSSES.map(([fault]) => ["redfish:ilo", fault])));
  const said = await Promise.all(lab.bmcs.map((bmc) => timed(lab, bmc)));
  for (const [i, [fault, words]] of LOSSES.entries()) {
    await t.step(fault, () => {
      assertEquals(said[i]?.said, words);
      return `curl: ${words}`;
    });
  }
}, NEEDS);

labTest("fake Redfish services take what is written as real ones do", async (t) => {
  const kinds: Fault[][] = [["redfish:ami"], ["redfish:ilo"], ["redfish:ami"], [
    "redfish:ami",
    "drop",
  ]];
  await using lab = await Lab.start(workersWith(kinds));
  const [ami, ilo, locked, dropping] = lab.bmcs;
  if (!ami || !ilo || !locked || !dropping) throw new Error("BMCs are missing");
  const port = "/redfish/v1/Managers/Self/EthernetInterfaces/bond0";
  const dhcp = ["-X", "PATCH", "-d", '{"DHCPv4":{"DHCPEnabled":true}}'];
  await t.step("AMI: no If-Match, another one, the right one, and what is so already", async () => {
    const to = async (path: string, ...args: string[]): Promise<string> =>
      (await curl(lab, ami, path, [...LOGIN, ...args])).said;
    assertEquals(await to(port, ...dhcp), "0 428");
    assertEquals(await to(port, ...dhcp, "-H", 'If-Match: W/"1"'), "0 412");
    const protocol = "/redfish/v1/Managers/Self/NetworkProtocol";
    const ipmi = ["-X", "PATCH", "-d", '{"IPMI":{"ProtocolEnabled":true}}'];
    const match = ["-H", 'If-Match: W/"1650479788"'];
    assertEquals(await to(protocol, ...ipmi, ...match), "0 204");
    assertEquals(await to(protocol, ...ipmi, "-H", "If-Match: *"), "0 400");
    assertEquals(await to(port, ...dhcp, "-H", "If-Match: *"), "0 204");
    await until(async () => (await lab.leases()).some((lease) => lease.startsWith(ami.mac)));
    assertEquals(lab.asked(ami.node).length, 5);
  });
  await t.step("iLO: a write is a wish until it is reset", async () => {
    const path = "/redfish/v1/Managers/1/EthernetInterfaces/1";
    const patched = await curl(lab, ilo, path, [...LOGIN, ...dhcp]);
    assertStringIncludes(patched.body, "ResetRequired");
    const { body } = await curl(lab, ilo, path, LOGIN);
    assertStringIncludes(body, "SomePendingReset");
    assertStringIncludes(body, '"DHCPEnabled":true');
    assertEquals((await lab.leases()).some((lease) => lease.startsWith(ilo.mac)), false);
    const target = "/redfish/v1/Managers/1/Actions/Manager.Reset";
    await curl(lab, ilo, target, [...LOGIN, "-d", '{"ResetType":"GracefulRestart"}']);
    await until(async () => (await lab.leases()).some((lease) => lease.startsWith(ilo.mac)));
  });
  await t.step("AMI: five wrong passwords lock out the right one", async () => {
    const tries = ["a", "b", "c", "d", "e", "initial0"].map((word) => ["-u", `root:${word}`]);
    for (const login of tries) {
      assertEquals((await curl(lab, locked, "/redfish/v1/Managers", login)).said, "0 401");
    }
  });
  await t.step("AMI: a write without If-Match is dropped", async () => {
    assertEquals((await curl(lab, dropping, port, [...LOGIN, ...dhcp])).said, "0 204");
    const { body } = await curl(lab, dropping, port, LOGIN);
    assertStringIncludes(body, '"DHCPEnabled":false');
  });
}, NEEDS);

interface Said {
  /** curl's exit status and that of HTTP. */
  readonly said: string;
  readonly body: string;
}

async function curl(
  lab: Lab,
  bmc: Bmc,
  path: string,
  args: readonly string[],
  seconds = 300,
): Promise<Said> {
  const own = ["-q", "-sSk", "--http1.1", "--max-time", `${seconds}`, "-w", "\n%{http_code}"];
  const url = `https://${bmc.address}${path}`;
  const { code, stdout } = await lab.run(["curl", ...own, ...args, url]);
  const end = stdout.lastIndexOf("\n");
  return { said: `${code} ${stdout.slice(end + 1)}`, body: stdout.slice(0, end) };
}
