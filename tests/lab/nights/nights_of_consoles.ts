/**
 * Nights in which the consoles tell something, or seem to.
 *
 * @module
 */

import { FINALLY_UP, type NightPlan } from "./night_plan.ts";

/** What nodes say. */
export const CONSOLE_NIGHTS: readonly NightPlan[] = [
  {
    name: "old-up",
    says: "The console still holds that the node came up, the last time",
    consoles: ["ncn-w001"],
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await night.says("ncn-w001", FINALLY_UP);
      await night.pass(1200);
      const when = await w1.boot();
      await night.says("ncn-w001", "http://pit/ncn-w001/kernel... ok\n");
      await night.pass(60);
      return { nodes: { "ncn-w001": { stage: "kernel", when, standing: "fine" } } };
    },
  },
  {
    name: "hourly-lines",
    says: "A node hangs after its kernel; only conman writes to its console, each hour",
    consoles: ["ncn-w001", "ncn-w002"],
    play: async (night) => {
      const [w1, w2] = [await night.node("ncn-w001"), await night.node("ncn-w002")];
      const when = await w1.boot();
      await w2.boot();
      await night.pass(100);
      const sent = await w2.rootfs();
      await night.pass(300);
      await night.hup();
      await night.pass(3600);
      return {
        nodes: {
          "ncn-w001": { stage: "kernel", when, standing: "dead" },
          "ncn-w002": { stage: "rootfs-sent", when: sent, standing: "fine" },
        },
      };
    },
  },
  {
    name: "kernel-panic",
    says: "The kernel cannot unpack its initrd",
    consoles: ["ncn-w001"],
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot();
      await night.pass(12);
      await night.says(
        "ncn-w001",
        `[    1.832744] Initramfs unpacking failed: junk within compressed archive
[    2.210913] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)
[    2.219101] CPU: 0 PID: 1 Comm: swapper/0 Not tainted 5.3.18-150300.59.76-default #1
`,
      );
      await night.pass(100);
      return {
        nodes: {
          "ncn-w001": { stage: "kernel", when, standing: "dead", cause: "(?i:panic|unpacking)" },
        },
      };
    },
  },
  {
    name: "pxe-e18",
    says: "The firmware gets no answer of the PIT: a message on the console is all",
    consoles: ["ncn-w001"],
    play: async (night) => {
      await night.says("ncn-w001", "\x1b[2J\x1b[01;01H>>Start PXE over IPv4.\n");
      await night.pass(30);
      await night.says("ncn-w001", "  PXE-E18: Server response timeout.\n");
      await night.pass(30);
      return { nodes: { "ncn-w001": { stage: "none", standing: "dead", cause: "PXE-E18" } } };
    },
  },
  {
    name: "old-pxe-e18",
    says: "PXE-E18 is of the boot before; this one goes well",
    consoles: ["ncn-w001"],
    play: async (night) => {
      await night.says("ncn-w001", "  PXE-E18: Server response timeout.\n");
      await night.pass(900);
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot();
      await night.pass(10);
      return { nodes: { "ncn-w001": { stage: "kernel", when, standing: "fine" } } };
    },
  },
  {
    name: "no-disks",
    says: "The initramfs finds no disks and gives up, and is reset",
    consoles: ["ncn-s001"],
    play: async (night) => {
      const s1 = await night.node("ncn-s001");
      const when = await s1.boot();
      await night.pass(70);
      await night.says(
        "ncn-s001",
        "metal_die: No disks were found for the OS that are 375809638400 (in bytes) or larger\n",
      );
      await night.pass(20);
      return {
        nodes: {
          "ncn-s001": { stage: "kernel", when, standing: "dead", cause: "(?i:no disks|metal_die)" },
        },
      };
    },
  },
  {
    name: "failed-download",
    says: "The root filesystem came in part: the console says so, the log does not",
    consoles: ["ncn-w001"],
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const transfer = await w1.begin("rootfs", { as: "curl", rate: "4M" });
      await transfer.has(8_000_000);
      await transfer.abort();
      await night.says("ncn-w001", "Warning: Failed to download ; may retry\n");
      await night.pass(30);
      return {
        nodes: {
          "ncn-w001": {
            stage: "rootfs",
            mayBe: ["rootfs-sent"],
            when: transfer.begun,
            standing: "dead",
            cause: "Failed to download",
          },
        },
      };
    },
  },
  {
    name: "split-line",
    says: "A console's last line is not at its end yet",
    consoles: ["ncn-w001"],
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      await w1.boot();
      await night.pass(60);
      const when = await w1.rootfs();
      await night.says("ncn-w001", "ncn-w001 login: ");
      await night.pass(30);
      return { nodes: { "ncn-w001": { stage: "rootfs-sent", when, standing: "fine" } } };
    },
  },
  {
    name: "words-in-a-command",
    says: "Somebody greps for the words on another console",
    consoles: ["ncn-w001", "ncn-w002"],
    play: async (night) => {
      const w1 = await night.node("ncn-w001");
      const when = await w1.boot();
      await night.pass(60);
      await night.says("ncn-w002", `grep 'Kernel panic' /var/log/messages\n`);
      await night.says("ncn-w002", FINALLY_UP);
      await night.pass(30);
      return {
        nodes: {
          "ncn-w001": { stage: "kernel", when, standing: "fine" },
          // It came up from its disk, or long ago: nothing of a boot was seen.
          "ncn-w002": { stage: "none", mayBe: ["up"], standing: "fine" },
        },
      };
    },
  },
];
