/**
 * Whether the shell script is back where pitboot was installed in its place.
 *
 * @module
 */

import { PREDECESSOR } from "../cli/names.ts";
import { orElse, type Report } from "../document/problems.ts";
import { installRecordShape, originalOf } from "../install/install_record.ts";
import { installPath } from "../history/state_paths.ts";
import { ifThere } from "../io/failures.ts";
import { readRecord } from "../io/record.ts";
import type { Root } from "../io/root.ts";

/**
 * Names a script that lies where a link to pitboot was: whoever types its name starts that.
 *
 * @param root The file system.
 * @param state The state directory, with the record of what is installed.
 */
export function replacedScripts(root: Root, state: string): Report[] {
  const read = (): Record<string, unknown> | undefined =>
    readRecord(root, installPath(state), installRecordShape, "")?.items;
  // Whatever keeps it from being read, install says so.
  const paths = Object.keys(orElse(read, () => undefined) ?? {});
  return paths.filter((path) => path.endsWith(`/${PREDECESSOR}`)).flatMap((path): Report[] => {
    if (!ifThere(() => root.lstat(path))?.isFile) return [];
    const original = originalOf(path);
    const isKept = ifThere(() => root.lstat(original)) !== null;
    return [["install-replaced", {
      message: `${path} is the shell script again, and not pitboot: perhaps a package put it there`,
      hint: (typed) =>
        isKept
          ? `${original} is the one of before: move one of them away; then ${
            typed.command("install")
          }`
          : `${typed.command("install")} keeps it as ${original}, and puts pitboot back`,
    }]];
  });
}
