/**
 * What a Debian package says of itself.
 *
 * @module
 */

import { wrap } from "../../lib/text/lines.ts";
import { PITBOOT } from "../../lib/cli/program.ts";
import { type Contents, packageVersion, SUMMARY } from "./package_contents.ts";

/**
 * Writes the control file.
 *
 * @param contents What is in the package.
 * @param options `architecture`: as Debian calls it; `size`: in KiB.
 */
export function debControl(
  { version, release, packager, url, description }: Contents,
  { architecture, size }: { architecture: string; size: number },
): string {
  const paragraphs = description.map((words) =>
    wrap(words, 78).map((line) => ` ${line}`).join("\n")
  );
  return `\
Package: ${PITBOOT.name}
Version: ${packageVersion(version)}-${release}
Architecture: ${architecture}
Maintainer: ${packager}
Installed-Size: ${size}
Depends: ipmitool, libc6 (>= 2.27), libgcc-s1
Section: admin
Priority: optional
Homepage: ${url}
Description: ${SUMMARY}
${paragraphs.join("\n .\n")}
`;
}
