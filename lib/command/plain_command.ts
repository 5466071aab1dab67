/**
 * Commands that have nothing to do with the document: they print something,
 * or set up pitboot itself.
 *
 * @module
 */

import type { COMMON_OPTIONS, Manual } from "../cli/manual.ts";
import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import type { Flags } from "../cli/options.ts";
import { UsageError } from "../cli/parse_flags.ts";
import { problem, PROBLEM_KINDS } from "../document/problems.ts";
import { type CommandLine, type CommonOptions, withCommandLine } from "./command_line.ts";
import { type Context, OutputError } from "./context.ts";
import { failureOf } from "../io/failures.ts";
import { Reporter } from "./reporter.ts";
import { Root } from "../io/root.ts";

/** What a plain command works with. */
export interface PlainHost {
  readonly context: Context;
  readonly root: Root;
  readonly report: Reporter;
  /** The file that runs; `null` when run from the sources. */
  readonly program: string | null;
  /** The manuals of all commands. */
  manuals(): Promise<readonly Manual[]>;
}

/** A command that neither reads nor writes a document. */
export interface PlainCommand<O extends CommonOptions = CommonOptions> extends Manual {
  readonly options: O;
  /** Does the work. */
  use(line: CommandLine<O>, host: PlainHost): Promise<void> | void;
}

/**
 * Runs a plain command.
 *
 * @param command What to run.
 * @param context The world around it.
 * @param options `program`: the file that runs; `manuals`: gets the manuals of
 * all commands.
 * @returns The exit code. Expected errors are shown.
 */
export async function runPlainCommand(
  command: PlainCommand,
  context: Context,
  options: Pick<PlainHost, "program" | "manuals">,
): Promise<ExitCode> {
  return await withCommandLine(command, context, async (line) => {
    const flags: Flags<typeof COMMON_OPTIONS> = line.flags;
    const report = new Reporter(context, `pitboot ${command.name}`, flags);
    try {
      await command.use(line, { context, root: new Root(flags.root), report, ...options });
      return EXIT.done;
    } catch (error) {
      if (error instanceof UsageError || error instanceof OutputError) throw error;
      const { code, details, cause } = failureOf(error);
      report.problem(problem(command.name, code, details));
      if (cause instanceof Error && cause.stack) report.detail(cause.stack);
      return PROBLEM_KINDS[code].exit || EXIT.failed;
    }
  });
}
