/**
 * The problems where the first few BMCs all refuse the credentials.
 *
 * @module
 */

import type { Bmc } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import { faultProblems } from "./bmc_report.ts";

/**
 * Says that most BMCs were not asked, because the first ones refused the password, or
 * the user.
 *
 * @param refused The nodes of those.
 * @param options `asked`: the results of all that were asked; `others`: how many
 * were not; `password`: where the password came from.
 */
export function refusalProblems(
  refused: readonly string[],
  { asked, others, password }: { asked: readonly Bmc[]; others: number; password: string },
): Report[] {
  if (others === 0) return faultProblems(asked, password);
  const roles = asked.filter(({ reason }) => reason === "refused-role").map(({ node }) => node);
  const causes = causesOf(refused, roles);
  const rest = others === 1 ? "1 other was not asked" : `${others} others were not asked`;
  const remedy = refused.every((node) => roles.includes(node))
    ? "name other users (U:) in conman.conf; if those of the others are right"
    : `check ${password}, and the users (U:) in conman.conf; if it is right for the others`;
  return [
    ...faultProblems(asked.filter(({ state }) => state !== "denied"), password),
    ["bmc-denied", {
      message: [...causes, rest].join("; "),
      hint: (typed) => `${remedy}: ${typed.again("--keep-going")}`,
      nodes: refused,
    }],
  ];
}

/** @param roles Those whose user may not be administrator: the password was right. */
function causesOf(refused: readonly string[], roles: readonly string[]): string[] {
  const groups = [
    [refused.filter((node) => !roles.includes(node)), "refused the password"],
    [refused.filter((node) => roles.includes(node)), "refused the user as administrator"],
  ] as const;
  return groups.flatMap(([nodes, what]) => nodes.length > 0 ? [`${nodes.join(", ")} ${what}`] : []);
}
