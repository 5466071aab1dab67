/**
 * What a stage works with: the world, the file system, and whom it talks to.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { Reporter } from "./reporter.ts";
import type { Root } from "../io/root.ts";

/** What a stage works with. */
export interface Host {
  readonly context: Context;
  readonly root: Root;
  readonly report: Reporter;
  /** Whether {@linkcode handbook} prints anything. */
  readonly printsHandbook: boolean;
  /** Prints a line of the handbook's expected output, where that is asked for. */
  handbook(line: string): void;
}
