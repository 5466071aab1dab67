/**
 * A release that nodes could boot, as `releases` lists it.
 *
 * @module
 */

import { type Architecture, ARCHITECTURES, type Stream } from "../text/release.ts";
import {
  boolean,
  described,
  list,
  nullable,
  objectOf,
  oneOf,
  type Shape,
  text,
} from "../text/shape.ts";

/** A release of a role. */
export interface KnownRelease {
  /** For instance `kubernetes`. */
  readonly role: string;
  /** For instance `1.6.2`. */
  readonly release: string;
  /** `null` if its name is of neither form. */
  readonly stream: Stream | null;
  /** `null` in older releases, which do not name it. */
  readonly arch: Architecture | null;
  /** The directory of its files. */
  readonly directory: string;
  /** Of the newest of its files; ISO 8601, UTC. */
  readonly modified: string;
  /** Whether its root filesystem is secured; `null` if it is incomplete. */
  readonly secure: boolean | null;
  /** The version of its kernel; `null` if it is incomplete. */
  readonly kernel: string | null;
  /** Why it cannot be used; `null` if it can. */
  readonly fault: string | null;
  /** Whether `run` takes it unless another one is named. */
  readonly isDefault: boolean;
  /** The selected nodes that boot it. */
  readonly nodes: readonly string[];
}

/** The shape of the stream of a release. */
export const streamShape: Shape<Stream | null> = described(
  nullable(oneOf("stable", "unstable")),
  "null if the name of the release is of neither form.",
);

/** The shape of the architecture of a release. */
export const archShape: Shape<Architecture | null> = described(
  nullable(oneOf(...ARCHITECTURES)),
  "null in older releases, which do not name it.",
);

/** The shape of a {@linkcode KnownRelease}. */
export const knownReleaseShape: Shape<KnownRelease> = objectOf<KnownRelease>({
  role: described(text, "For instance kubernetes."),
  release: described(text, "For instance 1.6.2."),
  stream: streamShape,
  arch: archShape,
  directory: described(text, "The directory of its files."),
  modified: described(text, "Of the newest of its files; ISO 8601, UTC."),
  secure: described(
    nullable(boolean),
    "Whether its root filesystem is secured; null if it is incomplete.",
  ),
  kernel: described(nullable(text), "The version of its kernel; null if it is incomplete."),
  fault: described(nullable(text), "Why it cannot be used; null if it can."),
  isDefault: described(boolean, "Whether run takes it unless another one is named."),
  nodes: described(list(text), "The selected nodes that boot it."),
});

/** What there is to know of a release before one names it. */
export function releaseWord({ secure, kernel, fault, isDefault }: KnownRelease): string {
  if (fault !== null) return kernel === null ? "incomplete" : "unfit";
  if (!secure) return "not secured";
  return isDefault ? "chosen" : "whole";
}
