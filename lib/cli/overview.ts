/**
 * What `pitboot` says where no command is meant.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../document/exit_codes.ts";
import { didYouMean } from "../text/nearest.ts";
import { wrap } from "../text/lines.ts";
import { printable } from "../text/printable.ts";
import { ENVIRONMENT, type Variable } from "./environment.ts";
import { exitLines, hang, wrapChain } from "./help.ts";
import { COMMAND_NAME, type Manual, optionsOfAll } from "./manual.ts";
import { PITBOOT, USUAL_COMMANDS } from "./program.ts";
import { readWords, UsageError } from "./read_words.ts";
import { versionText } from "./version.ts";

/** What pitboot says, and how it ends. */
export interface Reply {
  /** Lines, each ended. */
  readonly text: string;
  readonly exit: ExitCode;
}

/**
 * Lists the commands.
 *
 * @param commands The manuals of all commands.
 * @param width The most characters of a line, as far as words allow it.
 * @returns Lines, each ended.
 */
export function overview(
  commands: readonly Pick<Manual, "name" | "summary">[],
  width: number,
): string {
  return [
    ...wrap(`pitboot - ${PITBOOT.summary}`, width),
    "",
    ...wrap(USUAL_COMMANDS, width),
    "",
    ...wrap("Usage: pitboot COMMAND [OPTION]...", width),
    "",
    "Commands:",
    ...commands.flatMap(({ name, summary }) => hang(`  ${name}`, summary, 18, width)),
    "",
    ...wrap("pitboot help COMMAND is the manual of a command.", width),
    ...wrap("Each command passes a document to the next:", width),
    "",
    ...wrapChain(FOUR_STAGES, width - 2).map((words) => `  ${words}`),
    "",
    "Environment:",
    ...MOST_NEEDED.flatMap((name) => hang(`  ${name}`, ENVIRONMENT[name], 18, width)),
    "",
    "Exit codes:",
    ...exitLines(Object.values(EXIT), width),
    "",
  ].join("\n");
}

/** What a shell must have for the whole job. */
const MOST_NEEDED: readonly Variable[] = ["IPMI_PASSWORD", "CSM_RELEASE"];
const FOUR_STAGES =
  "pitboot resolve-images | pitboot bmc-dhcp | pitboot wait-leases | pitboot set-links";

/**
 * Replies to a command line without a command.
 *
 * @param args The whole line.
 * @param options `commands`: the manuals of all; `width`: of the terminal.
 */
export function reply(
  args: readonly string[],
  { commands, width }: { commands: readonly Manual[]; width: number },
): Reply {
  const [first] = args;
  if (first === undefined) return { text: overview(commands, width), exit: EXIT.usage };
  if (!first.startsWith("-")) return refusal(unknownCommand(first, commands));
  try {
    const any = { options: optionsOfAll(commands), operand: COMMAND_NAME };
    const { given, operand } = readWords(any, args);
    const isOn = (switched: string): boolean =>
      given.some(({ name, value }) => name === switched && value === "true");
    if (operand !== null) return refusal(unknownCommand(operand, commands));
    if (isOn("help")) return { text: overview(commands, width), exit: EXIT.done };
    if (isOn("version")) {
      return { text: versionText({ verbose: isOn("verbose") }), exit: EXIT.done };
    }
    return refusal(`no command given after ${printable(args.join(" "))}`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return refusal(error.message);
  }
}

function unknownCommand(word: string, commands: readonly Manual[]): string {
  return `unknown command ${printable(word)}${didYouMean(word, commands.map(({ name }) => name))}`;
}

function refusal(message: string): Reply {
  return { text: `pitboot: ${message}\n  hint: pitboot --help\n`, exit: EXIT.usage };
}
