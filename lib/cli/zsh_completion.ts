/**
 * Completion for zsh.
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
import { LINKED, NAMES } from "./names.ts";
import { PITBOOT } from "./program.ts";

/**
 * Writes the completion script for zsh: a file of `fpath`, or to be sourced.
 *
 * @param completion What can be typed.
 * @returns The script; lines, each ended.
 */
export function zshCompletion({ options, commands }: Completion): string {
  const called = NAMES.join(" ");
  return [
    `#compdef ${called}`,
    `# zsh completion for ${PITBOOT.name}. ${MADE_BY}`,
    "",
    "_pitboot_list() {",
    `  local -a known=(\${(f)"$(${PITBOOT.name} completions $1 2>/dev/null)"})`,
    "  (($#known)) && _sequence compadd - -a known",
    "}",
    "",
    "_pitboot() {",
    "  local command",
    "  case ${service:t} in",
    ...LINKED.map(([link, command]) => `    ${link}) command=${command} ;;`),
    "    *)",
    "      # Options may stand in front of the command, with their values.",
    "      local i",
    "      for ((i = 2; i < CURRENT; i++)); do",
    "        case $words[i] in",
    `          ${commands.map(({ name }) => name).join("|")}) command=$words[i]; break ;;`,
    "          -*) ;;",
    "          *) [[ $words[i-1] == -* ]] || return 1 ;;",
    "        esac",
    "      done",
    "      if [[ -z $command ]]; then",
    "        local -a commands=(",
    ...commands.map(({ name, summary }) => `          ${quote(`${name}:${summary}`)}`),
    "        )",
    "        _describe -t commands command commands",
    "        _arguments -s -S \\",
    ...continued(options.flatMap(optionSpecs)).map((line) => `        ${line}`),
    "        return",
    "      fi",
    '      words=($command "${(@)words[2,i-1]}" "${(@)words[i+1,-1]}")',
    "      ((CURRENT--))",
    "      ;;",
    "  esac",
    "  # A switch with its value is given, too.",
    '  words[1,CURRENT-1]=("${(@)words[1,CURRENT-1]/%=(true|false)/}")',
    "  case $command in",
    ...commands.flatMap(commandLines).map((line) => `    ${line}`),
    "  esac",
    "}",
    "",
    "if [[ $funcstack[1] == _pitboot ]]; then",
    '  _pitboot "$@"',
    "else",
    `  compdef _pitboot ${called}`,
    "fi",
    "",
  ].join("\n");
}

function commandLines({ name, options, operand }: CompletedCommand): string[] {
  const argument = operand ? [quote(`1:${operand.placeholder}:${action(operand.value)}`)] : [];
  return [
    `${name})`,
    "  _arguments -s -S \\",
    ...continued([...options.flatMap(optionSpecs), ...argument]).map((line) => `  ${line}`),
    "  ;;",
  ];
}

function continued(words: readonly string[]): string[] {
  return words.map((word, i) => i < words.length - 1 ? `  ${word} \\` : `  ${word}`);
}

function optionSpecs(option: CompletedOption): string[] {
  const { name, short, help, placeholder, value, addsUp } = option;
  const meaning = `[${help.replace(/[[\]\\]/g, "\\$&")}]`;
  if (value) {
    const again = addsUp ? "*" : "";
    const words = `${meaning}:${placeholder}:${action(value)}`;
    if (!short) return [quote(`${again}--${name}=${words}`)];
    return [`-${short}+`, `--${name}=`].map((each) =>
      quote(`(-${short} --${name})${each}${words}`)
    );
  }
  if (!short) return [quote(`--${name}${meaning}`)];
  return [`-${short}`, `--${name}`].map((each) => quote(`(-${short} --${name})${each}${meaning}`));
}

function action(value: Value): string {
  switch (value.kind) {
    case "word":
      return `(${value.words.join(" ")})`;
    case "list":
      return ` _pitboot_list ${value.of}`; // with the blank it is called as it is
    case "file":
      return "_files";
    case "directory":
      return "_path_files -/"; // _files would offer files where no directory fits
    case "text":
      return " ";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
