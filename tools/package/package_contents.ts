/**
 * What the package puts on a system, and how rpm is told.
 *
 * @module
 */

import { wrap } from "../../lib/cli/help.ts";
import { PREDECESSOR } from "../../lib/cli/names.ts";
import { PITBOOT } from "../../lib/cli/program.ts";
import { type Item, programLinks, sharedFiles } from "../../lib/install/shared_files.ts";
import type { Manual } from "../../lib/cli/manual.ts";

/** Where the program goes. */
export const PROGRAM = "/usr/bin/pitboot";
/** Where the license goes. */
export const LICENSE = "/usr/share/licenses/pitboot/LICENSE";

/** Where `pitboot install` remembers what it has made. */
const RECORD = "/var/lib/pitboot/install.json";

/** Directories that belong to us, or to whoever else puts something into them. */
const DIRECTORIES = [
  "/usr/share/bash-completion",
  "/usr/share/bash-completion/completions",
  "/usr/share/fish",
  "/usr/share/fish/vendor_completions.d",
  "/usr/share/licenses/pitboot",
  "/usr/share/zsh",
  "/usr/share/zsh/site-functions",
];

/**
 * Lists what the package holds besides the program and the license. Manual
 * pages are to be packed: their names end in `.gz`.
 *
 * `set-sqfs-links.sh` is not among it: whose script that is, only the
 * administrator decides, by `pitboot install`.
 *
 * @param manuals The manuals of all commands.
 * @param date What stands on the manual pages.
 */
export function packageItems(manuals: readonly Manual[], date: string): Item[] {
  const commands = programLinks("/usr/bin", PITBOOT.name)
    .filter(({ path }) => path !== PROGRAM && !path.endsWith(`/${PREDECESSOR}`));
  const shared = sharedFiles(manuals, { share: "/usr/share", date }).map((item) => {
    if (!item.path.includes("/man/")) return item;
    const path = `${item.path}.gz`;
    return item.kind === "link"
      ? { ...item, path, target: `${item.target}.gz` }
      : { ...item, path };
  });
  return [...commands, ...shared];
}

/**
 * Writes the specification for rpmbuild.
 *
 * @param items What the package holds.
 * @param options `version`: that of pitboot; `description`: paragraphs.
 * @returns The specification. It takes the files from the directory of the macro
 * `stage`, as they are.
 */
export function rpmSpec(
  items: readonly Item[],
  { version, description }: { version: string; description: readonly string[] },
): string {
  const summary = PITBOOT.summary.replace(/^./, (c) => c.toUpperCase());
  return `\
Name: ${PITBOOT.name}
# A dash divides version and release; a tilde sorts before what follows.
Version: ${version.replace("-", "~").replaceAll("-", ".")}
Release: 1
Summary: ${summary}
License: MIT
Group: System/Management
Requires: ipmitool

# The program carries its own files behind its end: whatever strips it, breaks it.
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
# The rpm of SLES 15 reads xz.
%global _binary_payload w1.xzdio
# The same files make the same package.
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
%global _buildhost localhost

%description
${description.map((words) => wrap(words, 79).join("\n")).join("\n\n")}

%install
cp -a '%{stage}/.' '%{buildroot}'

%preun
# Links that point to what goes away, and the script that they took the place of.
# The record is one line, and the shell may be all that is there.
if [ "$1" = 0 ] && [ -f ${RECORD} ] && read -r record <${RECORD}; then
  case $record in
  *'"-> ${PROGRAM}"'*) ${PROGRAM} install --uninstall --quiet || : ;;
  esac
fi

%files
%defattr(-,root,root,0755)
${DIRECTORIES.map((path) => `%dir ${path}`).join("\n")}
${[PROGRAM, LICENSE, ...items.map(({ path }) => path)].map(attributes).join("\n")}
`;
}

function attributes(path: string): string {
  if (path === LICENSE) return `%license ${path}`;
  return path.startsWith("/usr/share/man/") ? `%doc ${path}` : path;
}
