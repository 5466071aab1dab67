/**
 * Which BMCs may not have heard that their change is complete. On a busy machine one may be
 * at its new address before it is told; it shows a change in progress then, which the next
 * run ends.
 *
 * @module
 */

import type { Lab } from "./lab.ts";

const LOG = "/var/log/pitboot/bmc-dhcp.log";
const BEGIN = "> raw 0x0c 0x01 0x01 0x00 0x01";
const COMPLETE = "> raw 0x0c 0x01 0x01 0x00 0x00";

/**
 * Finds them in what pitboot and ipmitool said.
 *
 * @param lab The lab.
 * @returns The names of those BMCs.
 */
export async function openChanges(lab: Lab): Promise<ReadonlySet<string>> {
  const open = new Set<string>();
  const last = new Map<string, string>();
  for (const line of (await lab.sh(`cat ${LOG}`)).split("\n")) {
    const [, name, words] = /^\S+ (\S+) \S+ (.*)$/.exec(line) ?? [];
    if (name === undefined || words === undefined) continue;
    if (words === BEGIN) open.add(name);
    if (words === "< done" && last.get(name) === COMPLETE) open.delete(name);
    last.set(name, words);
  }
  return open;
}
