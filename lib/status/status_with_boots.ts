/**
 * The stage `status` with how far nodes got, where that can be seen.
 *
 * @module
 */

import { pathOptions } from "../cli/manual.ts";
import type { Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { Boot } from "../document/boot.ts";
import { onFailure } from "../document/problems.ts";
import { ifThere } from "../io/failures.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import type { BootWatch } from "../progress/boot_watch.ts";
import { readStatus, STATUS_OPTIONS } from "./status.ts";

/** Options of the stage. */
export const STATUS_WITH_BOOTS_OPTIONS = {
  ...STATUS_OPTIONS,
  ...pathOptions("access-log", "console-dir"),
};

type BootFlags = Flags<typeof STATUS_WITH_BOOTS_OPTIONS>;

/** Boots of that long ago are over, in milliseconds. */
const RECENT_MS = 2 * 3_600_000;

/**
 * Looks at every chosen node, and how far it got. Whether all is well does not depend on
 * the latter.
 *
 * @param boots Looks at boots again.
 * @throws {Failure} As {@linkcode readStatus} does.
 */
export async function statusWithBoots(
  draft: Draft,
  flags: BootFlags,
  host: Host,
  boots: RecentBoots,
): Promise<void> {
  await readStatus(draft, flags, host);
  const seen = await boots.look().catch(onFailure(() => []));
  if (seen.length > 0) draft.add({ boots: seen });
}

/** Looks at boots beside what nodes would boot now. */
export class RecentBoots {
  readonly #flags: BootFlags;
  readonly #host: Host;
  #watch: BootWatch | null = null;

  constructor(flags: BootFlags, host: Host) {
    this.#flags = flags;
    this.#host = host;
  }

  /**
   * Looks at all of them.
   *
   * @returns None where nothing can be seen.
   */
  async look(): Promise<readonly Boot[]> {
    const { root } = this.#host;
    if (ifThere(() => root.stat(this.#flags["access-log"], "")) === null) return [];
    this.#watch ??= await this.#begin();
    const { boots } = await this.#watch.look();
    return boots.some(({ stage }) => stage !== "none") ? boots : [];
  }

  /** Only now: what is loaded takes its time. */
  async #begin(): Promise<BootWatch> {
    const [{ BootWatch }, { BootSources }] = await Promise.all([
      import("../progress/boot_watch.ts"),
      import("../progress/boot_sources.ts"),
    ]);
    const { context, root } = this.#host;
    const sources = new BootSources(this.#flags, this.#host, { isBrief: true });
    const selection = selectNodes(this.#flags, root);
    return new BootWatch(sources, selection, context.now() - RECENT_MS);
  }
}
