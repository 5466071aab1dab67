/**
 * Nights with machines that really boot.
 *
 * @module
 */

import { publishInLab, UP } from "./machines.ts";
import type { NightPlan } from "./night_plan.ts";

/** Virtual machines. */
export const MACHINE_NIGHTS: readonly NightPlan[] = [
  {
    name: "machine-bios",
    says: "A virtual machine boots: iPXE, a kernel, its root filesystem, up",
    consoles: ["ncn-w003"],
    play: async (night) => {
      await publishInLab(night, "ncn-w003");
      const from = night.seconds();
      await night.lab.boot("ncn-w003", { timeout: 180 });
      const when = [from, night.seconds()] as const;
      await night.settled("ncn-w003", UP);
      return { nodes: { "ncn-w003": { stage: "up", when, standing: "fine" } } };
    },
  },
  {
    name: "machine-no-rootfs",
    says: "The same, and the root filesystem is missing",
    consoles: ["ncn-w003"],
    play: async (night) => {
      await publishInLab(night, "ncn-w003");
      await night.sh("rm /var/www/ncn-w003/rootfs");
      const from = night.seconds();
      await night.lab.boot("ncn-w003", { timeout: 180 });
      const when = [from, night.seconds()] as const;
      await night.settled("ncn-w003", "no rootfs");
      return {
        nodes: {
          "ncn-w003": {
            stage: "kernel",
            when,
            standing: "refused",
            cause: "404.*/ncn-w003/rootfs|/ncn-w003/rootfs.*404",
          },
        },
      };
    },
  },
  {
    name: "machine-uefi",
    says: "A virtual machine with UEFI, which gets its boot loader by TFTP",
    consoles: ["ncn-w003"],
    play: async (night) => {
      await publishInLab(night, "ncn-w003");
      await night.sh("cp /usr/lib/ipxe/ipxe.efi /var/www/boot/ipxe.x86_64.efi");
      const from = night.seconds();
      await night.lab.boot("ncn-w003", { timeout: 180, uefi: true });
      const when = [from, night.seconds()] as const;
      await night.settled("ncn-w003", UP);
      return { nodes: { "ncn-w003": { stage: "up", when, standing: "fine" } } };
    },
  },
];
