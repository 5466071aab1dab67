/**
 * A night to record.
 *
 * @module
 */

import type { Facts, Truth } from "../../testdata/nights.ts";
import type { Recorder } from "./recorder.ts";
import type { NightServers } from "./servers.ts";

/** A night to record. */
export interface NightPlan extends NightServers, Facts {
  readonly name: string;
  /** What happens, in a sentence. */
  readonly says: string;
  /** Lets nodes do it, and tells what they did. */
  readonly play: (night: Recorder) => Promise<Truth>;
}

/** What cloud-init writes on the console at its end. */
export const FINALLY_UP =
  "[  995.713291] cloud-init[8631]: The system is finally up, after 995.71 seconds cloud-init has come to completion.\n";
