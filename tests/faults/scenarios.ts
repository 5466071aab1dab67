/**
 * Which commands are disturbed, and from which starts.
 *
 * @module
 */

import type { CommandName } from "../../scripts/commands.ts";
import { ALL, FIRST, OTHER, RELEASES, type StartName } from "./starts.ts";

/** A call of pitboot. */
export interface Call {
  readonly args: readonly [CommandName, ...string[]];
  /** `CSM_RELEASE`. */
  readonly release: string;
  /** It switches the nodes of its `--nodes`, by their BMCs; others have no password. */
  readonly isSwitching?: true;
  /** Each node is handed on by itself, as its lease comes. */
  readonly isOneByOne?: true;
  /** What runs beside it, once the first node is served. */
  readonly beside?: readonly Call[];
}

/** A command, and the tree that it starts from. */
export interface Scenario {
  readonly start: StartName;
  /** A call that is cut off before, in another release. */
  readonly first?: Call;
  readonly call: Call;
  /** Done twice it goes twice as far: once it has ended well, it is not done again. */
  readonly isRelative?: true;
  /** `some`: what it does is much like in another scenario. */
  readonly errors?: "some";
  /** Which of the commands beside it the fault hits, from 0; left out, it hits the call. */
  readonly hits?: number;
  /** What is done after the call once more, to end what ran beside it. */
  readonly again?: Call;
}

const { older, newer } = RELEASES;
const PROGRAM = "--binary=/opt/pitboot";
const EVENTS = "--events=/var/log/events";

/** All of them. */
export const SCENARIOS: readonly Scenario[] = [
  scenario("empty", ["run"]),
  scenario("unrecorded", ["run"]),
  scenario("away", ["run"]),
  ...(["older", "half", "edited", "edited-online", "parked-edited"] as const).map((start) =>
    likewise(start, ["run"])
  ),
  ...(["older", "edited", "unrecorded"] as const).map((start, i): Scenario => {
    const { call, ...rest } = (i === 0 ? scenario : likewise)(start, ["run"]);
    return { ...rest, call: { ...call, isOneByOne: true } };
  }),
  scenario("older", ["set-links"]),
  ...(["empty", "half", "unrecorded", "edited", "away"] as const).map((start) =>
    likewise(start, ["set-links"])
  ),
  ...(["edited", "away"] as const).map((start) =>
    likewise(start, ["set-links", "--reset-scripts"])
  ),
  { ...scenario("switched", ["rollback"]), isRelative: true },
  ...(["switched-edited", "reset", "adopted", "fresh", "parked"] as const).map((start) => ({
    ...likewise(start, ["rollback"]),
    isRelative: true as const,
  })),
  likewise("switched", ["rollback", "0"]),
  scenario("older", ["offline", ALL]),
  ...(["empty", "half", "edited", "away"] as const).map((start) =>
    likewise(start, ["offline", ALL])
  ),
  scenario("parked", ["online", ALL]),
  likewise("parked-edited", ["online", ALL]),
  likewise("parked-edited", ["online", "--forget", ALL]),
  likewise("bare", ["install", PROGRAM]),
  likewise("script", ["install", PROGRAM]),
  scenario("upgrade", ["install", PROGRAM]),
  likewise("installed", ["install", "--uninstall"]),
  likewise("installed-over", ["install", "--uninstall"]),
  // By BMCs: they write as much as they do.
  switching("off", ["power", "on", "--pxe", FIRST, EVENTS]),
  switching("on", ["power", "off", FIRST]),
  // Two writers.
  ...[
    [["offline", OTHER]],
    [["set-links", OTHER]],
    [["offline", OTHER], ["rollback"]],
  ].flatMap((beside) => twoWriters(beside as unknown as Call["args"][])),
  // Two kills in a row.
  ...(["empty", "older", "unrecorded", "edited", "away"] as const).map((start) => ({
    ...scenario(start, ["run"]),
    first: { args: ["run"], release: older } as const,
  })),
];

/** A run of two nodes, and commands beside it that work on the third: a fault in either. */
function twoWriters(args: readonly Call["args"][]): Scenario[] {
  const beside = args.map((args): Call => ({ args, release: newer }));
  const last = args.at(-1)?.[0] === "rollback" ? ["online", OTHER] as const : args[0];
  const both: Scenario = {
    start: "older",
    call: { args: ["run", FIRST], release: newer, isOneByOne: true, beside },
    ...last && { again: { args: last, release: newer } },
  };
  return [{ ...both, errors: "some" }, { ...both, hits: beside.length - 1 }];
}

/** How a scenario is called: `older/run`. */
export function nameOf({ start, first, call, hits }: Scenario): string {
  const besides = call.beside?.map(({ args: [name] }, i) => i === hits ? `(${name})` : name);
  const words = [
    ...call.args.filter((word) => ![PROGRAM, ALL, FIRST, EVENTS].includes(word)),
    ...besides ? [`beside ${besides.join(", ")}`] : call.isOneByOne ? ["one by one"] : [],
  ].join(" ");
  return `${start}/${first ? `${first.args[0]}, ` : ""}${words}`;
}

function scenario(start: StartName, args: Call["args"]): Scenario {
  return { start, call: { args, release: newer } };
}

function switching(start: StartName, args: Call["args"]): Scenario {
  return { start, call: { args, release: newer, isSwitching: true }, errors: "some" };
}

function likewise(start: StartName, args: Call["args"]): Scenario {
  return { ...scenario(start, args), errors: "some" };
}
