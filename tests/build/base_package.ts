/**
 * Stand-ins for the packages of a system on which ours is installed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { execute } from "../installation.ts";

/** Where manual pages go. */
const MANUALS = ["usr/share/man/man5", "usr/share/man/man8"];

/**
 * Builds a package of a system that has what ours needs: nothing but what it
 * says of itself and, if it is called `base`, the usual directories.
 *
 * @param directory Where to work.
 * @param name Of the package.
 * @param lines For its specification, for instance `Provides: /bin/sh`.
 * @returns The package.
 */
export async function makeBase(
  directory: string,
  name: string,
  lines: readonly string[],
): Promise<string> {
  const directories = ["bin", "usr/bin", "usr/share/licenses", ...MANUALS]
    .flatMap((path) => path.split("/").map((_, i, names) => `/${names.slice(0, i + 1).join("/")}`));
  const spec = `Name: ${name}
Version: 1
Release: 1
Summary: A stand-in
License: MIT
BuildArch: noarch
${lines.join("\n")}
%description
A stand-in.
%install
mkdir -p ${directories.map((path) => `'%{buildroot}${path}'`).join(" ")}
%files
${name === "base" ? [...new Set(directories)].map((path) => `%dir ${path}`).join("\n") : ""}
`;
  Deno.writeTextFileSync(`${directory}/${name}.spec`, spec);
  const defines = [`_topdir ${directory}/base`, `_rpmdir ${directory}/base`]
    .flatMap((each) => ["--define", each]);
  const { code, stderr } = await execute([
    "rpmbuild",
    "-bb",
    "--quiet",
    ...defines,
    `${directory}/${name}.spec`,
  ]);
  // It warns of its own scripts here.
  assertEquals(code, 0, stderr);
  return `${directory}/base/noarch/${name}-1-1.noarch.rpm`;
}
