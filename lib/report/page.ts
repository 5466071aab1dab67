/**
 * The night on a page: one file of HTML that needs no network and no script.
 *
 * @module
 */

import { foldHosts } from "../text/host_range.ts";
import { type Html, markup } from "./html.ts";
import type { Night, NightProblem } from "./night.ts";
import { clockWords, dayWords, timeTag } from "./night_times.ts";
import { barLegend, nodeTable, type Scale, severityClass, STAGE_TITLES } from "./node_table.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { NIGHT_STAGES, type NodeRow } from "./timeline.ts";

/** A file that was read, and what is to be said of it. */
export interface ReportSource {
  /** As it was named. */
  readonly path: string;
  /** What was taken from it, in words. */
  readonly found: string;
  /** What could not be read of it, in words. */
  readonly faults: readonly string[];
}

/** All that a report tells. */
export interface NightReport {
  readonly night: Night;
  readonly rows: readonly NodeRow[];
  readonly sources: readonly ReportSource[];
  /** When it is made, in milliseconds since the epoch. */
  readonly made: number;
  /** The version of pitboot. */
  readonly version: string;
}

/** The most rows of a table: what no browser shows helps nobody. */
const MOST_TABLE_ROWS = 10_000;
const MINUTE_MS = 60_000;

/**
 * Writes the page.
 *
 * @param report All that it tells.
 * @returns A whole document of HTML.
 */
export function reportPage(report: NightReport): string {
  const { night, rows, sources, made, version } = report;
  const scale = scaleOf(report);
  const numbers = new Map(night.problems.map((problem, i) => [problem, i + 1]));
  const name = (problem: NightProblem): string => `problem-${numbers.get(problem)}`;
  const title = `Node boot report, ${dayWords(scale.begin)}`;
  return markup`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <meta name="viewport" content="width=device-width">
        <link rel="icon" href="data:,">
        <title>${title}</title>
        <style>${PAGE_STYLE}</style>
      </head>
      <body>
        <a class="skip" href="#nodes">To the table of nodes</a>
        <header>
    <h1>${title}</h1>
    <p class="faint">${timeTag(scale.begin, scale.begin)} to ${timeTag(scale.end, scale.begin)} UTC,
    ${rows.length} nodes; all times are UTC</p>
    ${verdictHtml(night, scale)}
        </header>
        <main>
          <section aria-labelledby="far"><h2 id="far">How far they got</h2>${
    summaryTable(
      rows,
    )
  }</section>
          <section aria-labelledby="nodes"><h2 id="nodes" tabindex="-1">Nodes</h2>${barLegend()}
    ${nodeTable(rows.slice(0, MOST_TABLE_ROWS), scale, (problem) => `#${name(problem)}`)}
    ${leftOut(rows.length)}</section>
          <section aria-labelledby="problems"><h2 id="problems">Problems</h2>
    ${problemTable(night.problems, scale, name)}</section>
          <section aria-labelledby="happened"><h2 id="happened">What happened</h2>
    ${momentTable(night, scale)}</section>
          <section aria-labelledby="read"><h2 id="read">What was read</h2>${
    sourceList(
      sources,
    )
  }</section>
        </main>
        <footer>
          <p>Made by pitboot ${version} on ${dayWords(made)} at ${clockWords(made)} UTC. A step is
    when a file was asked for, as the log of the web server has it: Apache notes the start of a
    request, nginx its end, and neither tells whether the node received all of it. A node that keeps
    its root filesystem, or boots from its disk, fetches none.</p>
        </footer>
      </body>
    </html>
  `.text;
}

/** From the first event to the last thing that was seen. */
function scaleOf({ night, rows, made }: NightReport): Scale {
  const times = rows.flatMap(({ steps }) => steps.map(({ at }) => at));
  const moments = [night.begin ?? made, night.end ?? made];
  const begin = times.reduce((least, at) => Math.min(least, at), Math.min(...moments));
  const end = times.reduce((most, at) => Math.max(most, at), Math.max(...moments));
  return { begin, end: Math.max(end, begin + MINUTE_MS) };
}

function verdictHtml({ verdict }: Night, { begin }: Scale): Html {
  if (!verdict) {
    return markup`<p class="verdict">The events hold no verdict: no run has ended in them.</p>`;
  }
  const { at, words, isGood } = verdict;
  return markup`<p class="verdict${isGood ? " good" : ""}">${
    timeTag(at, begin)
  } <b>${words}</b></p>`;
}

function summaryTable(rows: readonly NodeRow[]): Html {
  const groups = [...Map.groupBy(rows, ({ furthest }) => furthest?.stage ?? null)];
  const order = [null, ...NIGHT_STAGES];
  const lines = groups.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)).map((
    [stage, group],
  ) =>
    markup`
      <tr>
        <th scope="row">${stage ? STAGE_TITLES[stage] : "no step"}</th>
        <td class="count">${group.length}</td>
        <td>${foldHosts(group.map(({ name }) => name))}</td>
      </tr>
    `
  );
  return markup`
    <table>
      <caption>Nodes by the furthest step that was seen of them, the least far first</caption>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col" class="count">Nodes</th>
          <th scope="col">Which</th>
        </tr>
      </thead>
      <tbody>${lines}</tbody>
    </table>
  `;
}

function problemTable(
  problems: readonly NightProblem[],
  { begin }: Scale,
  name: (problem: NightProblem) => string,
): Html {
  if (problems.length === 0) return markup`<p>None was said.</p>`;
  const lines = problems.slice(0, MOST_TABLE_ROWS).map((problem) =>
    markup`
      <tr id="${name(problem)}">
        <td class="time">${timeTag(problem.at, begin)}</td>
        <th scope="row"><span class="${severityClass(problem)}">${problem.code}</span></th>
        <td>${problem.stage}${problem.times > 1 ? `, ${problem.times} times` : ""}</td>
        <td>${foldHosts(problem.nodes)}</td>
        <td class="message">${lineHtml(problem.message)}</td>
      </tr>
    `
  );
  return markup`
    <table>
      <caption>What was said, each with the time of the last time</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Problem</th>
          <th scope="col">Command</th>
          <th scope="col">Nodes</th>
          <th scope="col">In words</th>
        </tr>
      </thead>
      <tbody>${lines}</tbody>
    </table>${leftOut(problems.length)}
  `;
}

/** Some messages have lines. */
function lineHtml(message: string): Html[] {
  return message.split("\n").map((line, i) => i > 0 ? markup`<br>${line}` : markup`${line}`);
}

function momentTable({ moments }: Night, { begin }: Scale): Html {
  const lines = moments.slice(-MOST_TABLE_ROWS).map(({ at, stage, words }) =>
    markup`
      <tr>
        <td class="time">${timeTag(at, begin)}</td>
        <td>${stage}</td>
        <td>${words}</td>
      </tr>
    `
  );
  return markup`
    <table>
      <caption>Events of many nodes or none, in their order</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Command</th>
          <th scope="col">Event</th>
        </tr>
      </thead>
      <tbody>${lines}</tbody>
    </table>${leftOut(moments.length)}
  `;
}

function sourceList(sources: readonly ReportSource[]): Html {
  const items = sources.map(({ path, found, faults }) =>
    markup`<li><code>${path}</code>: ${found}${
      faults.map((fault) => markup`<br><span class="warning">${fault}</span>`)
    }</li>`
  );
  return markup`<ul>${items}</ul>`;
}

function leftOut(length: number): Html[] {
  return length > MOST_TABLE_ROWS
    ? [markup`<p>${length - MOST_TABLE_ROWS} more are left out.</p>`]
    : [];
}
