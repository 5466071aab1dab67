/**
 * How rpmbuild is told what to pack.
 *
 * @module
 */

import { wrap } from "../../lib/text/lines.ts";
import { PITBOOT } from "../../lib/cli/program.ts";
import type { Item } from "../../lib/install/shared_files.ts";
import { type Change, readChangelog } from "./changelog.ts";
import {
  type Contents,
  LICENSES,
  packageVersion,
  PROGRAM,
  removal,
  SUMMARY,
} from "./package_contents.ts";

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
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * Writes the specification for rpmbuild.
 *
 * @param items What the package holds besides the program and the licenses.
 * @param contents What it says of itself.
 * @returns The specification. It takes the files from the directory of the macro
 * `stage`, as they are.
 */
export function rpmSpec(items: readonly Item[], contents: Contents): string {
  const { version, release, description, licenses, packager, url } = contents;
  const texts = Object.keys(licenses).sort().map((name) => LICENSES + name);
  return `\
Name: ${PITBOOT.name}
Version: ${packageVersion(version)}
Release: ${release}
Summary: ${SUMMARY}
License: MIT AND BSD-3-Clause
Group: System/Management
URL: ${url}
Packager: ${packager}
Requires: ipmitool

# The program carries its own files behind its end: whatever strips it, breaks it.
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
# The rpm of SLES 15 reads xz.
%global _binary_payload w1.xzdio
# The same files make the same package.
%global use_source_date_epoch_as_buildtime 1
%global source_date_epoch_from_changelog 0
%global clamp_mtime_to_source_date_epoch 1
%global _buildhost localhost

%description
${description.map((words) => wrap(words, 79).join("\n")).join("\n\n")}

%install
cp -a '%{stage}/.' '%{buildroot}'

%preun
${removal('"$1" = 0')}
%files
%defattr(-,root,root,0755)
${DIRECTORIES.map((path) => `%dir ${path}`).join("\n")}
${[PROGRAM, ...texts, ...items.map(({ path }) => path)].map(attributes).join("\n")}

%changelog
${readChangelog(contents.changelog).map((change) => entry(change, packager)).join("\n\n")}
`;
}

function attributes(path: string): string {
  if (path.startsWith(LICENSES)) return `%license ${path}`;
  return path.startsWith("/usr/share/man/") ? `%doc ${path}` : path;
}

function entry({ version, date, lines }: Change, packager: string): string {
  const time = new Date(`${date}T00:00:00Z`);
  const day = String(time.getUTCDate()).padStart(2, "0");
  const head = [DAYS[time.getUTCDay()], MONTHS[time.getUTCMonth()], day, time.getUTCFullYear()];
  const body = lines.map((line) =>
    wrap(line.replaceAll("%", "%%"), 77).map((part, i) => (i === 0 ? "- " : "  ") + part).join("\n")
  );
  return [`* ${head.join(" ")} ${packager} - ${packageVersion(version)}`, ...body].join("\n");
}
