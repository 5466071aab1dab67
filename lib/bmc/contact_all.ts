/**
 * Contacts many BMCs, each in a session of its own: as many at once as there is room for,
 * and a few first.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { codeOf, isNoProgram, reasonOf } from "../io/failures.ts";
import { askAll, NoRoom, type Pace, type Turn } from "./ask_all.ts";
import type { AttemptOptions } from "./attempts.ts";
import { ipmitoolHangs } from "./bmc_report.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { found, type Trouble } from "./finding.ts";
import { IpmitoolShell } from "./ipmitool_shell.ts";
import { type BmcFlags, type BmcWork, ipmitoolMissing } from "./prepare_bmcs.ts";
import { sessionRoom } from "./session_room.ts";

/** How fast, and how long. */
export type ContactFlags = Pick<BmcFlags, "fanout" | "keep-going" | "cipher" | "bmc-timeout">;

/** What came of a BMC. */
export interface ContactResult {
  readonly state: string;
  readonly reason?: string | null;
}

/** What to do with each BMC. */
export interface Contact<R> {
  /** Begins with a BMC. */
  begin(target: BmcTarget): void;
  /** Works on it. */
  work(target: BmcTarget, options: AttemptOptions & Pick<Turn, "mayTry">): Promise<R>;
  /** What it is where ipmitool could not be started. */
  fails(target: BmcTarget, trouble: Trouble): R;
  /** Takes what came of it; `seconds`: how long it took. */
  end(target: BmcTarget, result: R, seconds: number): void;
}

/**
 * Contacts BMCs until all are done, the first few all refuse the password, or somebody
 * interrupts.
 *
 * @param work The BMCs, the password, and the log.
 * @param contact What to do with each.
 * @param options `flags`: what was asked for; `draft`: the document; `asksFirst`: whether
 * the work asks before a BMC is told the password.
 * @returns The nodes whose BMCs refused, if that was the end; else `null`.
 * @throws {Failure} If ipmitool does not exist any more.
 */
export async function contactAll<R extends ContactResult>(
  work: Pick<BmcWork, "targets" | "password" | "log">,
  contact: Contact<R>,
  { flags, draft, context, asksFirst = false }: Pick<Pace, "asksFirst"> & {
    readonly flags: ContactFlags;
    readonly draft: Draft;
    readonly context: Host["context"];
  },
): Promise<readonly string[] | null> {
  const { targets, log } = work;
  const { signal, elapsed, later } = context;
  const fanout = await sessionRoom(Math.min(flags.fanout, targets.length));
  const common = { ...commonOptions(work, flags, context), crowd: fanout };
  const begun = new Set<BmcTarget>();
  const pace = { fanout, keepGoing: flags["keep-going"], signal, elapsed, later, asksFirst };
  return await askAll(targets, pace, async (target, { isAlone, ...turn }) => {
    const began = elapsed();
    if (!begun.has(target)) contact.begin(target);
    begun.add(target);
    const result = await contact.work(target, {
      ...common,
      ...turn,
      onHang: (pid) => draft.report(...ipmitoolHangs(target, pid)),
      log: (line) => log?.add(target, line),
    }).catch((error) => contact.fails(target, notStarted(error, isAlone())));
    // As if it had not been begun: others refuse the password.
    if (result.reason !== "not-asked") {
      contact.end(target, result, Math.round(elapsed() - began) / 1000);
    }
    return result.state;
  });
}

/** The options that are the same for all BMCs. */
function commonOptions(
  { password }: Pick<BmcWork, "password">,
  flags: ContactFlags,
  { env, signal, later, listen }: Host["context"],
): Omit<AttemptOptions, keyof Turn | "onHang" | "log" | "crowd"> {
  return {
    password: password.text ?? "",
    path: env("PATH"),
    ...listen(),
    cipher: flags.cipher,
    timeout: flags["bmc-timeout"],
    signal,
    later,
    open: (target, options) => new IpmitoolShell(target, options),
  };
}

/** @throws {NoRoom} Where others are asked, and it can be tried when they are done. */
function notStarted(error: unknown, isAlone: boolean): Trouble {
  if (isNoProgram(error)) throw ipmitoolMissing(error);
  if (codeOf(error) === "EMFILE" && !isAlone) throw new NoRoom();
  return found("not-started", `ipmitool could not be started: ${reasonOf(error)}`);
}
