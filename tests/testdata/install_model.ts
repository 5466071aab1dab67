import { assert, assertEquals } from "@std/assert";
import { eitherRecord, type InstallRecord } from "../../lib/install/install_record.ts";
import {
  describeStep,
  DIRECTORY,
  type InstallPlan,
  type InstallStep,
  pathsToLookAt,
  planInstall,
  type WantedItem,
} from "../../lib/install/plan_install.ts";

const RECORD = "/state/record";

/** A model of the disk: the fingerprint of what is at each path. */
export type Disk = ReadonlyMap<string, string>;

/** A disk, and what is recorded on it as ours. */
export interface System {
  readonly disk: Disk;
  readonly record: InstallRecord;
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
export function plan(wanted: readonly WantedItem[], { disk, record }: System): InstallPlan {
  const paths = new Set(pathsToLookAt(wanted, record, RECORD));
  const look = (path: string): string | null => {
    assert(paths.has(path), `nobody looked at ${path}`);
    return disk.get(path) ?? null;
  };
  return planInstall(wanted, record, { look, recordPath: RECORD });
}

/** Carries out a plan, at most some steps of it. */
export function install(wanted: readonly WantedItem[], before: System, cut = Infinity): System {
  const { steps, record } = plan(wanted, before);
  const isNothing = Object.keys(record.items).length === 0;
  const either = isNothing ? before.record : eitherRecord(before.record, record);
  const forRecord = directoriesAbove(RECORD);
  const isForRecord = ({ do: what, path }: InstallStep): boolean =>
    what === "make-directory" && forRecord.includes(path);
  let disk = before.disk;
  for (const step of steps.filter(isForRecord)) disk = apply(disk, step, either);
  if (!isNothing && steps.length > 0) disk = new Map([...disk, [RECORD, "record"]]);
  const others = steps.filter((step) => !isForRecord(step));
  // Once the record is gone, nobody can go on: that is one step with all behind it.
  const last = others.findIndex(({ path }) => path === RECORD);
  const end = last >= 0 && cut > last ? others.length : cut;
  for (const step of others.slice(0, end)) disk = apply(disk, step, either);
  return { disk, record: end >= others.length ? record : either };
}

/** One step, as strict as system calls are; it must not lose what is not ours. */
function apply(before: Disk, step: InstallStep, { items }: InstallRecord): Disk {
  const { path } = step;
  const disk = new Map(before);
  const found = disk.get(path);
  const words = `${describeStep(step)}: found ${found}`;
  const isOurs = found === undefined || path === RECORD || items[path]?.includes(found);
  const isKept = found !== DIRECTORY && found === disk.get(`${path}.orig`);
  if (step.do !== "remove-directory") {
    for (const above of directoriesAbove(path)) assertEquals(disk.get(above), DIRECTORY, words);
  }
  switch (step.do) {
    case "make-directory":
      assertEquals(found, undefined, words);
      disk.set(path, DIRECTORY);
      break;
    case "put":
      assert(isOurs || isKept, words);
      disk.set(path, step.item.kind === "link" ? `-> ${step.item.target}` : step.item.text);
      break;
    case "keep":
      assert(found !== undefined && found !== DIRECTORY && !disk.has(step.to), words);
      disk.set(step.to, found);
      break;
    case "restore": {
      const kept = disk.get(step.from);
      assert(kept !== undefined && (isOurs || isKept), words);
      disk.set(path, kept);
      disk.delete(step.from);
      break;
    }
    case "remove":
      assert(found !== undefined && isOurs && !items[path]?.includes(DIRECTORY), words);
      disk.delete(path);
      break;
    case "remove-directory":
      if (![...disk.keys()].some((inner) => inner.startsWith(`${path}/`))) disk.delete(path);
      break;
  }
  return disk;
}

/** The directories on the way to a path, the outer before the inner. */
export function directoriesAbove(path: string): string[] {
  const names = path.split("/").slice(1, -1);
  return names.map((_, i) => `/${names.slice(0, i + 1).join("/")}`);
}
