/**
 * Records nights again, all or those that are named, into `tests/testdata/nights`.
 *
 * ```
 * deno run -A tests/lab/record_nights.ts [NAME]...
 * ```
 *
 * @module
 */

import { writeNight } from "../testdata/nights.ts";
import { Lab } from "./lab.ts";
import type { NightPlan } from "./nights/night_plan.ts";
import { PLANS } from "./nights/nights.ts";
import { Recorder } from "./nights/recorder.ts";

/** Records one night. */
async function record(lab: Lab, plan: NightPlan): Promise<void> {
  const { name, says, web = "apache", zone = "UTC", kept = [], hasNoSs = false, play } = plan;
  const night = await Recorder.start(lab, plan, { kept });
  const truth = await play(night);
  writeNight({ name, says, web, zone, kept, hasNoSs, truth, ...await night.end() });
  console.log(`${name}: ${says}`);
}

if (import.meta.main) {
  const plans = PLANS.filter(({ name }) => Deno.args.length === 0 || Deno.args.includes(name));
  await using lab = await Lab.start({ apache: true });
  for (const plan of plans) await record(lab, plan);
}
