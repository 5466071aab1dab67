/**
 * A generation: one change of what nodes boot, with what was there before.
 *
 * @module
 */

import {
  boolean,
  described,
  integer,
  list,
  nullable,
  objectOf,
  type Shape,
  text,
} from "../text/shape.ts";

/** The script of a node. */
export interface BootStateScript {
  /** In hexadecimal digits. */
  readonly sha256: string;
  /** Whether an administrator wrote it. */
  readonly edited: boolean;
}

/**
 * The boot state of a node: links as `readlink` prints them, and its script. Of a node
 * that is offline it is what it will have again.
 */
export interface BootState {
  /** Of what the links point to; `null` if that is no image. */
  readonly release: string | null;
  /** `null` if there is no link. */
  readonly kernel: string | null;
  /** `null` if there is no link. */
  readonly initrd: string | null;
  /** `null` if there is no link. */
  readonly rootfs: string | null;
  /** `null` if there is none. */
  readonly script: BootStateScript | null;
  /** Whether it is not to boot for a while. */
  readonly offline: boolean;
}

/** A change of `boot/script.ipxe`: its SHA-256. */
export interface BootScriptChanged {
  /** Before the change. */
  readonly before: string;
  /** After the change. */
  readonly after: string;
}

/** A change of some nodes. */
export interface GenerationChange {
  /** Those to which the same happened share an entry. */
  readonly nodes: readonly string[];
  /** `null` if there was no boot directory. */
  readonly before: BootState | null;
  /** `null` if there is no boot directory. */
  readonly after: BootState | null;
  /** Why it was not done; `null` if it was. */
  readonly failed: string | null;
}

/** A file of an image that was taken on the administrator's word. */
export interface AcceptedFile {
  /** From the root of the PIT. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly modified: string;
  /** Why it looks unfit. */
  readonly fault: string;
}

/** One change of what nodes boot. */
export interface Generation {
  /** The first is 1. */
  readonly number: number;
  /** The one whose state a rollback goes to; 0 is the state before the first. */
  readonly parent: number;
  /** The one whose state was restored, or `null`. */
  readonly restores: number | null;
  /** ISO 8601, UTC. */
  readonly begun: string;
  /** `null` if it is running, or was interrupted. */
  readonly ended: string | null;
  /** The user who did it. */
  readonly who: string;
  /** The command line; a password is never in one. */
  readonly command: string;
  /** `null` if it stayed as it was. */
  readonly bootScript: BootScriptChanged | null;
  /** The changes, by nodes. */
  readonly changes: readonly GenerationChange[];
  /** The selected nodes that were not ready at its end; left out if all were. */
  readonly notReady?: readonly string[];
  /** The files taken on somebody's word until then; left out if there are none. */
  readonly accepted?: readonly AcceptedFile[];
}

/** The shape of a link as `readlink` prints it. */
export const linkShape: Shape<string | null> = described(
  nullable(text),
  "What the link points to; null if there is no link.",
);

const bootStateShape = objectOf<BootState>({
  release: described(
    nullable(text),
    "The release that the links point to; null if that is not an image.",
  ),
  kernel: linkShape,
  initrd: linkShape,
  rootfs: linkShape,
  script: described(
    nullable(objectOf<BootStateScript>({ sha256: text, edited: boolean })),
    "Its sha256, and edited: whether an administrator wrote it; null if there is none.",
  ),
  offline: described(boolean, "Whether the node is offline."),
});

/** The shape of a {@linkcode GenerationChange}. */
export const generationChangeShape: Shape<GenerationChange> = objectOf<GenerationChange>({
  nodes: described(list(text), "Their names."),
  before: described(
    nullable(bootStateShape),
    "What they booted before; null if they had no boot directory.",
  ),
  after: described(
    nullable(bootStateShape),
    "What they boot after it; null if they have no boot directory.",
  ),
  failed: described(nullable(text), "Why it was not done; null if it was."),
});

/** The shape of a {@linkcode Generation}. */
export const generationShape: Shape<Generation> = objectOf<Generation>({
  number: described(integer, "The first is 1."),
  parent: described(
    integer,
    "The one whose state a rollback goes to; 0 is the state before the first.",
  ),
  restores: described(nullable(integer), "The one whose state was restored, or null."),
  begun: described(text, "ISO 8601, UTC."),
  ended: described(nullable(text), "ISO 8601, UTC; null if it is running or was interrupted."),
  who: described(text, "Who did it."),
  command: described(text, "The command line."),
  bootScript: described(
    nullable(objectOf<BootScriptChanged>({ before: text, after: text })),
    "The SHA-256 of boot/script.ipxe before and after; null if it did not change.",
  ),
  changes: described(
    list(generationChangeShape),
    "What happened; nodes to which the same happened share an entry.",
  ),
}, {
  notReady: described(
    list(text),
    "The selected nodes that were not ready at its end; left out if all were.",
  ),
  accepted: described(
    list(objectOf<AcceptedFile>({ path: text, bytes: integer, modified: text, fault: text })),
    "The files of images taken on the administrator's word until then, and why each looks unfit; left out if there are none.",
  ),
});
