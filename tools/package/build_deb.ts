/**
 * Builds the Debian package of a program.
 *
 * @module
 */

import { BuildError } from "../build/build_error.ts";
import { debControl } from "./deb_control.ts";
import { layOut, put } from "./lay_out.ts";
import { type Contents, packageItems, packageVersion, removal } from "./package_contents.ts";
import type { Program } from "./program.ts";

/** What Debian calls the machines. */
const ARCHITECTURES = { x86_64: "amd64", aarch64: "arm64" } as const;
/** Where Debian has licenses, all of a package in one file. */
const COPYRIGHT = "/usr/share/doc/pitboot/copyright";

/**
 * Builds the Debian package of a program.
 *
 * @param program The program.
 * @param contents What else goes into it.
 * @param work An empty directory to work in.
 * @returns Where it is; `null` where there is no dpkg-deb.
 * @throws {BuildError} If dpkg-deb fails.
 */
export async function buildDeb(
  program: Program,
  contents: Contents,
  work: string,
): Promise<string | null> {
  const stage = `${work}/stage`;
  await layOut(stage, program.path, { items: packageItems(contents), licenses: {} });
  const architecture = ARCHITECTURES[program.target.arch];
  const file = (path: string, text: string, mode?: number): Promise<void> =>
    put({ kind: "file", path, text }, stage, mode);
  await file(COPYRIGHT, copyright(contents));
  await file("/usr/share/doc/pitboot/changelog.gz", contents.changelog);
  const size = sizeOf(stage);
  await file("/DEBIAN/control", debControl(contents, { architecture, size }));
  await file("/DEBIAN/prerm", `#!/bin/sh\n${removal('"$1" = remove')}`, 0o755);
  openDirectories(stage);
  const { version, release } = contents;
  const path = `${work}/pitboot_${packageVersion(version)}-${release}_${architecture}.deb`;
  return await dpkgDeb(stage, path, contents.time) ? path : null;
}

/** @returns Whether there is a dpkg-deb. */
async function dpkgDeb(stage: string, path: string, time: number): Promise<boolean> {
  try {
    const { success, stderr } = await new Deno.Command("dpkg-deb", {
      args: ["--root-owner-group", "-Zxz", "-z1", "--build", stage, path],
      // With more than one thread xz makes other bytes.
      env: { SOURCE_DATE_EPOCH: String(time), DPKG_DEB_THREADS_MAX: "1", LC_ALL: "C" },
      stdin: "null",
      stdout: "null",
    }).output();
    if (success) return true;
    throw new BuildError(`dpkg-deb failed:\n${new TextDecoder().decode(stderr).trimEnd()}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The notice first, then each text under its name. */
function copyright({ licenses }: Contents): string {
  const { NOTICE = "", ...texts } = licenses;
  return NOTICE + Object.entries(texts).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, text]) => `\n---- ${name}\n\n${text.trimEnd()}\n`).join("");
}

/** What it takes on a disk, in KiB. */
function sizeOf(directory: string): number {
  return [...Deno.readDirSync(directory)].reduce((sum, { name, isDirectory }) => {
    const path = `${directory}/${name}`;
    return sum + (isDirectory ? 1 + sizeOf(path) : Math.ceil(Deno.lstatSync(path).size / 1024));
  }, 0);
}

/** Whatever the umask was. */
function openDirectories(directory: string): void {
  Deno.chmodSync(directory, 0o755);
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) openDirectories(`${directory}/${name}`);
  }
}
