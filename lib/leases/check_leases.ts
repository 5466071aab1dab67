/**
 * Checks the file of the leases before anything is done.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import type { Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { Sight } from "./changed_leases.ts";
import { leasesSoFar } from "./read_leases.ts";
import { expectedBmcs, type LOOK_OPTIONS } from "./wait_for_leases.ts";

type LookFlags = Flags<typeof LOOK_OPTIONS>;

/**
 * Makes sure that leases can be waited for: their directory must exist, and their file
 * must be readable if it exists.
 *
 * @throws {Failure} If it is not so.
 */
export async function checkLeases(flags: LookFlags, host: Host): Promise<void> {
  const directory = dirname(flags.leases);
  const hint = "dnsmasq writes the leases: is it installed? Or name the file with --leases";
  host.root.checkDirectory(directory, hint);
  await glance(flags, host);
}

/**
 * Adds `leases` and `missing` as they are, and waits for nothing.
 *
 * @throws {Failure} If they cannot be read.
 */
export async function glanceAtLeases(draft: Draft, flags: LookFlags, host: Host): Promise<void> {
  const { leases, missing } = await glance(flags, host);
  draft.add({ leases, missing });
}

async function glance(flags: LookFlags, host: Host): Promise<Sight> {
  return await leasesSoFar({ ...flags, ...expectedBmcs(flags, host) }, host);
}
