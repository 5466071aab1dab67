/**
 * The file of a generation. One that has ended is one JSON object. While it grows, it
 * is a line for what it began with, and a line for each addition since: each is on
 * disk before what it tells of happens.
 *
 * @module
 */

import { type GenerationChange, generationChangeShape } from "../document/generation.ts";
import { list, object, parseJson } from "../text/shape.ts";
import {
  folded,
  type StoredGeneration,
  storedGenerationShape,
  withScripts,
} from "./generations.ts";

/** What is added to a generation; of a node that it spoke of before, the new counts. */
export type Addition = Pick<StoredGeneration, "changes" | "scripts">;

const additionShape = withScripts(object({ changes: list(generationChangeShape) }));

/**
 * Reads the file of a generation, also while it grows or after a run was interrupted.
 *
 * @param text What the file holds.
 * @throws {SyntaxError} If that is no generation.
 */
export function parseGeneration(text: string): StoredGeneration {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  // A person may have laid an object out in many lines.
  if (lines.length === 0 || !isJson(head)) return parseJson(text, storedGenerationShape);
  const whole = lines.slice(0, -1).map(parseAddition);
  const last = lines.at(-1) ?? "";
  // One that is not JSON was torn while it was written: what it tells of has not happened.
  if (isJson(last)) whole.push(parseAddition(last));
  return grown(parseJson(head, storedGenerationShape), whole);
}

/**
 * Reads a line of a generation that grows.
 *
 * @throws {SyntaxError} If it is none.
 */
export function parseAddition(line: string): Addition {
  return parseJson(line, additionShape);
}

function grown(begun: StoredGeneration, additions: readonly Addition[]): StoredGeneration {
  const parts: readonly Addition[] = [begun, ...additions];
  const changes = new Map<string, GenerationChange>();
  for (const change of parts.flatMap(({ changes }) => changes)) {
    for (const node of change.nodes) changes.set(node, { ...change, nodes: [node] });
  }
  return {
    ...begun,
    changes: folded([...changes.values()]),
    scripts: Object.fromEntries(parts.flatMap(({ scripts }) => Object.entries(scripts))),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
