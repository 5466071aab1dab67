/**
 * The events that stages report while they work. They do not know who listens, or what is
 * shown of it.
 *
 * @module
 */

import { printableJson } from "../text/printable.ts";
import type { BmcReason, BmcState, BootNode, Image, Problem } from "./document.ts";
import type { Verdict } from "./verdict.ts";

/** Something that happens in a stage. */
export type Event =
  /** The images are about to be looked for. */
  | { readonly what: "resolving" }
  /** The images are chosen, by role. */
  | { readonly what: "resolved"; readonly images: Readonly<Record<string, Image>> }
  /** Checks before the work have failed: nothing was done. */
  | { readonly what: "refused"; readonly failed: number; readonly checks: number }
  /** Nobody gave a password: no BMC will be switched. */
  | { readonly what: "no-password" }
  /** The BMCs of these nodes, all that are in this conman.conf, are about to be switched. */
  | { readonly what: "setting"; readonly conman: string; readonly nodes: readonly string[] }
  /** A session with the BMC of a node begins. */
  | { readonly what: "asking"; readonly node: string; readonly address: string }
  /** The result for the BMC of a node. */
  | {
    readonly what: "asked";
    readonly node: string;
    readonly address: string;
    readonly state: BmcState;
    /** Why it is in that state; `null` where all is well. */
    readonly reason: BmcReason | null;
    readonly message: string | null;
    readonly seconds: number;
  }
  /** The number of BMCs that have a lease before the wait. */
  | { readonly what: "counted"; readonly leased: number }
  /** Not all BMCs have a lease: said at first, at a change, and every now and then. */
  | ({
    readonly what: "waiting";
    /** The nodes whose BMCs have none. */
    readonly missing: readonly string[];
    /** Seconds until the wait ends; `null` while BMCs are still being switched. */
    readonly left: number | null;
  } & Leased)
  /** All BMCs were asked; `left`: seconds until the wait ends. */
  | { readonly what: "counting"; readonly left: number }
  /** The BMC of a node has got a lease. */
  | ({ readonly what: "lease"; readonly node: string; readonly ip: string } & Leased)
  /** The lease of the BMC of a node has ended. */
  | ({ readonly what: "lease-ended"; readonly node: string } & Leased)
  /** The file of the leases does not exist, or holds none, after it did. */
  | { readonly what: "leases-gone"; readonly leases: string; readonly isThere: boolean }
  /** All BMCs have a lease. */
  | { readonly what: "leased"; readonly expected: number }
  /** The wait ends early: these are left, and none of them can come; after `seconds` without a change. */
  | { readonly what: "hopeless"; readonly nodes: readonly string[]; readonly seconds: number }
  /** Boot directories are about to be made; `release`: of `CSM_RELEASE`. */
  | { readonly what: "linking"; readonly leases: string; readonly release: string | null }
  /** The result for the boot directory of a node. */
  | ({ readonly what: "linked" } & NodeChange)
  /** All that was asked for is done. */
  | { readonly what: "ready"; readonly webRoot: string }
  /** Something that an administrator should know. */
  | { readonly what: "problem"; readonly problem: Problem }
  /** Not all nodes will boot the chosen release: which will not, and why. */
  | ({ readonly what: "verdict" } & Verdict);

/** The number of BMCs that have a lease, and of those that should. */
interface Leased {
  readonly leased: number;
  readonly expected: number;
}

interface NodeChange extends Pick<BootNode, "change"> {
  readonly node: string;
  /** Of what it boots; `null` if nobody knows. */
  readonly release: string | null;
}

/** The stage that each event is of, but what any command may say. */
const STAGES = {
  "resolving": "resolve-images",
  "resolved": "resolve-images",
  "no-password": "bmc-dhcp",
  "setting": "bmc-dhcp",
  "asking": "bmc-dhcp",
  "asked": "bmc-dhcp",
  "counted": "wait-leases",
  "waiting": "wait-leases",
  "counting": "wait-leases",
  "lease": "wait-leases",
  "lease-ended": "wait-leases",
  "leases-gone": "wait-leases",
  "leased": "wait-leases",
  "hopeless": "wait-leases",
  "linking": "set-links",
  "linked": "set-links",
  "ready": "set-links",
} as const satisfies Partial<Record<Event["what"], string>>;

/** Takes what happens. */
export type Listener = (event: Event) => void;

/**
 * Writes an event as a line of JSON that is safe to show on a terminal.
 *
 * @param event What happened.
 * @param command The name of the command in which it did.
 * @param time When, in milliseconds since the epoch.
 * @returns The line without its end. `node` is `null` where it concerns none, or many.
 */
export function eventLine(event: Event, command: string, time: number): string {
  const node = "node" in event ? event.node : null;
  const head = { time: new Date(time).toISOString(), stage: stageOf(event, command), node };
  return printableJson(JSON.stringify({ ...head, ...event }));
}

/** Checks and the verdict are of the command as a whole. */
function stageOf(event: Event, command: string): string {
  switch (event.what) {
    case "problem":
      return event.problem.stage;
    case "refused":
    case "verdict":
      return command;
    default:
      return STAGES[event.what];
  }
}
