/**
 * Nights in which the web server does not give a node what it asks for, or the node begins
 * again and again.
 *
 * @module
 */

import type { NightPlan } from "./night_plan.ts";
import type { Recorder } from "./recorder.ts";

/** Removes a file from a node's directory. */
function without(night: Recorder, path: string): Promise<string> {
  return night.sh(`rm /var/www/${path}`);
}

/** What is refused. */
export const REFUSAL_NIGHTS: readonly NightPlan[] = [
  {
    name: "rootfs-404",
    says: "The link to the root filesystem is missing: the node asks each five seconds",
    play: async (night) => {
      await without(night, "ncn-w001/rootfs");
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot();
      await night.pass(90);
      for (let i = 0; i < 6; i++) {
        await w1.rootfs();
        await night.pass(5);
      }
      return {
        nodes: {
          "ncn-w001": {
            stage: "kernel",
            when,
            standing: "refused",
            cause: "404.*/ncn-w001/rootfs|/ncn-w001/rootfs.*404",
          },
        },
      };
    },
  },
  {
    name: "rootfs-404-mended",
    says: "The same, and somebody has set the link: the node got its root filesystem",
    play: async (night) => {
      await without(night, "ncn-w001/rootfs");
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(90);
      await w1.rootfs();
      await night.pass(5);
      await w1.rootfs();
      await night.sh("ln -s ../ephemeral/data/k8s/1.6.2/rootfs /var/www/ncn-w001/rootfs");
      await night.pass(5);
      const when = await w1.rootfs();
      await night.pass(60);
      return { nodes: { "ncn-w001": { stage: "rootfs-sent", when, standing: "fine" } } };
    },
  },
  {
    name: "rootfs-404-mended-slow",
    says: "The same, and the node is receiving it",
    play: async (night) => {
      await without(night, "ncn-w001/rootfs");
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(90);
      await w1.rootfs();
      await night.sh("ln -s ../ephemeral/data/k8s/1.6.2/rootfs /var/www/ncn-w001/rootfs");
      await night.pass(5);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "2M" });
      await transfer.has(4_000_000);
      return {
        nodes: { "ncn-w001": { stage: "rootfs", standing: "moving", percent: [10, 60] } },
      };
    },
  },
  {
    name: "fmn001-403",
    says: "The PIT's Apache has no rule for fmn001",
    play: async (night) => {
      const fmn = await night.node("fmn001");
      const when = await fmn.dhcp();
      await fmn.ipxe("script");
      await night.pass(60);
      return {
        nodes: {
          "fmn001": {
            stage: "dhcp",
            when,
            standing: "refused",
            cause: "403.*/fmn001/script.ipxe|/fmn001/script.ipxe.*403",
          },
        },
      };
    },
  },
  {
    name: "script-404",
    says: "A node has no directory: it stands in the menu of iPXE",
    play: async (night) => {
      await night.sh("rm -r /var/www/ncn-w002");
      const w2 = await night.node("ncn-w002");
      const when = await w2.dhcp();
      await w2.ipxe("script");
      await night.pass(400);
      return {
        nodes: {
          "ncn-w002": {
            stage: "dhcp",
            when,
            standing: "refused",
            cause: "404.*/ncn-w002/script.ipxe|/ncn-w002/script.ipxe.*404",
          },
        },
      };
    },
  },
  {
    name: "initrd-404",
    says: "An initrd is missing: iPXE tries its next port, and then boots the disk",
    play: async (night) => {
      await without(night, "ncn-w001/initrd.img.xz");
      const w1 = await night.node("ncn-w001");
      let when: readonly [number, number] = [0, 0];
      for (let i = 0; i < 2; i++) {
        await w1.dhcp();
        when = await w1.ipxe("script");
        await w1.fetch(["/ncn-w001/initrd.img.xz"]);
        await night.pass(30);
      }
      await night.pass(200);
      return {
        nodes: {
          "ncn-w001": {
            stage: "script",
            when,
            standing: "refused",
            tries: 2,
            cause: "404.*/ncn-w001/initrd.img.xz|/ncn-w001/initrd.img.xz.*404",
          },
        },
      };
    },
  },
  {
    name: "initrd-404-next-port",
    says: "The same, and the next port gets no answer at all: the console says so, and no more",
    consoles: ["ncn-w001"],
    play: async (night) => {
      await without(night, "ncn-w001/initrd.img.xz");
      const w1 = await night.node("ncn-w001");
      await w1.dhcp();
      const when = await w1.ipxe("script");
      await w1.fetch(["/ncn-w001/initrd.img.xz"]);
      await night.says("ncn-w001", "http://pit/ncn-w001/initrd.img.xz... No such file\n");
      await night.says("ncn-w001", "Network boot failed! Falling to next boot option\n");
      await night.pass(15);
      await night.says("ncn-w001", ">>Start PXE over IPv4.\n");
      await night.pass(60);
      await night.says("ncn-w001", "  PXE-E16: No offer received.\n");
      await night.pass(30);
      return {
        nodes: {
          "ncn-w001": {
            stage: "script",
            when,
            standing: "refused",
            cause: "404.*/ncn-w001/initrd.img.xz|/ncn-w001/initrd.img.xz.*404",
          },
        },
      };
    },
  },
  {
    name: "rootfs-unreadable",
    says: "The web server may not read the root filesystem: 403",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await night.sh("chmod 600 /var/www/ephemeral/data/k8s/1.6.2/rootfs");
      const when = await w1.boot();
      await night.pass(90);
      await w1.rootfs();
      await night.pass(5);
      await w1.rootfs();
      await night.sh("chmod 644 /var/www/ephemeral/data/k8s/1.6.2/rootfs");
      return {
        nodes: {
          "ncn-w001": {
            stage: "kernel",
            when,
            standing: "refused",
            cause: "403.*/ncn-w001/rootfs|/ncn-w001/rootfs.*403",
          },
        },
      };
    },
  },
  {
    name: "loop",
    says: "A node dies after its kernel and is reset, three times",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      let when: readonly [number, number] = [0, 0];
      for (let i = 0; i < 3; i++) {
        when = await w1.boot();
        await night.pass(150);
      }
      return { nodes: { "ncn-w001": { stage: "kernel", when, standing: "loop", tries: 3 } } };
    },
  },
  {
    name: "rebooted-on-purpose",
    says: "Somebody boots a node anew that had its root filesystem: that is no loop",
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(100);
      await w1.rootfs();
      await night.pass(400);
      const when = await w1.boot("initrd");
      await night.pass(5);
      return { nodes: { "ncn-w001": { stage: "initrd", when, standing: "fine", tries: 1 } } };
    },
  },
  {
    name: "reset-in-mid-transfer",
    says: "A node is reset while it fetches; the line of that comes when it boots again",
    timeout: 20,
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(8_000_000);
      await w1.vanish();
      await night.pass(200);
      await w1.plugAgain();
      const when = await w1.boot("initrd");
      await night.wait(25_000);
      return {
        nodes: {
          // iPXE is busy with its kernel, for all that is to be seen.
          "ncn-w001": { stage: "initrd", when, standing: "fine", tries: 2 },
        },
      };
    },
  },
];
