/**
 * The lab itself, without the product: its BMCs and what is wrong with them,
 * its servers, a node that boots, and that nothing of it is left behind.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { isThere } from "../kit.ts";
import type { Bmc } from "./bmc.ts";
import type { Fault } from "./fault.ts";
import { bytes, hastyIpmitool, ipmitool } from "./ipmitool.ts";
import { Lab, type LabOptions } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { type Result, Sandbox } from "./sandbox.ts";
import { delay, timed, until } from "./wait.ts";
import { publishRelease } from "./www.ts";

const GET = (channel: number): string => `raw 0x0c 0x02 0x0${channel} 0x04 0x00 0x00`;
const SET = (channel: number): string => `raw 0x0c 0x01 0x0${channel} 0x04 0x02`;

/** Those that never answer. */
const SILENT = ["ncn-m003", "ncn-w001"];

labTest("Lab.start() makes BMCs that ask for leases", async () => {
  const nodes = ["ncn-m002", "ncn-m003", "ncn-w001", "ncn-w002", "ncn-s001"];
  // Each asks once it is told to: a busy machine may need long for a session.
  const faults = Object.fromEntries(nodes.slice(1).map((node) => [node, "nodhcp" as const]));
  await using lab = await Lab.start({ nodes, faults });
  const all = await Promise.all(lab.bmcs.map((bmc) => session(lab, bmc)));
  for (const [i, { code, stdout }] of all.entries()) {
    assertEquals([code, bytes(stdout)[0]], [0, "11 01"]);
    if (i > 0) assertEquals(bytes(stdout)[1], "11 02");
  }
  for (const node of Object.keys(faults)) await lab.ask(node);
  await until(async () => (await lab.leases()).length >= nodes.length);
  assertEquals(
    (await lab.leases()).sort(),
    lab.bmcs.map(({ mac, ip, name }) => `${mac} ${ip} ${name}`).sort(),
  );
});

labTest("Lab.start() makes BMCs with faults", async (t) => {
  const faults: Record<string, Fault | Fault[]> = {
    "ncn-m003": "dead",
    "ncn-w001": "hang",
    "ncn-w002": "badpass",
    "ncn-w003": "chan3",
    "ncn-w004": "chan2",
    "ncn-w005": "nodhcp",
    "ncn-w006": "vanish",
    "ncn-s001": "move",
    "ncn-s002": "slow:100",
    "ncn-s003": "late:4",
    "ncn-s004": ["nociphers", "slow:10"],
    "ncn-s005": "nosuites",
    "fmn001": "typo",
  };
  await using lab = await Lab.start({
    nodes: ["ncn-m002", ...Object.keys(faults)],
    faults,
  });
  const begin = Date.now();
  const seen = new Map(
    await Promise.all(
      lab.bmcs.map(async (bmc) => {
        const call = SILENT.includes(bmc.node) ? hastyIpmitool : ipmitool;
        return [bmc.node, await timedResult(session(lab, bmc, call))] as const;
      }),
    ),
  );
  const has = async (node: string): Promise<boolean> =>
    (await lab.leases()).some((lease) => lease.includes(lab.bmc(node).mac));
  const of = (node: string): Result & { seconds: number } => {
    const found = seen.get(node);
    assert(found, node);
    return found;
  };

  await t.step("nothing", async () => {
    assertEquals(of("ncn-m002").code, 0);
    await until(() => has("ncn-m002"));
  });
  await t.step("dead and hang", () => {
    for (const node of ["ncn-m003", "ncn-w001"]) {
      assertEquals(of(node).code, 1);
      assertStringIncludes(of(node).stderr, "Unable to establish");
    }
  });
  await t.step("badpass", async () => {
    assertEquals(of("ncn-w002").code, 1);
    const { stderr } = await ipmitool(lab, lab.bmc("ncn-w002"), "-C3", `-v ${GET(1)}`);
    assertStringIncludes(stderr, "RAKP 2 HMAC is invalid");
  });
  await t.step("chan2 and chan3", async () => {
    for (const [node, channel] of [["ncn-w004", 2], ["ncn-w003", 3]] as const) {
      assertEquals(of(node).code, 0);
      assertStringIncludes(of(node).stdout, `Channel 0x${channel} info`);
      await until(() => has(node));
      const wrong = await ipmitool(lab, lab.bmc(node), SET(1));
      assertEquals(wrong.code, 1);
      assertStringIncludes(wrong.stderr, "Unable to send RAW command");
    }
    const intel = await ipmitool(lab, lab.bmc("ncn-w003"), "fru", "mc info");
    assertStringIncludes(intel.stdout, "Intel Corporation");
    assertMatch(intel.stdout, /Manufacturer ID +: 343/);
  });
  await t.step("vanish", async () => {
    assert(
      of("ncn-w006").code !== 0 || bytes(of("ncn-w006").stdout).length < 2,
    );
    await until(() => has("ncn-w006"));
    // It is back, and knows what it was told.
    const again = await ipmitool(lab, lab.bmc("ncn-w006"), GET(1));
    assertEquals(bytes(again.stdout), ["11 02"]);
  });
  await t.step("move", async () => {
    const { address, ip, mac, name } = lab.bmc("ncn-s001");
    assert(address !== ip);
    await until(() => has("ncn-s001"));
    assert((await lab.leases()).includes(`${mac} ${ip} ${name}`));
    assertStringIncludes(
      await lab.sh("cat /etc/conman.conf"),
      `"ipmi:${address}"`,
    );
    const moved = { ...lab.bmc("ncn-s001"), address: ip };
    assertEquals((await ipmitool(lab, moved, GET(1))).code, 0);
  });
  await t.step("slow", () => {
    assertEquals(of("ncn-s002").code, 0);
    assert(of("ncn-s002").seconds > 1);
  });
  await t.step("no cipher suite 17, none at all, and no answer", async () => {
    assertEquals(of("ncn-s004").code, 0);
    assertEquals(of("ncn-s005").code, 1);
    const [refused, none, silent] = await Promise.all([
      ipmitool(lab, lab.bmc("ncn-m002"), "-C17", GET(1)),
      ipmitool(lab, lab.bmc("ncn-s005"), GET(1)),
      timedResult(hastyIpmitool(lab, lab.bmc("ncn-s004"), "-C", GET(1))),
    ]);
    assertStringIncludes(refused.stderr, "invalid authentication algorithm");
    assertStringIncludes(none.stderr, "no matching cipher suite");
    assert(silent.seconds > 2, `${silent.seconds} s`);
  });
  await t.step("typo", async () => {
    const { mac, ip } = lab.bmc("fmn001");
    assert(!(await lab.sh("cat /etc/dnsmasq.d/statics.conf")).includes(mac));
    await until(() => has("fmn001"));
    const lease = (await lab.leases()).find((lease) => lease.includes(mac));
    assert(!lease?.includes(ip), lease);
  });
  await t.step("nodhcp", async () => {
    const bmc = lab.bmc("ncn-w005");
    assertEquals(bytes(of("ncn-w005").stdout), ["11 01", "11 02"]);
    assert(!await has("ncn-w005"));
    const server = (): Promise<string> => lab.sh("cat /run/lab/bmc/ncn-w005/pid");
    const before = await server();
    const reset = await ipmitool(lab, bmc, "mc reset cold");
    assertStringIncludes(reset.stdout, "Sent cold reset command to MC");
    await until(async () => await server() !== before);
    await until(() => has("ncn-w005"));
    await until(async () => (await ipmitool(lab, bmc, GET(1))).code === 0);
  });
  await t.step("late", async () => {
    await until(() => has("ncn-s003"));
    const log = await lab.sh(
      "stat -c %Y /run/lab/bmc/ncn-s003/source /run/lab/bmc/ncn-s003/asked",
    );
    const [told = 0, asked = 0] = log.split("\n").map(Number);
    assert(asked - told >= 3, `${asked - told} s, lab ${begin}`);
  });
});

labTest("Lab serves leases, names and links", async (t) => {
  await using lab = await Lab.start({ bmcs: 1 });
  const bmc = lab.bmc("ncn-m002");
  await t.step("dnsmasq can be stopped and started", async () => {
    await lab.stopDnsmasq();
    await session(lab, bmc);
    await delay(1500);
    assertEquals(await lab.leases(), []);
    await lab.startDnsmasq();
    await until(async () => (await lab.leases()).length === 1);
  });
  await t.step("dnsmasq knows the names", async () => {
    const find = (name: string): Promise<string> => lab.sh(`getent ahostsv4 ${name}`);
    assertStringIncludes(await find("ncn-m002-mgmt"), bmc.ip);
    assertStringIncludes(await find("pit.mtl"), "10.1.1.0");
  });
  await t.step("nginx follows a link of the target's owner", async () => {
    await lab.sh(`cd /var/www && mkdir ncn-m002 && cd ncn-m002
      echo image >../ephemeral/data/image && ln -s ../ephemeral/data/image rootfs`);
    const url = "http://pit.mtl/ncn-m002/rootfs";
    const get = ["busybox", "wget", "-q", "-O", "-", url];
    assertEquals((await lab.run(get)).stdout, "image\n");
    if (Deno.uid() !== 0) return;
    await lab.sh("chown -h daemon /var/www/ncn-m002/rootfs");
    assertEquals((await lab.run(get)).code, 1);
    await lab.sh("chown -h root /var/www/ncn-m002/rootfs");
    await lab.sh("chmod 600 /var/www/ephemeral/data/image");
    assertEquals((await lab.run(get)).code, 1);
  });
  await t.step("run() passes input and status, and aborts", async () => {
    const { code, stdout } = await lab.run(["sh", "-c", "cat; exit 7"], {
      stdin: "x",
    });
    assertEquals([code, stdout], [7, "x"]);
    const ready = Deno.makeTempFileSync();
    const script = `trap 'exit 9' INT; rm ${ready}; while :; do sleep 0.1; done`;
    const abort = new AbortController();
    const aborted = lab.run(["sh", "-c", script], { signal: abort.signal, kill: "SIGINT" });
    await until(() => !isThere(ready));
    abort.abort();
    assertEquals((await aborted).code, 9);
  });
});

labTest("Lab leaves nothing behind", async (t) => {
  const before = await machine();
  await t.step("when it is disposed of", async () => {
    let space: string;
    {
      await using lab = await Lab.start({ bmcs: 2 });
      space = await pidSpace(lab.sandbox.first);
      assert((await processesIn(space)).length > 3);
    }
    assertEquals(await processesIn(space), []);
  });
  await t.step("when the test throws", async () => {
    let space = "";
    await assertRejects(
      async () => {
        await using lab = await Lab.start({ bmcs: 2 });
        space = await pidSpace(lab.sandbox.first);
        throw new Error("on purpose");
      },
      Error,
      "on purpose",
    );
    assertEquals(await processesIn(space), []);
  });
  await t.step("when its first process is killed", async () => {
    await using lab = await Lab.start({ bmcs: 2 });
    const space = await pidSpace(lab.sandbox.first);
    Deno.kill(lab.sandbox.pid, "SIGKILL");
    await until(async () => (await processesIn(space)).length === 0);
  });
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    await t.step(`when the test gets ${signal}`, async () => {
      const { child, first } = await otherTest();
      const space = await pidSpace(first);
      assert((await processesIn(space)).length > 3);
      child.kill(signal);
      await child.status;
      await until(async () => (await processesIn(space)).length === 0);
    });
  }
  await t.step("when it outlived its process, and is ended by another", async () => {
    // output() waits for whoever holds the pipes: not for the lab.
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "-q", start("lab.sandbox.pid", { stay: true })],
      signal: AbortSignal.timeout(600_000),
    }).output();
    assert(success);
    const sandbox = Sandbox.attach(Number(new TextDecoder().decode(stdout)));
    const space = await pidSpace(sandbox.first);
    assert((await processesIn(space)).length > 3);
    await sandbox.close();
    await until(async () => (await processesIn(space)).length === 0);
  });
  await until(async () => await machine() === before);
});

labTest("Lab.boot() boots nodes through the links", async () => {
  await using lab = await Lab.start({ bmcs: 9 });
  const images = {
    "ncn-m002": await publishRelease(lab, {
      role: "kubernetes",
      release: "1.6.2",
      marker: "kubernetes 1.6.2",
    }),
    "ncn-s001": await publishRelease(lab, {
      role: "storage",
      release: "fe775c6-1659395320990",
      marker: "storage fe775c6",
    }),
  };
  for (const [node, directory] of Object.entries(images)) {
    const up = directory.replace("/var/www", "..");
    await lab.sh(`mkdir /var/www/${node} && cd /var/www/${node}
      cp ../boot/script.ipxe . && ln -s ${up}/*.kernel kernel
      ln -s ${up}/initrd* initrd.img.xz && ln -s ${up}/*.squashfs rootfs`);
  }
  const [master, storage, none] = await Promise.all([
    lab.boot("ncn-m002", { says: /^node: release /m }),
    lab.boot("ncn-s001", { says: /^node: release /m }),
    lab.boot("ncn-w001"),
  ]);
  assertStringIncludes(master, "node: release kubernetes 1.6.2");
  assertStringIncludes(storage, "node: release storage fe775c6");
  assert(!none.includes("node:"), none);
}, { boot: true });

/** What the product does with a BMC: finds the channel, sets it, asks. */
async function session(lab: Lab, bmc: Bmc, call = ipmitool): Promise<Result> {
  const { channel } = bmc;
  return await call(
    lab,
    bmc,
    "channel info",
    GET(channel),
    SET(channel),
    GET(channel),
  );
}

async function timedResult(work: Promise<Result>): Promise<Result & { seconds: number }> {
  const [result, seconds] = await timed(() => work);
  return { ...result, seconds };
}

/** The lab of another process, which waits to be killed. */
async function otherTest(): Promise<
  { child: Deno.ChildProcess; first: number }
> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "-q", `${start("lab.sandbox.first")} setInterval(() => {}, 1000);`],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return { child, first: Number(new TextDecoder().decode(value)) };
}

/** A program that starts a lab and prints something of it. */
function start(value: string, options: LabOptions = {}): string {
  const url = JSON.stringify(new URL("./lab.ts", import.meta.url).href);
  return `const { Lab } = await import(${url});
    const lab = await Lab.start(${JSON.stringify({ bmcs: 2, ...options })});
    console.log(${value});`;
}

function pidSpace(pid: number): Promise<string> {
  return Deno.readLink(`/proc/${pid}/ns/pid`);
}

/** The processes of a lab, as seen from outside. */
async function processesIn(space: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const link = await Deno.readLink(`/proc/${name}/ns/pid`).catch(() => null);
    if (link === space) found.push(name);
  }
  return found;
}

/** What a lab could have changed outside: mounts and interfaces. */
async function machine(): Promise<string> {
  const mounts = await Deno.readTextFile("/proc/self/mounts");
  const links = [...Deno.readDirSync("/sys/class/net")];
  return mounts + links.map(({ name }) => name).sort().join(" ");
}
