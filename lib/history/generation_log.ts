/**
 * The file of a generation. One that has ended is one JSON object. While it grows, it
 * is a line for what it began with, and a line for each addition since: each is on
 * disk before what it tells of happens.
 *
 * @module
 */

import { type GenerationChange, generationChangeShape } from "../document/generation.ts";
import { list, object, parseJson, type Shape } from "../text/shape.ts";
import {
  folded,
  scriptsShape,
  type StoredGeneration,
  storedGenerationShape,
} from "./generations.ts";

/** What is added to a generation; of a node that it spoke of before, the new counts. */
export type Addition = Pick<StoredGeneration, "changes" | "scripts">;

const changesShape = object({ changes: list(generationChangeShape) });

const additionShape: Shape<Addition> = {
  schema: { allOf: [changesShape.schema, scriptsShape.schema] },
  decode: (value, path) => ({
    ...scriptsShape.decode(value, path),
    ...changesShape.decode(value, path),
  }),
};

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
  const whole = lines.slice(0, -1).map((line) => parseJson(line, additionShape));
  const last = lastAddition(lines.at(-1) ?? "");
  return grown(parseJson(head, storedGenerationShape), [...whole, ...last ? [last] : []]);
}

/**
 * Reads the last line. One that is not JSON was torn while it was written: what it
 * would have told of has not happened.
 */
function lastAddition(line: string): Addition | null {
  return isJson(line) ? parseJson(line, additionShape) : null;
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
