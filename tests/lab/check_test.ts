/**
 * That `pitboot check` finds nothing where nothing is wrong, and what is wrong with a
 * server that runs.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { startFlow } from "./flow.ts";
import { labTest } from "./lab_case.ts";
import type { Lab } from "./lab.ts";
import { type Call, pitboot } from "./pitboot.ts";

const NODES = ["ncn-m002", "ncn-w001", "ncn-s001"];
/** There is none in the lab; that is no failure. */
const WITHOUT: readonly string[] = ["services: conman", "services: basecamp"];

labTest(
  "pitboot check passes behind run, and fails with the server that is at fault",
  async (t) => {
    await using lab = await startFlow({ nodes: NODES });
    assertEquals((await pitboot(lab, ["run"])).code, 0);
    await t.step("passes", async () => {
      const call = await check(lab);
      assertEquals(failuresOf(call), [], call.stderr);
      assertEquals(call.code, 0, call.stderr);
      return `${call.document.checks?.length} results in ${call.seconds.toFixed(1)} s`;
    });
    await t.step("names a file that the web server may not read", async () => {
      await lab.sh("chmod 600 /var/www/ncn-w001/script.ipxe");
      const call = await check(lab);
      assertEquals(call.code, 3);
      assertMatch(
        failuresOf(call).join("\n"),
        /^web: ncn-w001: .*script\.ipxe: 403, .*cannot read it$/m,
      );
      assertMatch(call.stderr, /hint: chmod o\+r \/var\/www\/ncn-w001\/script\.ipxe$/m);
    });
    await t.step("passes after the remedy that it names", async () => {
      await lab.sh("chmod o+r /var/www/ncn-w001/script.ipxe");
      const call = await check(lab);
      assertEquals([failuresOf(call), call.code], [[], 0], call.stderr);
    });
    await t.step("names a lease on another network", async () => {
      const leases = "/var/lib/misc/dnsmasq.leases";
      await lab.sh(`cp -a ${leases} /tmp/leases && sed -i 's/ 10\\.254\\./ 10.1./' ${leases}`);
      const call = await check(lab);
      await lab.sh(`cp -a /tmp/leases ${leases}`);
      assertMatch(
        failuresOf(call).join("\n"),
        /^leases: ncn-.*: the lease is at 10\.1\..* is reserved/m,
      );
    });
    await t.step("names a boot/script.ipxe that was renamed to collect MACs", async () => {
      await lab.sh("mv /var/www/boot/script.ipxe /var/www/boot/script.ipxe.bak");
      const failures = failuresOf(await check(lab));
      assertMatch(failures.join("\n"), /^scripts: it does not exist/m);
      await lab.sh("mv /var/www/boot/script.ipxe.bak /var/www/boot/script.ipxe");
      assertEquals(failuresOf(await check(lab)), []);
    });
    await t.step("names a dnsmasq that has not read statics.conf", async () => {
      await lab.sh(
        "until [ $(ps -o etimes= -C dnsmasq | sort -n | tail -1) -ge 4 ]; do sleep .1; done",
      );
      await lab.sh("touch /etc/dnsmasq.d/statics.conf");
      const call = await check(lab);
      assertEquals(call.code, 3);
      assertMatch(
        failuresOf(call).join("\n"),
        /^services: dnsmasq started before .*statics\.conf/m,
      );
    });
  },
);

async function check(lab: Lab): Promise<Call> {
  return await pitboot(lab, ["check", "--json"]);
}

/** What failed or is doubtful, but for what the lab does not have. */
function failuresOf(call: Call): string[] {
  return call.document.problems.filter(({ stage }) => stage === "check")
    .map(({ message }) => message)
    .filter((message) => !WITHOUT.some((none) => message.startsWith(none)));
}
