/**
 * What a program is made of, part by part: for the bill of materials and for
 * the notice.
 *
 * @module
 */

import type { Build } from "../../lib/cli/build.ts";

/** Where the text of a license belongs; the parts of one project share one. */
export type LicenseName = "LICENSE.deno" | "LICENSE.v8" | "LICENSE.std";

/** Something in a program that is not our own. */
export interface Part {
  readonly type: "framework" | "library";
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly description?: string;
  /** As SPDX calls it. */
  readonly license: "MIT" | "BSD-3-Clause";
  readonly licenseName: LicenseName;
}

/**
 * Lists what is in a program and not our own.
 *
 * @param build How it was built.
 * @returns Deno, V8, and the @std packages; stand-ins are our own.
 */
export function partsOf({ deno, v8, std }: Build): Part[] {
  const packages = Object.entries(std).flatMap(([name, version]) =>
    version === null ? [] : {
      type: "library" as const,
      name,
      version,
      purl: `pkg:generic/${encodeURIComponent(name).replace("%2F", "/")}@${version}`,
      license: "MIT" as const,
      licenseName: "LICENSE.std" as const,
    }
  );
  return [
    {
      type: "framework",
      name: "deno",
      version: deno,
      purl: `pkg:github/denoland/deno@v${deno}`,
      description: "The runtime, with what it is made of in it",
      license: "MIT",
      licenseName: "LICENSE.deno",
    },
    {
      type: "library",
      name: "v8",
      version: v8,
      purl: `pkg:github/v8/v8@${v8}`,
      description: "The engine of JavaScript in it",
      license: "BSD-3-Clause",
      licenseName: "LICENSE.v8",
    },
    ...packages,
  ];
}

/**
 * Lists the @std packages that a program does not hold, but stand-ins of ours.
 *
 * @param build How it was built.
 * @returns Their names.
 */
export function standInsIn({ std }: Pick<Build, "std">): string[] {
  return Object.keys(std).filter((name) => std[name] === null);
}
