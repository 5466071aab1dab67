/**
 * What a package is and what it puts on a system, whatever packs it.
 *
 * @module
 */

import { PITBOOT } from "../../lib/cli/program.ts";
import { type Item, sharedFiles } from "../../lib/install/shared_files.ts";
import type { Manual } from "../../lib/cli/manual.ts";
import type { Licenses } from "./licenses.ts";

/** Where the program goes. */
export const PROGRAM = "/usr/bin/pitboot";
/** Where licenses go. */
export const LICENSES = "/usr/share/licenses/pitboot/";
/** What it is, in a line. */
export const SUMMARY: string = PITBOOT.summary.replace(/^./, (c) => c.toUpperCase());

/** Where `pitboot install` remembers what it has made. */
const RECORD = "/var/lib/pitboot/install.json";

/** What goes into a package besides the program, and what it says of itself. */
export interface Contents {
  readonly version: string;
  /** Which package of that version. */
  readonly release: string;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly manuals: readonly Manual[];
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly licenses: Licenses;
  /** The text of CHANGELOG.md. */
  readonly changelog: string;
  /** Who answers for it, for instance `Jo Doe <jo@example.com>`. */
  readonly packager: string;
  /** Where more is to be found. */
  readonly url: string;
}

/**
 * Lists what a package holds besides the program and licenses: manual pages,
 * packed, and completion. In /usr/bin it owns one name; those that call commands,
 * `set-links` for instance, are general, and only `pitboot install` gives them.
 *
 * @param contents `manuals`: of all commands; `time`: its day stands on the
 * manual pages.
 */
export function packageItems({ manuals, time }: Pick<Contents, "manuals" | "time">): Item[] {
  const date = new Date(time * 1000).toISOString().slice(0, 10);
  return sharedFiles(manuals, { share: "/usr/share", date }).map((item) => {
    if (!item.path.includes("/man/")) return item;
    const path = `${item.path}.gz`;
    return item.kind === "link"
      ? { ...item, path, target: `${item.target}.gz` }
      : { ...item, path };
  });
}

/**
 * Writes a version as packages have it: there a dash divides version and
 * release, and a tilde sorts before what follows.
 *
 * @param version For instance `0.2.0-rc.1`.
 */
export function packageVersion(version: string): string {
  return version.replace("-", "~").replaceAll("-", ".");
}

/**
 * Writes what a package does before it is removed: `pitboot install` has made
 * links that point to what goes away, and has kept the script whose place they took.
 *
 * @param condition For `[`: whether it is removed, and not replaced.
 * @returns A shell script.
 */
export function removal(condition: string): string {
  return `\
# The record is one line, and the shell may be all that is there.
if [ ${condition} ] && [ -f ${RECORD} ] && read -r record <${RECORD}; then
  case $record in
  *'"-> ${PROGRAM}"'*) ${PROGRAM} install --uninstall --quiet || : ;;
  esac
fi
`;
}
