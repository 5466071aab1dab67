/**
 * The outcome of a document: its status and the exit code.
 *
 * @module
 */

import { nodeOf } from "../text/host_name.ts";
import type { Document } from "./document.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { isLockedOut } from "./locked_out.ts";
import { type Kind, kindOf } from "./problems.ts";

/** Status and exit code of a document. */
export interface Outcome {
  readonly status: Document["status"];
  readonly exit: ExitCode;
}

/** The exit codes, the most telling first. */
const PRECEDENCE: readonly ExitCode[] = [EXIT.timeout, EXIT.denied, EXIT.partial];

/**
 * Derives status and exit code from the problems of a document, so that a
 * command which only passes a failed document on exits as the one that failed.
 *
 * An error fails the document. A BMC that could not be set counts only until
 * its node has a lease: the lease decides. Where all BMCs without a lease refused the
 * credentials, this counts, not the wait.
 *
 * @param document Any document; its `status` is not looked at.
 *
 * @example
 * ```ts
 * import { EMPTY_DOCUMENT } from "./empty_document.ts";
 * import { outcomeOf } from "./outcome.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(outcomeOf(EMPTY_DOCUMENT), { status: "ok", exit: 0 });
 * ```
 */
export function outcomeOf(document: Pick<Document, "problems" | "leases" | "bmcs">): Outcome {
  const error = document.problems.find(({ severity }) => severity === "error");
  if (error) return { status: "failed", exit: kindOf(error.code)?.exit || EXIT.failed };
  const leased = new Set(document.leases?.map(({ bmc }) => nodeOf(bmc)));
  const locked = new Set(document.bmcs?.filter(isLockedOut).map(({ node }) => node));
  const isSettled = (nodes: readonly string[]): boolean =>
    nodes.length > 0 && nodes.every((node) => leased.has(node));
  const codes = document.problems.flatMap(({ code, nodes }) => {
    const kind = kindOf(code);
    return kind && !(kind.untilLeased && isSettled(nodes)) ? [exitFor(kind, nodes, locked)] : [];
  });
  const exit = PRECEDENCE.find((code) => codes.includes(code));
  return exit ? { status: "partial", exit } : { status: "ok", exit: EXIT.done };
}

/** The exit code that a problem asks for; `locked`: the nodes whose BMCs refuse the credentials. */
function exitFor(kind: Kind, nodes: readonly string[], locked: ReadonlySet<string>): ExitCode {
  const isInVain = nodes.length > 0 && nodes.every((node) => locked.has(node));
  return kind.exit === EXIT.timeout && isInVain ? EXIT.denied : kind.exit;
}

/**
 * Tells how a command ends that hands a document on. One that failed for a reason which
 * we do not know is passed on.
 *
 * @param document The document, with its status.
 */
export function exitOf(document: Document): ExitCode {
  const { status, exit } = outcomeOf(document);
  return document.status === "failed" && status !== "failed" ? EXIT.failed : exit;
}
