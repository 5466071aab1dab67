/**
 * Reads what pitboot remembers: JSON that it wrote itself.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { type Shape, ShapeError } from "../text/shape.ts";
import type { Root } from "./root.ts";

/**
 * Reads a record.
 *
 * @param root The file system.
 * @param path Where it is.
 * @param shape What it holds.
 * @param hint What to do if it cannot be read.
 * @returns `null` if there is none.
 * @throws {Failure} If there is one and it cannot be read.
 */
export function readRecord<T>(
  root: Root,
  path: string,
  shape: Shape<T>,
  hint: string,
): T | null {
  try {
    return shape.decode(JSON.parse(root.readText(path, hint)));
  } catch (error) {
    if (error instanceof Failure && error.code === "file-missing") return null;
    if (!(error instanceof SyntaxError || error instanceof ShapeError)) throw error;
    throw new Failure("file-invalid", { message: `${path}: ${error.message}`, hint }, error);
  }
}
