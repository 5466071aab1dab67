/**
 * Gets the nodes of the system.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import type { Root } from "../io/root.ts";
import type { NodeChoice } from "../nodes/node_choice.ts";
import { didYouMean } from "../text/nearest.ts";
import { parseStatics, type Statics } from "./statics.ts";

/** The stages of one process work with one and the same file. */
const readAlready = new WeakMap<Root, Map<string, Statics>>();

/**
 * Reads statics.conf, once in the life of a process.
 *
 * @param root The file system.
 * @param path Where it is.
 * @param choice The nodes that were asked for, which must be in it.
 * @throws {Failure} If it cannot be read, or does not know a node.
 * @throws {FormatError} If it is not what it should be.
 */
export function readStatics(root: Root, path: string, choice: NodeChoice): Statics {
  const statics = readOnce(root, path);
  if (statics.bmcs.length === 0) {
    throw new Failure("file-invalid", {
      message:
        `${path} names no BMC: no dhcp-host or host-record line has a host like ncn-w001-mgmt`,
      hint: "csi pit init writes it; name another with --statics",
    });
  }
  const known = new Set(statics.bmcs.map(({ node }) => node));
  for (const node of [...choice.nodes ?? [], ...choice.exclude ?? []]) {
    if (known.has(node)) continue;
    throw new Failure("input-missing", {
      message: `${path} has no node ${node}${didYouMean(node, known)}`,
      hint: `nodes are the names before -mgmt in ${path}`,
    });
  }
  return statics;
}

function readOnce(root: Root, path: string): Statics {
  const files = readAlready.get(root) ?? new Map<string, Statics>();
  readAlready.set(root, files);
  const hint = "csi pit init writes it; name another with --statics";
  const statics = files.get(path) ?? parseStatics(root.readText(path, hint), { file: path });
  files.set(path, statics);
  return statics;
}
