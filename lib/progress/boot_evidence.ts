/**
 * What is known of the boots of a node, from all sources.
 *
 * @module
 */

import type { BootFile, BootRequest } from "./boot_request.ts";
import type { ConsoleSight } from "./console_text.ts";
import type { DhcpSign } from "./dhcp_signs.ts";
import type { Receiving } from "./watch_transfers.ts";

/** A file that the web server hands to a node now. */
export interface ServedFile {
  readonly bytes: number;
  /** Since when it is that one, milliseconds since the epoch. */
  readonly since: number;
  /** The release that it is of. */
  readonly release: string;
}

/** What a node gets now. */
export interface ServedToNode {
  readonly files: Partial<Readonly<Record<BootFile, ServedFile>>>;
  /** Whether its script keeps its disks. */
  readonly keepsDisks: boolean;
}

/** What is known of a node. */
export interface BootEvidence {
  readonly node: string;
  /** What it asked for itself since the horizon, in the order of the log. */
  readonly requests: readonly BootRequest[];
  /** When it last asked for an address, if that was since the horizon. */
  readonly dhcp: DhcpSign | null;
  /**
   * When it asked for one, milliseconds since the epoch, as far as somebody looked on: its
   * lease tells of the last time only.
   */
  readonly askedAt: readonly number[];
  /** What its console said since the horizon. */
  readonly console: ConsoleSight | null;
  /** What it receives now. */
  readonly receiving: Receiving | null;
  readonly served: ServedToNode;
}
