/**
 * What lets a shell complete: a few lines that hand the words of the line to
 * `pitboot completions --` and take a candidate a line, with what it means behind a
 * tab; `*` stands for any file, and `*` with a slash for any directory.
 *
 * What the shells are told may hold names that others chose: it is compared and
 * quoted, and never expanded.
 *
 * @module
 */

import { NAMES, PROGRAM_NAME } from "./names.ts";

const MADE_BY = `completion for ${PROGRAM_NAME}, made by ${PROGRAM_NAME} completions`;

/** For bash 4.4 and newer, with or without the package bash-completion. */
const BASH = `\
# ${MADE_BY}

_pitboot() {
  local word words=() rest=$COMP_LINE found line
  # bash takes a word apart at = and :
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD + 1}"; do
    if [[ \${#words[@]} == 0 || $rest == [[:space:]]* ]]; then
      words+=("$word")
    else
      words[-1]+=$word
    fi
    rest=\${rest#*"$word"}
  done
  [[ $word != [=:] ]] || word=
  local before=\${words[-1]%"$word"} quotes='[\\\\"'\\'']'
  mapfile -t found < <(${PROGRAM_NAME} completions -- "\${words[@]//$quotes/}" 2>/dev/null)
  COMPREPLY=()
  case \${found-} in
    '*') mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    '*/') mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    *)
      for line in "\${found[@]}"; do
        line=\${line%%$'\\t'*}
        line=\${line#"$before"}
        [[ $line != *[!a-zA-Z0-9@%+=:,./_-]* ]] || printf -v line %q "$line"
        COMPREPLY+=("$line")
      done
      return
      ;;
  esac
  compopt -o filenames 2>/dev/null
}

complete -F _pitboot ${NAMES.join(" ")}
`;

/** For fish 3.0 and newer. */
const FISH = `\
# ${MADE_BY}

function __pitboot_complete
    set -l last (commandline -ct)
    set -l found (${PROGRAM_NAME} completions -- (commandline -opc) "$last" 2>/dev/null)
    set -l before (string match -r '^--[^=]*=' -- "$last")
    set -l paths
    switch "$found[1]"
        case '\\*' '\\*/'
            set paths (complete -C "'' "(string replace -r '^--[^=]*=' '' -- "$last"))
    end
    switch "$found[1]"
        case '\\*'
            printf '%s\\n' "$before"$paths
        case '\\*/'
            printf '%s\\n' "$before"$paths | string match -r '.*/(?:\\t.*|$)'
        case '*'
            printf '%s\\n' $found
    end
end

for name in ${NAMES.join(" ")}
    complete -c $name -f -a '(__pitboot_complete)'
end
`;

/** A file of `fpath`, or to be sourced. */
const ZSH = `\
#compdef ${NAMES.join(" ")}
# ${MADE_BY}

_pitboot() {
  local -a found=("\${(@f)$(${PROGRAM_NAME} completions -- "\${(@Q)words[1,CURRENT]}" 2>/dev/null)}")
  case $found[1] in
    '*') compset -P '--[^=]#='; _files ;;
    # _files would offer files where no directory fits
    '*/') compset -P '--[^=]#='; _path_files -/ ;;
    ?*)
      found=("\${(@)found//:/\\\\:}")
      found=("\${(@)found/$'\\t'/:}")
      _describe word found
      ;;
  esac
}

if [[ $funcstack[1] == _pitboot ]]; then
  _pitboot "$@"
else
  compdef _pitboot ${NAMES.join(" ")}
fi
`;

/** What each shell is to source, or to find where it looks for completion. */
export const COMPLETION_STUBS = { bash: BASH, fish: FISH, zsh: ZSH } as const;

/** A shell that can complete. */
export type Shell = keyof typeof COMPLETION_STUBS;

/** The shells that can complete. */
export const SHELLS = Object.keys(COMPLETION_STUBS) as Shell[];
