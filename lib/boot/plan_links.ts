/**
 * Decides what to change in the boot directory of a node, and in which order.
 *
 * The order is what makes it safe: the script, which a node fetches first, is
 * taken away before the first link changes and put back after the last one, so
 * no boot directory ever holds a script beside links that do not belong
 * together. A new directory is built aside and renamed in. Stopped after any
 * step, a new plan leads to the same end.
 *
 * @module
 */

import { type Part, PARTS } from "../images/each_of_three.ts";
import { newPath } from "../text/new_name.ts";
import { AWAY, LINK_NAMES, type Observed, OFFLINE, SCRIPT, type Wanted } from "./boot_tree.ts";
import { planScript, removesStray, type ScriptChange, type ScriptHistory } from "./plan_script.ts";
import {
  buildAside,
  linkStep,
  type NodePlan,
  parentOf,
  type Phase,
  remove,
  type Step,
} from "./plan_steps.ts";

/**
 * Plans the changes for one node.
 *
 * @param wanted How its boot directory should be.
 * @param observed How it is. A node that is offline will no longer be.
 * @param history What is known of its script.
 * @returns No steps at all if there is nothing to do.
 */
export function planNode(wanted: Wanted, observed: Observed, history: ScriptHistory): NodePlan {
  if (observed.directory === "absent") return planCreation(wanted);
  const links = PARTS.filter((link) => !isRight(link, wanted, observed));
  const script = planScript(wanted, observed, history);
  if (script.outcome === "kept" && !wanted.script) return KEPT;
  const phases = [
    prepareChange(wanted, observed, { links, script, history }),
    switchLinks(wanted, observed, links),
    publish(wanted, observed, { links, script, history }),
  ];
  const changes = phases.some(({ steps }) => steps.length > 0);
  return {
    change: changes
      ? (isNothing(wanted) ? "removed" : "updated")
      : script.outcome === "kept"
      ? "kept"
      : "unchanged",
    script: script.outcome,
    save: changes ? script.save : [],
    phases: changes ? phases : [],
  };
}

/**
 * Finds what is in the way and is not ours to remove.
 *
 * @param directory The boot directory.
 * @param observed How it is.
 * @returns The path of a file or directory, or `null`.
 */
export function obstacleIn(
  { directory }: Pick<Wanted, "directory">,
  observed: Observed,
): string | null {
  if (observed.directory === "other") return directory;
  const [entry] = observed.obstacles;
  return entry === undefined ? null : `${directory}/${entry}`;
}

/** Somebody changed the script of a node that is to have none: then it keeps its links, too. */
const KEPT: NodePlan = { change: "kept", script: "kept", save: [], phases: [] };

/** A node that is to have neither links nor a script has no directory either. */
function isNothing({ targets, script }: Wanted): boolean {
  return !script && PARTS.every((link) => targets[link] === null);
}

function planCreation(wanted: Wanted): NodePlan {
  const { script } = wanted;
  if (isNothing(wanted)) return { change: "unchanged", script: "missing", save: [], phases: [] };
  return {
    change: "created",
    script: script ? "written" : "missing",
    save: [],
    phases: buildAside(wanted.directory, (place) => {
      const path = `${place}/${SCRIPT}`;
      const links = PARTS.flatMap((link) =>
        linkStep(`${place}/${LINK_NAMES[link]}`, link, wanted) ?? []
      );
      return script
        ? { steps: [...links, { do: "write", path, script }], sync: [path] }
        : { steps: links, sync: [] };
    }),
  };
}

interface Changes {
  readonly links: readonly Part[];
  readonly script: ScriptChange;
  readonly history: ScriptHistory;
}

/** What nobody sees: everything new is made beside its place. */
function prepareChange(
  wanted: Wanted,
  observed: Observed,
  { links, script, history }: Changes,
): Phase {
  const { directory } = wanted;
  const steps: Step[] = [
    // First, as later steps use the same names.
    ...observed.leftovers.map((name) => remove(`${directory}/${name}`)),
    ...removesStray(`${directory}/${AWAY}`, observed.stray, history),
    ...links.flatMap((link) =>
      linkStep(newPath(`${directory}/${LINK_NAMES[link]}`), link, wanted) ?? []
    ),
  ];
  if (script.outcome !== "written" || !wanted.script) return { steps, sync: [] };
  const path = newPath(`${directory}/${SCRIPT}`);
  return { steps: [...steps, { do: "write", path, script: wanted.script }], sync: [path] };
}

/** The links change, while there is no script. */
function switchLinks(wanted: Wanted, observed: Observed, links: readonly Part[]): Phase {
  if (links.length === 0) return { steps: [], sync: [] };
  const { directory, targets } = wanted;
  return {
    steps: [
      ...takesAway(directory, observed),
      ...links.map((link): Step =>
        targets[link] === null ? remove(`${directory}/${LINK_NAMES[link]}`) : {
          do: "rename",
          path: newPath(`${directory}/${LINK_NAMES[link]}`),
          to: `${directory}/${LINK_NAMES[link]}`,
        }
      ),
    ],
    sync: [directory],
  };
}

/** The node boots again; what it does not need any more is removed. */
function publish(wanted: Wanted, observed: Observed, { links, script, history }: Changes): Phase {
  const { directory } = wanted;
  const [path, away] = [`${directory}/${SCRIPT}`, `${directory}/${AWAY}`];
  const isAway = observed.script !== null && (links.length > 0 || observed.script.away);
  const steps: Step[] = [];
  if (script.outcome === "written" || script.outcome === "missing") {
    if (!isAway) steps.push(...takesAway(directory, observed));
    if (script.outcome === "written") {
      steps.push({ do: "publish", path: newPath(`${directory}/${SCRIPT}`), to: path });
    }
    steps.push(...removesStray(away, observed.script, history));
  } else if (isAway) {
    steps.push({ do: "publish", path: away, to: path });
  }
  steps.push(...unpark(directory, observed, history));
  if (isNothing(wanted)) {
    if (!observed.hasOthers) steps.push({ do: "remove-directory", path: directory });
    return { steps, sync: [observed.hasOthers ? directory : parentOf(directory)] };
  }
  return { steps, sync: steps.length > 0 || links.length > 0 ? [directory] : [] };
}

function takesAway(directory: string, { script }: Observed): Step[] {
  if (!script || script.away) return [];
  return [{ do: "rename", path: `${directory}/${SCRIPT}`, to: `${directory}/${AWAY}` }];
}

/** Removes what waited while the node was offline; last of all the mark. */
function unpark(directory: string, { parked }: Observed, history: ScriptHistory): Step[] {
  if (!parked) return [];
  const place = `${directory}/${OFFLINE}`;
  return [
    ...removesStray(`${place}/${SCRIPT}`, parked.script, history),
    ...PARTS.filter((link) => parked.links[link].kind === "link")
      .map((link) => remove(`${place}/${LINK_NAMES[link]}`)),
    { do: "remove-directory", path: place },
  ];
}

function isRight(link: Part, { targets, owners }: Wanted, { links }: Observed): boolean {
  const now = links[link];
  if (targets[link] === null) return now.kind === "absent";
  return now.kind === "link" && now.target === targets[link] &&
    (owners[link] === null || now.uid === owners[link]);
}
