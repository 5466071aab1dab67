/**
 * Which commands are disturbed, and from which starts.
 *
 * @module
 */

import type { CommandName } from "../../scripts/commands.ts";
import { ALL, RELEASES, type StartName } from "./starts.ts";

/** A call of pitboot. */
export interface Call {
  readonly args: readonly [CommandName, ...string[]];
  /** `CSM_RELEASE`. */
  readonly release: string;
  /** Each node is handed on by itself, as its lease comes. */
  readonly isOneByOne?: true;
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
}

const { older, newer } = RELEASES;
const PROGRAM = "--binary=/opt/pitboot";

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
  // Two kills in a row.
  ...(["empty", "older", "unrecorded", "edited", "away"] as const).map((start) => ({
    ...scenario(start, ["run"]),
    first: { args: ["run"], release: older } as const,
  })),
];

/** How a scenario is called: `older/run`. */
export function nameOf({ start, first, call }: Scenario): string {
  const words = [
    ...call.args.filter((word) => word !== PROGRAM && word !== ALL),
    ...call.isOneByOne ? ["one by one"] : [],
  ].join(" ");
  return `${start}/${first ? `${first.args[0]}, ` : ""}${words}`;
}

function scenario(start: StartName, args: Call["args"]): Scenario {
  return { start, call: { args, release: newer } };
}

function likewise(start: StartName, args: Call["args"]): Scenario {
  return { ...scenario(start, args), errors: "some" };
}
