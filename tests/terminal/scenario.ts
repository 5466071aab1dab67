/**
 * A PIT with BMCs that do not do what they should, and pitboot in a terminal on it.
 *
 * @module
 */

import { expandHosts } from "../../lib/text/host_range.ts";
import {
  type BmcBehaviour,
  NINE_NODES,
  NINETY_NINE_NODES,
  type PitOptions,
} from "../../tools/pit/make_pit.ts";
import { environment, giveLeases, PITBOOT, type TemporaryPit, temporaryPit } from "../kit.ts";
import { type Size, Terminal } from "./terminal.ts";

/** Whose BMC does what; host ranges such as `ncn-w[001-003],ncn-s001`. */
export interface Scenario {
  /** How many nodes there are besides the PIT. */
  readonly nodes: 9 | 99;
  /** They answer after `slowSeconds`. */
  readonly slow?: string;
  /** @default 3 */
  readonly slowSeconds?: number;
  /** They do not answer; each attempt takes `deadSeconds`. */
  readonly dead?: string;
  /** @default 1 */
  readonly deadSeconds?: number;
  /** They refuse the password. */
  readonly refusing?: string;
  /** They say yes, and do not keep the setting. */
  readonly forgetful?: string;
  /** They are set, and ask for no lease. */
  readonly silent?: string;
  /** They are on DHCP already, and have a lease. */
  readonly already?: string;
  /**
   * Seconds from the setting of a BMC to its lease; `place`: that of its node among
   * all, the PIT being 0. `never`: the test gives leases, with
   * {@linkcode ScenarioPit.giveLeases}.
   *
   * @default 0.2
   */
  readonly lease?: number | "never" | ((node: string, place: number) => number);
}

/** A PIT of a scenario; it goes away at the end of its block. */
export interface ScenarioPit extends TemporaryPit {
  /** What the administrator's shell has; the search path finds the simulated ipmitool. */
  readonly env: Readonly<Record<string, string>>;
  /** The command line of `pitboot ARGS` on this PIT. */
  command(...args: readonly string[]): readonly string[];
  /** Gives BMCs their lease, as dnsmasq does: a line at the end of its file. */
  giveLeases(range: string): void;
  /** Runs `pitboot ARGS` in a terminal. */
  open(args: readonly string[], size: Size): Promise<Terminal>;
}

/**
 * Makes the PIT of a scenario.
 *
 * @param scenario Whose BMC does what.
 * @param options What else is not as usual, for instance the age of the images.
 * @throws {Error} If it names a node that there is not, or one twice.
 */
export function scenarioPit(scenario: Scenario, options: PitOptions = {}): ScenarioPit {
  const names = scenario.nodes === 9 ? NINE_NODES : NINETY_NINE_NODES;
  const special = behaviours(scenario, names);
  const { lease = 0.2 } = scenario;
  const pit = temporaryPit({
    nodes: names,
    behaviour: (node, place) => ({
      wait: typeof lease === "function" ? lease(node, place) : lease,
      ...special.get(node),
    }),
    ...options,
  });
  const env = environment(pit);
  const command = (...args: readonly string[]): readonly string[] => [
    ...PITBOOT,
    ...args,
    `--root=${pit.root}`,
  ];
  if (scenario.already) giveLeases(pit, expandHosts(scenario.already));
  return {
    ...pit,
    env,
    command,
    giveLeases: (range) => giveLeases(pit, expandHosts(range)),
    open: (args, size) => Terminal.open({ ...size, env, command: command(...args) }),
  };
}

function behaviours(
  scenario: Scenario,
  names: readonly string[],
): ReadonlyMap<string, BmcBehaviour> {
  const { slowSeconds = 3, deadSeconds = 1 } = scenario;
  const groups: [range: string | undefined, behaviour: BmcBehaviour][] = [
    [scenario.slow, { answer: slowSeconds }],
    [scenario.dead, { fault: "dead", answer: deadSeconds }],
    [scenario.refusing, { fault: "denied" }],
    [scenario.forgetful, { fault: "forgets" }],
    [scenario.silent, { wait: "never" }],
    [scenario.already, { source: "dhcp" }],
  ];
  const special = new Map<string, BmcBehaviour>();
  for (const [range, behaviour] of groups) {
    for (const name of range === undefined ? [] : expandHosts(range)) {
      if (!names.includes(name) || special.has(name)) {
        throw new Error(`${name} is no node of this scenario, or does two things`);
      }
      special.set(name, behaviour);
    }
  }
  return special;
}
