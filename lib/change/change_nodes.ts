/**
 * A change of boot directories in one go: plan, act, report.
 *
 * @module
 */

import type { Wanted } from "../boot/boot_tree.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { type Change, Changer } from "./changer.ts";
import { keptRootfsProblems } from "./kept_rootfs.ts";

/**
 * Changes boot directories and adds `nodes`; with `--dry-run` shows what would be
 * done.
 *
 * @param draft The document.
 * @param wanted How the boot directories should be.
 * @param change How to get there.
 * @param host Where.
 * @throws {Failure} If something is in the way, or nothing can be recorded.
 */
export async function changeNodes(
  draft: Draft,
  wanted: readonly Wanted[],
  change: Change,
  host: Host,
): Promise<void> {
  const changer = new Changer(draft, change, host);
  const nodes = await changer.plan(wanted);
  draft.reportAll(keptRootfsProblems(nodes));
  await changer.apply(nodes);
  changer.report();
  changer.conclude();
}
