/**
 * What is installed beside the program: manual pages and completion, and the
 * links that call commands.
 *
 * @module
 */

import { COMPLETION_STUBS } from "../cli/completion_stubs.ts";
import { formatPage } from "../cli/format.ts";
import { FORMATS } from "../cli/formats.ts";
import { manPage, pageName } from "../cli/man.ts";
import type { Manual } from "../cli/manual.ts";
import { LINKED, NAMES } from "../cli/names.ts";
import { PITBOOT } from "../cli/program.ts";

/** A file or a link to put in place. */
export type Item =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

/**
 * Lists the manual pages and the completion of all shells.
 *
 * @param manuals The manuals of all commands.
 * @param options `share`: the directory of such files, for instance
 * `/usr/local/share`; `date`: for the manual pages.
 * @returns Files, and links for the names that call commands directly.
 */
export function sharedFiles(
  manuals: readonly Manual[],
  { share, date }: { share: string; date: string },
): Item[] {
  const pages = `${share}/man/man8`;
  const bash = `${share}/bash-completion/completions`;
  const fish = `${share}/fish/vendor_completions.d`;
  return [
    fileItem(`${pages}/${PITBOOT.name}.8`, manPage(PITBOOT, date, manuals)),
    ...manuals.map((manual) =>
      fileItem(`${pages}/${pageName(manual.name)}.8`, manPage(manual, date))
    ),
    ...LINKED.map(([name, command]) => linkItem(`${pages}/${name}.8`, `${pageName(command)}.8`)),
    ...FORMATS.map((format) =>
      fileItem(`${share}/man/man5/${pageName(format.name)}.5`, formatPage(format, date))
    ),
    fileItem(`${bash}/${PITBOOT.name}`, COMPLETION_STUBS.bash),
    // bash and fish look for a file named as the command; zsh reads its first line.
    ...LINKED.map(([name]) => linkItem(`${bash}/${name}`, PITBOOT.name)),
    fileItem(`${fish}/${PITBOOT.name}.fish`, COMPLETION_STUBS.fish),
    ...LINKED.map(([name]) => linkItem(`${fish}/${name}.fish`, `${PITBOOT.name}.fish`)),
    fileItem(`${share}/zsh/site-functions/_${PITBOOT.name}`, COMPLETION_STUBS.zsh),
  ];
}

/**
 * Lists the links that call commands.
 *
 * @param directory Where they are to be.
 * @param program What they point to.
 */
export function programLinks(directory: string, program: string): Item[] {
  return NAMES.map((name) => linkItem(`${directory}/${name}`, program));
}

function fileItem(path: string, text: string): Item {
  return { kind: "file", path, text };
}

function linkItem(path: string, target: string): Item {
  return { kind: "link", path, target };
}
