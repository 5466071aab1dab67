/**
 * What a report says of the log of the web server.
 *
 * @module
 */

import type { BootRequest } from "../progress/boot_request.ts";
import { clockWords, dayWords } from "./night_times.ts";

/** The most strangers that are told each. */
const MOST_TOLD_STRANGERS = 5;

/**
 * Says how much of the night the log has.
 *
 * @param since From when on it tells all, milliseconds since the epoch; `null` for nothing.
 * @param count How many requests for boot files it has.
 */
export function logWords(since: number | null, count: number): string {
  if (since === null) return "nothing: nobody can tell what nodes fetched";
  return `${count} requests for boot files since ${dayWords(since)}, ${clockWords(since)} UTC`;
}

/**
 * Names machines that booted and that nobody knows by their address: the wrong port of a
 * node, or a card that was changed.
 *
 * @param strangers Their requests.
 */
export function strangerWords(strangers: readonly BootRequest[]): string[] {
  const machines = [...Map.groupBy(strangers, ({ address }) => address)];
  const more = machines.length - MOST_TOLD_STRANGERS;
  return [
    ...machines.slice(0, MOST_TOLD_STRANGERS).flatMap(([address, [first]]) =>
      first
        ? [`unknown machine ${address} asked for ${first.path} at ${clockWords(first.at)} UTC`]
        : []
    ),
    ...more > 0 ? [`${more} more unknown machines`] : [],
  ];
}
