/**
 * `script.ipxe`, the first file that a node fetches: the two edits that the
 * handbook asks for.
 *
 * Both replace only the parameter itself and leave every other byte alone.
 *
 * @module
 */

/**
 * Sets where on its disk a node keeps its image.
 *
 * @param script The text of `boot/script.ipxe`, one character per byte.
 * @param release The release (`CSM_RELEASE`), or `null` for the default place.
 * @returns The script with `rd.live.dir=<release>` before ` root=` on its
 * `live-sqfs-opts` lines, or without any `rd.live.dir`; `null` if it has no
 * such line although a release is to be set.
 *
 * @example
 * ```ts
 * import { setLiveDir } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   setLiveDir("set live-sqfs-opts root=live:LABEL=SQFSRAID\n", "1.6.2"),
 *   "set live-sqfs-opts rd.live.dir=1.6.2 root=live:LABEL=SQFSRAID\n",
 * );
 * ```
 */
export function setLiveDir(script: string, release: string | null): string | null {
  let found = release === null;
  const result = script.replace(/^[ \t]*set[ \t]+live-sqfs-opts[ \t].*/gm, (line) => {
    const bare = line.replace(/(?<=\s)rd\.live\.dir=\S*(\s+|$)/g, "");
    if (release === null) return bare;
    return bare.replace(/(?<=\s)root=/, (root) => {
      found = true;
      return `rd.live.dir=${release} ${root}`;
    });
  });
  return found ? result : null;
}

/**
 * Tells where a node keeps its image with a script.
 *
 * @param script The text of the script, one character per byte.
 * @returns The value of `rd.live.dir`; `null` for the default place.
 *
 * @example
 * ```ts
 * import { liveDirOf } from "./boot_script.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(liveDirOf("set live-sqfs-opts rd.live.dir=1.6.2 root=live:LABEL=SQFSRAID\n"), "1.6.2");
 * ```
 */
export function liveDirOf(script: string): string | null {
  const [line = ""] = /^[ \t]*set[ \t]+live-sqfs-opts[ \t].*/m.exec(script) ?? [];
  return /(?<=\s)rd\.live\.dir=(\S+)/.exec(line)?.[1] ?? null;
}

/**
 * Switches disk encryption off.
 *
 * @param script The text of a script.
 * @returns The script with `rd.luks=0` in the place of `rd.luks` and
 * `rd.luks=1`; `null` if it has none of the three.
 *
 * @example
 * ```ts
 * import { withoutLuks } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   withoutLuks("set disk-opts rd.luks rd.luks.uuid=7 rd.lvm=1\n"),
 *   "set disk-opts rd.luks=0 rd.luks.uuid=7 rd.lvm=1\n",
 * );
 * ```
 */
export function withoutLuks(script: string): string | null {
  const parameter = /(?<![^\s"'])rd\.luks(=[01])?(?![^\s"'])/g;
  return parameter.test(script) ? script.replace(parameter, "rd.luks=0") : null;
}
