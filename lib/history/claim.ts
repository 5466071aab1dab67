/**
 * What a command that is running works on, as it tells others.
 *
 * @module
 */

import { type Infer, integer, list, object, parseJson, text } from "../text/shape.ts";

const callerShape = object({ command: text, who: text, since: text, process: integer });
const claimShape = object({ command: text, who: text, since: text, process: integer }, {
  nodes: list(text),
  bmcs: list(text),
});
const claimNewsShape = object({}, { nodes: list(text), bmcs: list(text), generation: integer });

/** A command that is running: its words, its user, when it began (ISO 8601), its process. */
export type Caller = Infer<typeof callerShape>;

/** What a command works on: boot directories of nodes, and BMCs, named by their nodes. */
export interface ClaimedWork {
  readonly nodes: readonly string[];
  readonly bmcs: readonly string[];
}

/** A command that is running, and what it is not done with. */
export interface Claim extends Caller, ClaimedWork {
  /** The numbers of the generations that it makes. */
  readonly generations: readonly number[];
}

/**
 * Reads who holds the lock.
 *
 * @param note What is written into it.
 * @returns `null` if that is not known.
 */
export function parseCaller(note: string): Caller | null {
  return unlessTorn(() => parseJson(note, callerShape));
}

/**
 * Reads a claim: a line for what it began with, and one for each change since.
 *
 * @param content What its file holds.
 * @returns `null` if it is none.
 */
export function parseClaim(content: string): Claim | null {
  const [head = "", ...lines] = content.trimEnd().split("\n");
  const begun = unlessTorn(() => parseJson(head, claimShape));
  if (!begun) return null;
  // What was torn by a full disk was not told: then it is still being worked on.
  const news = lines.flatMap((line) => unlessTorn(() => parseJson(line, claimNewsShape)) ?? []);
  const left = (key: keyof ClaimedWork): string[] => {
    const done = new Set(news.flatMap((each) => each[key] ?? []));
    return (begun[key] ?? []).filter((name) => !done.has(name));
  };
  return {
    ...begun,
    nodes: left("nodes"),
    bmcs: left("bmcs"),
    generations: news.flatMap(({ generation }) => generation ?? []),
  };
}

function unlessTorn<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/** What two commands would work on at the same time; none if nothing. */
export function commonWork(claim: ClaimedWork, wish: ClaimedWork): ClaimedWork {
  const both = (key: keyof ClaimedWork): string[] => {
    const wished = new Set(wish[key]);
    return claim[key].filter((name) => wished.has(name));
  };
  return { nodes: both("nodes"), bmcs: both("bmcs") };
}
