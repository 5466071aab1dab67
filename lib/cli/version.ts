/**
 * Which pitboot this is.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { BUILD, type Build } from "./build.ts";

/** The version, for instance `0.1.0`. */
export const VERSION: string = config.version;

/**
 * What `--version` prints.
 *
 * @param options `verbose`: say where it comes from, too; `build`: how it was
 * built.
 * @returns Lines, each ended.
 */
export function versionText(
  { verbose = false, build = BUILD }: { verbose?: boolean; build?: Build | null } = {},
): string {
  const origin = build
    ? [
      `commit ${build.commit ?? "unknown"}`,
      `built ${build.time ?? "at an unknown time"}, ${build.form}, with Deno ${build.deno}`,
      ...stdLines(build.std),
    ]
    : ["run from its sources"];
  return [`pitboot ${VERSION}`, ...verbose ? origin : [], ""].join("\n");
}

/** The packages, then what has stand-ins: usually there is only one of both. */
function stdLines(std: Build["std"]): string[] {
  const packages = Object.entries(std).flatMap(([name, version]) =>
    version === null ? [] : `${name} ${version}`
  );
  const standIns = Object.keys(std).filter((name) => std[name] === null);
  return [
    ...packages.length > 0 ? [packages.join(", ")] : [],
    ...standIns.length > 0 ? [`stand-ins for ${standIns.join(", ")}`] : [],
  ];
}
