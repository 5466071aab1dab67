/**
 * How pitboot treats the sessions of BMCs, of which each has only a few: they
 * are closed however it ends, and little is sent.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { BIN, type Call, pitboot, putCommands, start } from "./pitboot.ts";
import { until } from "./wait.ts";

/** Requests for one BMC; `lan set` sends some twenty. */
const MOST_PACKETS = 40;
/** Many BMCs, or many tries, of which one is enough: see {@linkcode closing}. */
const TRIES = 3;
const FRESH = ["ncn-w001", "ncn-w009", "ncn-w010"];

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
    "ncn-w004": "lateread:9999",
    "ncn-w005": "lateread:9999",
    "ncn-w006": "mute:read",
    // They stay where they are.
    ...Object.fromEntries(FRESH.map((node) => [node, "nodhcp" as const])),
  } as const;
  await using lab = await Lab.start({
    nodes: ["ncn-w007", "ncn-w008", ...Object.keys(faults)],
    faults,
  });
  const noneIsLeft = async (): Promise<void> => {
    assertEquals(await lab.sh("pgrep -x ipmitool || true"), "");
  };
  for (const [what, state] of [["sets", "changed"], ["looks at", "already"]] as const) {
    await t.step(`when it ${what} a BMC, with few packets`, async () => {
      const packets: number[] = [];
      const left: number[] = [];
      for (const node of FRESH) {
        const [received, forgotten] = [lab.packets(node), lab.forgotten(node)];
        const call = await pitboot(lab, ["bmc-dhcp", "--nodes", node]);
        assertEquals([call.code, call.bmc(node).state], [0, state], call.stderr);
        await noneIsLeft();
        packets.push(lab.packets(node) - received);
        await until(() => lab.sessions(node) === 0);
        left.push(lab.forgotten(node) - forgotten);
      }
      // One that stands still for a while gets more.
      assert(Math.min(...packets) <= MOST_PACKETS, `${packets} packets`);
      assertEquals(Math.min(...left), 0);
      return `${packets} packets, no session left`;
    });
  }
  const cut = [["opening", "ncn-w002", "3s"], ["waiting", "ncn-w004", "4s"]] as const;
  for (const [when, node, timeout] of cut) {
    await t.step(`when its time is over while ${when}`, async () => {
      const call = await closing(lab, node, async () => {
        const call = await pitboot(lab, ["bmc-dhcp", "--nodes", node, "--bmc-timeout", timeout]);
        assertEquals(call.code, 3, call.stderr);
        await noneIsLeft();
        return call;
      });
      return `${call.bmc(node).state} after ${call.seconds.toFixed(1)} s, no session left`;
    });
  }
  // A session takes some dozen packets to open, and some more to look.
  const stopped = [["opening", "ncn-w003", 3], ["waiting", "ncn-w005", 16]] as const;
  for (const [when, node, packets] of stopped) {
    await t.step(`at ^C while ${when}`, async () => {
      const call = await closing(lab, node, async () => {
        const call = await stoppedAt(lab, node, { packets, kill: "SIGINT" });
        assertEquals(call.code, 130, call.stderr);
        await noneIsLeft();
        return call;
      });
      return `${call.bmc(node).state} after ${call.seconds.toFixed(1)} s, no session left`;
    });
  }
  await t.step("and commits what somebody has begun", async () => {
    const { address } = lab.bmc("ncn-w007");
    // Begin, write, and gone.
    const line = ["0 1", "4 2"].map((set) => `raw 0x0c 0x01 1 ${set}`).join("\n");
    await lab.sh(`printf '${line}\nexit\n' |
      IPMITOOL_PASSWORD=initial0 ipmitool -I lanplus -N 12 -U root -E -H ${address} shell`);
    await lab.sh("test ! -e /run/lab/bmc/ncn-w007/source");
    const call = await pitboot(lab, ["bmc-dhcp", "--nodes", "ncn-w007"]);
    assertEquals([call.code, call.bmc("ncn-w007").state], [0, "changed"], call.stderr);
    const wait = ["wait-leases", "--nodes", "ncn-w007"];
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
    // Long enough for a session to open, on however busy a machine.
    const args = ["bmc-dhcp", "--nodes", "ncn-w006", "--bmc-timeout", "45s"];
    await closing(lab, "ncn-w006", async () => {
      const call = await pitboot(lab, args);
      assertEquals(call.bmc("ncn-w006").message, "stopped answering");
      await noneIsLeft();
    });
  });
  for (const kill of ["SIGTERM", "SIGHUP"] as const) {
    await t.step(`and blames no BMC where ${kill} ends ipmitool, too`, async () => {
      const call = await stoppedAt(lab, "ncn-w002", { packets: 3, kill });
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
    await until(async () => await lab.sh("pgrep -x ipmitool || true") === "");
    return `${lab.packets("ncn-w005") - before} packets`;
  });
});

/** Stops pitboot by a signal while a BMC stands still at a packet. */
async function stoppedAt(
  lab: Lab,
  node: string,
  { packets, kill }: { readonly packets: number; readonly kill: Deno.Signal },
): Promise<Call> {
  const goal = lab.packets(node) + packets;
  const abort = new AbortController();
  lab.hold(node, goal);
  const { end } = start(lab, ["bmc-dhcp", "--nodes", node], { signal: abort.signal, kill });
  await until(() => lab.packets(node) >= goal);
  abort.abort();
  lab.hold(node, null);
  return await end;
}

/**
 * Waits until a BMC has no session after some work. An ipmitool that stands still for longer
 * than one waits for it is killed, and leaves its session: on a busy machine that may happen
 * once.
 *
 * @throws {AssertionError} If a session is left each time.
 */
async function closing<T>(lab: Lab, node: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    const before = lab.forgotten(node);
    const result = await work();
    await until(() => lab.sessions(node) === 0);
    if (lab.forgotten(node) === before) return result;
    assert(tries < TRIES, "a session is left");
  }
}
