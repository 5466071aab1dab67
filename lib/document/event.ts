/**
 * The events that stages report while they work. They do not know who listens, or what is
 * shown of it.
 *
 * @module
 */

import { printableJson } from "../text/printable.ts";
import type { Infer } from "../text/shape.ts";
import { EVENT_KINDS } from "./event_schema.ts";

type Kinds = typeof EVENT_KINDS;

/** Something that happens in a stage: `what`, and the keys of that kind of events. */
export type Event = {
  [W in keyof Kinds]:
    & { readonly what: W }
    & { readonly [K in keyof Kinds[W]["keys"]]: Infer<Kinds[W]["keys"][K]> };
}[keyof Kinds];

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
  if (event.what === "problem") return event.problem.stage;
  return EVENT_KINDS[event.what].stage ?? command;
}
