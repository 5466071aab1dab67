/**
 * A generation: one change of what nodes boot, with what was there before.
 *
 * @module
 */

import { boolean, integer, list, nullable, objectOf, type Shape, text } from "../text/shape.ts";

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
}

const bootStateShape = objectOf<BootState>({
  release: nullable(text),
  kernel: nullable(text),
  initrd: nullable(text),
  rootfs: nullable(text),
  script: nullable(objectOf<BootStateScript>({ sha256: text, edited: boolean })),
  offline: boolean,
});

/** The shape of a {@linkcode GenerationChange}. */
export const generationChangeShape: Shape<GenerationChange> = objectOf<GenerationChange>({
  nodes: list(text),
  before: nullable(bootStateShape),
  after: nullable(bootStateShape),
  failed: nullable(text),
});

/** The shape of a {@linkcode Generation}. */
export const generationShape: Shape<Generation> = objectOf<Generation>({
  number: integer,
  parent: integer,
  restores: nullable(integer),
  begun: text,
  ended: nullable(text),
  who: text,
  command: text,
  bootScript: nullable(objectOf<BootScriptChanged>({ before: text, after: text })),
  changes: list(generationChangeShape),
});
