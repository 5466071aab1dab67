/**
 * The content of a document: the images, the BMCs, the leases, the nodes and the
 * problems.
 *
 * @module
 */

import type { Architecture, Stream } from "../text/release.ts";
import type { Boot } from "./boot.ts";
import type { BmcReason } from "./bmc_reasons.ts";
import type { Generation } from "./generation.ts";
import type { KnownRelease } from "./known_release.ts";
import type { PowerReason } from "./power_reasons.ts";

/** A file of a boot image. */
export interface Artifact {
  /** From the root of the PIT. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly modified: string;
  /** Why it looks unfit, if it was taken on the administrator's word. */
  readonly accepted?: string;
}

/** A kernel, and what it says of itself. */
export interface KernelArtifact extends Artifact {
  /** For instance `5.3.18-150300.59.76-default`. */
  readonly version: string;
}

/** A root filesystem. */
export interface RootfsArtifact extends Artifact {
  /** Whether the image customiser has secured it. */
  readonly secure: boolean;
}

/** The images of one role: a kernel, an initrd and a root filesystem. */
export interface Image {
  /** For instance `1.6.2`. */
  readonly release: string;
  /** `null` if the name of the release is of neither form. */
  readonly stream: Stream | null;
  /** `null` in older releases, which do not name it. */
  readonly arch: Architecture | null;
  /** The directory of the three. */
  readonly directory: string;
  /** The kernel that boots. */
  readonly kernel: KernelArtifact;
  /** The initrd that the kernel starts with. */
  readonly initrd: Artifact;
  /** The root filesystem that it goes on with. */
  readonly rootfs: RootfsArtifact;
}

/** The result for a BMC; `unknown`: the session was lost after the write. */
export type BmcState =
  | "changed"
  | "already"
  | "reset"
  | "unreachable"
  | "denied"
  | "failed"
  | "unknown"
  | "skipped";

/** By which protocol a BMC was spoken to. */
export type BmcProtocol = "ipmi" | "redfish";

/** What Redfish tells of the switch of IPMI; `enabled`: it was off, and was turned on. */
export type IpmiSwitch = "on" | "enabled" | "off";

/** A BMC and its result. */
export interface Bmc {
  /** For instance `ncn-w001-mgmt`. */
  readonly name: string;
  /** The node that it manages, for instance `ncn-w001`. */
  readonly node: string;
  /** Its address, as conman.conf has it. */
  readonly address: string;
  /** Lower case; `null` if statics.conf does not name it. */
  readonly mac: string | null;
  /** The result for it. */
  readonly state: BmcState;
  /** Why it is in that state; `null` where all is well. Older documents do not have it. */
  readonly reason?: BmcReason | null;
  /** Its LAN channel; `null` if that was not learned. */
  readonly channel: number | null;
  /** The time that it took. */
  readonly seconds: number;
  /** The reason in words, for people. */
  readonly message: string | null;
  /** Which one it accepted. */
  readonly cipherSuite?: number | null;
  /** The last one that it answered, 0 if all went well. */
  readonly completionCode?: number | null;
  /** What it answered by; `null` if it did not. Older documents do not have it. */
  readonly by?: BmcProtocol | null;
  /** Whether IPMI is on, as far as Redfish was asked; else `null`. */
  readonly ipmi?: IpmiSwitch | null;
  /** `ipmi`: IPMI was to be turned on, and it was not to be switched to DHCP. */
  readonly goal?: "ipmi";
}

/** A BMC that has a lease. */
export interface BmcLease {
  /** For instance `ncn-w001-mgmt`. */
  readonly bmc: string;
  /** Lower case. */
  readonly mac: string;
  /** The address that it was given. */
  readonly ip: string;
  /** Seconds since the epoch, or `null` if the lease never ends. */
  readonly expires: number | null;
}

/** Why a node is not ready. */
export interface Cause {
  /** Stable: for programs. */
  readonly code: string;
  /** In a few words, what was found. */
  readonly message: string;
  /** The next step. */
  readonly hint: string | null;
  /** The address of its BMC, if that matters. */
  readonly address?: string;
  /** The command of the hint without `--nodes`, if the hint is one. */
  readonly command?: string;
  /** When that was found, if by an earlier command: ISO 8601, UTC. */
  readonly seen?: string;
}

/** A node and what it boots; links as `readlink` prints them. */
export interface BootNode {
  /** For instance `ncn-w001`. */
  readonly name: string;
  /** Whose images it boots; `null` if no role has such nodes. */
  readonly role: string | null;
  /** Its boot directory. */
  readonly directory: string;
  /**
   * What was done to its directory. What `status` sees: `unchanged` or `absent`.
   */
  readonly change:
    | "created"
    | "updated"
    | "unchanged"
    | "kept"
    | "failed"
    | "absent"
    | "offline"
    | "removed";
  /** `null` if there is no link. */
  readonly kernel: string | null;
  /** `null` if there is no link. */
  readonly initrd: string | null;
  /** `null` if there is no link. */
  readonly rootfs: string | null;
  /**
   * What was done to its script: `written`, `unchanged`, `kept`. What `status` sees:
   * `ours` (as we wrote it, or would), `edited`, `missing`.
   */
  readonly script: "written" | "unchanged" | "kept" | "ours" | "edited" | "missing";
  /** The state of its links, as `status` sees it. */
  readonly links?: "whole" | "broken" | "foreign" | "missing" | "offline";
  /** Of what its links point to. */
  readonly release?: string | null;
  /** Of the kernel that its link points to. */
  readonly kernelVersion?: string | null;
  /** Where it keeps its image (`rd.live.dir`); `null` for the default place. */
  readonly liveDir?: string | null;
  /** What its script.ipxe says of its disks; left out where it has none. */
  readonly disks?: "wiped" | "kept" | "unknown";
  /** The address that its BMC was given. */
  readonly lease?: string | null;
  /** Why it is not ready; `null` or left out if it is, or if that is not known. */
  readonly cause?: Cause | null;
}

/** What a check of `check` found. */
export interface CheckResult {
  /** The name of the check, for instance `web`. */
  readonly check: string;
  /** `skipped`: it was not looked at; `message` says why. */
  readonly state: "ok" | "warning" | "failed" | "skipped";
  /** Whom it concerns; none if all. */
  readonly nodes: readonly string[];
  /** What was looked at, or asked for. */
  readonly asked: string;
  /** What was seen, or came. */
  readonly found: string;
  /** What is wrong with it; `null` if nothing is. */
  readonly message: string | null;
  /** What to do next. */
  readonly hint: string | null;
}

/** What a node boots from, as its BMC keeps it. */
export interface BootDevice {
  /** `none`: as its firmware has it. */
  readonly device: "none" | "pxe" | "disk" | "safe" | "diag" | "cd" | "bios" | "other";
  /** Whether by UEFI; else by BIOS. */
  readonly efi: boolean;
  /** Whether for each start; else for the next one. */
  readonly persistent: boolean;
  /** Whether the BMC has not dropped it. */
  readonly valid: boolean;
}

/** Whether a node is on. */
export type PowerState = "on" | "off";

/** The power of a node, and what was done to it. */
export interface NodePower {
  /** For instance `ncn-w001`. */
  readonly node: string;
  /** For instance `ncn-w001-mgmt`. */
  readonly bmc: string;
  /** Where the BMC was asked; `null` if it was not. */
  readonly address: string | null;
  /** `null` if it is not known. */
  readonly before: PowerState | null;
  /** `null` if it is not known. */
  readonly after: PowerState | null;
  /** As read back; `null` if it is not known. */
  readonly boot: BootDevice | null;
  /**
   * `on`, `off`: so it is now. `already`: so it was. `refused`: it was not asked for, for
   * the sake of the node. `skipped`: an earlier command left it out, or it was not asked.
   * `unknown`: the session was lost after the command.
   */
  readonly state:
    | PowerState
    | "already"
    | "failed"
    | "unreachable"
    | "denied"
    | "refused"
    | "skipped"
    | "unknown";
  /** Why it is in that state; `null` where all is well. */
  readonly reason: BmcReason | PowerReason | null;
  /** How it was asked; `null` if it was not. */
  readonly by: BmcProtocol | null;
  /** The time that it took. */
  readonly seconds: number;
  /** The reason in words, for people. */
  readonly message: string | null;
  /** What it does after an outage; `null` if it is not known. */
  readonly policy?: "off" | "previous" | "on" | null;
  /** Seconds by which the clock of its BMC is ahead of the PIT's; `null` if it is not known. */
  readonly clock?: number | null;
  /** What its script.ipxe says of its disks. */
  readonly disks?: "wiped" | "kept" | "unknown";
}

/** Something that an administrator should know. */
export interface Problem {
  /** The command that met it, for instance `set-links`. */
  readonly stage: string;
  /** An error ends the chain; a warning does not. */
  readonly severity: "error" | "warning";
  /** Stable: for programs. */
  readonly code: string;
  /** Whom it concerns; none if all. */
  readonly nodes: readonly string[];
  /** The failure: what failed, where, and what was found. */
  readonly message: string;
  /** The next step. */
  readonly hint: string | null;
}

/** The document. It may have more keys; they are kept. */
export interface Document {
  /** The version of the document. */
  readonly pitboot: 1;
  /** The result so far. */
  readonly status: "ok" | "partial" | "failed";
  /** The problems so far. */
  readonly problems: readonly Problem[];
  /** By role, for instance `kubernetes`. */
  readonly images?: Readonly<Record<string, Image>>;
  /** Sorted by name. */
  readonly bmcs?: readonly Bmc[];
  /** Sorted by name. */
  readonly leases?: readonly BmcLease[];
  /** The names of the BMCs that have no lease, sorted. */
  readonly missing?: readonly string[];
  /** Sorted by name. */
  readonly nodes?: readonly BootNode[];
  /** By check, the worst first. */
  readonly checks?: readonly CheckResult[];
  /** How far the chosen nodes got, sorted by name. */
  readonly boots?: readonly Boot[];
  /** Sorted by node. */
  readonly power?: readonly NodePower[];
  /** By role, the newest first. */
  readonly releases?: readonly KnownRelease[];
  /** The oldest first. */
  readonly generations?: readonly Generation[];
}
