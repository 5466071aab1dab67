/**
 * How pitboot treats the sessions of BMCs, of which each has only a few: they
 * are closed however it ends, and little is sent.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { BIN, pitboot, putCommands, start } from "./pitboot.ts";
import { until } from "./wait.ts";

/** Requests for one BMC; `lan set` sends some twenty. */
const MOST_PACKETS = 40;
/** Seconds for a BMC to hear of an end; by itself it ends a session after 30 without a word. */
const CLOSING = 15;

/**
 * An ipmitool on so busy a machine that the BMC has left its address when it is told that its
 * change is complete, and is back when it is asked what came of that.
 */
const LATE_IPMITOOL = `#!/bin/sh
PATH=\${PATH#*:}
has_address() { ip netns exec ncn-w008-mgmt ip -4 -o addr show dev eth0 | grep -q inet; }
slowly() {
  while IFS= read -r line && [ "$line" != exit ]; do
    if [ -e ${BIN}/told ]; then
      pkill -CONT -x dnsmasq
      until has_address; do sleep 0.1; done
    elif [ "$line" = 'raw 0x0c 0x01 0x01 0x00 0x00' ]; then
      while has_address; do sleep 0.1; done
      : >${BIN}/told
    fi
    echo "$line"
  done
  echo exit
}
slowly | ipmitool "$@"
`;

labTest("pitboot closes the sessions that it opens", async (t) => {
  const faults = {
    "ncn-w002": "slow:700",
    "ncn-w003": "slow:700",
    "ncn-w004": "lateread:60",
    "ncn-w005": "lateread:60",
    "ncn-w006": "mute:read",
  } as const;
  await using lab = await Lab.start({
    nodes: ["ncn-w001", "ncn-w007", "ncn-w008", ...Object.keys(faults)],
    faults,
  });
  const noneIsLeft = async (): Promise<void> => {
    assertEquals(await lab.sh("pgrep -x ipmitool || true"), "");
  };
  for (const [what, state] of [["sets", "changed"], ["looks at", "already"]] as const) {
    await t.step(`when it ${what} a BMC, with few packets`, async () => {
      const before = lab.packets("ncn-w001");
      const call = await pitboot(lab, ["bmc-dhcp", "--nodes", "ncn-w001"]);
      assertEquals([call.code, call.bmc("ncn-w001").state], [0, state], call.stderr);
      const packets = lab.packets("ncn-w001") - before;
      assert(packets <= MOST_PACKETS, `${packets} packets`);
      // The simulator may read of the end a moment after we have ended.
      await until(() => lab.sessions("ncn-w001") === 0, { seconds: CLOSING });
      await noneIsLeft();
      return `${packets} packets, no session left`;
    });
  }
  const cut = [["opening", "ncn-w002", "3s"], ["waiting", "ncn-w004", "4s"]] as const;
  for (const [when, node, timeout] of cut) {
    await t.step(`when its time is over while ${when}`, async () => {
      const call = await pitboot(lab, ["bmc-dhcp", "--nodes", node, "--bmc-timeout", timeout]);
      assertEquals(call.code, 3, call.stderr);
      // What it has sent may reach a slow BMC after it has ended.
      await until(() => lab.sessions(node) === 0, { seconds: CLOSING });
      await noneIsLeft();
      return `${call.bmc(node).state} after ${call.seconds.toFixed(1)} s, no session left`;
    });
  }
  // A session takes some dozen packets to open, and some more to look.
  const stopped = [["opening", "ncn-w003", 2], ["waiting", "ncn-w005", 15]] as const;
  for (const [when, node, packets] of stopped) {
    await t.step(`at ^C while ${when}`, async () => {
      const before = lab.packets(node);
      const abort = new AbortController();
      const options = { signal: abort.signal, kill: "SIGINT" } as const;
      const { end } = start(lab, ["bmc-dhcp", "--nodes", node], options);
      await until(() => lab.packets(node) - before > packets);
      abort.abort();
      const call = await end;
      assertEquals(call.code, 130, call.stderr);
      await until(() => lab.sessions(node) === 0, { seconds: CLOSING });
      await noneIsLeft();
      return `${call.bmc(node).state} after ${call.seconds.toFixed(1)} s, no session left`;
    });
  }
  await t.step("and commits what somebody has begun", async () => {
    const { address } = lab.bmc("ncn-w007");
    // Begin, write, and gone.
    const line = ["0 1", "4 2"].map((set) => `raw 0x0c 0x01 1 ${set}`).join("\n");
    await lab.sh(`printf '${line}\nexit\n' |
      IPMITOOL_PASSWORD=initial0 ipmitool -I lanplus -U root -E -H ${address} shell`);
    await lab.sh("test ! -e /run/lab/bmc/ncn-w007/source");
    const call = await pitboot(lab, ["bmc-dhcp", "--nodes", "ncn-w007"]);
    assertEquals([call.code, call.bmc("ncn-w007").state], [0, "changed"], call.stderr);
    const wait = ["wait-leases", "--nodes", "ncn-w007", "--timeout", "20s"];
    assertEquals((await pitboot(lab, wait)).code, 0);
  });
  await t.step("and tells a BMC again what it did not hear while it was away", async () => {
    await putCommands(lab);
    await Deno.writeTextFile(`${lab.sandbox.root}${BIN}/ipmitool`, LATE_IPMITOOL);
    await Deno.chmod(`${lab.sandbox.root}${BIN}/ipmitool`, 0o755);
    await lab.sh("pkill -STOP -x dnsmasq");
    const args = ["bmc-dhcp", "--bmc-timeout", "10m", "--nodes", "ncn-w008"];
    const PATH = `${BIN}:${Deno.env.get("PATH")}`;
    const call = await pitboot(lab, args, { env: { PATH } });
    assertEquals([call.code, call.bmc("ncn-w008").state], [0, "changed"], call.stderr);
    await lab.sh(`test -e ${BIN}/told`);
    const again = await pitboot(lab, args);
    assertEquals([again.code, again.bmc("ncn-w008").state], [0, "already"], again.stderr);
    return `${call.seconds.toFixed(1)} s, then already`;
  });
  await t.step("with a BMC that answers no more", async () => {
    const args = ["bmc-dhcp", "--nodes", "ncn-w006", "--bmc-timeout", "8s"];
    const call = await pitboot(lab, args);
    assertEquals(call.bmc("ncn-w006").message, "stopped answering");
    assertEquals(lab.sessions("ncn-w006"), 0);
    await noneIsLeft();
  });
  for (const kill of ["SIGTERM", "SIGHUP"] as const) {
    await t.step(`and blames no BMC where ${kill} ends ipmitool, too`, async () => {
      const before = lab.packets("ncn-w002");
      const abort = new AbortController();
      const args = ["bmc-dhcp", "--nodes", "ncn-w002"];
      const { end } = start(lab, args, { signal: abort.signal, kill });
      await until(() => lab.packets("ncn-w002") - before > 2);
      abort.abort();
      const call = await end;
      assertEquals(call.code, 130);
      assertEquals([call.bmc("ncn-w002").state, call.problems("bmc-failed")], ["skipped", []]);
      await noneIsLeft();
      return `exit 130, ${call.bmc("ncn-w002").message}`;
    });
  }
  await t.step("and leaves no ipmitool behind when it is killed", async () => {
    const before = lab.packets("ncn-w005");
    const args = ["bmc-dhcp", "--verbose", "--nodes", "ncn-w005"];
    const abort = new AbortController();
    const call = start(lab, args, { signal: abort.signal, kill: "SIGKILL" });
    await until(() => lab.packets("ncn-w005") - before > 15);
    abort.abort();
    await call.end.catch(() => {});
    // Without a reader it ends at its first keepalive; else it sent them for ever.
    for (let left = 100; await lab.sh("pgrep -x ipmitool || true") !== ""; left--) {
      assert(left > 0, "ipmitool goes on");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return `${lab.packets("ncn-w005") - before} packets`;
  });
});
