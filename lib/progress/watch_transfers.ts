/**
 * How transfers go on from one look to the next.
 *
 * @module
 */

import type { Transfer } from "./transfers.ts";

/** A file that a node receives. */
export interface Receiving {
  /** What has arrived over its connection, in bytes, with headers. */
  readonly acked: number;
  /** What the server has handed over, and has not arrived, in bytes. */
  readonly queued: number;
  /** Bytes per second since the look before; `null` at the first, and where none came. */
  readonly rate: number | null;
  /** When something last arrived, milliseconds since the epoch. */
  readonly grew: number;
}

/** A connection at the last look. */
interface Watched extends Receiving {
  /** When that was. */
  readonly at: number;
}

/** No script and no page of an error is as long, in bytes. */
const MORE_THAN_A_PAGE = 65_536;

/** Remembers transfers from look to look. */
export class TransferWatch {
  #known: ReadonlyMap<string, Watched> = new Map();

  /**
   * Takes what is under way now.
   *
   * @param transfers Of all clients. Where nothing waits to be sent, a server may wait for
   * its disk: such a one counts if it has sent more than a page.
   * @param now Milliseconds since the epoch.
   * @returns By the address of the client.
   */
  look(transfers: readonly Transfer[], now: number): ReadonlyMap<string, Receiving> {
    const next = new Map<string, Watched>();
    const byAddress = new Map<string, Receiving>();
    for (const transfer of transfers.filter(isTransfer)) {
      const { address, port } = transfer;
      const watched = watchedNow(transfer, this.#known.get(`${address} ${port}`), now);
      next.set(`${address} ${port}`, watched);
      // One that a node left behind lasts for a while.
      if (watched.grew >= (byAddress.get(address)?.grew ?? -Infinity)) {
        byAddress.set(address, watched);
      }
    }
    this.#known = next;
    return byAddress;
  }
}

/**
 * Tells whether something is sent by a connection: also where nothing waits to be sent, but
 * more than a page was, and the server may wait for its disk.
 */
export function isTransfer({ queued, acked }: Transfer): boolean {
  return queued > 0 || acked >= MORE_THAN_A_PAGE;
}

function watchedNow(
  { acked, queued, lastAck, lastSent }: Transfer,
  before: Watched | undefined,
  now: number,
): Watched {
  // A client that takes nothing acknowledges that it is asked whether it does; one that is
  // gone is sent the same again.
  if (!before) {
    return { acked, queued, rate: null, grew: now - Math.max(lastAck, lastSent), at: now };
  }
  // Bytes come in bursts: that none came for a moment is no rate.
  if (acked <= before.acked) {
    return { acked, queued, rate: null, grew: before.grew, at: now };
  }
  const rate = (acked - before.acked) / (Math.max(now - before.at, 1) / 1000);
  return { acked, queued, rate, grew: now, at: now };
}
