/**
 * How this pitboot was built. In the sources build.json says nothing: a build
 * writes what it knows into it.
 *
 * @module
 */

import facts from "./build.json" with { type: "json" };

/** What a build knows of itself. */
export interface Build {
  /** `compiled`: one binary; `self-extracting`: Deno and a bundle after a shell header. */
  readonly form: "compiled" | "self-extracting";
  /** The commit of the sources, `…+changes` if they were changed; `null` without git. */
  readonly commit: string | null;
  /** When, in UTC as `2022-08-01T23:08:40Z`; `null` if nothing says so. */
  readonly time: string | null;
  /** The version of Deno in it. */
  readonly deno: string;
  /** The version of V8 in that. */
  readonly v8: string;
  /** The version of each @std package in it by its name; `null` for a stand-in of ours. */
  readonly std: Readonly<Record<string, string | null>>;
}

/** How this was built; `null` when it runs from its sources. */
export const BUILD: Build | null = facts;
