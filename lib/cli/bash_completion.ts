/**
 * Completion for bash 4.4 and newer, with or without the package bash-completion.
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
 * Writes the completion script for bash.
 *
 * @param completion What can be typed.
 * @returns The script; lines, each ended.
 */
export function bashCompletion({ options, commands }: Completion): string {
  const all = [...options, ...commands.flatMap(({ options }) => options)];
  const first = [...commands.map(({ name }) => name), ...options.flatMap(spellings)];
  return `\
# bash completion for ${PITBOOT.name}. ${MADE_BY}

_pitboot() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=\${COMP_WORDS[1]} first=1 kind=word words= given
  # bash takes --option=value apart
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case \${COMP_WORDS[0]##*/} in
${LINKED.map(([link, command]) => `    ${link}) command=${command} first=0 ;;`).join("\n")}
  esac
  COMPREPLY=()
  if ((COMP_CWORD == first)); then
    command=
  fi
  case $command in
    '') words='${first.join(" ")}' ;;
${commands.flatMap(commandLines).map((line) => `    ${line}`).join("\n")}
    *) return ;;
  esac
  # what is given is offered again only if it adds up
  words=" $words "
  for given in "\${COMP_WORDS[@]:0:COMP_CWORD}" "\${COMP_WORDS[@]:COMP_CWORD + 1}"; do
    case $given in
${givenCases(all).map((line) => `      ${line}`).join("\n")}
    esac
  done
  case $kind in
    word) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
    file) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    directory) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
  esac
  if [[ $kind == file || $kind == directory ]]; then
    compopt -o filenames 2>/dev/null
  fi
}

complete -F _pitboot ${NAMES.join(" ")}
`;
}

function commandLines({ name, options, operand }: CompletedCommand): string[] {
  const words = options.flatMap(spellings).join(" ");
  const bare = operand?.value ?? null;
  return [
    `${name})`,
    "  case $prev in",
    ...options.flatMap((option) =>
      option.value ? [`    ${spellings(option).join(" | ")}) ${assignment(option.value)} ;;`] : []
    ),
    ...(bare
      ? [`    *) if [[ $cur == -* ]]; then words='${words}'; else ${assignment(bare)}; fi ;;`]
      : [
        `    *) words='${words}' ;;`,
      ]),
    "  esac",
    "  ;;",
  ];
}

/** Takes options out of the words; the ways to write one stand side by side. */
function givenCases(options: readonly CompletedOption[]): string[] {
  const adding = options.filter(({ addsUp }) => addsUp).flatMap(spellings);
  const short = options.filter(({ short }) => short).map(spellings);
  const lines = [
    `${[...new Set(adding)].join(" | ")}) ;;`,
    ...short.map((names) => `${names.join(" | ")}) words=\${words/ ${names.join(" ")} / } ;;`),
    '-*) words=${words/ "$given" / } ;;',
  ];
  return [...new Set(lines)];
}

function assignment(value: Value): string {
  return value.kind === "word" ? `words='${value.words.join(" ")}'` : `kind=${value.kind}`;
}

function spellings({ name, short }: CompletedOption): string[] {
  return [`--${name}`, ...short ? [`-${short}`] : []];
}
