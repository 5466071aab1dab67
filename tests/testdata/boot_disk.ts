/**
 * A model of the disk with the boot directory of one node, and of what steps do to
 * it: as strict as system calls are.
 *
 * @module
 */

import fc from "../npm/fast_check.ts";
import {
  AWAY,
  LINK_NAMES,
  LINKS,
  type Links,
  type Observed,
  OFFLINE,
  SCRIPT,
  type ScriptState,
  type Wanted,
} from "../../lib/boot/boot_tree.ts";
import type { Decide } from "../../lib/change/planner.ts";
import type { ScriptHistory } from "../../lib/boot/plan_script.ts";
import type { NodePlan, SaveStep, Step } from "../../lib/boot/plan_steps.ts";
import { eachOfThree, type Part, PARTS } from "../../lib/images/each_of_three.ts";
import { newName } from "../../lib/text/new_name.ts";

/** What stands at a path. */
export type Entry =
  | { readonly kind: "directory" }
  | { readonly kind: "link"; readonly target: string; readonly uid: number }
  | { readonly kind: "file"; readonly text: string; readonly modified: number };
/** What stands at each path. */
export type Disk = ReadonlyMap<string, Entry>;

/** The node. */
export const NODE = "ncn-w001";
/** Its boot directory. */
export const DIRECTORY = `/var/www/${NODE}`;
/** Where its scripts are saved; their digest is added. */
export const SAVE_AS = "/var/lib/pitboot/saved/script";

/** What the node should be. */
export const WANTED: Wanted = {
  name: NODE,
  directory: DIRECTORY,
  role: "kubernetes",
  targets: eachOfThree((part) => `../new/${part}`),
  owners: { kernel: 0, initrd: 0, rootfs: 7 },
  script: { text: "ours", sha256: "sha of ours", mode: 0o644, owner: null, modified: 1000 },
  isEdited: false,
};

/** What is known besides the disk. */
export type Known = Pick<ScriptHistory, "written" | "reset">;

const scripts = fc.constantFrom("", "ours", "ours, older", "edited");
const links = fc.tuple(...PARTS.map((part) =>
  fc.constantFrom<Entry | null>(
    null,
    { kind: "link", target: WANTED.targets[part] ?? "", uid: WANTED.owners[part] ?? 0 },
    { kind: "link", target: WANTED.targets[part] ?? "", uid: 99 },
    { kind: "link", target: `../old/${part}`, uid: 0 },
  )
));

/** Any state that runs, cut off or not, and administrators may leave. */
export const disks: fc.Arbitrary<Disk> = fc.record({
  exists: fc.boolean(),
  links,
  temporary: fc.subarray([...LINKS, SCRIPT].map(newName)),
  script: scripts,
  modified: fc.constantFrom(1000, 2000),
  away: scripts,
  parked: fc.option(fc.record({ links, script: scripts })),
}).map(({ exists, links, temporary, script, modified, away, parked }) => {
  const disk = new Map<string, Entry>();
  if (!exists) return disk;
  disk.set(DIRECTORY, { kind: "directory" });
  const put = (place: string, links: readonly (Entry | null)[], script: string): void => {
    for (const [i, name] of LINKS.entries()) {
      const link = links[i];
      if (link) disk.set(`${place}/${name}`, link);
    }
    if (script) disk.set(`${place}/${SCRIPT}`, { kind: "file", text: script, modified });
  };
  put(DIRECTORY, links, script);
  for (const name of temporary) {
    disk.set(`${DIRECTORY}/${name}`, { kind: "file", text: "half", modified: 1 });
  }
  if (away) disk.set(`${DIRECTORY}/${AWAY}`, { kind: "file", text: away, modified });
  if (parked) {
    disk.set(`${DIRECTORY}/${OFFLINE}`, { kind: "directory" });
    put(`${DIRECTORY}/${OFFLINE}`, parked.links, parked.script);
  }
  return disk;
});

/** Anything that may be known. */
export const histories: fc.Arbitrary<Known> = fc.record({
  written: fc.constantFrom<readonly string[]>(
    [],
    ["sha of ours"],
    ["sha of ours, older"],
    ["sha of ours, older", "sha of ours"],
  ),
  reset: fc.boolean(),
});

/** Plans, and lists all that is done, in its order. */
export function planFor(
  disk: Disk,
  { written, reset }: Known,
  { decide, wanted = WANTED }: { decide: Decide; wanted?: Wanted },
): { plan: NodePlan; steps: (Step | SaveStep)[] } {
  const observed = observe(disk);
  const texts = [observed.script, observed.stray, observed.parked?.script]
    .flatMap((script) => script?.text ?? []);
  const digests = new Map(texts.map((text) => [text, `sha of ${text}`]));
  const plan = decide(wanted, observed, { written, reset, digests, saveAs: SAVE_AS });
  return { plan, steps: [...plan.save, ...plan.phases.flatMap(({ steps }) => steps)] };
}

/** What lib/boot/observe_node.ts would see on that disk. */
export function observe(disk: Disk): Observed {
  const here = fileAt(disk, `${DIRECTORY}/${SCRIPT}`, false);
  const away = fileAt(disk, `${DIRECTORY}/${AWAY}`, true);
  return {
    directory: disk.has(DIRECTORY) ? "directory" : "absent",
    links: linksIn(disk, DIRECTORY),
    script: here ?? away,
    stray: here ? away : null,
    parked: disk.has(`${DIRECTORY}/${OFFLINE}`)
      ? {
        links: linksIn(disk, `${DIRECTORY}/${OFFLINE}`),
        script: fileAt(disk, `${DIRECTORY}/${OFFLINE}/${SCRIPT}`, false),
      }
      : null,
    obstacles: [],
    leftovers: [...LINKS, SCRIPT].map(newName).filter((name) => disk.has(`${DIRECTORY}/${name}`)),
  };
}

function linksIn(disk: Disk, place: string): Links {
  return eachOfThree((part) => {
    const entry = disk.get(`${place}/${LINK_NAMES[part]}`);
    return entry?.kind === "link" ? { ...entry } : { kind: "absent" };
  });
}

function fileAt(disk: Disk, path: string, away: boolean): ScriptState | null {
  const entry = disk.get(path);
  if (entry?.kind !== "file") return null;
  return { text: entry.text, modified: entry.modified, mode: 0o644, uid: 0, gid: 0, away };
}

/** One step, as strict as system calls are. */
export function apply(before: Disk, step: Step | SaveStep): Disk {
  const disk = new Map(before);
  const must = (path: string): Entry => {
    const entry = disk.get(path);
    if (!entry) throw new Error(`${JSON.stringify(step)}: ${path} is not there`);
    return entry;
  };
  const mustNot = (path: string): void => {
    if (disk.has(path)) throw new Error(`${JSON.stringify(step)}: ${path} is there already`);
    if (path.startsWith(`${DIRECTORY}/`)) must(path.slice(0, path.lastIndexOf("/")));
  };
  const isIn = (path: string, directory: string): boolean => path.startsWith(`${directory}/`);
  if (!("do" in step)) {
    disk.set(step.to, { kind: "file", text: step.text, modified: 0 });
    return disk;
  }
  const { path } = step;
  switch (step.do) {
    case "make-directory":
      mustNot(path);
      disk.set(path, { kind: "directory" });
      break;
    case "link":
      mustNot(path);
      disk.set(path, { kind: "link", target: step.target, uid: step.uid ?? 0 });
      break;
    case "write":
      mustNot(path);
      disk.set(path, { kind: "file", text: step.script.text, modified: step.script.modified });
      break;
    case "publish":
      mustNot(step.to);
      disk.set(step.to, must(path));
      disk.delete(path);
      break;
    case "rename":
      if (must(path).kind === "directory") mustNot(step.to);
      for (const [each, entry] of before) {
        if (each !== path && !isIn(each, path)) continue;
        disk.delete(each);
        disk.set(step.to + each.slice(path.length), entry);
      }
      break;
    case "discard": {
      const entry = must(path);
      if (entry.kind === "file" && entry.text !== step.text) {
        disk.set(`${step.saveAs}.sha of ${entry.text}`.slice(0, -entry.text.length), entry);
      }
      disk.delete(path);
      break;
    }
    case "remove":
      must(path);
      disk.delete(path);
      break;
    case "remove-directory":
      must(path);
      if (![...disk.keys()].some((each) => isIn(each, path))) disk.delete(path);
      break;
  }
  return disk;
}

/** Whether the bytes of a script are somewhere. */
export function hasText(disk: Disk, text: string): boolean {
  return [...disk.values()].some((entry) => entry.kind === "file" && entry.text === text);
}

/** Whether a link is as it should be. */
export function isRight(disk: Disk, part: Part): boolean {
  const entry = disk.get(`${DIRECTORY}/${LINK_NAMES[part]}`);
  return entry?.kind === "link" && entry.target === WANTED.targets[part] &&
    entry.uid === WANTED.owners[part];
}
