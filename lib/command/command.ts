/**
 * A command, and how one runs from its arguments to its exit code.
 *
 * @module
 */

import type { COMMON_OPTIONS, Manual } from "../cli/manual.ts";
import type { Flags, Options } from "../cli/options.ts";
import { parseCommandLine, UsageError } from "../cli/parse_flags.ts";
import { TypedCommands } from "../cli/typed_commands.ts";
import type { Document } from "../document/document.ts";
import { EMPTY_DOCUMENT } from "../document/empty_document.ts";
import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import { type Hint, hintText } from "../document/hint.ts";
import { problem, PROBLEM_KINDS } from "../document/problems.ts";
import { failureOf } from "../io/failures.ts";
import { Root } from "../io/root.ts";
import { type Context, OutputError } from "../io/context.ts";
import { printable } from "../text/printable.ts";
import type { Host } from "./host.ts";
import { writeDocument } from "./write_document.ts";
import { Reporter } from "../show/reporter.ts";
import { Screen } from "../show/screen.ts";

/** What every command has among its options. */
export type CommonOptions = typeof COMMON_OPTIONS & Options;

/** What a command line asks of a command. */
export interface CommandLine<O extends CommonOptions = CommonOptions> {
  readonly flags: Flags<O>;
  /** The argument, of a command that takes one. */
  readonly operand: string | null;
  /** What stands behind `--`, of a command that takes it; the other arguments, of one that takes many. */
  readonly words: readonly string[];
}

/** A command: its manual, and what it does. */
export interface Command<O extends CommonOptions = CommonOptions> extends Manual {
  readonly options: O;
  /** Whether its document goes into a pipe without being asked for. */
  readonly handsOn?: boolean;
  /**
   * Does the work.
   *
   * @returns The exit code.
   * @throws {UsageError} If the command line is wrong.
   * @throws {Failure} If it cannot be done.
   */
  run(line: CommandLine<O>, host: Host): Promise<ExitCode> | ExitCode;
}

/**
 * Runs a command. What every command answers by itself is answered here: wrong
 * usage, `--help` and `--version`.
 *
 * @param command What to run.
 * @param context The world around it.
 * @returns The exit code. Expected errors are shown.
 */
export async function runCommand(command: Command, context: Context): Promise<ExitCode> {
  try {
    return await answer(command, context);
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    tell(command, context, error.message, error.details.hint);
    return EXIT.failed;
  }
}

async function answer(command: Command, context: Context): Promise<ExitCode> {
  try {
    const line = parseCommandLine(command, context.args);
    const { help, version, verbose }: Flags<typeof COMMON_OPTIONS> = line.flags;
    if (!help && !version) return await work(command, line, context);
    // Only now, like all that only some calls need: what is loaded takes its time.
    if (help) {
      const { helpOf } = await import("../cli/help.ts");
      context.stdout.write(helpOf(command, context.stdout.columns()));
    } else {
      const { versionText } = await import("../cli/version.ts");
      context.stdout.write(versionText({ verbose }));
    }
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const hint = `pitboot ${command.name} --help`;
    tell(command, context, error.message, hint);
    if (hasReader(command, context)) {
      const typed = new TypedCommands(command, context);
      const problems = [problem(command.name, "usage", { message: error.message, hint }, typed)];
      const document: Document = { ...EMPTY_DOCUMENT, status: "failed", problems };
      writeDocument(document, { pretty: false }, context.stdout);
    }
    return EXIT.usage;
  }
}

function tell(command: Command, context: Context, message: string, hint?: Hint): void {
  const words = hintText(hint, new TypedCommands(command, context));
  const line = `pitboot ${command.name}: ${printable(message, Infinity)}`;
  context.stderr.write(`${line}\n  hint: ${words}\n`);
}

/** What asks for a document, in a command line that could not be read. */
const ASKS = /^(?:--json|--pretty|--output|-o)(?:=|$)/;

/** The next command of a chain is not to take what did not begin for a beginning. */
function hasReader({ handsOn, options }: Command, { stdout, args }: Context): boolean {
  const isAsked = "json" in options && args.some((word) => ASKS.test(word));
  return !stdout.isTerminal && (handsOn === true || isAsked);
}

async function work(command: Command, line: CommandLine, world: Context): Promise<ExitCode> {
  const flags: Flags<typeof COMMON_OPTIONS> = line.flags;
  using screen = new Screen(world);
  const { context } = screen;
  const reporter = new Reporter(context, `pitboot ${command.name}`, flags);
  const typed = new TypedCommands(command, context);
  try {
    const root = new Root(flags.root);
    return await command.run(line, {
      context,
      reporter,
      screen,
      root,
      typed,
      emit: () => {},
      waited: 0,
    });
  } catch (error) {
    if (error instanceof UsageError || error instanceof OutputError) throw error;
    const { code, details } = failureOf(error);
    reporter.problem(problem(command.name, code, details, typed));
    reporter.trace(error);
    return PROBLEM_KINDS[code].exit || EXIT.failed;
  }
}
