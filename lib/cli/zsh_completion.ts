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
    "_pitboot() {",
    "  local command",
    "  case ${service:t} in",
    ...LINKED.map(([link, command]) => `    ${link}) command=${command} ;;`),
    "    *)",
    "      if ((CURRENT == 2)); then",
    "        local -a commands=(",
    ...commands.map(({ name, summary }) => `          ${quote(`${name}:${summary}`)}`),
    "        )",
    "        _describe -t commands command commands",
    "        _arguments -s -S \\",
    ...continued(options.flatMap(optionSpecs)).map((line) => `        ${line}`),
    "        return",
    "      fi",
    "      command=$words[2]",
    "      shift words",
    "      ((CURRENT--))",
    "      ;;",
    "  esac",
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
