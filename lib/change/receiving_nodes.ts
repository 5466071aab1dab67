/**
 * To which nodes the web server is sending something now: the log tells of a transfer only
 * when it has ended.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { hostAt } from "../progress/host_at.ts";
import { transfersNow } from "../progress/transfers.ts";
import { isTransfer } from "../progress/watch_transfers.ts";

/**
 * Asks `ss`; where it is missing, nobody is known to receive anything.
 *
 * @param statics Which addresses nodes have.
 * @param host Below `--root` are connections of another machine: then nobody is asked.
 */
export async function receivingNodes(
  statics: Parameters<typeof hostAt>[1],
  { root: { isMachine }, context, reporter }: {
    readonly root: Pick<Host["root"], "isMachine">;
    readonly context: Pick<Host["context"], "env" | "signal">;
    readonly reporter: Pick<Host["reporter"], "detail">;
  },
): Promise<ReadonlySet<string>> {
  if (!isMachine) return new Set();
  const transfers = await transfersNow(context);
  if (typeof transfers === "string") {
    reporter.detail(`cannot tell who receives a file: ${transfers}`);
    return new Set();
  }
  return new Set(
    transfers.filter(isTransfer).flatMap(({ address }) => hostAt(address, statics) ?? []),
  );
}
