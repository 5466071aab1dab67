/**
 * Where nodes keep their images, if that differs.
 *
 * @module
 */

import type { BootNode } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";
import { table } from "../text/table.ts";

/** In 80 columns, below a message. */
const WIDTH = 76;

/**
 * Names the places in which nodes keep their images, if there are several.
 *
 * @param nodes All nodes; of those without a script nobody knows it.
 */
export function liveDirProblems(
  nodes: readonly Pick<BootNode, "name" | "script" | "liveDir">[],
): Report[] {
  const known = nodes.filter(({ script }) => script !== "missing");
  const places = Map.groupBy(known, ({ liveDir = null }) => liveDir);
  if (places.size < 2) return [];
  const most = [...places].sort(([, a], [, b]) => b.length - a.length);
  const rows = most.map(([liveDir, group]) => [
    liveDir === null ? "(default)" : `rd.live.dir=${liveDir}`,
    foldHosts(group.map(({ name }) => name)),
  ]);
  return [["live-dirs-differ", {
    message: [
      "nodes keep their images in different places:",
      ...table(rows, WIDTH).map((row) => `    ${row}`),
    ].join("\n"),
    hint: "CSM_RELEASE in the environment of run and set-links decides it",
    nodes: known.map(({ name }) => name).sort(),
  }]];
}
