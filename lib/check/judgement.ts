/**
 * What a check makes of a node, and how nodes with the same result share an entry.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import type { Typed } from "../document/hint.ts";
import { foldHosts } from "../text/host_range.ts";

/** What sets nodes up, in a hint. */
export const SET_UP = "{run --nodes NODES}";

/** What makes scripts anew, in a hint. */
export const REMAKE =
  "{set-links --reset-scripts --nodes NODES} makes the script anew from boot/script.ipxe";

/** What a check says, but for its name and the nodes. */
export type Judgement = Omit<CheckResult, "check" | "nodes">;

/** The worst first. */
const ORDER: readonly CheckResult["state"][] = ["failed", "warning", "skipped", "ok"];

/**
 * Makes entries of judgements.
 *
 * @param check The name of the check.
 * @param judged Nodes, and what was made of each; no node for all of them.
 * @returns The worst first; nodes with the same judgement share one.
 */
export function resultsOf(
  check: string,
  judged: readonly (readonly [node: string | null, judgement: Judgement])[],
): CheckResult[] {
  const groups = Map.groupBy(judged, ([, judgement]) => JSON.stringify(judgement));
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      return first ? [{ check, nodes: group.flatMap(([node]) => node ?? []), ...first[1] }] : [];
    })
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

/**
 * Writes the commands of a hint: they stand there in braces, for the nodes of the result.
 *
 * @param result The result of a check.
 * @param typed Writes commands.
 */
export function withCommands(result: CheckResult, typed: Typed): CheckResult {
  let range: string | undefined;
  const hint = result.hint?.replace(/\{([a-z-]+)([^}]*)\}/g, (_, name: string, rest: string) => {
    const args = rest.split(" ").filter(Boolean).map((word) =>
      word === "NODES" ? range ??= foldHosts(result.nodes) : word
    );
    return typed.command(name, ...args);
  });
  return { ...result, hint: hint ?? null };
}

/** Nothing is wrong. */
export function fine(asked: string, found: string): Judgement {
  return { state: "ok", asked, found, message: null, hint: null };
}

/** Something is, and `message` says what. */
export function wrong(
  state: "failed" | "warning",
  { asked, found, message, hint }: {
    asked: string;
    found: string;
    message: string;
    hint: string | null;
  },
): Judgement {
  return { state, asked, found, message, hint };
}

/** It was not looked at, and why. */
export function notLooked(asked: string, why: string): Judgement {
  return { state: "skipped", asked, found: "-", message: why, hint: null };
}
