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
import { Failure } from "../document/problems.ts";
import { WritableRoot } from "../io/writable_root.ts";
import type { RESOLVE_OPTIONS } from "../images/resolve_images.ts";
import { acceptedBefore, acceptedIn } from "../images/accepted_files.ts";
import { ImageProofs } from "../images/image_proofs.ts";
import { newPath } from "../text/new_name.ts";
import { mayRead } from "../text/rights.ts";
import { guarded, writeFailure } from "../io/failures.ts";
import { isChosen, NODE_OPTIONS, type NodeChoice } from "../nodes/node_choice.ts";
import { readRoles } from "../nodes/read_roles.ts";
import { choiceOf, readStatics } from "../nodes/read_statics.ts";
import type { Role } from "../nodes/roles.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { CHANGE_OPTIONS } from "../change/changer.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import type { StateDirectory } from "../history/state_directory.ts";
import { SafePlaces } from "../change/safe_places.ts";
import { removeUnfinished } from "../change/unfinished.ts";
import { SCRIPT } from "../boot/boot_tree.ts";
import type { ClaimedWork } from "../history/claim.ts";
import { nodeOf } from "../text/host_name.ts";
import { csmRelease, type WantedScripts, wantedScripts } from "../change/wanted_scripts.ts";

/** Options of the stage. */
export const LINK_OPTIONS = {
  ...NODE_OPTIONS,
  ...CHANGE_OPTIONS,
  ...pathOptions("leases", "config"),
};

/** What they ask for. */
export type LinkFlags = Flags<
  typeof LINK_OPTIONS & typeof DRY_RUN_OPTIONS & Pick<typeof RESOLVE_OPTIONS, "release" | "data">
>;

/** What boot directories are made with. */
export interface LinkWork {
  /** What was asked for. */
  readonly flags: LinkFlags;
  /** `null` with `--dry-run`. */
  readonly state: StateDirectory | null;
  readonly roles: readonly Role[];
  readonly choice: NodeChoice;
  readonly bmcs: readonly StaticBmc[];
  readonly scripts: WantedScripts;
  readonly images: Readonly<Record<string, Image>>;
  readonly proofs: ImageProofs;
  /** Where boot directories are. */
  readonly webRoot: string;
}

/**
 * Tells what set-links works on: the chosen nodes whose BMCs have a lease.
 *
 * @param draft The document, with `leases`.
 * @param flags Which nodes are chosen.
 * @param host The file system.
 */
export function leasedWork(
  { document: { leases = [] } }: Draft,
  flags: LinkFlags,
  { root }: Pick<Host, "root">,
): ClaimedWork {
  const choice = choiceOf(flags, root);
  const nodes = leases.flatMap(({ bmc }) => nodeOf(bmc) ?? []);
  return { nodes: nodes.filter((node) => isChosen(node, choice)), bmcs: [] };
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

/** The nodes get its mode. */
function checkReadable({ path, found }: WantedScripts): void {
  if (mayRead(found.mode)) return;
  throw new Failure("script-unfit", {
    message: `${path}: the web server cannot read it, nor copies with its mode`,
    hint: `chmod o+r ${path}`,
  });
}

/**
 * Makes the checks of the stage `set-links`, but for those of single nodes.
 *
 * @param checks Those of the command.
 * @param draft The document, with `images`.
 * @param options `flags`; `state`: what `openState` says.
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
  const choice = choiceOf(flags, root);
  const webRoot = flags["web-root"];
  const roles = await checks.make(draft, () => readRoles(root, flags.config));
  const statics = await checks.make(draft, () => readStatics(root, flags.statics, choice));
  const scripts = await checks.make(draft, async () => {
    const found = await wantedScripts(host, webRoot, csmRelease(context));
    checkReadable(found);
    const place = dirname(found.target);
    if (found.differs) checkPlace(place, "it is to be edited", host);
    else draft.reportAll(new SafePlaces(root, flags.config).reports([place]));
    return found;
  });
  const isUsable = await checks.make(draft, () => checkPlace(webRoot, NAME_WEB_ROOT, host));
  const { images } = draft.document;
  if (!roles || !statics || !scripts || !isUsable || !images || state === undefined) {
    return undefined;
  }
  const accepts = acceptedBefore(() => acceptedIn(images));
  const proofs = new ImageProofs(root, { webRoot, accepts });
  return { flags, state, roles, choice, bmcs: statics.bmcs, scripts, images, proofs, webRoot };
}

/**
 * Removes what interrupted runs have left, and makes sure that boot directories can be
 * made.
 *
 * @param work What they are made with.
 * @param first The first node that will change, if any will.
 * @param host The file system.
 * @throws {Failure} If nothing can be made there.
 */
export function prepareWebRoot(
  { webRoot }: LinkWork,
  first: PlannedNode | undefined,
  host: Pick<Host, "root">,
): void {
  const root = new WritableRoot(host.root);
  const state = "nothing was changed";
  removeUnfinished(root, webRoot, state);
  if (!first) return;
  // The place where a boot directory is built: what is left of it is known to be ours.
  const path = newPath(first.wanted.directory);
  guarded(path, { state, hint: NAME_WEB_ROOT }, () => {
    root.makeDirectory(path, 0o700);
    root.remove(path);
  }, writeFailure);
}
