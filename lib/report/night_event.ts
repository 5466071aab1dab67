/**
 * Reads the lines of a file of events: those of this pitboot, of an older and of a newer
 * one, and whatever else somebody may have written to it.
 *
 * @module
 */

import {
  dictionary,
  type Infer,
  integer,
  list,
  nullable,
  number,
  object,
  parseJson,
  text,
} from "../text/shape.ts";

/** By `what`: as much of an event as a report tells. Hints and commands are not among it. */
const TOLD_KINDS = {
  "asked": object({ node: text, state: text, message: nullable(text) }),
  "booting": object({ node: text, reached: text, at: nullable(text) }),
  "counted": object({ leased: integer }),
  "hopeless": object({ nodes: list(text) }),
  "lease": object({ node: text, ip: text }),
  "lease-ended": object({ node: text }),
  "leased": object({ expected: integer }),
  "leases-gone": object({ leases: text }),
  "linked": object({ node: text, change: text }, { release: nullable(text) }),
  "no-password": object({}),
  "problem": object({
    problem: object({ severity: text, code: text, nodes: list(text), message: text }),
  }),
  "powered": object({
    node: text,
    wish: text,
    power: text,
    message: nullable(text),
    seconds: number,
  }),
  "powering": object({ wish: text, nodes: list(text) }),
  "ready": object({}),
  "refused": object({ failed: integer, checks: integer }),
  "resolved": object({ images: dictionary(object({ release: text })) }),
  "setting": object({ nodes: list(text) }),
  "verdict": object({
    summary: text,
    nodes: list(object({ node: text, code: text, message: text })),
  }),
} as const;

type ToldKinds = typeof TOLD_KINDS;

/** When and where something happened. */
interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The stage, or the command. */
  readonly stage: string;
}

/** Something that happened; `other`: what a report does not tell. */
export type NightEvent =
  & Moment
  & ({ [W in keyof ToldKinds]: { readonly what: W } & Infer<ToldKinds[W]> }[keyof ToldKinds] | {
    readonly what: "other";
  });

/** As events have it: other dates are no events, and some no browser reads. */
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const headShape = object({ time: text, stage: text, what: text });

/**
 * Reads a line of a file of events.
 *
 * @param line The line without its end.
 * @returns `null` if it is not an event.
 */
export function readNightEvent(line: string): NightEvent | null {
  try {
    const head = parseJson(line, headShape);
    const at = UTC.test(head.time) ? Date.parse(head.time) : NaN;
    if (Number.isNaN(at)) return null;
    const { stage, what } = head;
    if (!isTold(what)) return { at, stage, what: "other" };
    return { ...TOLD_KINDS[what].decode(head), at: whenOf(head, at), stage, what } as NightEvent;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** When a boot got so far is not when somebody saw it. */
function whenOf(event: object, seen: number): number {
  const when = "at" in event && typeof event.at === "string" && UTC.test(event.at)
    ? Date.parse(event.at)
    : NaN;
  return Number.isNaN(when) ? seen : when;
}

function isTold(what: string): what is keyof ToldKinds {
  return Object.hasOwn(TOLD_KINDS, what);
}
