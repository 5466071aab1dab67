/**
 * The stage `boot-progress`: how far each node got in its last boot.
 *
 * @module
 */

import { pathOptions } from "../cli/manual.ts";
import { duration, type Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { Boot, BootStage } from "../document/boot.ts";
import type { Document } from "../document/document.ts";
import { pause } from "../io/within.ts";
import { NODE_OPTIONS } from "../nodes/node_choice.ts";
import { type Selection, selectNodes } from "../nodes/read_statics.ts";
import { foldHosts } from "../text/host_range.ts";
import { lateProblems, lookProblems } from "./boot_report.ts";
import { BootSources } from "./boot_sources.ts";
import { type BootLook, BootWatch } from "./boot_watch.ts";
import { stageOrUp } from "./stage_option.ts";

/** Options of a look at boots. */
export const BOOT_LOOK_OPTIONS = {
  ...NODE_OPTIONS,
  ...pathOptions("statics", "leases", "access-log", "console-dir", "web-root"),
  since: duration("Look back as far as this; behind another command, since that began.", "2h"),
};

/** Options of the stage. */
export const BOOT_OPTIONS = {
  ...BOOT_LOOK_OPTIONS,
  wait: stageOrUp("Wait until all nodes have got as far as this"),
  timeout: duration("Stop waiting after this time.", "60m"),
};

/** How long after a first look at a transfer the second tells how fast it is. */
const RATE_MS = 1000;

/**
 * Looks how far the chosen nodes got, perhaps until they have got far enough, and adds
 * `boots`.
 *
 * @throws {Failure} If it cannot be told which nodes there are.
 */
export async function bootProgress(
  draft: Draft,
  flags: Flags<typeof BOOT_OPTIONS>,
  host: Host,
): Promise<void> {
  const selection = handedNodes(selectNodes(flags, host.root), draft.document);
  const horizon = horizonFor(flags.since, draft.document, host);
  const watch = new BootWatch(new BootSources(flags, host), selection, horizon);
  const teller = new BootTeller(draft, host);
  let sight = teller.tell(await watch.look());
  if (flags.wait === null) {
    if (sight.boots.some(({ state }) => state === "moving" || state === "stalled")) {
      await pause(RATE_MS, host.context.signal);
      sight = teller.tell(await watch.look());
    }
  } else {
    // Only now: what is loaded takes its time.
    const { waitForStage } = await import("./wait_for_stage.ts");
    sight = await waitForStage(flags.wait, sight, { watch, teller, flags, host });
  }
  draft.add({ boots: sight.boots });
  if (host.context.signal.aborted) return;
  draft.reportAll(lookProblems(sight, flags.statics));
  if (flags.wait) draft.reportAll(lateProblems(sight.boots, flags.wait, flags.timeout));
  host.reporter.say(sinceWords(sight, horizon));
}

/** Of commands before this one in a chain: the nodes that they made ready, and started. */
function handedNodes(selection: Selection, { nodes, power }: Document): Selection {
  const ready = nodes && new Set(nodes.filter(({ cause }) => !cause).map(({ name }) => name));
  const started = power &&
    new Set(power.filter(({ after }) => after === "on").map(({ node }) => node));
  const isHanded = (node: string): boolean =>
    (ready?.has(node) ?? true) && (started?.has(node) ?? true);
  return { ...selection, chosen: selection.chosen.filter(({ node }) => isHanded(node)) };
}

/** Behind another command what was before is of an earlier boot. */
function horizonFor(since: number, document: Document, { context, typed, waited }: Host): number {
  const isHanded = document.nodes !== undefined || document.power !== undefined;
  const isChained = isHanded && typed.value("since") === null;
  return context.now() - (isChained ? waited : since * 1000);
}

/** Tells of what has changed since the look before: in lines, or on a board where one is shown. */
export class BootTeller {
  readonly #draft: Draft;
  readonly #host: Host;
  #reached = new Map<string, string>();
  #boots: readonly Boot[] = [];
  #showBoard = (): void => {};

  constructor(draft: Draft, host: Host) {
    this.#draft = draft;
    this.#host = host;
  }

  /** From now on nodes are waited for, until a moment of the clock that runs. */
  async expect(stage: BootStage, end: number): Promise<void> {
    const { screen, reporter, context } = this.#host;
    if (!screen.canShow || reporter.isQuiet) return;
    // Only now: what is loaded takes its time.
    const { bootBoard } = await import("./boot_board.ts");
    this.#showBoard = () =>
      screen.show((columns) =>
        bootBoard({ boots: this.#boots, stage, left: end - context.elapsed() }, columns)
      );
    this.#showBoard();
  }

  /** Says what a board would show; in the background there is none. */
  say(words: string): void {
    const { screen, reporter } = this.#host;
    if (!screen.isShown || reporter.isQuiet) reporter.say(words);
  }

  tell(sight: BootLook): BootLook {
    this.#draft.add({ boots: sight.boots });
    this.#boots = sight.boots;
    const isFirst = this.#reached.size === 0;
    const changed = sight.boots.filter(({ node, stage, tries }) =>
      this.#reached.get(node) !== `${stage} ${tries}`
    );
    for (const { node, stage: reached, at, source, tries } of changed) {
      this.#reached.set(node, `${reached} ${tries}`);
      this.#host.emit({ what: "booting", node, reached, at, source, tries });
    }
    if (!isFirst) this.#say(changed, sight.boots.length);
    this.#showBoard();
    return sight;
  }

  #say(changed: readonly Boot[], count: number): void {
    for (const [stage, group] of Map.groupBy(changed, ({ stage }) => stage)) {
      const nodes = foldHosts(group.map(({ node }) => node));
      this.say(`${stage}: ${nodes} (${group.length} of ${count})`);
    }
  }
}

/** From when on the log of the web server tells all. */
function sinceWords({ since, now }: BootLook, horizon: number): string {
  const time = (at: number): string => new Date(at).toISOString().slice(11, 16);
  if (since === null) return "the web server's log tells nothing";
  return since > horizon
    ? `the web server's log begins at ${time(since)} UTC; it is ${time(now)} UTC`
    : `looked back to ${time(horizon)} UTC; it is ${time(now)} UTC`;
}
