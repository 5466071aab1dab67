/**
 * Nights in which root filesystems are on their way: whole, slow, torn.
 *
 * @module
 */

import { FINALLY_UP, type NightPlan } from "./night_plan.ts";

/** Longer than a web server and a kernel keep quiet about a client that is gone. */
const UNTIL_GONE = 40_000;

/** What becomes of a transfer. */
export const TRANSFER_NIGHTS: readonly NightPlan[] = [
  {
    name: "up",
    says: "Two nodes boot; one has said that it is up, of the other nobody logs the console",
    consoles: ["ncn-w001"],
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      await w1.boot();
      await w2.boot();
      await night.pass(200);
      await w1.rootfs();
      const sent = await w2.rootfs();
      await night.pass(300);
      const when = await night.says("ncn-w001", FINALLY_UP);
      await night.pass(30);
      return {
        nodes: {
          "ncn-w001": { stage: "up", when, standing: "fine" },
          "ncn-w002": { stage: "rootfs-sent", when: sent, standing: "fine" },
        },
        unseen: ["ncn-w[002-003]"],
      };
    },
  },
  {
    name: "rootfs-slow",
    says: "A root filesystem is under way for twelve minutes: no line of it is in the log",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(120);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "2M" });
      await transfer.has(8_000_000);
      await night.pass(720);
      return {
        nodes: { "ncn-w001": { stage: "rootfs", standing: "moving", percent: [20, 90] } },
      };
    },
  },
  {
    name: "rootfs-slow-nginx",
    says: "nginx, which stamps the end: a root filesystem under way, another one sent",
    web: "nginx",
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      await w1.boot();
      await w2.boot();
      await night.pass(120);
      const slow = await w1.begin("rootfs", { as: "curl", rate: "2M" });
      const whole = await w2.begin("rootfs", { as: "curl", rate: "20M" });
      await slow.has(4_000_000);
      await night.pass(600);
      await whole.end();
      const ended = night.seconds();
      return {
        nodes: {
          "ncn-w001": { stage: "rootfs", standing: "moving", percent: [10, 90] },
          "ncn-w002": { stage: "rootfs-sent", when: [ended - 3, ended], standing: "fine" },
        },
      };
    },
  },
  {
    name: "rootfs-slow-disk",
    says: "The PIT's disk is slow: what it gives is sent at once, and nothing waits to be sent",
    disk: 1500,
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(120);
      const transfer = await w1.begin("rootfs", { as: "curl" });
      await transfer.has(4_000_000);
      await night.pass(240);
      return {
        nodes: { "ncn-w001": { stage: "rootfs", standing: "moving", percent: [8, 60] } },
      };
    },
  },
  {
    name: "rootfs-very-slow",
    says: "Two nodes receive, one at a tenth of the rate of the other: both move",
    play: async (night) => {
      const [w1, s1] = [await night.node("ncn-w001"), await night.node("ncn-s001")];
      await w1.boot();
      await s1.boot();
      await night.pass(60);
      const fast = await w1.begin("rootfs", { as: "curl", rate: "3M" });
      const slow = await s1.begin("rootfs", { as: "curl", rate: "300k" });
      await fast.has(12_000_000);
      await slow.has(400_000);
      await night.pass(240);
      return {
        nodes: {
          "ncn-w001": { stage: "rootfs", standing: "moving", percent: [25, 95] },
          "ncn-s001": { stage: "rootfs", standing: "moving", percent: [1, 40] },
        },
      };
    },
  },
  {
    name: "rootfs-aborted",
    says: "curl on the node ends at 20 %: Apache writes 200 and the full length",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(120);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(6_000_000);
      await transfer.abort();
      await night.pass(60);
      return {
        nodes: {
          "ncn-w001": {
            stage: "rootfs",
            mayBe: ["rootfs-sent"],
            when: transfer.begun,
            standing: "dead",
          },
        },
      };
    },
  },
  {
    name: "rootfs-aborted-nginx",
    says: "The same with nginx, which writes the bytes that it sent",
    web: "nginx",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(120);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(6_000_000);
      await transfer.abort();
      const ended = night.seconds();
      await night.pass(60);
      return {
        nodes: {
          "ncn-w001": {
            stage: "rootfs",
            mayBe: ["rootfs-sent"],
            when: [transfer.begun[0], ended],
            standing: "dead",
          },
        },
      };
    },
  },
  {
    name: "rootfs-aborted-logio",
    says: "The same with a log that has %O and %X: it tells a whole transfer from a broken one",
    format: "logio",
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      await w1.boot();
      await w2.boot();
      await night.pass(120);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(6_000_000);
      await transfer.abort();
      const sent = await w2.rootfs();
      await night.pass(60);
      return {
        nodes: {
          "ncn-w001": { stage: "rootfs", when: transfer.begun, standing: "dead" },
          "ncn-w002": { stage: "rootfs-sent", when: sent, standing: "fine" },
        },
      };
    },
  },
  {
    name: "rootfs-vanished",
    says: "A node loses its power in the middle: its connection is there, and nothing comes",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(8_000_000);
      await w1.vanish();
      await night.wait(UNTIL_GONE);
      return {
        nodes: { "ncn-w001": { stage: "rootfs", standing: "stalled", percent: [15, 60] } },
      };
    },
  },
  {
    name: "rootfs-vanished-long-ago",
    says: "The same when Apache has given the node up: 200, the full length, and no connection",
    timeout: 5,
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(8_000_000);
      await w1.vanish();
      await night.wait(15_000);
      await night.pass(120);
      return {
        nodes: {
          "ncn-w001": {
            stage: "rootfs",
            mayBe: ["rootfs-sent"],
            when: transfer.begun,
            standing: "dead",
          },
        },
      };
    },
  },
  {
    name: "rootfs-frozen",
    says: "The program that fetches stands still; the node's kernel answers",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(8_000_000);
      await transfer.freeze();
      await night.wait(UNTIL_GONE);
      return {
        nodes: { "ncn-w001": { stage: "rootfs", standing: "stalled", percent: [15, 60] } },
      };
    },
  },
  {
    name: "server-stopped",
    says: "Apache is restarted while a node fetches: no line, and the node asks for no more",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(8_000_000);
      await night.web("stop");
      await transfer.end();
      await night.web("start");
      await night.pass(240);
      return {
        nodes: { "ncn-w001": { stage: "kernel", mayBe: ["rootfs"], when, standing: "dead" } },
      };
    },
  },
  {
    name: "rootfs-slow-no-ss",
    says: "A root filesystem is under way, and there is no ss on the PIT",
    hasNoSs: true,
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot();
      await night.pass(120);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "2M" });
      await transfer.has(8_000_000);
      await night.pass(120);
      return {
        nodes: {
          "ncn-w001": { stage: "rootfs", mayBe: ["kernel"], when, standing: "moving" },
        },
        unseen: ["ss"],
      };
    },
  },
  {
    name: "old-connection",
    says: "A node is reset while it fetches, and has its kernel again; the old connection lasts",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(8_000_000);
      await w1.vanish();
      await night.wait(25_000);
      await w1.plugAgain();
      const when = await w1.boot();
      return { nodes: { "ncn-w001": { stage: "kernel", when, standing: "fine", tries: 2 } } };
    },
  },
  {
    name: "initrd-slow",
    says: "iPXE receives an initrd over the connection that gave it the script",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.dhcp();
      const from = night.seconds();
      const script = `http://10.1.1.0/ncn-w001/script.ipxe`;
      const transfer = await w1.begin("initrd.img.xz", {
        rate: "300k",
        more: ["-o", "/dev/null", script],
      });
      await transfer.has(600_000);
      const when = [from, night.seconds()] as const;
      return { nodes: { "ncn-w001": { stage: "script", when, standing: "moving" } } };
    },
  },
  {
    name: "kernel-slow",
    says: "A node that has its initrd receives the kernel",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.dhcp();
      const when = await w1.ipxe("initrd");
      const transfer = await w1.begin("kernel", { rate: "100k" });
      await transfer.has(200_000);
      return { nodes: { "ncn-w001": { stage: "initrd", when, standing: "moving" } } };
    },
  },
  {
    name: "kernel-in-buffer",
    says: "The server has handed the kernel to its own, and logged it; it is still on its way",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.dhcp();
      const when = await w1.ipxe("initrd");
      const transfer = await w1.begin("kernel", { rate: "500k" });
      await transfer.has(5_000_000);
      return {
        nodes: {
          "ncn-w001": { stage: "initrd", mayBe: ["kernel"], when, standing: "moving" },
        },
      };
    },
  },
  {
    name: "wipe",
    says: "Three nodes wipe their disks after the kernel: eleven minutes without a packet",
    play: async (night) => {
      const names = ["ncn-w001", "ncn-w002", "ncn-w003"];
      const entries = [];
      for (const name of names) {
        const when = await (await night.node(name)).boot();
        entries.push([name, { stage: "kernel", when, standing: "fine" }] as const);
        await night.pass(20);
      }
      await night.pass(660);
      return { nodes: Object.fromEntries(entries) };
    },
  },
  {
    name: "wipe-slow",
    says: "One node wipes many disks, for 25 minutes; its peers had few, and are done",
    play: async (night) => {
      const slow = await night.node("ncn-s001");
      const when = await slow.boot();
      const others = [];
      for (const name of ["ncn-w001", "ncn-w002", "ncn-w003"]) {
        const node = await night.node(name);
        await node.boot();
        others.push(node);
      }
      await night.pass(120);
      const sent = [];
      for (const node of others) {
        const when = await node.rootfs();
        sent.push([node.name, { stage: "rootfs-sent", when, standing: "fine" }] as const);
      }
      await night.pass(1400);
      return {
        nodes: {
          ...Object.fromEntries(sent),
          "ncn-s001": { stage: "kernel", when, standing: "quiet" },
        },
      };
    },
  },
  {
    name: "kept-disks",
    says: "A node that keeps its disks needs no root filesystem; its peer fetches one",
    kept: ["ncn-w001"],
    consoles: ["ncn-w001", "ncn-w002"],
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      const when = await w1.boot();
      await w2.boot();
      await night.pass(100);
      const sent = await w2.rootfs();
      await night.pass(120);
      return {
        nodes: {
          "ncn-w001": { stage: "kernel", when, standing: "fine" },
          "ncn-w002": { stage: "rootfs-sent", when: sent, standing: "fine" },
        },
      };
    },
  },
  {
    name: "kept-disks-up",
    says: "A node that keeps its disks is up without a root filesystem from the PIT",
    kept: ["ncn-w001"],
    consoles: ["ncn-w001"],
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(400);
      const when = await night.says("ncn-w001", FINALLY_UP);
      await night.pass(60);
      return { nodes: { "ncn-w001": { stage: "up", when, standing: "fine" } } };
    },
  },
  {
    name: "half-a-minute-late",
    says: "Twelve seconds separate peers, none of which is behind",
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      await w1.boot();
      await w2.dhcp();
      await night.pass(12);
      const script = await w2.ipxe("script");
      await night.pass(100);
      const sent = await w1.rootfs();
      return {
        nodes: {
          "ncn-w001": { stage: "rootfs-sent", when: sent, standing: "fine" },
          "ncn-w002": { stage: "script", when: script, standing: "fine" },
        },
      };
    },
  },
];
