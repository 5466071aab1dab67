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
  local command= kind=word words= given value=$cur at=$COMP_CWORD before i
  # bash takes --option=value and role=release apart
  while ((at > 1)) && [[ \${COMP_WORDS[at]} == = || \${COMP_WORDS[at - 1]} == = ]]; do
    value=\${COMP_WORDS[--at]}$value
  done
  if [[ $value == -*=* ]]; then
    prev=\${value%%=*} value=\${value#*=}
  else
    prev=\${COMP_WORDS[at - 1]}
  fi
  if [[ $cur == = ]]; then
    cur=
  fi
  case \${COMP_WORDS[0]##*/} in
${LINKED.map(([link, command]) => `    ${link}) command=${command} ;;`).join("\n")}
  esac
  COMPREPLY=()
  # options may stand in front of the command, with their values
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ -z $command ]] || break
    case \${COMP_WORDS[i]} in
      ${commands.map(({ name }) => name).join(" | ")}) command=\${COMP_WORDS[i]} ;;
      -* | =) ;;
      *) [[ \${COMP_WORDS[i - 1]} == -* || \${COMP_WORDS[i - 1]} == = ]] || return ;;
    esac
  done
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
    nodes | releases)
      before=\${value%"\${value##*,}"}
      words=$(${PITBOOT.name} completions $kind 2>/dev/null)
      mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "\${value##*,}")
      COMPREPLY=("\${COMPREPLY[@]#"\${value%"$cur"}"}")
      ;;
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
  if (value.kind === "word") return `words='${value.words.join(" ")}'`;
  return `kind=${value.kind === "list" ? value.of : value.kind}`;
}

function spellings({ name, short }: CompletedOption): string[] {
  return [`--${name}`, ...short ? [`-${short}`] : []];
}
