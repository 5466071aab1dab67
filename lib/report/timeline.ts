/**
 * How far each node got, and when: its row of the report.
 *
 * @module
 */

import type { LoggedBoot } from "./logged_boot.ts";
import type { Night, NightProblem, Preparation } from "./night.ts";

/** What a node goes through, in its order. */
export const NIGHT_STAGES = [
  "bmc",
  "lease",
  "ready",
  "power",
  "script",
  "initrd",
  "kernel",
  "rootfs",
  "up",
] as const;

/** A step of a node. */
export type NightStage = typeof NIGHT_STAGES[number];

/** A moment of a node, in milliseconds since the epoch. */
export interface NodeStep {
  readonly stage: NightStage;
  readonly at: number;
}

/** What is known of a node. */
export interface NodeRow {
  readonly name: string;
  /** Its steps by time. */
  readonly steps: readonly NodeStep[];
  /** The furthest one; `null` if it took none. */
  readonly furthest: NodeStep | null;
  /** What is to be said of it, in words. */
  readonly notes: readonly string[];
  /** Those that name it. */
  readonly problems: readonly NightProblem[];
}

/**
 * Makes the rows of a report.
 *
 * @param night What the events tell.
 * @param boots What the log of the web server tells, by node.
 * @returns The node that got least far first; of those that got as far as each other, the
 * last to do so.
 */
export function timelineOf(
  night: Night,
  boots: ReadonlyMap<string, LoggedBoot>,
): NodeRow[] {
  const problems = problemsByNode(night.problems);
  return [...night.nodes].map(([name, prepared]) => {
    const boot = sincePower(boots.get(name) ?? NO_BOOT, prepared);
    const steps = stepsOf({ ...prepared, ...bootOf(prepared, boot) });
    const furthest = steps.toSorted((a, b) => progressRank(b) - progressRank(a)).at(0) ?? null;
    const notes = notesOf(prepared, boot);
    return { name, steps, furthest, notes, problems: problems.get(name) ?? [] };
  }).sort(byProgress);
}

/** How far a node is with a step; -1 for none. */
function progressRank(step: NodeStep | null): number {
  return step ? NIGHT_STAGES.indexOf(step.stage) : -1;
}

function byProgress(a: NodeRow, b: NodeRow): number {
  return progressRank(a.furthest) - progressRank(b.furthest) ||
    (b.furthest?.at ?? 0) - (a.furthest?.at ?? 0) || (a.name < b.name ? -1 : 1);
}

function stepsOf(moments: Partial<Record<NightStage, number>>): NodeStep[] {
  return NIGHT_STAGES.flatMap((stage) => {
    const at = moments[stage];
    return at === undefined ? [] : [{ stage, at }];
  }).sort((a, b) => a.at - b.at);
}

const NO_BOOT: LoggedBoot = { tries: 0 };

/** What a node fetched before it was switched on is of an earlier boot. */
function sincePower(boot: LoggedBoot, { told = -Infinity }: Preparation): LoggedBoot {
  return (boot.script ?? Infinity) < told ? NO_BOOT : boot;
}

/** The log tells of each file; what was seen before its last script is of an earlier boot. */
function bootOf(
  { boot = {}, told = -Infinity }: Preparation,
  logged: LoggedBoot,
): Partial<Record<NightStage, number>> {
  const begin = Math.max(logged.script ?? -Infinity, told);
  const seen = Object.entries(boot).filter(([, at]) => at >= begin);
  return { ...Object.fromEntries(seen), ...logged };
}

function notesOf(prepared: Preparation, { script, tries, refused }: LoggedBoot): string[] {
  const { fault, ready } = prepared;
  return [
    ...fault === undefined ? [] : [fault],
    ...refused === undefined ? [] : [`asked for ${refused}`],
    ...tries > 1 ? [`began to boot ${tries} times`] : [],
    ...ready !== undefined && script !== undefined && script < ready
      ? ["booted before it was given what it boots next"]
      : [],
  ];
}

function problemsByNode(problems: readonly NightProblem[]): Map<string, NightProblem[]> {
  const byNode = new Map<string, NightProblem[]>();
  for (const problem of problems) {
    for (const node of problem.nodes) {
      const known = byNode.get(node);
      if (known) known.push(problem);
      else byNode.set(node, [problem]);
    }
  }
  return byNode;
}
