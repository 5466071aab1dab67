/**
 * What stages report while they work. They do not know who listens, or what is
 * shown of it.
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
  /** How many BMCs have a lease before the wait. */
  | { readonly what: "counted"; readonly leased: number }
  /** How many BMCs should have a lease; not all have one yet. */
  | { readonly what: "waiting"; readonly expected: number }
  /** All of them have one. */
  | { readonly what: "leased"; readonly expected: number }
  /** Boot directories are about to be made; `release`: of `CSM_RELEASE`. */
  | { readonly what: "linking"; readonly leases: string; readonly release: string | null }
  /** All of them are as they should be. */
  | { readonly what: "linked"; readonly webRoot: string };

/** Takes what happens. */
export type Listener = (event: Event) => void;
