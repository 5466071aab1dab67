/**
 * What stages tell of while they work. Who listens, and what is shown of it, is
 * not theirs to know.
 *
 * @module
 */

import type { Image } from "../document/document.ts";

/** Something that happens in a stage. */
export type Event =
  /** The images are about to be looked for. */
  | { readonly what: "resolving" }
  /** The images are chosen, by role. */
  | { readonly what: "resolved"; readonly images: Readonly<Record<string, Image>> }
  /** Nobody gave a password: no BMC will be set. */
  | { readonly what: "no-password" }
  /** The BMCs of this conman.conf are about to be set. */
  | { readonly what: "setting"; readonly conman: string }
  /** So many BMCs have a lease before the wait. */
  | { readonly what: "counted"; readonly leased: number }
  /** So many BMCs are expected to have a lease, and not all have one yet. */
  | { readonly what: "waiting"; readonly expected: number }
  /** All of them have one. */
  | { readonly what: "leased"; readonly expected: number }
  /** Boot directories are about to be made; `release`: of `CSM_RELEASE`. */
  | { readonly what: "linking"; readonly leases: string; readonly release: string | null }
  /** All of them are as they should be. */
  | { readonly what: "linked"; readonly webRoot: string };

/** Takes what happens. */
export type Listener = (event: Event) => void;
