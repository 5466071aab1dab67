/**
 * Decides what to change in the boot directory of a node, and in which order.
 *
 * The order is what makes it safe: the script, which a node fetches first, is
 * taken away before the first link changes and put back after the last one, so
 * a node never boots a kernel with a foreign root filesystem. A new directory
 * is built aside and renamed in. Stopped after any step, a new plan leads
 * to the same end.
 *
 * @module
 */

import type { BootNode } from "../document/document.ts";
import { newName } from "../text/new_name.ts";
import {
  AWAY,
  type LinkName,
  LINKS,
  type Observed,
  SCRIPT,
  type Wanted,
  type WantedScript,
} from "./boot_tree.ts";

/** One change on disk. Each happens or does not; none is ever seen half done. */
export type Step =
  | { readonly do: "make-directory"; readonly path: string }
  | {
    readonly do: "link";
    readonly path: string;
    readonly target: string;
    /** Whether something of that name is there already. */
    readonly replaces: boolean;
    /** Whose the link must be; `null` where that does not matter. */
    readonly uid: number | null;
  }
  | {
    readonly do: "write";
    readonly path: string;
    readonly script: WantedScript;
  }
  | SaveStep
  | { readonly do: "rename"; readonly path: string; readonly to: string }
  | { readonly do: "remove"; readonly path: string };

/** Keeps a copy of a script. */
export interface SaveStep {
  readonly do: "save";
  readonly path: string;
  readonly to: string;
}

/** What will be done for one node. */
export interface NodePlan {
  readonly change: BootNode["change"];
  readonly script: "written" | "unchanged" | "kept";
  /** First of all these: what may be an administrator's is saved. */
  readonly save: readonly SaveStep[];
  /** Then these, in this order. */
  readonly prepare: readonly Step[];
  /** Then these files and directories must be on disk. */
  readonly sync: readonly string[];
  /** Last these, in this order: what makes the change visible to the node. */
  readonly publish: readonly Step[];
}

/** What is known of the script of a node. */
export interface ScriptHistory {
  /** SHA-256 of the scripts that were written for it; empty if unknown. */
  readonly written: readonly string[];
  /** SHA-256 of the script that it has now; `null` if it has none. */
  readonly sha256: string | null;
  /** Replace a script even if an administrator changed it. */
  readonly reset: boolean;
  /** Where to keep a script that is replaced and may be an administrator's. */
  readonly saveTo: string;
}

/**
 * Plans the changes for one node.
 *
 * @param wanted How its boot directory should be.
 * @param observed How it is.
 * @param history What is known of its script.
 * @returns No steps at all if there is nothing to do.
 */
export function planNode(wanted: Wanted, observed: Observed, history: ScriptHistory): NodePlan {
  if (observed.directory === "absent") return planCreation(wanted);
  const { directory } = wanted;
  const links = LINKS.filter((link) => !isRight(link, wanted, observed));
  const script = scriptChange(wanted.script, observed, history);
  const plan = planUpdate(wanted, observed, { links, script, history });
  // First, as later steps use the same names.
  const leftovers = observed.leftovers.map((name) => remove(`${directory}/${name}`));
  const prepare = [...leftovers, ...plan.prepare];
  const changes = prepare.length + plan.publish.length > 0;
  return {
    change: changes ? "updated" : script === "kept" ? "kept" : "unchanged",
    script,
    save: plan.save,
    prepare,
    sync: prepare.length > 0 ? [...plan.sync, directory] : [],
    publish: plan.publish,
  };
}

/**
 * Finds what is in the way and is not ours to remove.
 *
 * @param wanted How the boot directory should be.
 * @param observed How it is.
 * @returns The path of a file or directory, or `null`.
 */
export function obstacleIn({ directory }: Wanted, observed: Observed): string | null {
  if (observed.directory === "other") return directory;
  const [entry] = observed.obstacles;
  return entry === undefined ? null : `${directory}/${entry}`;
}

/** Where a new directory is built: hidden, beside the place that it will take. */
export function buildPlace({ directory, name }: Wanted): string {
  return directory.slice(0, -name.length) + newName(name);
}

function planCreation(wanted: Wanted): NodePlan {
  const place = buildPlace(wanted);
  const script = `${place}/${SCRIPT}`;
  return {
    change: "created",
    script: "written",
    save: [],
    prepare: [
      { do: "make-directory", path: place },
      ...LINKS.map((link) => linkStep(link, place, wanted, false)),
      { do: "write", path: script, script: wanted.script },
    ],
    sync: [script, place],
    publish: [{ do: "rename", path: place, to: wanted.directory }],
  };
}

function planUpdate(
  wanted: Wanted,
  observed: Observed,
  { links, script, history }: {
    links: readonly LinkName[];
    script: NodePlan["script"];
    history: ScriptHistory;
  },
): Pick<NodePlan, "save" | "prepare" | "sync" | "publish"> {
  const path = `${wanted.directory}/${SCRIPT}`;
  const away = `${wanted.directory}/${AWAY}`;
  const aside = `${wanted.directory}/${newName(SCRIPT)}`;
  const now = observed.script;
  const goesAway = links.length > 0 && now !== null && !now.away;
  const isAway = goesAway || now?.away === true;
  const save: SaveStep[] = [];
  const prepare: Step[] = [];
  const publish: Step[] = [];
  // Without a record nothing tells whether a script is ours.
  if (script === "written" && now && now.text !== wanted.script.text) {
    const isOurs = history.sha256 !== null &&
      history.written.includes(history.sha256);
    if (!isOurs) {
      save.push({ do: "save", path: now.away ? away : path, to: history.saveTo });
    }
  }
  if (script === "written") {
    prepare.push({ do: "write", path: aside, script: wanted.script });
  }
  if (goesAway) prepare.push({ do: "rename", path, to: away });
  for (const link of links) {
    const replaces = observed.links[link].kind !== "absent";
    prepare.push(linkStep(link, wanted.directory, wanted, replaces));
  }
  if (script === "written") {
    publish.push({ do: "rename", path: aside, to: path });
    if (isAway) publish.push(remove(away));
  } else if (isAway) publish.push({ do: "rename", path: away, to: path });
  return { save, prepare, sync: script === "written" ? [aside] : [], publish };
}

function remove(path: string): Step {
  return { do: "remove", path };
}

function linkStep(link: LinkName, directory: string, wanted: Wanted, replaces: boolean): Step {
  const path = `${directory}/${link}`;
  const { targets, owners } = wanted;
  return { do: "link", path, target: targets[link], replaces, uid: owners[link] };
}

function isRight(link: LinkName, { targets, owners }: Wanted, { links }: Observed): boolean {
  const now = links[link];
  return now.kind === "link" && now.target === targets[link] &&
    (owners[link] === null || now.uid === owners[link]);
}

function scriptChange(
  wanted: WantedScript,
  { script }: Observed,
  { written, sha256, reset }: ScriptHistory,
): NodePlan["script"] {
  if (!script) return "written";
  if (script.text !== wanted.text) {
    const mayReplace = reset || written.length === 0 ||
      (sha256 !== null && written.includes(sha256));
    return mayReplace ? "written" : "kept";
  }
  const isSame = script.mode === wanted.mode && script.modified === wanted.modified &&
    (wanted.owner === null ||
      (script.uid === wanted.owner.uid && script.gid === wanted.owner.gid));
  return isSame ? "unchanged" : "written";
}
