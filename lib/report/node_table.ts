/**
 * The table of a report in which each node has a row, with a bar beside its figures.
 *
 * @module
 */

import { type Html, markup } from "./html.ts";
import { clockWords, scaleMarks, spanWords, timeTag } from "./night_times.ts";
import { NIGHT_STAGES, type NightStage, type NodeRow } from "./timeline.ts";

/** The moments between which bars are drawn, in milliseconds since the epoch. */
export interface Scale {
  readonly begin: number;
  readonly end: number;
}

/** What each step is called. */
export const STAGE_TITLES: Readonly<Record<NightStage, string>> = {
  bmc: "BMC set",
  lease: "lease",
  ready: "ready",
  power: "powered on",
  script: "script",
  initrd: "initrd",
  kernel: "kernel",
  rootfs: "rootfs",
  up: "up",
};

/** The width of a bar in units of its own. */
const SCALE_WIDTH = 1000;
const SCALE_HEIGHT = 18;
/** How thick a bar is after each step; pale and thin where nobody but people waits. */
const THICKNESS: Readonly<Record<NightStage, number>> = {
  bmc: 6,
  lease: 6,
  ready: 2,
  power: 6,
  script: 12,
  initrd: 12,
  kernel: 12,
  rootfs: 12,
  up: 12,
};

/**
 * Shows all nodes.
 *
 * @param rows In the order of the table.
 * @param scale Of the bars.
 * @param anchorOf Where a problem is told, for instance `#problem-3`.
 */
export function nodeTable(
  rows: readonly NodeRow[],
  scale: Scale,
  anchorOf: (problem: NodeRow["problems"][number]) => string,
): Html {
  const heads = NIGHT_STAGES.map((stage) => markup`<th scope="col">${STAGE_TITLES[stage]}</th>`);
  return markup`
    <svg width="0" height="0" aria-hidden="true" style="position:absolute">
      <defs>
        <g id="grid">${gridLines(scale)}</g>
      </defs>
    </svg>
    <div class="scroll">
      <table class="nodes">
        <caption>When each node took each step, in UTC: the node that got least far comes first, and of
    those that got equally far the last one. A step that nobody has seen is shown as a dash.</caption>
        <thead>
          <tr><th scope="col">Node</th>
    <th scope="col" class="bars">From ${clockWords(scale.begin)} to ${clockWords(scale.end)}
    <div class="scale" aria-hidden="true">${scaleSvg(scale)}</div></th>
    ${heads}<th scope="col">Notes</th></tr>
        </thead>
        <tbody>${rows.map((row) => nodeRow(row, scale, anchorOf))}</tbody>
      </table>
    </div>
  `;
}

function nodeRow(row: NodeRow, scale: Scale, anchorOf: Parameters<typeof nodeTable>[2]): Html {
  const cells = NIGHT_STAGES.map((stage) => {
    const step = row.steps.find((each) => each.stage === stage);
    if (!step) return markup`<td class="none">–</td>`;
    const last = row.furthest === step ? " last" : "";
    return markup`<td class="time${last}">${timeTag(step.at, scale.begin)}</td>`;
  });
  const notes = row.notes.map((note) => markup`<li>${note}</li>`);
  const ready = row.steps.find(({ stage }) => stage === "ready")?.at ?? Infinity;
  const problems = row.problems.map((problem) =>
    markup`<li>${problem.at < ready && ready < Infinity ? "earlier: " : ""}<a class="${
      severityClass(problem)
    }" href="${anchorOf(problem)}">${problem.code}</a></li>`
  );
  return markup`
    <tr><th scope="row">${row.name}</th>
    <td class="bars">${bar(row, scale)}</td>
    ${cells}<td class="notes"><ul class="plain">${notes}${problems}</ul></td></tr>
  `;
}

/** The class of a problem, by how bad it is. */
export function severityClass({ severity }: NodeRow["problems"][number]): string {
  return severity === "error" ? "error" : "warning";
}

function bar({ name, steps }: NodeRow, scale: Scale): Html {
  const rects = steps.map(({ stage, at }, i) => {
    const next = steps[i + 1]?.at;
    const [from, to] = [placeOf(at, scale), next === undefined ? null : placeOf(next, scale)];
    const thickness = THICKNESS[stage];
    const y = (SCALE_HEIGHT - thickness) / 2;
    const span = to === null ? [] : [markup`
      <rect class="${stage}" x="${from}" y="${y}" width="${(to - from).toFixed(1)}"
        height="${thickness}" />
    `];
    const last = next === undefined
      ? [markup`
        <rect class="${stage === "up" ? "up" : "mark"}" x="${
        Math.min(
          from,
          SCALE_WIDTH - 5,
        )
      }" y="1" width="5" height="${SCALE_HEIGHT - 2}" />
      `]
      : [];
    return markup`${span}${last}`;
  });
  const lines = stepWords(steps);
  return markup`
    <div class="bar" tabindex="0" role="img" aria-label="${name}: ${
    lines.join("; ") ||
    "no step was seen"
  }">
      <svg viewBox="0 0 ${SCALE_WIDTH} ${SCALE_HEIGHT}" preserveAspectRatio="none"
        aria-hidden="true"><use href="#grid"/>${rects}</svg>
      <div class="detail"><b>${name}</b><ul>${
    lines.map((line) => markup`<li>${line}</li>`)
  }</ul></div>
    </div>
  `;
}

/** Each step, and how long it came after the one before. */
function stepWords(steps: NodeRow["steps"]): string[] {
  return steps.map(({ stage, at }, i) => {
    const before = steps[i - 1];
    const span = before ? `, ${spanWords(at - before.at)} after ${STAGE_TITLES[before.stage]}` : "";
    return `${STAGE_TITLES[stage]} ${clockWords(at)}${span}`;
  });
}

function placeOf(at: number, { begin, end }: Scale): number {
  const share = (at - begin) / Math.max(end - begin, 1);
  return Math.round(10 * SCALE_WIDTH * Math.min(Math.max(share, 0), 1)) / 10;
}

function gridLines(scale: Scale): Html[] {
  return scaleMarks(scale.begin, scale.end).map((at) => {
    const x = placeOf(at, scale);
    return markup`
      <line class="grid" x1="${x}" x2="${x}" y1="0" y2="${SCALE_HEIGHT}"
        vector-effect="non-scaling-stroke" />
    `;
  });
}

function scaleSvg(scale: Scale): Html {
  const marks = scaleMarks(scale.begin, scale.end).map((at) =>
    markup`<text x="${placeOf(at, scale) / 10}%" y="12" text-anchor="middle">${
      clockWords(at).slice(0, 5)
    }</text>`
  );
  return markup`<svg>${marks}</svg>`;
}

/** What the colours of bars mean. */
export function barLegend(): Html {
  const parts: readonly (readonly [stage: NightStage, words: string])[] = [
    ["bmc", "BMC and lease"],
    ["ready", "ready, and not powered on or in its firmware"],
    ["power", "powered on by pitboot, in its firmware"],
    ["script", "fetches script, initrd, kernel"],
    ["kernel", "kernel: finds and wipes its disks"],
    ["rootfs", "root filesystem, and starts"],
    ["up", "up"],
  ];
  const items = parts.map(([stage, words]) =>
    markup`<li><svg viewBox="0 0 20 ${SCALE_HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><rect class="${stage}" width="20" y="${
      (SCALE_HEIGHT - THICKNESS[stage]) / 2
    }" height="${THICKNESS[stage]}"/></svg>${words}</li>`
  );
  return markup`<ul class="legend" aria-label="Colours of the bars">${items}</ul>`;
}
