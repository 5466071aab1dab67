/**
 * The world around a command, as one object: arguments, environment, streams,
 * clock and signal. Tests hand in another one.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import type { SharedInput } from "./read_object.ts";
import type { Later } from "./within.ts";

/** Output could not be written, for instance to a full disk. */
export class OutputError extends Failure {
  override readonly name = "OutputError";

  /**
   * @param message Which output, and why.
   * @param cause The error of the system.
   */
  constructor(message: string, cause: unknown) {
    super(
      "failed",
      { message, hint: "free some space there, or write the output elsewhere" },
      cause,
    );
  }
}

/** A stream that a command writes to. */
export interface Output {
  readonly isTerminal: boolean;
  /** The width of the terminal in characters; 80 where there is none. */
  columns(): number;
  /** The height of the terminal in lines; 24 where there is none. */
  rows(): number;
  /**
   * Writes all of the text. A reader that went away is not an error.
   *
   * @throws {OutputError} If it, or what was written before, cannot be written for another
   * reason.
   */
  write(text: string): void;
  /** Whether something that was written still waits for its reader. */
  isBehind(): boolean;
}

/** A stream that a document comes from. */
export interface Input extends SharedInput {
  readonly isTerminal: boolean;
  /** Tells whether a command before this one is still there to write to it. */
  hasWriter(): Promise<boolean>;
  /** Asks the person at the terminal for a secret. */
  secret(question: string, signal: AbortSignal): Promise<string>;
}

/** What is known of signals once we listen to them. */
export interface Listening {
  /** Whether a hangup ends nothing, as after nohup: what is started must not hear it either. */
  readonly ignoresHangup: boolean;
  /** Whether this process was in the foreground of its terminal then. */
  readonly isForeground: boolean;
}

/** A process as the job of a shell. */
export interface ShellJob {
  /** Whether it is in the foreground of its terminal. */
  readonly isForeground: boolean;
  /** Whether somebody lets it go on if it stops itself. */
  readonly hasShell: boolean;
}

/** Of who listens to nothing: what is over at once. */
export function deaf(): Listening {
  return { ignoresHangup: false, isForeground: true };
}

/** The world around a command. */
export interface Context {
  /** The name it was called by, as the shell script would have printed it. */
  readonly name: string;
  /** The arguments after the command name. */
  readonly args: readonly string[];
  /** The file that runs; `null` when run from the sources. */
  readonly program: string | null;
  env(name: string): string | undefined;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted at ^C, and when the terminal or the system goes away, once we listen. */
  readonly signal: AbortSignal;
  /** From now on, work does not wait for those who read its output. */
  runAhead(): void;
  /**
   * Waits until they have all of it, and from now on always.
   *
   * @throws {OutputError} If it cannot be written.
   */
  catchUp(): Promise<void>;
  /** Begins to listen to that, before a change, before anybody is asked or waited for. */
  listen(): Listening;
  /** Asks what job this process is now. */
  job(): Promise<ShellJob>;
  /** The date, in milliseconds since the epoch; somebody may set that clock while we run. */
  now(): number;
  /** Milliseconds since some moment, by a clock that is never set. */
  elapsed(): number;
  /** Does something after so many milliseconds of that clock. */
  readonly later: Later;
}
