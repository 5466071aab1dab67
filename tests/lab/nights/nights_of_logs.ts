/**
 * Nights in which a log is not what it was a moment ago, or not what one thinks.
 *
 * @module
 */

import type { Truth } from "../../testdata/nights.ts";
import { FINALLY_UP, type NightPlan } from "./night_plan.ts";
import type { Recorder } from "./recorder.ts";

/** A node that has its root filesystem, and one that has its kernel. */
async function twoNodes(night: Recorder): Promise<Truth> {
  const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
  await w1.boot();
  await night.pass(100);
  const kernel = await w2.boot();
  const sent = await w1.rootfs();
  await night.pass(60);
  return {
    nodes: {
      "ncn-w001": { stage: "rootfs-sent", when: sent, standing: "fine" },
      "ncn-w002": { stage: "kernel", when: kernel, standing: "fine" },
    },
  };
}

/** Where lines are, and what they look like. */
export const LOG_NIGHTS: readonly NightPlan[] = [
  {
    name: "debian-format",
    says: "Debian's combined has %O: more bytes than the file has for a whole transfer",
    format: "debian",
    play: twoNodes,
  },
  {
    name: "vhost-format",
    says: "The name of the virtual host stands before each line",
    format: "vhost",
    play: twoNodes,
  },
  {
    name: "another-zone",
    says: "The PIT is in Chicago",
    zone: "America/Chicago",
    consoles: ["ncn-w001", "ncn-w002"],
    play: async (night) => {
      const { nodes } = await twoNodes(night);
      const when = await night.says("ncn-w001", FINALLY_UP);
      return { nodes: { ...nodes, "ncn-w001": { stage: "up", when, standing: "fine" } } };
    },
  },
  {
    name: "another-format",
    says: "nginx writes JSON: the log tells nothing",
    web: "nginx",
    format: "json",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot();
      await night.pass(30);
      return {
        nodes: { "ncn-w001": { stage: "kernel", mayBe: ["dhcp"], when, standing: "fine" } },
        unseen: ["access"],
      };
    },
  },
  {
    name: "no-log",
    says: "No web server has logged: there are leases alone",
    web: "none",
    play: async (night) => {
      const when = await (await night.node("ncn-w001")).dhcp();
      await night.pass(20);
      return {
        nodes: { "ncn-w001": { stage: "dhcp", when, standing: "fine" } },
        unseen: ["access_log"],
      };
    },
  },
  {
    name: "out-of-order",
    says: "A line of a long transfer stands far behind its time, after lines of other nodes",
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      await w1.boot();
      await night.pass(60);
      const long = await w1.begin("rootfs", { as: "curl", rate: "12M" });
      await long.has(4_000_000);
      await night.pass(500);
      const kernel = await w2.boot();
      await night.pass(200);
      await long.end();
      await night.pass(20);
      return {
        nodes: {
          "ncn-w001": { stage: "rootfs-sent", when: long.begun, standing: "fine" },
          "ncn-w002": { stage: "kernel", when: kernel, standing: "fine" },
        },
      };
    },
  },
  {
    name: "two-boots",
    says: "A node booted an hour ago, whole; now it has its script",
    consoles: ["ncn-w001"],
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(100);
      await w1.rootfs();
      await night.pass(400);
      await night.says("ncn-w001", FINALLY_UP);
      await night.pass(3000);
      const when = await w1.boot("script");
      await night.pass(5);
      return { nodes: { "ncn-w001": { stage: "script", when, standing: "fine" } } };
    },
  },
  {
    name: "yesterday",
    says: "All that is in the log and on the console is of yesterday",
    consoles: ["ncn-w001"],
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(100);
      await w1.rootfs();
      await night.pass(400);
      await night.says("ncn-w001", FINALLY_UP);
      await night.pass(20 * 3600);
      return { nodes: {} };
    },
  },
  {
    name: "rotated-before",
    says: "logrotate ran between the kernel and the root filesystem",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      const w2 = await night.node("ncn-w002");
      await w1.boot();
      const kernel = await w2.boot();
      await night.pass(60);
      await night.rotate();
      await night.pass(60);
      const when = await w1.rootfs();
      await night.pass(30);
      return {
        nodes: {
          "ncn-w001": { stage: "rootfs-sent", when, standing: "fine" },
          "ncn-w002": { stage: "kernel", when: kernel, standing: "fine" },
        },
      };
    },
  },
  {
    name: "rotated-in-mid-transfer",
    says: "logrotate runs while a node fetches: its line comes into the renamed file",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "12M" });
      await transfer.has(4_000_000);
      await night.rotate();
      await transfer.end();
      await night.pass(60);
      return {
        nodes: {
          "ncn-w001": { stage: "rootfs-sent", when: transfer.begun, standing: "fine" },
        },
      };
    },
  },
  {
    name: "rotated-and-lost",
    says: "The same with compress: the line is in no file, and the node is up",
    consoles: ["ncn-w001"],
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "12M" });
      await transfer.has(4_000_000);
      await night.rotate({ compress: true });
      await transfer.end();
      await night.pass(300);
      // A boot of which no file tells any more that can be read without unpacking it.
      const when = await night.says("ncn-w001", FINALLY_UP);
      await night.pass(10);
      return {
        nodes: {
          "ncn-w001": {
            stage: "up",
            mayBe: ["rootfs-sent", "rootfs", "kernel", "dhcp"],
            when: [when[0] - 400, when[1]],
            standing: "fine",
          },
        },
        unseen: ["compressed"],
      };
    },
  },
  {
    name: "rotated-nginx",
    says: "nginx opens its log anew: the line of a transfer comes into the new file",
    web: "nginx",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "12M" });
      await transfer.has(4_000_000);
      await night.rotate();
      await transfer.end();
      const ended = night.seconds();
      await night.pass(60);
      return {
        nodes: {
          "ncn-w001": { stage: "rootfs-sent", when: [ended - 2, ended], standing: "fine" },
        },
      };
    },
  },
  {
    name: "nexus-noise",
    says: "Thousands of requests for packages stand behind what nodes asked for",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot();
      await night.pass(30);
      const other = await night.stranger("x9", "b4:2e:99:99:99:99");
      await other.dhcp();
      await other.fetch(["/repository/csm-sle-15sp4/x86_64/kernel-[100-299].rpm"], { as: "curl" });
      await night.pass(30);
      return {
        nodes: { "ncn-w001": { stage: "kernel", when, standing: "fine" } },
        strangers: ["b4:2e:99:99:99:99"],
      };
    },
  },
  {
    name: "clock-set-back",
    says: "The clock of the PIT is set back by an hour: lines are of the future",
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      await w1.boot("initrd");
      await night.pass(20);
      await night.pass(-3600);
      const when = await w2.boot("script");
      await night.pass(20);
      return {
        nodes: {
          "ncn-w001": { stage: "initrd", mayBe: ["none", "dhcp"], standing: "fine" },
          "ncn-w002": { stage: "script", when, standing: "fine" },
        },
      };
    },
  },
  {
    name: "clock-set-forward",
    says: "The clock of the PIT is set forward by four hours in the middle of a boot",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot("kernel");
      await night.pass(60);
      await night.pass(4 * 3600);
      const when = await w1.rootfs();
      await night.pass(20);
      return { nodes: { "ncn-w001": { stage: "rootfs-sent", when, standing: "fine" } } };
    },
  },
  {
    name: "old-initramfs",
    says: "An initramfs of 2021 fetches kernel and initrd once more, by curl: that is no loop",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      await w1.fetch(["/ncn-w001/kernel"], { as: "curl" });
      await w1.fetch(["/ncn-w001/initrd.img.xz"], { as: "curl" });
      const when = await w1.rootfs();
      await night.pass(30);
      return { nodes: { "ncn-w001": { stage: "rootfs-sent", when, standing: "fine", tries: 1 } } };
    },
  },
  {
    name: "odd-paths",
    says: "A client writes the path in another way: //, %2d, a query",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot("script");
      await w1.fetch(["//ncn-w001//initrd.img.xz"]);
      const when = await w1.fetch(["/ncn%2dw001/kernel?x=1"]);
      await night.pass(10);
      return {
        nodes: {
          "ncn-w001": { stage: "kernel", mayBe: ["script", "initrd"], when, standing: "fine" },
        },
      };
    },
  },
];
