/**
 * A session with a BMC, as those need it who work in one.
 *
 * @module
 */

import type { Trouble } from "./finding.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import type { BmcAnswer, IpmiCommand } from "./ipmi.ts";
import type { Attempt } from "./next_attempt.ts";

/** A session with a BMC; it may not be open yet, or not any more. */
export interface Session extends AsyncDisposable {
  /** What ipmitool wrote to standard error so far; of very much only the end. */
  readonly said: string;
  /** Whether there is, or was, a session. */
  readonly isOpen: boolean;
  /** Whether what ends us ended it, for instance ^C: ipmitool may hear it before us. */
  readonly wasInterrupted: boolean;
  /** What became of ipmitool itself, where it was not the BMC that ended the session. */
  readonly mishap: Trouble | null;
  /** Its process, if that went on when it was closed: not even SIGKILL ends it; else `null`. */
  readonly hanging: number | null;
  /**
   * Waits until the session is open.
   *
   * @throws {SessionLost} If it ends before.
   */
  opens(): Promise<void>;
  /**
   * Sends a command and waits for its answer.
   *
   * @throws {SessionLost} If it ends before the answer is complete.
   */
  ask(command: IpmiCommand): Promise<BmcAnswer>;
}

/** The session ended before it gave an answer. */
export class SessionLost extends Error {
  override readonly name = "SessionLost";
}

/** The parameters of a session. */
export interface SessionOptions extends Pick<Attempt, "suite" | "patience"> {
  readonly password: string;
  /** The search path for ipmitool, if there is one. */
  readonly path: string | undefined;
  /** Whether ipmitool must outlive the terminal. */
  readonly ignoresHangup: boolean;
  /** Closes the session, whatever it is doing. */
  readonly signal: AbortSignal;
  /** Seconds that this may take. */
  readonly closing: number;
  /** Takes each line that is said, for the log. */
  log(line: string): void;
}

/** What is called, and as whom. */
export type SessionTarget = Pick<BmcTarget, "address" | "port" | "user" | "key">;

/** Begins to open a session. */
export type OpenSession = (
  target: SessionTarget,
  options: SessionOptions,
) => Session;
