/**
 * Brings a fault about, and looks at what it leaves.
 *
 * @module
 */

import { callInProcess } from "../in_process.ts";
import { parseGeneration } from "../../lib/history/generation_log.ts";
import { execute, type Execution, type Shimmed } from "./execute.ts";
import type { Pit } from "../../tools/pit/make_pit.ts";
import {
  claimViolations,
  type Expectation,
  faultViolations,
  isDone,
  recordViolations,
  rerunViolations,
  strays,
} from "./check.ts";
import type { Call, Scenario } from "./scenarios.ts";
import type { Fault, SeenCall } from "./shim.ts";
import { PASSWORD, type Start, variables } from "./starts.ts";
import { switchViolations, unswitched } from "./switched.ts";
import { copyTree, readTree, type Tree } from "./tree.ts";

/** A scenario with all that is known of it. */
export interface Prepared {
  readonly scenario: Scenario;
  readonly start: Start;
  readonly before: Tree;
  /** What calls change files if nothing happens, and the tree that they leave. */
  readonly calls: readonly SeenCall[];
  readonly expectation: Expectation;
  /** The same for the call that is cut off before; none if there is none. */
  readonly firstCalls: readonly SeenCall[];
  /** What is wrong without a fault: it would be taken for right with one. */
  readonly wrong: readonly string[];
}

/** A fault to try. */
export interface Attempt {
  readonly prepared: Prepared;
  /** Of the call that is cut off before. */
  readonly first: Fault | null;
  readonly fault: Fault;
}

/** What became of a fault. */
export interface Outcome extends Attempt {
  /** The calls that went wrong. */
  readonly hits: readonly SeenCall[];
  readonly violations: readonly string[];
}

/** Where things are done. */
export interface Bench extends Shimmed {
  /** A directory for trees. */
  readonly directory: string;
}

/**
 * Runs a scenario undisturbed, and counts its calls.
 *
 * @param bench Where.
 * @param scenario Which.
 * @param start What it starts from.
 */
export async function prepare(bench: Bench, scenario: Scenario, start: Start): Promise<Prepared> {
  const before = readTree(start.pit.root);
  const { first, call, hits } = scenario;
  const [undisturbed, other] = [
    await undisturbedRun(bench, start, call, hits),
    first ? await undisturbedRun(bench, start, first) : null,
  ];
  const after = [...other ? [other.tree] : [], undisturbed.tree];
  const expectation = { before, after, edits: start.edits };
  const wrong = after.flatMap((tree) => [
    ...faultViolations(tree, expectation),
    ...strays(tree).map((path) => `${path} is left`),
  ]).map((violation) => `even undisturbed: ${violation}`);
  const [calls, firstCalls] = [undisturbed.calls, other?.calls ?? []];
  return { scenario, start, before, calls, expectation, firstCalls, wrong };
}

async function undisturbedRun(
  bench: Bench,
  start: Start,
  call: Call,
  hits?: number,
): Promise<{ calls: readonly SeenCall[]; tree: Tree }> {
  using place = copyOf(bench, start);
  const { code, calls, stderr, beside } = await execute(bench, place.pit, call, null, { hits });
  const bad = [{ code, stderr }, ...beside].find((each) => each.code !== 0);
  if (bad) throw new Error(`${call.args.join(" ")}: exit ${bad.code}: ${bad.stderr}`);
  const undone = call.isSwitching ? unswitched(place.pit, call) : [];
  if (undone.length > 0) throw new Error(`even undisturbed: ${undone.join(", ")}`);
  return { calls, tree: readTree(place.pit.root) };
}

/**
 * Brings a fault about, looks, runs again, and looks again.
 *
 * @param bench Where.
 * @param attempt What to try.
 * @returns What became of it.
 * @throws If the fault was not brought about: then nothing was shown.
 */
export async function tryFault(bench: Bench, attempt: Attempt): Promise<Outcome> {
  const { prepared: { scenario, start, expectation, calls, wrong }, first, fault } = attempt;
  using place = copyOf(bench, start);
  const hits: SeenCall[] = [];
  const violations = [...wrong];
  if (first && scenario.first) {
    const cut = { call: scenario.first, fault: first, kind: undefined };
    hits.push(...hitsOf(await untilHit(bench, place.pit, cut)));
    violations.push(...faultViolations(readTree(place.pit.root), expectation));
  }
  const execution = await untilHit(bench, place.pit, {
    call: scenario.call,
    hits: scenario.hits,
    fault,
    kind: first ? undefined : calls.find(({ n }) => n === fault.at)?.kind,
  });
  hits.push(...hitsOf(execution));
  const { code, stderr, beside } = execution;
  const tree = readTree(place.pit.root);
  violations.push(...faultViolations(tree, expectation));
  violations.push(...recordViolations(tree, expectation));
  const { hits: whom } = scenario;
  const [it, others] = whom === undefined
    ? [{ code, stderr }, beside]
    : [beside[whom], [{ code, stderr }, ...beside.filter((_, i) => i !== whom)]];
  // Of two writers the other one has changed something.
  if (!first && !scenario.call.beside) {
    violations.push(...claimViolations(stderr, tree, expectation));
  }
  if (it?.code === 0 && !isDone(tree, expectation)) violations.push("it said that all is done");
  for (const other of others) {
    if (other.code !== 0) violations.push(`the other command: exit ${other.code}: ${other.stderr}`);
  }
  const { call } = scenario;
  if (call.isSwitching) {
    violations.push(...switchViolations(place.pit, call));
    if (it?.code === 0) violations.push(...unswitched(place.pit, call));
  }
  violations.push(...await rerun(place.pit, scenario, { expectation, state: first === null }));
  if (call.isSwitching) {
    violations.push(...switchViolations(place.pit, call));
    for (const undone of unswitched(place.pit, call)) violations.push(`${undone} at last`);
  }
  return { ...attempt, hits, violations };
}

/**
 * Runs a command again, undisturbed, and looks.
 *
 * @param pit Where.
 * @param scenario Which command.
 * @param options `expectation`: what must be so; `state`: whether pitboot must
 * remember the same, too.
 * @returns What is wrong.
 */
export async function rerun(
  pit: Pit,
  { call, isRelative, again }: Scenario,
  { expectation, state }: { expectation: Expectation; state: boolean },
): Promise<string[]> {
  const tree = readTree(pit.root);
  if (isRelative && isDone(tree, expectation) && hasEnded(tree)) return [];
  for (const { args, release } of [call, ...again ? [again] : []]) {
    const env = variables(release, call.isSwitching && PASSWORD);
    const { code, stderr } = await callInProcess(pit, args, { env });
    if (code !== 0) return [`the run after it: exit ${code}: ${stderr.trim().split("\n")[0]}`];
  }
  return rerunViolations(readTree(pit.root), expectation, { state });
}

/** Whether the newest generation is one that was not cut off. */
function hasEnded(tree: Tree): boolean {
  const files = [...tree].flatMap(([path, entry]) => {
    const [, number] = /\/generations\/(\d+)\.json$/.exec(path) ?? [];
    return number && entry.kind === "file" ? [{ number: Number(number), text: entry.text }] : [];
  });
  const [newest] = files.sort((a, b) => b.number - a.number);
  return newest !== undefined && parseGeneration(newest.text).ended !== null;
}

/** So often a fault is tried that does not hit what it is meant for. */
const MOST_TRIES = 10;

/**
 * Runs a call until a fault hits what it is meant for.
 *
 * Of two writers, what one has to do hangs on how far the other is: what has a number may be
 * another call. After a first kill there may be fewer than usual: then it is one of those.
 */
async function untilHit(
  bench: Bench,
  pit: Pit,
  { call, hits, fault, kind }: {
    readonly call: Call;
    readonly hits?: number | "all" | undefined;
    readonly fault: Fault;
    /** What it is meant for, if not for whatever has this number. */
    readonly kind: string | undefined;
  },
): Promise<Execution> {
  using spare = copyOf(bench, { pit, edits: [] });
  let { at } = fault;
  for (let tries = 1;; tries++) {
    const execution = await execute(bench, pit, call, { ...fault, at }, { hits });
    const hit = execution.calls.find(({ isHit }) => isHit);
    if (hit && hit.kind === (kind ?? hit.kind)) return execution;
    const what = `${call.args.join(" ")} ${describeFault(fault)}`;
    if (tries === MOST_TRIES) throw new Error(`${what}: it hit ${hit?.kind}, not ${kind}`);
    Deno.removeSync(pit.root, { recursive: true });
    copyTree(spare.pit.root, pit.root);
    if (!kind) at = (at - 1) % Math.max(1, execution.calls.length) + 1;
  }
}

function hitsOf({ calls }: Execution): SeenCall[] {
  return calls.filter(({ isHit }) => isHit);
}

/** A fault in a word: `kill@17`. */
export function describeFault({ at, way }: Fault): string {
  return `${way}@${at}`;
}

/** Both faults of an attempt: `kill@17,kill@3`. */
export function describeAttempt({ first, fault }: Pick<Attempt, "first" | "fault">): string {
  return [...first ? [first] : [], fault].map(describeFault).join(",");
}

let copies = 0;

function copyOf({ directory }: Bench, { pit }: Start): Disposable & { readonly pit: Pit } {
  const place = `${directory}/${copies++}`;
  const [root, bin] = [`${place}/root`, `${place}/bin`];
  Deno.mkdirSync(bin, { recursive: true });
  copyTree(pit.root, root);
  // BMCs lie beside the stand-in for ipmitool as it is called; a program that has just been
  // written may be busy.
  copyTree(`${pit.bin}/../bmcs`, `${place}/bmcs`);
  Deno.symlinkSync(Deno.realPathSync(`${pit.bin}/ipmitool`), `${bin}/ipmitool`);
  return {
    pit: { ...pit, root, bin },
    [Symbol.dispose]: () => Deno.removeSync(place, { recursive: true }),
  };
}
