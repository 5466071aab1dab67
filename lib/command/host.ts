/**
 * What a command works with: the world, the file system, and whom it talks to.
 *
 * @module
 */

import type { Root } from "../io/root.ts";
import type { Context } from "../io/context.ts";
import type { Listener } from "../document/event.ts";
import type { TypedCommands } from "../cli/typed_commands.ts";
import type { Reporter } from "../show/reporter.ts";
import type { Screen } from "../show/screen.ts";

/** What a command works with. */
export interface Host {
  readonly context: Context;
  readonly root: Root;
  readonly reporter: Reporter;
  /** Writes the commands that somebody types next. */
  readonly typed: TypedCommands;
  /** Shows a board below whatever is printed. */
  readonly screen: Screen;
  /** Takes what happens in a stage. */
  readonly emit: Listener;
  /** How many milliseconds went by before the document was there that it works on. */
  readonly waited: number;
}
