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
    "# Options may stand in front of it, with their values.",
    "function __pitboot_command_is",
    "    set -l words (commandline -opc)",
    "    set -e words[1]",
    "    set -l last",
    "    for word in $words",
    `        if contains -- $word ${commands.map(({ name }) => name).join(" ")}`,
    '            test "$word" = "$argv[1]"',
    "            return",
    "        end",
    "        string match -q -- '-*' $word; or string match -q -- '-*' \"$last\"; or return 1",
    "        set last $word",
    "    end",
    '    test -z "$argv[1]"',
    "end",
    "",
    "# What the system has, as the next part of a list with commas.",
    "function __pitboot_list",
    "    set -l value (commandline -ct | string replace -r '^--[^=]*=' '')",
    "    set -l before (string replace -r '[^,]*$' '' -- $value)",
    `    for word in (${PITBOOT.name} completions $argv[1] 2>/dev/null)`,
    "        echo $before$word",
    "    end",
    "end",
    "",
    "# Whether none of these options is given. One that ends in = has a value: as the last",
    "# word it is the one whose value is completed.",
    "function __pitboot_lacks",
    "    set -l words (commandline -opc)",
    "    for option in $argv",
    "        set -l name (string replace = '' -- $option)",
    '        string match -q -- "$name=*" $words; and return 1',
    '        set -l last (string match -q -- "*=" $option; and echo -2; or echo -1)',
    "        contains -- $name $words[1..$last]; and return 1",
    "    end",
    "    return 0",
    "end",
    "",
    ...NAMES.flatMap((name) => [`complete -c ${name} -e`, `complete -c ${name} -f`]),
    "",
    ...options.map((option) => `${completeIf([WITHOUT_COMMAND])} ${optionWords(option)}`),
    ...commands.map(({ name, summary }) =>
      `${completeIf([WITHOUT_COMMAND])} -a ${name} -d ${quote(summary)}`
    ),
    ...commands.flatMap(commandLines),
    "",
  ].join("\n");
}

const WITHOUT_COMMAND = "__pitboot_command_is";

function commandLines({ name, links, options, operand }: CompletedCommand): string[] {
  const places = [
    { program: PITBOOT.name, conditions: [`__pitboot_command_is ${name}`] },
    ...links.map((link) => ({ program: link, conditions: [] })),
  ];
  const words = operand?.value.kind === "word" ? operand.value.words : [];
  return places.flatMap(({ program, conditions }) => [
    "",
    ...options.map((option) =>
      `${completeIf([...conditions, ...lacks(option)], program)} ${optionWords(option)}`
    ),
    ...(words.length > 0
      ? [`${completeIf(conditions, program)} -a ${quote(words.join(" "))}`]
      : []),
  ]);
}

function completeIf(conditions: readonly string[], program: string = PITBOOT.name): string {
  const condition = conditions.length > 0 ? ` -n ${quote(conditions.join("; and "))}` : "";
  return `complete -c ${program}${condition}`;
}

/** The condition of an option that is given once. */
function lacks({ name, short, value, addsUp }: CompletedOption): string[] {
  if (addsUp) return [];
  const names = [`--${name}`, ...short ? [`-${short}`] : []];
  return [`__pitboot_lacks ${names.map((each) => value ? `${each}=` : each).join(" ")}`];
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
    case "list":
      return `-x -a '(__pitboot_list ${value.of})'`;
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
