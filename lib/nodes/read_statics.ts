/**
 * Gets the nodes of the system.
 *
 * @module
 */

import type { Hint } from "../document/hint.ts";
import { Failure, orElse } from "../document/problems.ts";
import type { Root } from "../io/root.ts";
import { foldHosts } from "../text/host_range.ts";
import { didYouMean } from "../text/nearest.ts";
import { fitsPattern, isPattern } from "../text/pattern.ts";
import { nodeXname } from "../text/xname.ts";
import type { Flags } from "../cli/options.ts";
import { isChosen, type NODE_OPTIONS, type NodeChoice, nodeChoice } from "./node_choice.ts";
import { parseStatics, type StaticBmc, type Statics } from "./statics.ts";

const WRITTEN_BY_CSI = "csi pit init writes it; name another with --statics";

/** The nodes that were selected, and what statics.conf says. */
export interface Selection {
  readonly choice: NodeChoice;
  readonly statics: Statics;
  /** The BMCs of the selected nodes, sorted by name. */
  readonly chosen: readonly StaticBmc[];
}

/**
 * Finds the selected nodes.
 *
 * @param flags Which ones, and where statics.conf is.
 * @throws {Failure} As {@linkcode readStatics} does.
 */
export function selectNodes(
  flags: Flags<typeof NODE_OPTIONS> & { readonly statics: string },
  root: Root,
): Selection {
  const choice = choiceOf(flags, root);
  const statics = readStatics(root, flags.statics, choice);
  return { choice, statics, chosen: statics.bmcs.filter(({ node }) => isChosen(node, choice)) };
}

/**
 * Makes a choice of the options: of a node by its xname, or by that of its BMC, too. One
 * that nobody knows is left to {@linkcode readStatics}.
 *
 * @param flags Which nodes, and where statics.conf is.
 */
export function choiceOf(
  flags: Flags<typeof NODE_OPTIONS> & { readonly statics: string },
  root: Root,
): NodeChoice {
  const choice = nodeChoice(flags);
  const { pit, nodes, exclude } = choice;
  const words = [...nodes ?? [], ...exclude ?? [], pit];
  if (words.every((word) => nodeXname(word) === null)) return choice;
  const { xnames } = orElse(() => staticsAt(root, flags.statics), () => ({ xnames: new Map() }));
  const named = (word: string): string => xnames.get(nodeXname(word) ?? "") ?? word;
  return {
    pit: named(pit),
    nodes: nodes && nodes.map(named),
    exclude: exclude && exclude.map(named),
  };
}

/**
 * Reads statics.conf, once for each root: the stages of one process work with one and
 * the same file.
 *
 * @param choice The nodes that were asked for, which must be in it.
 * @throws {Failure} If it cannot be read, does not know a node, or none is chosen.
 */
export function readStatics(root: Root, path: string, choice: NodeChoice): Statics {
  const statics = staticsAt(root, path);
  if (statics.bmcs.length === 0) {
    throw new Failure("file-invalid", {
      message:
        `${path} names no BMC: no dhcp-host or host-record line has a host like ncn-w001-mgmt`,
      hint: WRITTEN_BY_CSI,
    });
  }
  checkChoice(choice, statics, path);
  return statics;
}

/**
 * Reads statics.conf, once for each root, whichever nodes are in it.
 *
 * @throws {Failure} If it cannot be read.
 */
export function staticsAt(root: Root, path: string): Statics {
  return root.once(`statics ${path}`, () => parseStatics(root.readText(path, WRITTEN_BY_CSI)));
}

function checkChoice(choice: NodeChoice, { bmcs }: Statics, path: string): void {
  const known = new Set(bmcs.map(({ node }) => node));
  // Nobody means the PIT by another name.
  const others = [...known].filter((node) => node !== choice.pit);
  const example = others.at(-1) ?? "ncn-w001";
  for (const node of [...choice.nodes ?? [], ...choice.exclude ?? [], choice.pit]) {
    if (nodeXname(node) !== null) {
      throw noSuchNode(`${path} has no node with the xname ${node}`, `names look like ${example}`);
    }
    if (known.has(node) || node === choice.pit) continue;
    if (!isPattern(node)) {
      throw noSuchNode(
        `${path} has no node ${node}${didYouMean(node, others)}`,
        `nodes are the names before -mgmt in ${path}`,
      );
    }
    if ([...known].some((name) => fitsPattern(name, node))) continue;
    throw noSuchNode(`no node in ${path} matches ${node}`, `it has ${foldHosts(known)}`);
  }
  if (choice.nodes === null && choice.exclude === null) return;
  if (bmcs.some(({ node }) => isChosen(node, choice))) return;
  const { pit, nodes, exclude } = choice;
  const options = [...nodes ? ["--nodes"] : [], ...exclude ? ["--exclude"] : []];
  const fitsPit = nodes?.some((each) => each !== pit && fitsPattern(pit, each));
  const inFull: Hint = (typed) => `; name the PIT in full: ${typed.again("--nodes", pit)}`;
  throw noSuchNode(
    `no node is selected by ${options.join(" and ")}`,
    (typed) => `${path} has ${foldHosts(known)}${fitsPit ? inFull(typed) : ""}`,
  );
}

/** A choice that cannot be meant: wrong usage. */
function noSuchNode(message: string, hint: Hint): Failure {
  return new Failure("input-missing", { message, hint });
}
