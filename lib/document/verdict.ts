/**
 * The last words where not all nodes will boot the chosen release.
 *
 * @module
 */

import { foldHosts } from "../text/host_range.ts";
import type { BootNode, Cause, Document } from "./document.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

/** The last words where not all is well. */
export interface Verdict {
  /** For instance `7 of 9 nodes will boot 1.6.2; 2 will not`. */
  readonly summary: string;
  readonly exit: ExitCode;
  /** The nodes that will not, and why. */
  readonly nodes: readonly NodeVerdict[];
  /** The next command. */
  readonly next: string;
}

/** Why a node will not boot. */
export interface NodeVerdict extends Cause {
  readonly node: string;
}

/**
 * Sums up which nodes are ready, and which are not.
 *
 * @param document The document in the end: `nodes` holds all that were chosen.
 * @param exit The exit code.
 * @param nextFor Writes the command for some nodes.
 * @returns `null` if all is well, no node lacks anything, or nothing was tried.
 */
export function verdictOf(
  { nodes = [], images = {} }: Document,
  exit: ExitCode,
  nextFor: (range: string) => string,
): Verdict | null {
  const lacking = nodes.filter(({ cause }) => cause);
  // Where none lacks anything, whatever went wrong has been said.
  if (exit === EXIT.done || lacking.length === 0) return null;
  return {
    summary: summaryOf(nodes, lacking, { releases: imageReleases(images), exit }),
    exit,
    nodes: lacking.flatMap(({ name, cause }) => cause ? [{ node: name, ...cause }] : []),
    next: nextFor(foldHosts(lacking.map(({ name }) => name))),
  };
}

function summaryOf(
  nodes: readonly BootNode[],
  lacking: readonly BootNode[],
  { releases, exit }: { releases: string; exit: ExitCode },
): string {
  const offline = nodes.filter(({ change }) => change === "offline").length;
  const all = nodes.length - offline;
  const ready = all - lacking.length;
  if (exit === EXIT.interrupted) {
    const others = foldHosts(lacking.map(({ name }) => name));
    return `${ready} of ${all} nodes are ready; ${others} ${
      lacking.length === 1 ? "is" : "are"
    } not`;
  }
  // A boot directory of an earlier run may do, if somebody starts the node by hand.
  const mayBoot = lacking.some(({ change, kernel, rootfs }) =>
    change !== "failed" && kernel !== null && rootfs !== null
  );
  const not = `${lacking.length} ${mayBoot ? "may" : "will"} not`;
  return `${ready} of ${all} nodes will boot ${releases}; ${not}`;
}

/** For instance `1.6.2`, or `kubernetes 1.6.2, storage 1.6.1`. */
function imageReleases(images: NonNullable<Document["images"]>): string {
  const releases = Object.entries(images);
  const [first] = new Set(releases.map(([, { release }]) => release));
  const isOne = releases.every(([, { release }]) => release === first);
  return isOne
    ? first ?? "the chosen release"
    : releases.map(([role, { release }]) => `${role} ${release}`).join(", ");
}
