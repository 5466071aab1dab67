/**
 * The content of a document, as short tables for people.
 *
 * @module
 */

import { nodesOf } from "../text/host_name.ts";
import { foldHosts } from "../text/host_range.ts";
import { hanging, hangingList } from "../text/hanging.ts";
import { bmcWord } from "./bmc_words.ts";
import { bootColumn, bootTable, leastFirst, STAGE_WORDS } from "./boot_table.ts";
import { causeLines } from "./cause_lines.ts";
import type { BootNode, Document, Problem } from "./document.ts";
import { disksColumn } from "./disks_column.ts";
import { grouped, rowsBelow } from "./grouped_rows.ts";
import { releaseWord } from "./known_release.ts";
import { byUrgency } from "./node_order.ts";
import { powerTable, powerWord } from "./power_words.ts";

/**
 * Sums up what a command added to a document. Nodes with the same result share a line.
 * Keys that it does not have are left out.
 *
 * @param document The document.
 * @param keys What to show of it, in this order.
 * @param width The width of the terminal in characters.
 * @returns Lines.
 */
export function summarise(
  document: Document,
  keys: readonly (keyof typeof TABLES)[],
  width: number,
): string[] {
  return keys.flatMap((key) => TABLES[key](document, width));
}

/**
 * Says in one line what a command added to a document.
 *
 * @param document The document.
 * @param keys What to say of it.
 * @param isDry Whether it only would have been done.
 */
export function headline(
  document: Document,
  keys: readonly (keyof typeof TABLES)[],
  isDry: boolean = false,
): string {
  const { images, bmcs, leases, missing, checks, boots, power, nodes, releases } = document;
  const words = {
    images: () =>
      Object.entries(images ?? {}).map(([role, { release }]) => `${role} ${release}`).join(", "),
    bmcs: () => counted(bmcs?.map(bmcWord)),
    leases: () => leases ? leaseCount(leases, missing) : "",
    checks: () => counted(checks?.map(({ state }) => state)),
    boots: () => counted(boots && leastFirst(boots).map(({ stage }) => STAGE_WORDS[stage])),
    power: () => counted(power?.map(powerWord)),
    nodes: () =>
      counted(
        nodes?.map(({ change }) => isDry && CHANGES.has(change) ? `would be ${change}` : change),
      ),
    releases: () => counted(releases?.map(({ role }) => role)),
    state: () => counted(nodes?.map(({ links }) => links ?? "-")),
  };
  return keys.map((key) => words[key]()).filter(Boolean).join("; ");
}

/** A dry run has not made a node one of these. */
const CHANGES: ReadonlySet<string> = new Set<BootNode["change"]>([
  "created",
  "updated",
  "offline",
  "removed",
]);

function leaseCount(leases: readonly unknown[], missing: readonly unknown[] = []): string {
  const has = leases.length === 1 ? "has" : "have";
  return `${leases.length} of ${leases.length + missing.length} BMCs ${has} a lease`;
}

/** For instance `7 created, 2 unchanged`. */
function counted(words: readonly string[] = []): string {
  const groups = Map.groupBy(words, (word) => word);
  return [...groups].map(([word, { length }]) => `${length} ${word}`).join(", ");
}

/** What is wrong stands out. */
const RESULTS = { ok: "ok", warning: "warn", failed: "FAIL", skipped: "skipped" } as const;

const TABLES = {
  images: ({ images = {} }: Document, width: number): string[] =>
    rowsBelow(
      ["ROLE", "RELEASE", "ARCH", "SECURE", "KERNEL"],
      Object.entries(images).map(([role, image]) => [
        role,
        image.release,
        image.arch ?? "-",
        image.rootfs.secure ? "yes" : "no",
        image.kernel.version,
      ]),
      width,
    ),

  bmcs: ({ bmcs = [] }: Document, width: number): string[] =>
    grouped(bmcs, {
      head: ["BMC STATE", "CHANNEL", "N", "NODES"],
      cells: (bmc) => [bmcWord(bmc), bmc.channel === null ? "-" : String(bmc.channel)],
      nameOf: ({ node }) => node,
      width,
    }),

  leases: ({ leases, missing = [] }: Document, width: number): string[] => {
    if (!leases) return [];
    const count = hanging("", leaseCount(leases, missing), { width });
    if (missing.length === 0) return count;
    return [...count, ...hangingList("without a lease: ", foldHosts(nodesOf(missing)), width)];
  },

  checks: ({ checks = [] }: Document, width: number): string[] =>
    rowsBelow(
      ["CHECK", "RESULT", "N", "ASKED → FOUND"],
      checks.map(({ check, state, nodes, asked, found, message }) => [
        check,
        RESULTS[state],
        nodes.length > 0 ? String(nodes.length) : "-",
        `${asked} → ${state === "skipped" ? message ?? found : found}`,
      ]),
      width,
    ),

  boots: ({ boots = [] }: Document, width: number): string[] => bootTable(boots, width),
  power: ({ power = [] }: Document, width: number): string[] =>
    grouped(power, { ...powerTable(power), width }),

  releases: ({ releases = [] }: Document, width: number): string[] =>
    rowsBelow(
      ["ROLE", "RELEASE", "STATE", "N", "KERNEL", "NODES"],
      releases.map((each) => [
        each.role,
        each.release,
        releaseWord(each),
        String(each.nodes.length),
        each.kernel ?? "-",
        foldHosts(each.nodes),
      ]),
      width,
    ),

  nodes: ({ nodes = [], images = {} }: Document, width: number): string[] =>
    grouped(nodes, {
      head: ["CHANGE", "SCRIPT", "ROLE", "RELEASE", "N", "NODES"],
      cells: (node) => [
        node.change,
        node.script,
        node.role ?? "-",
        (node.release === undefined ? images[node.role ?? ""]?.release : node.release) ?? "-",
      ],
      nameOf: ({ name }) => name,
      width,
    }),

  state: (document: Document, width: number): string[] => {
    const boots = bootColumn(document.boots ?? []);
    const disks = disksColumn(document.nodes ?? []);
    const released = ["ROLE", "RELEASE", ...disks.head, "N", "NODES"];
    const head = ["LINKS", "SCRIPT", "LEASE", ...boots.head, ...released];
    return [
      ...document.nodes?.length ? hanging("", stateCount(document), { width }) : [],
      ...grouped([...document.nodes ?? []].sort(byUrgency), {
        head,
        cells: (node) => [
          node.links ?? "-",
          node.script,
          node.lease ? "yes" : "no",
          ...boots.cellsOf(node.name),
          node.role ?? "-",
          node.release ?? "-",
          ...disks.cellsOf(node),
        ],
        nameOf: ({ name }) => name,
        width,
      }),
      ...seenCauses(document.nodes ?? [], width),
      ...document.problems.filter(({ code }) => code === TOLD_BY_STATE)
        .flatMap((problem) => cureLines(problem, width)),
    ];
  },
};

/** The kind of problem whose nodes are in the table of their states. */
export const TOLD_BY_STATE = "node-not-whole";

/** For instance `5 of 9 nodes are ready; 6 of 9 BMCs have a lease`. */
function stateCount({ nodes = [], problems, leases, missing }: Document): string {
  const unready = new Set(
    problems.filter(({ code }) => code === TOLD_BY_STATE).flatMap((each) => each.nodes),
  );
  const ready =
    nodes.filter(({ name, links, script }) =>
      links === "whole" && script !== "missing" && !unready.has(name)
    ).length;
  const words = `${ready} of ${nodes.length} nodes ${ready === 1 ? "is" : "are"} ready`;
  return leases ? `${words}; ${leaseCount(leases, missing)}` : words;
}

/** A longer range of nodes has a line of its own. */
const LONGEST_HEAD = 24;

/** What is wrong with the links of nodes, and what helps them. */
function cureLines({ message, hint, nodes }: Problem, width: number): string[] {
  const [, ...faults] = message.split("\n");
  const range = foldHosts(nodes);
  const isShort = range.length <= LONGEST_HEAD;
  const head = isShort ? `  ${range}  ` : "    ";
  return [
    ...faults.length > 0 && !isShort ? hangingList("  ", range, width) : [],
    ...faults.flatMap((fault, i) =>
      hanging(i === 0 ? head : " ".repeat(head.length), fault.trim(), { width })
    ),
    ...hint ? hanging("  hint: ", hint, { width, indent: 4 }) : [],
  ];
}

/** What an earlier command found is told with its time: it may be long ago. */
function seenCauses(nodes: readonly BootNode[], width: number): string[] {
  const causes = nodes.flatMap(({ name, cause }) => cause ? [{ node: name, ...cause }] : []);
  const groups = Map.groupBy(causes, ({ seen }) => seen?.slice(0, 16).replace("T", " ") ?? "");
  return [...groups].flatMap(([time, group]) => [
    ...time === "" ? [] : [`as of ${time} UTC:`],
    ...causeLines(group, width),
  ]);
}
