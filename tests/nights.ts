/**
 * Holds what boot-progress says of recorded nights against what nodes really did. Run
 * directly, it writes the table of `testdata/nights/README.md` anew.
 *
 * ```
 * deno run -A tests/nights.ts
 * ```
 *
 * @module
 */

import { lutimesSync } from "node:fs";
import type { Boot } from "../lib/document/boot.ts";
import type { Context } from "../lib/io/context.ts";
import { Root } from "../lib/io/root.ts";
import { readStatics, type Selection } from "../lib/nodes/read_statics.ts";
import { bootProblems } from "../lib/progress/boot_report.ts";
import { BootSources, type BootStranger } from "../lib/progress/boot_sources.ts";
import { judgeBoots } from "../lib/progress/judge_boots.ts";
import { nodeNames, planNodes, staticsConf } from "./lab/pit.ts";
import { temporaryDirectory } from "./temporary.ts";
import { layOutWww, type Night, type NodeTruth, readNights } from "./testdata/nights.ts";

/** What is said of a night. */
export interface Verdict {
  readonly night: Night;
  readonly boots: readonly Boot[];
  readonly strangers: readonly BootStranger[];
  readonly unseen: readonly string[];
}

/** Where the table is. */
export const TABLE = new URL("./testdata/nights/README.md", import.meta.url);

const PATHS = {
  "access-log": "/var/log/apache2/access_log",
  "console-dir": "/var/log/conman",
  "leases": "/var/lib/misc/dnsmasq.leases",
  "web-root": "/var/www",
};
const STATICS = "/etc/dnsmasq.d/statics.conf";
/** As far as the command looks back, unless it is told to. */
const HORIZON_MS = 2 * 3600_000;
const NOTHING: NodeTruth = { stage: "none", standing: "fine" };
const CONSOLE_STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?= )/gm;
/** Where nights were recorded, in November. */
const OFFSETS: Readonly<Record<string, string>> = { "America/Chicago": "-06:00" };
/** The stamps of logs have whole seconds. */
const STAMP_SECONDS = 2;

/** A directory that stands for the machine itself, whose connections ss tells. */
class NightRoot extends Root {
  override get isMachine(): boolean {
    return true;
  }
}

/** Lets boot-progress look at a night, twice if there were two looks at connections. */
export async function judge(night: Night): Promise<Verdict> {
  using place = temporaryDirectory();
  const { directory } = place;
  layOut(directory, night);
  const root = new NightRoot(directory);
  let now = night.now - night.apart * 1000;
  const context = {
    now: () => now,
    env: () => `${directory}/bin`,
    signal: new AbortController().signal,
  } as unknown as Context;
  const log = night.web === "nginx" ? "/var/log/nginx/access.log" : PATHS["access-log"];
  const sources = new BootSources({ ...PATHS, "access-log": log }, { root, context });
  const look = (): ReturnType<BootSources["look"]> =>
    sources.look(selectionIn(root), now - HORIZON_MS);
  const before = judgeBoots((await look()).evidence, now);
  now = night.now;
  const { evidence, strangers, unseen } = await look();
  const boots = judgeBoots(evidence, now, new Map(before.map((boot) => [boot.node, boot])));
  return { night, boots, strangers, unseen };
}

/**
 * Finds what is said of a night and is not so.
 *
 * @returns A sentence for each.
 */
export function faultsIn({ night, boots, strangers, unseen }: Verdict): string[] {
  const { truth } = night;
  const told = `${unseen.join("; ")}`;
  const macs = strangers.flatMap(({ mac }) => mac ?? []).sort();
  const wanted = [...truth.strangers ?? []].sort();
  return [
    ...boots.flatMap((boot) =>
      wrongIn(boot, truth.nodes[boot.node] ?? NOTHING).map((what) => `${boot.node}: ${what}`)
    ),
    ...warnedOf(boots).filter((node) => isWell(truth.nodes[node] ?? NOTHING))
      .map((node) => `${node}: nothing is wrong with it, and a warning names it`),
    ...bootProblems(boots).flatMap(([, { nodes = [], message }]) =>
      nodes.flatMap((node) => {
        const { cause = "" } = truth.nodes[node] ?? NOTHING;
        return new RegExp(cause).test(message) ? [] : [`${node}: not the cause: ${message}`];
      })
    ),
    ...macs.join() === wanted.join() ? [] : [`strangers ${macs}, and there were ${wanted}`],
    ...(truth.unseen ?? []).filter((word) => !told.includes(word))
      .map((word) => `nothing is said of ${word}: ${told}`),
  ];
}

/** The nodes that warnings name. */
function warnedOf(boots: readonly Boot[]): string[] {
  return bootProblems(boots).flatMap(([, { nodes = [] }]) => nodes);
}

function isWell({ standing, tries = 1 }: NodeTruth): boolean {
  return (standing === "fine" || standing === "moving") && tries === 1;
}

/** What is wrong in what is said of a node. */
function wrongIn(boot: Boot, truth: NodeTruth): string[] {
  const { stage, state, at, bytes, of, faults, tries } = boot;
  const { mayBe = [], when, percent, cause } = truth;
  const isStage = [truth.stage, ...mayBe].includes(stage);
  const seconds = at === null ? null : Date.parse(at) / 1000;
  const share = bytes === null || of === null ? null : 100 * bytes / of;
  const told = faults.map(({ message }) => message).join("\n");
  return [
    ...isStage ? [] : [`it is at ${truth.stage}, not ${stage}`],
    ...stands(state, truth) ? [] : [`it is ${truth.standing}, not ${state}`],
    ...stage !== truth.stage || isWithin(seconds, when) ? [] : [`it was at ${when}, not ${at}`],
    ...!percent || isWithin(share, percent, 0) ? [] : [`it has ${percent} %, not ${share}`],
    ...cause === undefined || new RegExp(cause).test(told) ? [] : [`the cause is not in: ${told}`],
    ...truth.tries === undefined || truth.tries === tries ? [] : [`${truth.tries}, not ${tries}`],
  ];
}

/**
 * Whether a state may be said of a node. Of one that moves, or does what it should, nothing
 * may be said that means it does not; of one that is dead, it may be that nobody can know.
 */
function stands(state: Boot["state"], { standing, mayBe = [], tries = 1 }: NodeTruth): boolean {
  // That it began again is so, whatever comes of it.
  if (state === "loop" && tries > 1) return true;
  const said: readonly Boot["state"][] = {
    fine: [null, "moving"] as const,
    quiet: [null, "silent"] as const,
    moving: ["moving"] as const,
    stalled: ["stalled"] as const,
    refused: ["refused"] as const,
    loop: ["loop"] as const,
    dead: [null, "silent", "loop", "stalled"] as const,
  }[standing];
  // Where no look at connections tells that it moves, nothing has to be said.
  return said.includes(state) || mayBe.length > 0 && state === null;
}

function isWithin(
  value: number | null,
  span: readonly [from: number, to: number] | undefined,
  margin = STAMP_SECONDS,
): boolean {
  if (span === undefined) return true;
  return value !== null && value >= span[0] - margin && value <= span[1] + margin;
}

/** Makes the machine of a night. */
function layOut(root: string, night: Night): void {
  layOutWww(root, night, Object.keys(night.truth.nodes));
  const modified = new Date(night.now - 24 * 3600_000);
  for (const path of filesBelow(`${root}/var/www`)) lutimesSync(path, modified, modified);
  write(root, STATICS, new TextEncoder().encode(staticsConf(planNodes(nodeNames(9)))));
  for (const { name, bytes, modified } of night.files) {
    const path = pathOf(name, night.web);
    write(root, path, name.startsWith("console.") ? hereAndNow(bytes, night.zone) : bytes);
    Deno.utimeSync(`${root}${path}`, modified / 1000, modified / 1000);
  }
  // Where it had nothing to tell, it need not cost a process either.
  if (night.hasNoSs || !night.files.some(({ name }) => name.startsWith("ss"))) return;
  write(root, "/bin/ss", new TextEncoder().encode(ssOf(`${root}/run`)));
  Deno.chmodSync(`${root}/bin/ss`, 0o755);
  Deno.mkdirSync(`${root}/run`, { recursive: true });
}

/** Prints what ss printed at the first look, and then what it printed at the second. */
function ssOf(directory: string): string {
  return `#!/bin/sh
cd ${directory} || exit
if [ -e looked ]; then name=ss; else >looked; name=ss.before; fi
[ ! -e "$name" ] || exec /bin/cat "$name"
`;
}

/** Where a file of a night lies on a PIT. */
function pathOf(name: string, web: Night["web"]): string {
  if (name.startsWith("ss")) return `/run/${name}`;
  if (name.startsWith("console.")) return `/var/log/conman/${name}`;
  if (name === "dnsmasq.leases") return PATHS.leases;
  return web === "nginx"
    ? `/var/log/nginx/${name.replace("access_log", "access.log")}`
    : `/var/log/apache2/${name}`;
}

function write(root: string, path: string, bytes: Uint8Array): void {
  Deno.mkdirSync(`${root}${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
  Deno.writeFileSync(`${root}${path}`, bytes);
}

function filesBelow(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${directory}/${name}`) : [`${directory}/${name}`]
  );
}

function selectionIn(root: Root): Selection {
  const choice = { pit: "ncn-m001", nodes: null, exclude: null };
  const statics = readStatics(root, STATICS, choice);
  return { choice, statics, chosen: statics.bmcs.filter(({ node }) => node !== choice.pit) };
}

/** conman's stamps are local and say no zone: those of the night become those of this machine. */
function hereAndNow(bytes: Uint8Array, zone: string): Uint8Array {
  const text = new TextDecoder().decode(bytes).replace(CONSOLE_STAMP, (stamp) => {
    const there = Date.parse(`${stamp.replace(" ", "T")}${OFFSETS[zone] ?? "Z"}`);
    const here = new Date(there);
    return new Date(there - here.getTimezoneOffset() * 60_000).toISOString()
      .slice(0, stamp.length).replace("T", " ");
  });
  return new TextEncoder().encode(text);
}

/** The table of all nights. */
export function tableOfNights(verdicts: readonly Verdict[]): string {
  const rows = verdicts.flatMap(({ night, boots, strangers }) => {
    const told = boots.filter(({ node, stage }) => night.truth.nodes[node] || stage !== "none");
    const nodes = told.map((boot, i) => [
      i === 0 ? `\`${night.name}\`` : "",
      i === 0 ? night.says : "",
      boot.node,
      truthText(night.truth.nodes[boot.node] ?? NOTHING),
      saidText(boot),
    ]);
    const macs = strangers.map(({ mac, address }, i) => [
      told.length + i === 0 ? `\`${night.name}\`` : "",
      told.length + i === 0 ? night.says : "",
      "a stranger",
      night.truth.strangers?.[i] ?? "-",
      mac ?? address,
    ]);
    const none = [[`\`${night.name}\``, night.says, "all", "none", "none"]];
    return [...nodes, ...macs].length > 0 ? [...nodes, ...macs] : none;
  });
  return tableText([["night", "what happens", "node", "truth", "said"], ...rows]);
}

function truthText({ stage, standing, percent, tries }: NodeTruth): string {
  const share = percent ? ` ${percent[0]}-${percent[1]} %` : "";
  return [`${stage}${share}`, ...standing === "fine" ? [] : [standing], ...triesText(tries)]
    .join(", ");
}

/** What the table and a warning say. */
function saidText(boot: Boot): string {
  const { stage, state, bytes, of, tries } = boot;
  const share = stage === "rootfs" && bytes !== null && of
    ? ` ${Math.floor(100 * bytes / of)} %`
    : "";
  const warnings = bootProblems([boot]).map(([, { message }]) => message.replace(/^[^:]*: /, ""));
  return [
    `${stage}${share}`,
    ...state === null ? [] : [state],
    ...triesText(tries),
    ...warnings,
  ].join(", ").replaceAll("|", "\\|");
}

function triesText(tries = 1): string[] {
  return tries > 1 ? [`${tries} tries`] : [];
}

/** As `deno fmt` has it. */
function tableText(rows: readonly (readonly string[])[]): string {
  const [header = [], ...others] = rows;
  const widths = header.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[], fill = " "): string =>
    `|${cells.map((cell, i) => `${fill}${cell.padEnd(widths[i] ?? 0, fill)}${fill}`).join("|")}|`;
  const rule = `|${widths.map((width) => ` ${"-".repeat(width)} `).join("|")}|`;
  return [line(header), rule, ...others.map((row) => line(row))].join("\n");
}

/** The page with the table. */
export function pageOf(verdicts: readonly Verdict[]): string {
  const nodes = verdicts.flatMap(({ night }) => Object.values(night.truth.nodes));
  const faults = verdicts.flatMap(faultsIn).length;
  return `# Recorded nights

What real servers wrote while nodes booted, or did not: \`tests/lab/record_nights.ts\` records them in
the lab with Apache in the configuration of a PIT, nginx, dnsmasq, conman, logrotate and \`ss\`. Some
nodes are virtual machines, the others curl and udhcpc with a node's addresses. The servers have a
clock that the driver sets. \`night.json\` has what the driver did, which is the truth.

Where less is said than is true, or something else, no source shows more. Apache logs a transfer
that broke off like a whole one, and when it has handed a file to the kernel, not when that arrived.
A node that is dead may be silent, or nobody can tell; one that is quiet works, for longer than its
peers did.

\`deno run -A tests/nights.ts\` writes this page; \`tests/nights_test.ts\` holds it.

- nights: ${verdicts.length}
- nodes of which something was to be seen: ${nodes.length}
- of what is said, wrong: ${faults}

${tableOfNights(verdicts)}
`;
}

if (import.meta.main) {
  const verdicts = [];
  for (const night of readNights()) verdicts.push(await judge(night));
  Deno.writeTextFileSync(TABLE, pageOf(verdicts));
  for (const verdict of verdicts) {
    for (const fault of faultsIn(verdict)) console.error(`${verdict.night.name}: ${fault}`);
  }
}
