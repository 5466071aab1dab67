import { assert, assertEquals } from "@std/assert";
import {
  eitherRecord,
  type InstallRecord,
  NOTHING_INSTALLED,
} from "../../lib/install/install_record.ts";
import { describeStep, type InstallStep } from "../../lib/install/install_step.ts";
import {
  BEGUN,
  DIRECTORY,
  type InstallPlan,
  pathsToLookAt,
  planInstall,
  type WantedItem,
} from "../../lib/install/plan_install.ts";

/** The state directory, below one that is not always there. */
export const STATE = "/var/state";
const RECORD = `${STATE}/install.json`;
const RECORD_ASIDE = `${STATE}/.install.json.new`;
/** The lock in the state directory. */
export const LOCK = `${STATE}/lock`;

/** A model of the disk: the fingerprint of what is at each path. */
export type Disk = ReadonlyMap<string, string>;

/** A disk, and what is recorded on it as ours. */
export interface System {
  readonly disk: Disk;
  readonly record: InstallRecord;
  /** The directories that this run has made for its lock. */
  readonly made?: readonly string[];
}

/** A link that is wanted. */
export function link(path: string, target: string): WantedItem {
  return { item: { kind: "link", path, target }, fingerprint: `-> ${target}` };
}

/** A file that is wanted; its text is its fingerprint. */
export function file(path: string, text: string): WantedItem {
  return { item: { kind: "file", path, text }, fingerprint: text };
}

/** Plans by what pathsToLookAt() names, and nothing else. */
export function plan(
  wanted: readonly WantedItem[],
  { disk, record, made = [] }: System,
): InstallPlan {
  const paths = new Set(pathsToLookAt(wanted, record, RECORD));
  const look = (path: string): string | null => {
    assert(paths.has(path), `nobody looked at ${path}`);
    const isBegun = path === STATE && disk.get(STATE) === DIRECTORY &&
      namesIn(disk, STATE).every((inner) => inner === LOCK);
    return isBegun || made.includes(path) ? BEGUN : disk.get(path) ?? null;
  };
  return planInstall(wanted, record, { look, recordPath: RECORD });
}

/** Installs, and is killed after some changes. */
export function install(wanted: readonly WantedItem[], before: System, cut = Infinity): System {
  let system = before;
  for (const next of systems(wanted, before)) {
    if (cut-- <= 0) break;
    system = next;
  }
  return system;
}

type Change = (disk: Map<string, string>) => void;

/** What there is after each change. */
function* systems(wanted: readonly WantedItem[], before: System): Generator<System> {
  if (isDone(wanted, before)) return;
  let { disk, record } = before;
  const after = (change: Change): System => {
    const changed = new Map(disk);
    change(changed);
    disk = changed;
    return { disk, record };
  };
  const made = directoriesAbove(RECORD).filter((path) => !before.disk.has(path));
  for (const path of made) yield after((disk) => disk.set(path, DIRECTORY));
  yield after((disk) => disk.set(LOCK, "lock"));
  if (disk.has(RECORD_ASIDE)) yield after((disk) => disk.delete(RECORD_ASIDE));
  const { steps, record: wantedRecord } = plan(wanted, { disk, record, made });
  const either = eitherRecord(record, wantedRecord);
  const isNothing = Object.keys(wantedRecord.items).length === 0;
  if (!isNothing) {
    yield after((disk) => disk.set(RECORD_ASIDE, "half"));
    record = either;
    yield after((disk) => move(disk, RECORD_ASIDE, RECORD));
  }
  for (const step of steps) {
    for (const change of changesOf(step, disk, either)) {
      const next = after(change);
      if (!disk.has(RECORD)) record = NOTHING_INSTALLED;
      yield { ...next, record };
    }
  }
  record = wantedRecord;
  yield { disk, record };
}

function isDone(wanted: readonly WantedItem[], system: System): boolean {
  const { steps, record } = plan(wanted, system);
  return steps.length === 0 && JSON.stringify(record) === JSON.stringify(system.record);
}

/** The changes of a step, as strict as system calls are; it must not lose what is not ours. */
function changesOf(step: InstallStep, disk: Disk, { items }: InstallRecord): Change[] {
  const { path } = step;
  const found = disk.get(path);
  const words = `${describeStep(step)}: found ${found}`;
  const aside = path.replace(/([^/]+)$/, ".$1.new");
  const isAside = /\/\.[^/]*\.new$/.test(path);
  const isOurs = found === undefined || isAside || items[path]?.includes(found);
  const isKept = found !== DIRECTORY && found === disk.get(`${path}.orig`);
  const isDirectory = found === DIRECTORY;
  if (!["remove-directory", "remove", "forget"].includes(step.do)) {
    for (const above of directoriesAbove(path)) assertEquals(disk.get(above), DIRECTORY, words);
  }
  switch (step.do) {
    case "make-directory":
      if (isDirectory) return [];
      return [(disk) => disk.set(aside, DIRECTORY), (disk) => move(disk, aside, path)];
    case "put": {
      assert(isOurs || isKept, words);
      const text = step.item.kind === "link" ? `-> ${step.item.target}` : step.item.text;
      return [(disk) => disk.set(aside, "half"), (disk) => {
        disk.delete(aside);
        disk.set(path, text);
      }];
    }
    case "keep":
      assert(found !== undefined && !isDirectory && !disk.has(step.to), words);
      return [(disk) => disk.set(step.to, found)];
    case "restore":
      assert(disk.has(step.from) && (isOurs || isKept), words);
      return [(disk) => move(disk, step.from, path)];
    case "remove":
      assert(!isDirectory && isOurs, words);
      return [(disk) => disk.delete(path)];
    case "forget":
      return [(disk) => disk.delete(path)];
    case "remove-directory":
      if (path === STATE && namesIn(disk, STATE).every((inner) => inner === LOCK)) {
        return [(disk) => disk.delete(LOCK), (disk) => disk.delete(path)];
      }
      return [(disk) => {
        if (namesIn(disk, path).length === 0) disk.delete(path);
      }];
  }
}

function move(disk: Map<string, string>, from: string, to: string): void {
  const found = disk.get(from);
  assert(found !== undefined, `${from} is not there`);
  disk.delete(from);
  disk.set(to, found);
}

function namesIn(disk: Disk, directory: string): string[] {
  return [...disk.keys()].filter((path) => path.replace(/\/[^/]*$/, "") === directory);
}

/** The directories on the way to a path, the outer before the inner. */
export function directoriesAbove(path: string): string[] {
  const names = path.split("/").slice(1, -1);
  return names.map((_, i) => `/${names.slice(0, i + 1).join("/")}`);
}
