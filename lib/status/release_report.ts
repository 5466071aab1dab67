/**
 * Problems of the releases that nodes boot, or could boot, for administrators.
 *
 * @module
 */

import type { Typed } from "../document/hint.ts";
import type { Report } from "../document/problems.ts";
import { describePartial, type PartialRelease } from "../images/partial_releases.ts";
import { foldHosts } from "../text/host_range.ts";
import { table } from "../text/table.ts";

/** The releases of a role. */
export interface RoleReleases {
  /** Its name. */
  readonly role: string;
  /** The names of the nodes that boot a release, by its name. */
  readonly booted: ReadonlyMap<string, readonly string[]>;
  /** The names of all complete ones, the newest first. */
  readonly whole: readonly string[];
  /** Those that are newer than what is booted, and incomplete. */
  readonly notWhole: readonly Pick<PartialRelease, "release" | "directory" | "lacks">[];
}

/**
 * Finds roles whose nodes boot several releases, roles that could boot the same and
 * do not, and newer, incomplete releases.
 *
 * @param roles Those with nodes that boot something.
 */
export function releaseProblems(roles: readonly RoleReleases[]): Report[] {
  return [...roles.flatMap(mixedReleases), ...differingRoles(roles), ...roles.flatMap(notWhole)];
}

function mixedReleases({ role, booted, whole }: RoleReleases): Report[] {
  if (booted.size < 2) return [];
  const release = newestBooted({ booted, whole });
  const nodes = [...booted.values()].flat().sort();
  const groups = [...booted].sort(([, a], [, b]) => b.length - a.length);
  const rows = groups.map(([release, nodes]) => [release, foldHosts(nodes)]);
  return [["releases-mixed", {
    message: [
      `${role} nodes boot ${booted.size} releases:`,
      ...table(rows, ROW_WIDTH).map((row) => `    ${row}`),
    ].join("\n"),
    hint: (typed) =>
      typed.command("set-links", "--nodes", foldHosts(nodes), "--release", `${role}=${release}`),
    nodes,
  }]];
}

/** In 80 columns, below a message. */
const ROW_WIDTH = 76;

/** Roles may differ; only where they need not, that is worth a word. */
function differingRoles(roles: readonly RoleReleases[]): Report[] {
  const [first] = roles;
  const releases = roles.flatMap(({ booted }) => [...booted.keys()]);
  const isMixed = roles.some(({ booted }) => booted.size > 1);
  const common = first?.whole.find((release) =>
    roles.every(({ whole }) => whole.includes(release))
  );
  if (isMixed || new Set(releases).size < 2 || common === undefined) return [];
  const words = roles.map(({ role }, i) => `${role}${i > 0 ? "" : " boots"} ${releases[i]}`);
  const last = words.pop();
  const wish = roles.map(({ role }) => `${role}=${common}`).join(",");
  const nodes = roles.flatMap(({ booted }) => [...booted.values()].flat());
  return [["releases-differ", {
    message: `${words.join(", ")} and ${last}; ${common} exists for ${
      roles.length > 2 ? "all" : "both"
    }`,
    hint: (typed) =>
      `if this is not intended: ${
        typed.command("set-links", "--nodes", foldHosts(nodes), "--release", wish)
      }`,
  }]];
}

function notWhole(releases: RoleReleases): Report[] {
  const { role } = releases;
  return releases.notWhole.map((each) => ["images-not-whole", {
    message: describePartial(role, each),
    hint: (typed) => staying(releases, typed),
  }]);
}

/** What to do until a newer release is complete. */
function staying({ role, booted, whole }: RoleReleases, typed: Typed): string {
  const release = newestBooted({ booted, whole });
  const refuses = "run refuses until it is complete";
  if (!whole.includes(release)) return refuses;
  const nodes = foldHosts([...booted.values()].flat());
  const stay = typed.command("run", "--nodes", nodes, "--release", `${role}=${release}`);
  return `${refuses}; to stay with ${release}: ${stay}`;
}

/** The newest release that is booted; if none of them exists any more, one of them. */
function newestBooted({ booted, whole }: Pick<RoleReleases, "booted" | "whole">): string {
  return whole.find((each) => booted.has(each)) ?? [...booted.keys()].sort().at(-1) ?? "";
}
