/**
 * How far a node got in a boot, as the document has it.
 *
 * @module
 */

import {
  boolean,
  described,
  integer,
  list,
  nullable,
  number,
  objectOf,
  oneOf,
  type Shape,
  text,
} from "../text/shape.ts";

/** What a boot comes to, in this order; `rootfs-sent` says nothing of whether it arrived. */
export const BOOT_STAGES = [
  "none",
  "dhcp",
  "script",
  "initrd",
  "kernel",
  "rootfs",
  "rootfs-sent",
  "up",
] as const;

/** How far a boot got. */
export type BootStage = typeof BOOT_STAGES[number];

/** Who tells of it. */
export type BootSource = "access-log" | "leases" | "ss" | "console";

/**
 * How a boot goes on. `moving`: bytes arrive. `stalled`: a transfer is under way, and
 * nothing arrives. `refused`: the last that the server answered was 403 or 404. `loop`: it
 * begins again and again. `silent`: its peers took less than half as long.
 */
export type BootCourse = "moving" | "stalled" | "refused" | "loop" | "silent";

/** Something that went wrong in a boot. */
export interface BootFault {
  /** Who tells of it. */
  readonly source: BootSource;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What was asked for, or what the console says. */
  readonly message: string;
}

/** How far a node got in its last boot. */
export interface Boot {
  /** Its name. */
  readonly node: string;
  /** The furthest that was seen of this boot; `none`: nothing was. */
  readonly stage: BootStage;
  /** When that was: of a file, when it was asked for. ISO 8601, UTC; `null` for none. */
  readonly at: string | null;
  /** Who tells of it; `null` for none. */
  readonly source: BootSource | null;
  /** How often it fetched its script within 20 minutes, with no root filesystem between. */
  readonly tries: number;
  /** The release of what it fetched last, if that is known for certain. */
  readonly image: string | null;
  /** Of the file that it receives, or received last, how many bytes. */
  readonly bytes: number | null;
  /** The length of that file; `null` if it is not known. */
  readonly of: number | null;
  /** Bytes per second, between two looks; `null` where none came. */
  readonly rate: number | null;
  /** The newest first. */
  readonly faults: readonly BootFault[];
  /** `null`: as one would expect, as far as can be seen. */
  readonly state: BootCourse | null;
  /** Seconds since its last sign of life of any kind; `null` if there was none. */
  readonly silence: number | null;
  /** Seconds that its peers took from this stage to the next, their median. */
  readonly peers: number | null;
  /** Whether its script keeps its disks: it may need no root filesystem. */
  readonly keepsDisks: boolean;
}

const source = oneOf<BootSource>("access-log", "leases", "ss", "console");

const fault = objectOf<BootFault>({
  source: described(source, "Who tells of it."),
  at: described(text, "ISO 8601, UTC."),
  message: described(text, "What was asked for, or what the console says."),
});

/** The shape of a {@linkcode Boot}. */
export const bootShape: Shape<Boot> = objectOf<Boot>({
  node: described(text, "For instance ncn-w001."),
  stage: described(
    oneOf(...BOOT_STAGES),
    "The furthest that was seen of this boot; none: nothing was. rootfs: it is receiving its root filesystem. rootfs-sent: the web server has sent it, whether or not it arrived.",
  ),
  at: described(
    nullable(text),
    "When that was, ISO 8601, UTC; of a file, when it was asked for; null if nothing was seen.",
  ),
  source: described(nullable(source), "Who tells of it."),
  tries: described(
    integer,
    "How often it fetched its script, each time within 20 minutes and with no root filesystem between.",
  ),
  image: described(
    nullable(text),
    "The release of what it fetched last; null if that is not known for certain.",
  ),
  bytes: described(nullable(integer), "How much of the file that it receives, or received last."),
  of: described(nullable(integer), "The length of that file; null if it is not known."),
  rate: described(
    nullable(number),
    "Bytes per second between two looks; null if there was one, or none came.",
  ),
  faults: described(list(fault), "What went wrong, the newest first."),
  state: described(
    nullable(oneOf<BootCourse>("moving", "stalled", "refused", "loop", "silent")),
    "moving: bytes arrive. stalled: a transfer is under way, and nothing arrives. refused: the last answer was 403 or 404. loop: it begins again and again. silent: its peers took less than half as long. null: as one would expect.",
  ),
  silence: described(
    nullable(number),
    "Seconds since its last sign of life of any kind; null if there was none.",
  ),
  peers: described(
    nullable(number),
    "Seconds that its peers took from this stage to the next, their median; null if too few did.",
  ),
  keepsDisks: described(
    boolean,
    "Whether its script keeps its disks: then it may need no root filesystem.",
  ),
});
