/**
 * Decides how to take a node offline: it boots into the menu until it is put
 * online again, with the links and the script that it had.
 *
 * @module
 */

import { PARTS } from "../images/each_of_three.ts";
import { newName } from "../text/new_name.ts";
import {
  AWAY,
  LINK_NAMES,
  type Observed,
  OFFLINE,
  SCRIPT,
  type ScriptState,
  type Wanted,
  type WantedScript,
} from "./boot_tree.ts";
import { removesStray, saves, type ScriptHistory } from "./plan_script.ts";
import { buildAside, type NodePlan, type Phase, remove, type Step } from "./plan_steps.ts";

/** Nobody but root looks into it, the web server neither. */
const OFFLINE_MODE = 0o700;

/** What a link to a script points to is parked as a copy. */
const COPY = newName(SCRIPT);

/**
 * Plans to take a node offline: first its script is moved to where nobody fetches
 * it, then its links.
 *
 * @param node Its boot directory.
 * @param observed What is there.
 * @param history What is known of its script.
 */
export function planOffline(
  { directory }: Pick<Wanted, "directory">,
  observed: Observed,
  history: ScriptHistory,
): NodePlan {
  if (observed.directory === "absent") return planMark(directory);
  const replaced = observed.script ? observed.parked?.script ?? null : null;
  const phases = [
    prepareParking(directory, observed, { replaced, history }),
    park(directory, observed, history),
  ];
  const changes = phases.some(({ steps }) => steps.length > 0);
  return {
    change: "offline",
    script: "missing",
    save: saves([observed.stray, replaced], observed.script?.text, history),
    phases: changes ? phases : [],
  };
}

/** A node that has no directory yet gets one with nothing in it but the mark. */
function planMark(directory: string): NodePlan {
  return {
    change: "offline",
    script: "missing",
    save: [],
    phases: buildAside(directory, (place) => ({
      steps: [{ do: "make-directory", path: `${place}/${OFFLINE}`, mode: OFFLINE_MODE }],
      sync: [],
    })),
  };
}

/** Of what waits already, only that goes away whose place is taken. */
function prepareParking(
  directory: string,
  observed: Observed,
  { replaced, history }: { replaced: ScriptState | null; history: ScriptHistory },
): Phase {
  const place = `${directory}/${OFFLINE}`;
  const steps: Step[] = [
    ...observed.leftovers.map((name) => remove(`${directory}/${name}`)),
    ...removesStray(`${directory}/${AWAY}`, observed.stray, history),
    ...removesStray(`${place}/${SCRIPT}`, replaced, history),
  ];
  const sync: string[] = [];
  if (observed.script?.isLink) {
    const path = `${directory}/${COPY}`;
    steps.push({ do: "write", path, script: copyOf(observed.script, history) });
    sync.push(path);
  }
  if (observed.parked) return { steps, sync };
  // The mark comes first: interrupted from here on, the node is meant to be offline.
  return {
    steps: [...steps, { do: "make-directory", path: place, mode: OFFLINE_MODE }],
    sync: [...sync, directory],
  };
}

function copyOf(
  { text, mode, uid, gid, modified }: ScriptState,
  history: ScriptHistory,
): WantedScript {
  return {
    text,
    modified,
    mode: mode & 0o777,
    sha256: history.digests.get(text) ?? "",
    owner: { uid, gid },
  };
}

function park(directory: string, { script, links }: Observed, history: ScriptHistory): Phase {
  const place = `${directory}/${OFFLINE}`;
  const steps: Step[] = [];
  if (script) {
    const path = `${directory}/${script.away ? AWAY : SCRIPT}`;
    const from = script.isLink ? `${directory}/${COPY}` : path;
    steps.push({ do: "publish", path: from, to: `${place}/${SCRIPT}` });
    if (script.isLink) steps.push(...removesStray(path, script, history));
  }
  for (const part of PARTS) {
    if (links[part].kind !== "link") continue;
    const name = LINK_NAMES[part];
    steps.push({ do: "rename", path: `${directory}/${name}`, to: `${place}/${name}` });
  }
  return { steps, sync: steps.length > 0 ? [directory, place] : [] };
}
