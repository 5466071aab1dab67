/**
 * All that is looked at before the first boot directory is changed.
 *
 * @module
 */

import { type DRY_RUN_OPTIONS, pathOptions } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import { dirname } from "@std/path/dirname";
import type { Checks } from "../command/checks.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { Image } from "../document/document.ts";
import type { Root } from "../io/root.ts";
import { newPath } from "../text/new_name.ts";
import { guarded, writeFailure } from "../io/failures.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { isChosen, NODE_OPTIONS, type NodeChoice, nodeChoice } from "../nodes/node_choice.ts";
import { readRoles } from "../nodes/read_roles.ts";
import { readStatics } from "../nodes/read_statics.ts";
import type { Role } from "../nodes/roles.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { CHANGE_OPTIONS, type NodeChanger } from "../change/change_nodes.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import { hasSteps } from "../boot/plan_steps.ts";
import { servedNodes } from "../change/served_nodes.ts";
import type { StateDirectory } from "../history/state_directory.ts";
import { removeUnfinished } from "../change/unfinished.ts";
import { wantNodes } from "../change/want_nodes.ts";
import { SCRIPT } from "../boot/boot_tree.ts";
import { csmRelease, type WantedScripts, wantedScripts } from "../change/wanted_scripts.ts";

/** Options of the stage. */
export const LINK_OPTIONS = {
  ...NODE_OPTIONS,
  ...CHANGE_OPTIONS,
  ...pathOptions("statics", "leases", "config"),
};

/** What they ask for. */
export type LinkFlags = Flags<typeof LINK_OPTIONS & typeof DRY_RUN_OPTIONS>;

/** What boot directories are made with. */
export interface LinkWork {
  /** Locked; `null` with `--dry-run`. */
  readonly state: StateDirectory | null;
  readonly roles: readonly Role[];
  readonly choice: NodeChoice;
  readonly bmcs: readonly StaticBmc[];
  readonly scripts: WantedScripts;
  readonly images: Readonly<Record<string, Image>>;
}

const NAME_WEB_ROOT = "name another with --web-root";

/** Where something is to be written. */
function checkPlace(directory: string, hint: string, { root }: Host): true {
  root.checkDirectory(directory, hint);
  const check = (): void =>
    new WritableRoot(root).checkCouldWrite(newPath(`${directory}/${SCRIPT}`));
  guarded(directory, hint, check, writeFailure);
  return true;
}

/**
 * Makes the checks of the stage `set-links`, but for those of single nodes.
 *
 * @param checks Those of the command.
 * @param draft The document, with `images`.
 * @param options `flags`; `state`: what `lockState` says.
 * @param host Where.
 * @returns What boot directories are made with; `undefined` if a check has failed.
 */
export async function prepareLinks(
  checks: Checks,
  draft: Draft,
  { flags, state }: { flags: LinkFlags; state: StateDirectory | null | undefined },
  host: Host,
): Promise<LinkWork | undefined> {
  const { root, context } = host;
  const choice = nodeChoice(flags);
  const webRoot = flags["web-root"];
  const roles = await checks.make(draft, () => readRoles(root, flags.config));
  const statics = await checks.make(draft, () => readStatics(root, flags.statics, choice));
  const scripts = await checks.make(draft, async () => {
    const found = await wantedScripts(host, webRoot, csmRelease(context));
    if (found.differs) checkPlace(dirname(found.target), "it is to be edited", host);
    return found;
  });
  const isUsable = await checks.make(draft, () => checkPlace(webRoot, NAME_WEB_ROOT, host));
  const { images } = draft.document;
  if (!roles || !statics || !scripts || !isUsable || !images || state === undefined) {
    return undefined;
  }
  return { state, roles, choice, bmcs: statics.bmcs, scripts, images };
}

/**
 * Plans for all chosen nodes, whether or not they have a lease: whatever is in the way
 * of one is known before the first is changed.
 *
 * @param work What boot directories are made with.
 * @param options `changer`: who plans; `webRoot`: where.
 * @param host The file system.
 * @throws {Failure} If something is in the way, or nothing can be made there.
 */
export async function planAll(
  { roles, choice, bmcs, images, scripts, state }: LinkWork,
  { changer, webRoot }: { changer: NodeChanger; webRoot: string },
  { root }: Pick<Host, "root">,
): Promise<PlannedNode[]> {
  const leases = bmcs.filter(({ node }) => isChosen(node, choice)).map(({ name }) => ({
    bmc: name,
  }));
  const { served } = servedNodes(leases, { bmcs, roles, choice });
  const nodes = await changer.plan(wantNodes(served, { images, scripts, webRoot, root }));
  const [first] = nodes.filter(({ plan }) => hasSteps(plan));
  if (!state) return nodes;
  removeUnfinished(root, webRoot);
  if (first) probe(newPath(first.wanted.directory), root);
  return nodes;
}

/** The place where a boot directory is built: what is left of it is known to be ours. */
function probe(path: string, root: Root): void {
  guarded(path, { state: "nothing was changed", hint: NAME_WEB_ROOT }, () => {
    const disk = new WritableRoot(root);
    disk.makeDirectory(path, 0o700);
    disk.remove(path);
  }, writeFailure);
}
