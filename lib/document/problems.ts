/**
 * All problems by code: how bad each is and which exit code it asks for.
 *
 * @module
 */

import type { Problem } from "./document.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { type Hint, hintText, type Typed } from "./hint.ts";

/** The severity of a kind of problem, and what comes of it. */
export interface Kind {
  /** An error ends the chain; a warning does not. */
  readonly severity: "error" | "warning";
  readonly exit: ExitCode;
  /** Counts only until its nodes have a lease: the lease decides. */
  readonly untilLeased: boolean;
}

function error(exit: ExitCode): Kind {
  return { severity: "error", exit, untilLeased: false };
}

function warning(exit: ExitCode = EXIT.done): Kind {
  return { severity: "warning", exit, untilLeased: false };
}

function untilLeased(exit: ExitCode): Kind {
  return { ...warning(exit), untilLeased: true };
}

/** Every code that a problem may have. Codes are only ever added. */
export const PROBLEM_KINDS = {
  "interrupted": error(EXIT.interrupted),
  "failed": error(EXIT.failed),
  "document-invalid": error(EXIT.failed),
  "document-missing": error(EXIT.timeout),
  "usage": error(EXIT.usage),
  "input-missing": error(EXIT.usage),
  "file-missing": error(EXIT.failed),
  "file-unreadable": error(EXIT.failed),
  "file-unwritable": error(EXIT.failed),
  "file-invalid": error(EXIT.failed),
  "locked": error(EXIT.failed),
  "place-unsafe": error(EXIT.failed),
  "place-shared": warning(),

  "images-missing": error(EXIT.images),
  "images-unfit": error(EXIT.images),
  "kernel-mismatch": error(EXIT.images),
  "kernel-mismatch-allowed": warning(),
  "images-accepted": warning(),
  "accept-needless": warning(),
  "images-not-needed": warning(),
  "images-spread": warning(),
  "images-higher": warning(),
  "images-future": warning(),
  "images-dangling": warning(),
  "images-lost": warning(),
  "images-not-secured": warning(),
  "images-not-whole": warning(),
  "releases-mixed": warning(EXIT.partial),
  "releases-differ": warning(),
  "releases-part": warning(),
  "live-dirs-differ": warning(),
  "rootfs-kept": warning(),

  "ipmitool-missing": error(EXIT.failed),
  "ipmitool-hangs": warning(),
  "curl-missing": warning(),
  "curl-required": error(EXIT.failed),
  "ipmi-stays-off": warning(),
  "password-unfit": error(EXIT.failed),
  "password-missing": warning(),
  "log-unwritable": warning(),
  "statics-doubtful": warning(),
  "conman-missing": warning(),
  "console-unusable": warning(),
  "console-unknown": warning(),
  "bmc-unlisted": warning(),
  "bmc-unreachable": untilLeased(EXIT.partial),
  "bmc-failed": untilLeased(EXIT.partial),
  "bmc-unknown": untilLeased(EXIT.partial),
  "bmc-denied": untilLeased(EXIT.denied),

  "leases-missing": warning(EXIT.timeout),
  "leases-elsewhere": warning(),
  "leases-unexpected": warning(),
  "leases-several": warning(),
  "leases-replaced": warning(),
  "leases-unreadable": warning(EXIT.partial),

  "script-missing": error(EXIT.failed),
  "script-unfit": error(EXIT.failed),
  "script-without-luks": warning(),
  "script-kept": warning(),
  "script-edited": warning(),
  "script-outdated": warning(),
  "script-saved": warning(),
  "release-unset": warning(),
  "release-dropped": warning(),
  "release-unfit": error(EXIT.failed),
  "lease-unknown": warning(),
  "node-without-role": warning(EXIT.partial),
  "nodes-none": warning(EXIT.partial),
  "node-fetching": warning(),
  "web-refused": warning(),
  "node-blocked": error(EXIT.failed),
  "node-failed": warning(EXIT.partial),
  "nodes-failed": error(EXIT.failed),
  "node-offline": warning(),
  "node-not-whole": warning(EXIT.partial),

  "check-failed": warning(EXIT.partial),
  "check-warned": warning(),

  "boot-stuck": warning(),
  "boot-fault": warning(),
  "boot-stranger": warning(),
  "boot-unseen": warning(),
  "boot-late": warning(EXIT.timeout),
  "power-failed": warning(EXIT.partial),
  "power-unreachable": warning(EXIT.partial),
  "power-denied": warning(EXIT.denied),
  "power-unknown": warning(EXIT.partial),
  "power-refused": warning(EXIT.partial),
  "power-skipped": warning(EXIT.partial),
  "power-after-outage": warning(),
  "bmc-clock": warning(),

  "generation-missing": error(EXIT.failed),
  "generation-changed": error(EXIT.failed),
  "history-unfinished": warning(),
  "install-replaced": warning(),
  "running": warning(),
} as const satisfies Record<string, Kind>;

/** A stable word for a kind of problem. */
export type ProblemCode = keyof typeof PROBLEM_KINDS;

/** The content of a problem besides its code. */
export interface ProblemDetails {
  /** The failure: what failed, where, and what was found; one sentence or two. */
  readonly message: string;
  /** The next step. */
  readonly hint?: Hint | undefined;
  /** The nodes that it concerns. */
  readonly nodes?: readonly string[] | undefined;
}

/** A problem before it is known which stage saw it. */
export type Report = readonly [code: ProblemCode, details: ProblemDetails];

/**
 * Finds what is known of a code.
 *
 * @param code A code, perhaps of a newer pitboot.
 */
export function kindOf(code: string): Kind | null {
  return Object.hasOwn(PROBLEM_KINDS, code) ? PROBLEM_KINDS[code as ProblemCode] : null;
}

/**
 * Makes an entry for the `problems` of the document.
 *
 * @param stage The command that saw it, for instance `bmc-dhcp`.
 * @param code What kind of problem it is.
 * @param details The words, and the nodes.
 * @param typed Writes the commands of its hint.
 */
export function problem(
  stage: string,
  code: ProblemCode,
  details: ProblemDetails,
  typed: Typed,
): Problem {
  return {
    stage,
    severity: PROBLEM_KINDS[code].severity,
    code,
    nodes: [...details.nodes ?? []],
    message: details.message,
    hint: hintText(details.hint, typed) ?? null,
  };
}

/**
 * An error that ends a stage and whose problem goes into the document. It
 * carries what the administrator needs; it is never shown with a stack trace.
 */
export class Failure extends Error {
  override readonly name: string = "Failure";
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  /**
   * @param code What kind of problem it is.
   * @param details The words, and the nodes.
   * @param cause What was caught, if anything.
   */
  constructor(code: ProblemCode, details: ProblemDetails, cause?: unknown) {
    super(details.message, { cause });
    this.code = code;
    this.details = details;
  }
}

/**
 * Does something, and something else where that is refused.
 *
 * @param work What to do.
 * @param instead What to do with a failure.
 * @throws What `work` throws that is no failure.
 */
export function orElse<T, U>(work: () => T, instead: (failure: Failure) => U): T | U {
  try {
    return work();
  } catch (error) {
    return onFailure(instead)(error);
  }
}

/**
 * Makes of {@linkcode orElse} what a promise's `catch()` takes.
 *
 * @param instead What to do with a failure.
 */
export function onFailure<U>(instead: (failure: Failure) => U): (error: unknown) => U {
  return (error) => {
    if (error instanceof Failure) return instead(error);
    throw error;
  };
}
