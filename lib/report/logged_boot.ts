/**
 * How far nodes got, as the log of the web server tells it.
 *
 * @module
 */

import type { BootRequest } from "../progress/boot_request.ts";

/** The last boot of a node: when it asked for each file, in milliseconds since the epoch. */
export interface LoggedBoot {
  readonly script?: number;
  readonly initrd?: number;
  readonly kernel?: number;
  readonly rootfs?: number;
  /** How often it began without getting to its root filesystem, this time included. */
  readonly tries: number;
  /** What it was refused last, for instance `/ncn-w001/kernel: 404`; left out if it got it. */
  readonly refused?: string;
}

const GIVEN = 200;

/**
 * Tells how far a node got. What it fetched before its last script is of an earlier boot.
 *
 * @param requests Its own, in any order.
 */
export function loggedBoot(requests: readonly BootRequest[]): LoggedBoot {
  let boot: LoggedBoot = { tries: 0 };
  for (const { file, status, path, at } of requests.toSorted((a, b) => a.at - b.at)) {
    const { refused: _, ...known } = boot;
    if (status !== GIVEN) boot = { ...known, refused: `${path}: ${status}` };
    else if (file === "script") boot = { tries: boot.rootfs ? 1 : boot.tries + 1, script: at };
    else if (file !== "loader") boot = { ...known, [file satisfies keyof LoggedBoot]: at };
  }
  return boot;
}
