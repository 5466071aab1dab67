/**
 * Moments and lengths of time, for people; all moments are UTC.
 *
 * @module
 */

import { type Html, markup } from "./html.ts";

const MONTHS_BY_NUMBER = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1000, 60_000, 3_600_000];

/** The day of a moment, for instance `28 Nov 2026`. */
export function dayWords(at: number): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS_BY_NUMBER[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** The time of day, for instance `20:47:55`. */
export function clockWords(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/**
 * Shows a moment, for programs with its date and zone.
 *
 * @param at Milliseconds since the epoch.
 * @param first A moment of the first day: the day is shown where it is another one.
 */
export function timeTag(at: number, first: number): Html {
  const iso = new Date(at).toISOString();
  const [day, firstDay] = [dayWords(at), dayWords(first)];
  const other = day === firstDay ? [] : [markup` <small>${day}</small>`];
  return markup`<time datetime="${iso}">${clockWords(at)}${other}</time>`;
}

/** A length of time, for instance `42 s`, `3 min 10 s` or `1 h 05 min`. */
export function spanWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** Lengths between the marks of a scale. */
const MARKS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440].map((each) => each * MINUTE_MS);
/** The most marks of a scale. */
const MOST_MARKS = 6;

/**
 * Finds the marks of a scale: full minutes or hours.
 *
 * @param begin Where the scale begins, in milliseconds since the epoch.
 * @param end Where it ends.
 * @returns None where it is shorter than a minute.
 */
export function scaleMarks(begin: number, end: number): number[] {
  const step = MARKS.find((each) => (end - begin) / each <= MOST_MARKS) ??
    Math.ceil((end - begin) / MOST_MARKS / (24 * HOUR_MS)) * 24 * HOUR_MS;
  const marks: number[] = [];
  for (let at = Math.ceil(begin / step) * step; at < end; at += step) marks.push(at);
  return marks;
}
