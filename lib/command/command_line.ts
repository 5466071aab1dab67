/**
 * Reads the command line of any command, and answers what every command
 * answers by itself: wrong usage, `--help` and `--version`.
 *
 * @module
 */

import type { COMMON_OPTIONS, Manual } from "../cli/manual.ts";
import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import { helpOf } from "../cli/help.ts";
import type { Flags, Options } from "../cli/options.ts";
import { parseCommandLine, UsageError } from "../cli/parse_flags.ts";
import { versionText } from "../cli/version.ts";
import type { Context } from "./context.ts";

/** What every command has among its options. */
export type CommonOptions = typeof COMMON_OPTIONS & Options;

/** What a command line asks of a command. */
export interface CommandLine<O extends CommonOptions> {
  readonly flags: Flags<O>;
  /** The argument, of a command that takes one. */
  readonly operand: string | null;
}

/**
 * Carries out what a command line asks for.
 *
 * @param command The command.
 * @param context Its arguments and streams.
 * @param carryOut Does the work; what is wrong about the command line it says
 * by throwing a {@linkcode UsageError}.
 * @returns The exit code.
 */
export async function withCommandLine<O extends CommonOptions>(
  command: Manual & { readonly options: O },
  context: Context,
  carryOut: (line: CommandLine<O>) => Promise<ExitCode>,
): Promise<ExitCode> {
  const called = `pitboot ${command.name}`;
  try {
    const line = parseCommandLine(command, context.args);
    const { help, version, verbose }: Flags<typeof COMMON_OPTIONS> = line.flags;
    if (help) context.stdout.write(helpOf(command, context.stdout.columns()));
    else if (version) context.stdout.write(versionText({ verbose }));
    else return await carryOut(line);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.stderr.write(`${called}: ${error.message}\n  hint: ${called} --help\n`);
    return EXIT.usage;
  }
}
