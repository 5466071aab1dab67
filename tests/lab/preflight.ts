/**
 * What `csi pit validate --livecd-preflight` asks of the boot directories, and
 * what a node asks of the web server.
 *
 * @module
 */

import type { Lab } from "./lab.ts";

const PREFLIGHT = `while read -r node; do
  dir=/var/www/$node
  [ -d "$dir" ] && [ ! -L "$dir" ] || echo "$dir is no real directory"
  for name in rootfs initrd.img.xz kernel; do
    [ -L "$dir/$name" ] || echo "$dir/$name is no link"
    target=$(cd "$dir" && realpath -s "$(readlink "$name")")
    [ -f "$target" ] && [ ! -L "$target" ] || echo "$dir/$name: no file after one hop"
    head -c 1 "$dir/$name" >/dev/null || echo "$dir/$name: not readable"
  done
  case $(basename "$(readlink "$dir/rootfs")") in
  secure-*) ;;
  *) echo "$dir/rootfs: not secured" ;;
  esac
done`;

const FETCH = `while read -r url file; do
  busybox wget -q -O - "$url" | cmp - "$file" || echo "$url: not the bytes of $file"
done 2>&1`;

/**
 * Makes the assertions of the preflight tests.
 *
 * @param lab The lab.
 * @param nodes All nodes but ncn-m001.
 * @returns What they complain of.
 */
export async function preflight(lab: Lab, nodes: readonly string[]): Promise<string[]> {
  return lines(await lab.sh(PREFLIGHT, { stdin: nodes.map((node) => `${node}\n`).join("") }));
}

/**
 * Downloads files from the web server of the PIT.
 *
 * @param lab The lab.
 * @param wanted For each path below `http://pit/` the file whose bytes it must
 * have.
 * @returns What was not served, or was something else.
 */
export async function fetchAll(
  lab: Lab,
  wanted: ReadonlyMap<string, string>,
): Promise<string[]> {
  const input = [...wanted].map(([path, file]) => `http://pit/${path} ${file}\n`);
  return lines(await lab.sh(FETCH, { stdin: input.join("") }));
}

function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
