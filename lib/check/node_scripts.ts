/**
 * The scripts of nodes, and what each makes its node fetch.
 *
 * @module
 */

import { type Fetches, fetchesOf } from "../boot/ipxe_script.ts";
import { SCRIPT } from "../boot/boot_tree.ts";
import { ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { textOfBytes } from "../text/byte_text.ts";

/** A node that is to boot. */
export interface BootingScript {
  readonly node: string;
  /** The address by which its firmware gets it. */
  readonly url: string;
  /** Its length in bytes. */
  readonly bytes: number;
  /** What follows from it; `null` if it does not exist. */
  readonly fetches: Fetches | null;
}

/** Stands for the name of a node, so that nodes with the same script share the reading. */
const ANYBODY = "pitboot-any-node";

/**
 * Reads the scripts of nodes.
 *
 * @param nodes Their names.
 * @param webRoot The directory that the web server serves.
 * @throws If one cannot be read.
 */
export function readScripts(
  nodes: readonly string[],
  { root, webRoot }: { root: Root; webRoot: string },
): BootingScript[] {
  const known = new Map<string, string>();
  return nodes.map((node) => {
    const bytes = ifThere(() => root.read(`${webRoot}/${node}/${SCRIPT}`));
    const url = scriptUrl(node);
    if (bytes === null) return { node, url, bytes: 0, fetches: null };
    const text = textOfBytes(bytes);
    let json = known.get(text);
    if (!json) known.set(text, json = JSON.stringify(ofAnybody(text)));
    const fetches = JSON.parse(json.replaceAll(ANYBODY, node)) as Fetches;
    return { node, url, bytes: bytes.length, fetches };
  });
}

function ofAnybody(text: string): Fetches {
  return fetchesOf(text, { hostname: ANYBODY, url: scriptUrl(ANYBODY) });
}

/** As iPXE on a PIT asks for it. */
function scriptUrl(node: string): string {
  return `http://pit/${node}/${SCRIPT}`;
}
