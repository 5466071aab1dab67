/**
 * Completion for fish 3.0 and newer.
 *
 * @module
 */

import {
  type CompletedCommand,
  type CompletedOption,
  type Completion,
  MADE_BY,
  type Value,
} from "./completion.ts";
import { NAMES } from "./names.ts";
import { PITBOOT } from "./program.ts";

/**
 * Writes the completion script for fish.
 *
 * @param completion What can be typed.
 * @returns The script; lines, each ended.
 */
export function fishCompletion({ options, commands }: Completion): string {
  return [
    `# fish completion for ${PITBOOT.name}. ${MADE_BY}`,
    "",
    "# Whether the command is this one; without an argument, whether there is none yet.",
    "function __pitboot_command_is",
    "    set -l words (commandline -opc)",
    '    test "$words[2]" = "$argv[1]"',
    "end",
    "",
    ...NAMES.flatMap((name) => [`complete -c ${name} -e`, `complete -c ${name} -f`]),
    "",
    ...options.map((option) => `complete ${WITHOUT_COMMAND} ${optionWords(option)}`),
    ...commands.map(({ name, summary }) =>
      `complete ${WITHOUT_COMMAND} -a ${name} -d ${quote(summary)}`
    ),
    ...commands.flatMap(commandLines),
    "",
  ].join("\n");
}

const WITHOUT_COMMAND = `-c ${PITBOOT.name} -n __pitboot_command_is`;

function commandLines({ name, links, options, operand }: CompletedCommand): string[] {
  const places = [
    `-c ${PITBOOT.name} -n '__pitboot_command_is ${name}'`,
    ...links.map((link) => `-c ${link}`),
  ];
  const words = operand?.value.kind === "word" ? operand.value.words : [];
  return places.flatMap((place) => [
    "",
    ...options.map((option) => `complete ${place} ${optionWords(option)}`),
    ...(words.length > 0 ? [`complete ${place} -a ${quote(words.join(" "))}`] : []),
  ]);
}

function optionWords({ name, short, help, value }: CompletedOption): string {
  return [
    ...(short ? [`-s ${short}`] : []),
    `-l ${name}`,
    ...(value ? [valueWords(value)] : []),
    `-d ${quote(help)}`,
  ].join(" ");
}

function valueWords(value: Value): string {
  switch (value.kind) {
    case "word":
      return `-x -a ${quote(value.words.join(" "))}`;
    case "file":
      return "-r -F";
    case "directory":
      return "-x -a '(__fish_complete_directories)'";
    case "text":
      return "-x";
  }
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
