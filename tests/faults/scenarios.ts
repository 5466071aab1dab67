/**
 * Which commands are disturbed, and from which starts.
 *
 * @module
 */

import type { CommandName } from "../../scripts/commands.ts";
import { RELEASES, type StartName } from "./starts.ts";

/** A call of pitboot. */
export interface Call {
  readonly args: readonly [CommandName, ...string[]];
  /** `CSM_RELEASE`. */
  readonly release: string;
}

/** A command, and the tree that it starts from. */
export interface Scenario {
  readonly start: StartName;
  /** A call that is cut off before, in another release. */
  readonly first?: Call;
  readonly call: Call;
  /** `one`: what it does is much like in another scenario. */
  readonly errors?: "one";
}

const { older, newer } = RELEASES;
const LINK_STARTS = ["empty", "older", "half", "unrecorded", "edited", "away"] as const;
const PROGRAM = "--binary=/opt/pitboot";

/** All of them. */
export const SCENARIOS: readonly Scenario[] = [
  ...LINK_STARTS.map((start) => scenario(start, ["run"])),
  ...LINK_STARTS.map((start) => likewise(start, ["set-links"])),
  scenario("edited", ["set-links", "--reset-scripts"]),
  scenario("away", ["set-links", "--reset-scripts"]),
  likewise("bare", ["install", PROGRAM]),
  scenario("script", ["install", PROGRAM]),
  scenario("upgrade", ["install", PROGRAM]),
  likewise("installed", ["install", "--uninstall"]),
  scenario("installed-over", ["install", "--uninstall"]),
  // Two kills in a row.
  ...(["empty", "older", "unrecorded", "edited", "away"] as const).map((start) => ({
    ...scenario(start, ["run"]),
    first: { args: ["run"], release: older } as const,
  })),
];

/** How a scenario is called: `older/run`. */
export function nameOf({ start, first, call }: Scenario): string {
  const words = call.args.filter((word) => word !== PROGRAM).join(" ");
  return `${start}/${first ? `${first.args[0]}, ` : ""}${words}`;
}

function scenario(start: StartName, args: Call["args"]): Scenario {
  return { start, call: { args, release: newer } };
}

function likewise(start: StartName, args: Call["args"]): Scenario {
  return { ...scenario(start, args), errors: "one" };
}
