/**
 * A generation: one change of what nodes boot, with what was there before.
 *
 * Its shape is written once, here; types and checks follow from it.
 *
 * @module
 */

import {
  boolean,
  type Infer,
  integer,
  list,
  nullable,
  object,
  type Shape,
  text,
} from "../text/shape.ts";

const bootStateShape = object({
  release: nullable(text),
  kernel: nullable(text),
  initrd: nullable(text),
  rootfs: nullable(text),
  script: nullable(object({ sha256: text, edited: boolean })),
  offline: boolean,
});

/**
 * What a node boots: links as `readlink` prints them, the SHA-256 of its script
 * and whether an administrator wrote that. Of a node that is offline it is what
 * it will have again.
 */
export type BootState = Infer<typeof bootStateShape>;

const generationFields = {
  number: integer,
  parent: integer,
  restores: nullable(integer),
  begun: text,
  ended: nullable(text),
  who: text,
  command: text,
  bootScript: nullable(object({ before: text, after: text })),
  changes: list(object({
    nodes: list(text),
    before: nullable(bootStateShape),
    after: nullable(bootStateShape),
    failed: nullable(text),
  })),
};

/** The shape of a {@linkcode Generation}. */
export const generationShape: Shape<{
  /** The first is 1. */
  readonly number: number;
  /** The one whose state a rollback goes to; 0 is the state before the first. */
  readonly parent: number;
  /** The one whose state was restored, or `null`. */
  readonly restores: number | null;
  /** ISO 8601, UTC. */
  readonly begun: string;
  /** `null` if it was cut off. */
  readonly ended: string | null;
  readonly who: string;
  /** The command line; a password is never in one. */
  readonly command: string;
  /** SHA-256 of `boot/script.ipxe`; `null` if it stayed as it was. */
  readonly bootScript: { readonly before: string; readonly after: string } | null;
  /** Nodes to which the same happened share an entry; `null` is no boot directory. */
  readonly changes: readonly {
    readonly nodes: readonly string[];
    readonly before: BootState | null;
    readonly after: BootState | null;
    readonly failed: string | null;
  }[];
}> = object(generationFields);

/** One change of what nodes boot. */
export type Generation = Infer<typeof generationShape>;

/** What happened to some nodes. */
export type GenerationChange = Generation["changes"][number];
