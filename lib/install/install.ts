/**
 * Installs pitboot on a PIT, and undoes that.
 *
 * @module
 */

import { pageDate } from "../cli/man.ts";
import {
  type COMMON_OPTIONS,
  type DRY_RUN_OPTIONS,
  type Manual,
  pathOptions,
} from "../cli/manual.ts";
import { directory, flag, type Flags, optionalFile, type ValueOption } from "../cli/options.ts";
import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { Turns } from "../history/lock_state.ts";
import { heldFailure } from "../history/claim_words.ts";
import { readClaimFiles } from "../history/read_claims.ts";
import { installPath, lockPath } from "../history/state_paths.ts";
import { ifThere } from "../io/failures.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { applyInstall, fingerprintOf, lookAt, readInstallRecord } from "./apply_install.ts";
import { type InstallRecord, NOTHING_INSTALLED } from "./install_record.ts";
import { describeStep } from "./install_step.ts";
import {
  directoriesAbove,
  type InstallPlan,
  pathsToLookAt,
  planInstall,
  type WantedItem,
} from "./plan_install.ts";
import { checkOwnPlaces, checkOwnProgram } from "./own_places.ts";
import { type Item, programLinks, sharedFiles } from "./shared_files.ts";
import { removeIfEmpty } from "./state_folders.ts";

/** Options of `install`. */
export const INSTALL_OPTIONS = {
  prefix: absolute(directory("Directory for the links.", "/root/bin")),
  binary: optionalFile("The program that the links point to (default: the running one)."),
  uninstall: flag("Undo the installation."),
  state: absolute(pathOptions("state").state),
};

/** Where manual pages and completion go that no package brought. */
const SHARE = "/usr/local/share";
/** Where the package puts the program, and a file by which it is known. */
const PACKAGED = { program: "/usr/bin/pitboot", page: "/usr/share/man/man8/pitboot.8.gz" };

type InstallFlags = Flags<typeof INSTALL_OPTIONS & typeof DRY_RUN_OPTIONS & typeof COMMON_OPTIONS>;

/**
 * Carries out `install`.
 *
 * @param flags What is asked for.
 * @param host The system to install on, and what to say there.
 * @param manuals Gets the manuals of all commands.
 * @throws {Failure} If something is in the way, or cannot be done.
 */
export async function install(
  flags: InstallFlags,
  host: Host,
  manuals: () => Promise<readonly Manual[]>,
): Promise<void> {
  const { root, reporter, context } = host;
  root.check();
  const program = flags.uninstall ? null : findProgram(flags, host);
  if (program !== null) checkOwnProgram(root, program);
  const wanted = program === null ? [] : await wantedItems(program, flags, host, manuals);
  const task = { host, wanted, program, state: flags.state };
  const seen = await planNow(task);
  checkOwnPlaces(root, seen.plan.steps);
  const { plan, before } = flags["dry-run"] || isDone(seen) ? seen : await change(task, seen.plan);
  refuseBlocked(plan);
  for (const path of plan.changed) {
    reporter.say(`${path} was changed after installation; kept`);
  }
  // What is left of an uninstall that was killed is not worth a word.
  const isTold = !flags.uninstall || before !== NOTHING_INSTALLED;
  const lines = isTold ? plan.steps.map((step) => `${describeStep(step)}\n`) : [];
  if (!flags.quiet) context.stdout.write(lines.join(""));
  const done = flags.uninstall ? "nothing left to remove" : "everything is in place";
  if (lines.length === 0) reporter.say(`nothing to do: ${done}`);
}

/** What is to be installed, and where. */
interface Task {
  readonly host: Host;
  readonly wanted: readonly WantedItem[];
  readonly program: string | null;
  readonly state: string;
  /** The directories that were made for the lock. */
  readonly made?: readonly string[];
}

/** A plan, and what was ours when it was made. */
interface Planned {
  readonly plan: InstallPlan;
  readonly before: InstallRecord;
}

async function planNow(
  { host: { root }, wanted, program, state, made = [] }: Task,
): Promise<Planned> {
  const recordPath = installPath(state);
  const before = readInstallRecord(root, recordPath);
  const paths = pathsToLookAt(wanted, before, recordPath);
  // Another run may have made them, too, and recorded them.
  const ours = made.filter((path) => !before.folders.includes(path));
  const found = await lookAt(root, paths, { program, state, made: ours });
  const look = (path: string): string | null => found.get(path) ?? null;
  return { plan: planInstall(wanted, before, { look, recordPath }), before };
}

function isDone({ plan: { steps, blocked, record }, before }: Planned): boolean {
  return steps.length === 0 && blocked.length === 0 &&
    JSON.stringify(record) === JSON.stringify(before);
}

/** Plans once more while nobody else changes anything, and does it. */
async function change(task: Task, seen: InstallPlan): Promise<Planned> {
  const { host, state } = task;
  const isThere = (path: string): boolean => ifThere(() => host.root.lstat(path)) !== null;
  // Where there is no lock, no pitboot is running: what is in the way stays there.
  if (!isThere(lockPath(state))) refuseBlocked(seen);
  const made = directoriesAbove([lockPath(state)]).filter((path) => !isThere(path));
  try {
    using _turn = await new Turns(state, host).take();
    if (task.program === null) await refuseRunning(task);
    return await changeLocked({ ...task, made });
  } catch (error) {
    removeEmpty(made.toReversed(), new WritableRoot(host.root));
    throw error;
  }
}

async function changeLocked(task: Task): Promise<Planned> {
  const apply = ({ plan, before }: Planned): void =>
    applyInstall(plan, task.host.root, { before, recordPath: installPath(task.state) });
  let { made = [] } = task;
  try {
    const planned = await planNow(task);
    made = [...made, ...planned.before.folders];
    refuseBlocked(planned.plan);
    apply(planned);
    return planned;
  } catch (error) {
    await takeBack({ ...task, made }, apply);
    throw error;
  }
}

/** Who is running may need what is to be removed; what was killed has left its claim. */
async function refuseRunning({ host: { root, context }, state }: Task): Promise<void> {
  const files = await readClaimFiles(root, state);
  const [claim] = files.flatMap(({ claim }) => claim ?? []);
  if (claim) throw heldFailure(claim, context.now());
  const writable = new WritableRoot(root);
  for (const { path } of files) writable.removeIfThere(path, "remove it, and run again");
}

/** Takes back what was made for the lock, or is no longer recorded, unless something is. */
async function takeBack(task: Task, apply: (planned: Planned) => void): Promise<void> {
  try {
    const planned = await planNow({ ...task, wanted: [], program: null });
    if (planned.before === NOTHING_INSTALLED) apply(planned);
  } catch {
    // What went wrong first is what matters.
  }
}

/** Removes directories, the inner first, up to one that holds something. */
function removeEmpty(paths: readonly string[], root: WritableRoot): void {
  try {
    for (const path of paths) removeIfEmpty(root, path);
  } catch {
    // What went wrong first is what matters.
  }
}

async function wantedItems(
  program: string,
  { prefix }: InstallFlags,
  { root, context }: Host,
  manuals: () => Promise<readonly Manual[]>,
): Promise<WantedItem[]> {
  const isPackaged = program === PACKAGED.program && ifThere(() => root.lstat(PACKAGED.page));
  const items: Item[] = [
    ...programLinks(prefix, program),
    ...isPackaged
      ? []
      : sharedFiles(await manuals(), { share: SHARE, date: pageDate(context.now()) }),
  ];
  return await Promise.all(
    items.map(async (item) => ({ item, fingerprint: await fingerprintOf(item) })),
  );
}

/** Where the program is that links are to point to, as seen from inside. */
function findProgram(flags: InstallFlags, { root, context: { program } }: Host): string {
  const hint = "name the compiled pitboot with --binary FILE";
  if (flags.binary !== null) {
    const path = flags.binary.startsWith("/") || flags.root !== "/"
      ? flags.binary
      : Deno.realPathSync(flags.binary);
    const { isFile, mode } = root.stat(path, hint);
    if (isFile && (mode & 0o111) !== 0) return path;
    throw new Failure("failed", { message: `${path} is not a program`, hint });
  }
  if (program === null) {
    throw new Failure("failed", {
      message: "pitboot runs from its sources, so there is no program to link to",
      hint,
    });
  }
  const real = Deno.realPathSync(program);
  const inside = root.inside(real);
  if (inside !== null) return inside;
  throw new Failure("failed", {
    message: `${real} is not below --root: links there cannot point to it`,
    hint: "copy it there, and name it with --binary as seen from inside",
  });
}

function refuseBlocked({ blocked, kept }: InstallPlan): void {
  if (blocked.length === 0) return;
  const both = kept.length > 0 ? ` (what was there before pitboot is kept as ${kept})` : "";
  throw new Failure("failed", {
    message: `in the way, and not installed by pitboot: ${blocked.join(", ")}${both}`,
    hint: "nothing was changed; move it away and run again",
  });
}

/** A directory that we may have to make, with all that is above it. */
function absolute(option: ValueOption<string>): ValueOption<string> {
  return {
    ...option,
    parse: (text) => {
      if (!text.startsWith("/")) throw new SyntaxError("expected a path that begins with /");
      return text.replace(/\/+/g, "/").replace(/\/$/, "");
    },
  };
}
