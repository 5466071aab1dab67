/**
 * To which nodes the web server is sending something now: the log tells of a transfer only
 * when it has ended.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { isNoProgram, reasonOf } from "../io/failures.ts";
import { programRunner } from "../io/run_program.ts";
import { hostAt } from "../progress/host_at.ts";
import { parseTransfers, SS_ARGUMENTS } from "../progress/transfers.ts";
import { isTransfer } from "../progress/watch_transfers.ts";

/**
 * Asks `ss`; where it is missing, nobody is known to receive anything.
 *
 * @param statics Which addresses nodes have.
 * @param host Below `--root` are connections of another machine: then nobody is asked.
 */
export async function receivingNodes(
  statics: Parameters<typeof hostAt>[1],
  { root: { isMachine }, context: { env, signal }, reporter }: {
    readonly root: Pick<Host["root"], "isMachine">;
    readonly context: Pick<Host["context"], "env" | "signal">;
    readonly reporter: Pick<Host["reporter"], "detail">;
  },
): Promise<ReadonlySet<string>> {
  if (!isMachine) return new Set();
  const detail = (why: string): void => reporter.detail(`cannot tell who receives a file: ${why}`);
  try {
    const run = programRunner(env("PATH") ?? "", signal);
    const { code, stdout, stderr } = await run("ss", SS_ARGUMENTS);
    if (code !== 0) detail(`ss: ${stderr.split("\n")[0]}`);
    const transfers = parseTransfers(new TextDecoder().decode(stdout));
    return new Set(
      transfers.filter(isTransfer)
        .flatMap(({ address }) => hostAt(address, statics) ?? []),
    );
  } catch (error) {
    signal.throwIfAborted();
    detail(isNoProgram(error) ? "there is no program ss" : `ss: ${reasonOf(error)}`);
    return new Set();
  }
}
