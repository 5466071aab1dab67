/**
 * What a look at boot directories finds besides what they should boot: who cannot read
 * it, and who could change it.
 *
 * @module
 */

import type { Observed } from "../boot/boot_tree.ts";
import { unreadableIn, unreadableProblems } from "../boot/unreadable.ts";
import { flawIn } from "../change/flaws.ts";
import type { SafePlaces } from "../change/safe_places.ts";
import type { BootNode, Cause } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";

/** A node, and what lies in its boot directory. */
interface Seen {
  readonly node: Pick<BootNode, "name" | "directory">;
  readonly observed: Observed;
}

/**
 * Tells why a node cannot fetch its script.
 *
 * @returns `null` if it can, or is offline.
 */
export function unreadableCause({ node: { directory }, observed }: Seen): Cause | null {
  const unreadable = unreadableIn(directory, observed);
  return unreadable &&
    { code: "node-not-whole", message: unreadable.words, hint: unreadable.cure };
}

/**
 * Names the nodes that cannot fetch their script, those whose script is none, and the
 * directories that others than root may write.
 *
 * @param seen All nodes.
 * @param webRoot Where their boot directories are.
 * @param places Tells who else may write there.
 */
export function dangers(seen: readonly Seen[], webRoot: string, places: SafePlaces): Report[] {
  const unreadable = seen.flatMap(({ node, observed }) => {
    const found = unreadableIn(node.directory, observed);
    return found ? [{ name: node.name, unreadable: found }] : [];
  });
  return [
    ...unreadableProblems(unreadable),
    ...places.reports([webRoot, `${webRoot}/boot`]),
    ...flawed(seen, places),
  ];
}

function flawed(seen: readonly Seen[], places: SafePlaces): Report[] {
  const found = seen.flatMap(({ node: { name, directory }, observed }) => {
    const flaw = flawIn(directory, observed, places);
    return flaw
      ? [{ name, flaw, code: flaw.isShared ? "place-shared" : "node-not-whole" }] as const
      : [];
  });
  return [...Map.groupBy(found, ({ flaw }) => flaw.words).values()].flatMap((group) => {
    const [first] = group;
    const names = group.map(({ name }) => name);
    const message = `${foldHosts(names)}: ${first?.flaw.words}`;
    const hint = group.map(({ flaw }) => flaw.cure).join("; ");
    return first ? [[first.code, { message, hint, nodes: names }]] : [];
  });
}
