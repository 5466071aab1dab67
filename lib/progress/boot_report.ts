/**
 * What an administrator should know of boots: which do not go on, machines that nobody
 * knows, and what cannot be seen. The words are facts; the console tells the cause.
 *
 * @module
 */

import type { Boot, BootFault, BootStage } from "../document/boot.ts";
import { percentOf, STAGE_WORDS } from "../document/boot_table.ts";
import type { Hint } from "../document/hint.ts";
import type { Report } from "../document/problems.ts";
import { clock } from "../text/clock.ts";
import { foldHosts } from "../text/host_range.ts";
import type { BootStranger } from "./boot_sources.ts";
import { stageRank } from "./boot_of_node.ts";
import type { BootLook } from "./boot_watch.ts";

/** More than these say nothing of a wrong MAC. */
const MOST_SHOWN = 20;

/** What an administrator should know of a look. */
export function lookProblems({ boots, strangers, unseen }: BootLook, statics: string): Report[] {
  return [
    ...bootProblems(boots),
    ...strangerProblems(strangers, statics),
    ...unseenProblems(unseen),
  ];
}

/** Names the nodes whose boot does not go on as one would expect. */
export function bootProblems(boots: readonly Boot[]): Report[] {
  const told = boots.toSorted((a, b) => (b.silence ?? 0) - (a.silence ?? 0)).flatMap((boot) => {
    const words = troubleOf(boot);
    return words === null ? [] : [{ boot, words }];
  });
  // Paths have the names of nodes in them: those that only differ there are told at once.
  const groups = Map.groupBy(
    told,
    ({ boot }) =>
      [boot.stage, boot.state, faultBehind(boot)?.message.replaceAll(boot.node, "NODE")].join(" "),
  );
  return [...groups.values()].flatMap((group): Report[] => {
    const [first] = group;
    if (!first) return [];
    const nodes = group.map(({ boot }) => boot.node).sort();
    const words = group.length > 1 ? first.words.replaceAll(first.boot.node, "NODE") : first.words;
    return [[isStuck(first.boot) ? "boot-stuck" : "boot-fault", {
      message: `${foldHosts(nodes)}: ${words}`,
      hint: hintForBoot(first.boot, nodes),
      nodes,
    }]];
  });
}

/** What is wrong with a boot; `null` if nothing is. */
function troubleOf(boot: Boot): string | null {
  const { stage, state, tries, peers, silence } = boot;
  if (stage === "up") return null;
  const fault = faultBehind(boot);
  const said = fault ? `: ${fault.message}` : "";
  const where = STAGE_WORDS[stage];
  switch (state) {
    case "refused":
      return `the web server refuses what it asks for${said}`;
    case "stalled":
      return `nothing of what it receives arrives any more, at ${stageAndPercent(boot)}${said}`;
    case "loop":
      return `it began ${tries} times and got as far as ${where}${said}`;
    case "silent":
      return `silent after ${where} for ${clock((silence ?? 0) * 1000)}; others took ${
        clock((peers ?? 0) * 1000)
      }${said}`;
    default:
      return fault && fault.message;
  }
}

function isStuck({ state }: Boot): boolean {
  return state !== null && state !== "moving";
}

/** The fault that tells why, if any: what a node got over is none, for it has gone on since. */
function faultBehind({ faults, state, at: reached }: Boot): BootFault | null {
  return faults.find(({ source, at }) =>
    state === "refused" ? source === "access-log" : reached === null || at >= reached
  ) ?? null;
}

function stageAndPercent(boot: Boot): string {
  const percent = percentOf(boot);
  return STAGE_WORDS[boot.stage] + (percent === null ? "" : ` ${percent} %`);
}

function hintForBoot({ state }: Boot, nodes: readonly string[]): Hint {
  const [first = ""] = nodes;
  const range = foldHosts(nodes);
  if (state !== "refused") return `its console: conman -j ${first}-mgmt`;
  return (typed) => `${typed.command("check", "--nodes", range)} names the cause`;
}

/** Names the machines that boot and that statics.conf does not know. */
function strangerProblems(strangers: readonly BootStranger[], statics: string): Report[] {
  if (strangers.length === 0) return [];
  const rows = strangers.slice(0, MOST_SHOWN).map(({ address, mac, path, at }) => {
    const time = new Date(at).toISOString().slice(11, 16);
    const what = path === null ? "asked for an address" : `asked for ${path}`;
    return `\n    ${address} ${mac ?? "(no lease tells its MAC)"} ${what} at ${time} UTC`;
  });
  const more = strangers.length - rows.length;
  return [["boot-stranger", {
    message: `machines that boot and that ${statics} does not know:${rows.join("")}${
      more > 0 ? `\n    and ${more} more` : ""
    }`,
    hint: `a wrong port or a new card? compare the MAC with those in ${statics}`,
  }]];
}

/** Says what cannot be seen: nobody is to take it for what is not so. */
function unseenProblems(unseen: readonly string[]): Report[] {
  if (unseen.length === 0) return [];
  const rows = unseen.map((words) => `\n    ${words}`);
  return [["boot-unseen", { message: `what cannot be seen:${rows.join("")}` }]];
}

/** Names the nodes that did not get as far as was waited for. */
export function lateProblems(boots: readonly Boot[], stage: BootStage, waited: number): Report[] {
  const late = boots.filter((boot) => stageRank(boot.stage) < stageRank(stage));
  if (late.length === 0) return [];
  const groups = Map.groupBy(late, (boot) => boot.stage);
  const rows = [...groups].sort(([a], [b]) => stageRank(a) - stageRank(b)).map(([reached, group]) =>
    `\n    ${STAGE_WORDS[reached]}: ${foldHosts(group.map(({ node }) => node))}`
  );
  const nodes = late.map(({ node }) => node);
  const who = boots.length === 1 ? "the node" : `${late.length} of ${boots.length} nodes`;
  const time = clock(waited * 1000);
  return [["boot-late", {
    message: `${who} did not get to ${STAGE_WORDS[stage]} within ${time}:${rows.join("")}`,
    hint: (typed) => typed.command("boot-progress", "--wait", stage, "--nodes", foldHosts(nodes)),
    nodes,
  }]];
}
