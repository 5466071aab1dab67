/**
 * Nights in which somebody else asks, or a node asks in another way than most.
 *
 * @module
 */

import type { NightPlan } from "./night_plan.ts";

const STRANGER = "aa:bb:cc:00:00:01";

/** Who asks, and how. */
export const STRANGE_NIGHTS: readonly NightPlan[] = [
  {
    name: "nameless",
    says: "A node boots from a port that statics.conf does not know",
    play: async (night) => {
      const stranger = await night.stranger("x1", STRANGER);
      await stranger.dhcp();
      await stranger.fetch(["/boot/script.ipxe"]);
      await stranger.fetch(["//initrd.img.xz"]);
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot("script");
      await night.pass(45);
      return {
        nodes: { "ncn-w001": { stage: "script", when, standing: "fine" } },
        strangers: [STRANGER],
      };
    },
  },
  {
    name: "nameless-lease-only",
    says: "A machine that statics.conf does not know has got an address, and nothing else",
    play: async (night) => {
      const stranger = await night.stranger("x1", STRANGER);
      await stranger.dhcp();
      await night.pass(60);
      return { nodes: {}, strangers: [STRANGER] };
    },
  },
  {
    name: "admin-curl",
    says: "An administrator fetches a kernel on the PIT, by name and by address",
    play: async (night) => {
      for (const host of ["127.0.0.1", "10.1.1.0", "10.252.1.0"]) {
        await night.sh(
          `curl -s -o /dev/null http://${host}/ncn-w001/script.ipxe http://${host}/ncn-w001/kernel -o /dev/null`,
        );
      }
      await night.pass(60);
      return { nodes: {} };
    },
  },
  {
    name: "admin-elsewhere",
    says: "Somebody's workstation and another node look at what a node boots",
    play: async (night) => {
      const m2 = await night.node("ncn-m002");
      const when = await m2.boot("script");
      await m2.fetch(["/ncn-w001/script.ipxe", "/ncn-w001/kernel"], { as: "curl" });
      await night.pass(20);
      return { nodes: { "ncn-m002": { stage: "script", when, standing: "fine" } } };
    },
  },
  {
    name: "only-looked-at",
    says: "HEAD, a range, a range past the end and an If-Modified-Since give a node nothing",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot("script");
      await night.pass(10);
      await w1.fetch(["/ncn-w001/kernel"], { more: ["-I"] });
      await w1.fetch(["/ncn-w001/kernel"], { more: ["-r", "0-99"] });
      await w1.fetch(["/ncn-w001/rootfs"], { more: ["-r", "90000000-"] });
      await w1.fetch(["/ncn-w001/initrd.img.xz"], {
        more: ["-z", "Fri, 27 Nov 2026 00:00:00 GMT"],
      });
      await night.pass(20);
      return { nodes: { "ncn-w001": { stage: "script", when, standing: "fine" } } };
    },
  },
  {
    name: "http-boot",
    says: "A node boots by HTTP: its boot loader is in the log, and no TFTP",
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      await w1.dhcp();
      await w1.fetch(["/boot/ipxe.x86_64.efi"], { as: "firmware" });
      const script = await w1.ipxe("script");
      const when = await w2.dhcp();
      await night.pass(4);
      await w2.fetch(["/boot/ipxe.x86_64.efi"], { as: "firmware" });
      await night.pass(5);
      return {
        nodes: {
          "ncn-w001": { stage: "script", when: script, standing: "fine" },
          "ncn-w002": { stage: "dhcp", when: [when[0], when[1] + 5], standing: "fine" },
        },
      };
    },
  },
  {
    name: "lease-changes-networks",
    says: "An old iPXE asks on VLAN 2: another address in the one lease of the node",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.dhcp("mtl");
      await night.pass(8);
      await w1.dhcp("nmn");
      const w2 = await night.node("ncn-w002");
      await w2.dhcp("mtl");
      await w2.dhcp("nmn");
      const kernel = await w2.ipxe("kernel");
      await night.pass(5);
      const when = await w1.dhcp("nmn");
      await night.pass(10);
      return {
        nodes: {
          "ncn-w001": { stage: "dhcp", when, standing: "fine" },
          "ncn-w002": { stage: "kernel", when: kernel, standing: "fine" },
        },
      };
    },
  },
  {
    name: "lease-of-the-initramfs",
    says: "Linux asks for the lease again after the kernel; that is no new boot",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot("kernel");
      await night.pass(75);
      await w1.dhcp("mtl", { as: "linux" });
      await night.pass(20);
      return { nodes: { "ncn-w001": { stage: "kernel", when, standing: "fine" } } };
    },
  },
  {
    name: "firmware-anew",
    says: "A node that was up is reset: its firmware has asked for an address, and no more",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(100);
      const sent = await w1.rootfs();
      await night.pass(2400);
      const when = await w1.dhcp();
      await night.pass(10);
      return {
        nodes: {
          "ncn-w001": {
            stage: "dhcp",
            // A running system renews its lease as well.
            mayBe: ["rootfs-sent"],
            when: [sent[0], when[1]],
            standing: "fine",
          },
        },
      };
    },
  },
  {
    name: "bmc-leases",
    says: "BMCs have leases, and no node has",
    play: async (night) => {
      await night.bmcDhcp("ncn-w001");
      await night.bmcDhcp("ncn-s001");
      await night.pass(60);
      return { nodes: {} };
    },
  },
  {
    name: "silent-port",
    says: "Firmware gets an address and no boot loader: TFTP does not answer",
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      const when = await w1.dhcp();
      await night.pass(20);
      const kernel = await w2.boot();
      await night.pass(200);
      return {
        nodes: {
          "ncn-w001": { stage: "dhcp", when, standing: "dead" },
          "ncn-w002": { stage: "kernel", when: kernel, standing: "fine" },
        },
      };
    },
  },
  {
    name: "one-of-nine",
    says: "Nine nodes boot; one has stood after its script for 25 minutes, the others are done",
    play: async (night) => {
      const late = await night.node("ncn-s002");
      const when = await late.boot("script");
      const names = ["ncn-m002", "ncn-m003", "ncn-w001", "ncn-w002", "ncn-w003", "ncn-s001"];
      const entries = [["ncn-s002", { stage: "script", when, standing: "dead" }] as const];
      const nodes = [];
      for (const name of [...names, "ncn-s003"]) {
        const node = await night.node(name);
        await node.boot();
        nodes.push(node);
        await night.pass(6);
      }
      await night.pass(150);
      const sent = [];
      for (const node of nodes) {
        const when = await node.rootfs();
        sent.push([node.name, { stage: "rootfs-sent", when, standing: "fine" }] as const);
      }
      await night.pass(1200);
      return { nodes: Object.fromEntries([...entries, ...sent]) };
    },
  },
];
