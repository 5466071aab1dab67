/**
 * The nodes that were chosen and are not served: what they have, and why.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import { orElse } from "../document/problems.ts";
import { readCauses } from "../history/read_state.ts";
import { typedCause } from "../document/cause.ts";
import type { BootNode } from "../document/document.ts";
import type { Host } from "../command/host.ts";
import { guarded } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { isChosen } from "../nodes/node_choice.ts";
import { roleOf } from "../nodes/roles.ts";
import { nodeOf } from "../text/host_name.ts";
import type { Outcomes } from "../history/recorder.ts";
import { stateOf } from "../boot/boot_state.ts";
import { unreadableNodes } from "../change/link_report.ts";
import { targetsOf } from "../boot/boot_tree.ts";
import { causeOf, type Known } from "./node_causes.ts";
import { ABSENT, nodeObserver } from "../boot/observe_node.ts";
import type { LinkWork } from "./prepare_links.ts";

const LOOK = "look at what became of it, and run again";

/** What was set up, and with what. */
export interface Done {
  readonly work: LinkWork;
  readonly applied: Outcomes;
  /** Whether the wait for leases ended before its time. */
  readonly isCutOff: boolean;
  /** Where the password of the BMCs came from, if that is known. */
  readonly source?: string;
}

/**
 * Adds to `nodes` the chosen ones that are not served, and to each why that is so;
 * the state directory records it.
 *
 * @param draft The document.
 * @param done What was done.
 * @param host The file system.
 * @returns The names of the nodes that are not ready.
 */
export function addUnserved(
  draft: Draft,
  done: Done,
  host: Pick<Host, "root" | "reporter" | "typed" | "context">,
): string[] {
  const nodes = withUnserved(draft, done, host);
  const typed = nodes.map((node) =>
    node.cause ? { ...node, cause: typedCause(node.cause, node.name, host.typed) } : node
  );
  draft.add({ nodes: typed });
  const { state, flags } = done.work;
  const before = readCauses(host.root, flags.state);
  const known = new Set(nodes.map(({ name }) => name));
  const seen = new Date(host.context.now()).toISOString();
  const causes = new Map([
    ...[...before].filter(([name]) => !known.has(name)),
    ...nodes.flatMap(({ name, cause }) => cause ? [[name, { ...cause, seen }] as const] : []),
  ]);
  const notReady = nodes.flatMap(({ name, cause }) => cause ? [name] : []);
  if (JSON.stringify([...causes]) === JSON.stringify([...before])) return notReady;
  orElse(() => state?.writeCauses(causes), ({ details }) => {
    // They are in the document; what status lacks is not a reason to fail.
    draft.report("history-unfinished", details);
  });
  return notReady;
}

function withUnserved(
  draft: Draft,
  { work, applied, isCutOff, source }: Done,
  { root, reporter }: Pick<Host, "root" | "reporter">,
): BootNode[] {
  const { nodes = [], leases = [], bmcs } = draft.document;
  const { flags, webRoot, roles, choice } = work;
  const known: Known = {
    bmcs,
    leased: new Set(leases.flatMap(({ bmc }) => nodeOf(bmc) ?? [])),
    served: new Set(nodes.map(({ name }) => name)),
    withoutRole: new Set(work.bmcs.flatMap(({ node }) => roleOf(node, roles) ? [] : [node])),
    failed: applied.failed,
    unreadable: new Map(
      unreadableNodes(applied).map(({ name, unreadable }) => [name, unreadable]),
    ),
    isCutOff,
    password: source ?? "password",
    lacking: isThere(root, flags.leases) ? null : flags.leases,
  };
  const withCause = nodes.map((node) => {
    const cause = node.change === "offline" ? null : causeOf(node.name, known);
    return cause ? { ...node, cause } : node;
  });
  const look = <T>(path: string, work: () => T): T | null => {
    try {
      return guarded(path, LOOK, work);
    } catch (error) {
      // Whatever became of it, the verdict must name all nodes.
      draft.fail(error, reporter);
      return null;
    }
  };
  const observe = look(webRoot, () => nodeObserver(root, webRoot));
  const others = work.bmcs.filter(({ node }) => isChosen(node, choice) && !known.served.has(node));
  const unserved = others.map(({ node }): BootNode => {
    const path = `${webRoot}/${node}`;
    const seen = observe && look(path, () => observe(node));
    const { directory, links, script, parked } = seen ?? ABSENT;
    const isOffline = parked !== null && script === null;
    const targets = targetsOf(links);
    return {
      name: node,
      role: roleOf(node, roles)?.name ?? null,
      directory: path,
      change: isOffline ? "offline" : directory === "directory" ? "unchanged" : "absent",
      ...targets,
      script: script ? "unchanged" : "missing",
      release: stateOf(targets, null).release,
      cause: isOffline ? null : causeOf(node, known),
    };
  });
  return [...withCause, ...unserved].sort((a, b) => a.name < b.name ? -1 : 1);
}

function isThere(root: Root, path: string): boolean {
  try {
    root.stat(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
