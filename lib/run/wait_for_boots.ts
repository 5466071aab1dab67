/**
 * The end of the whole job, where somebody asked for it: the wait until the nodes, which a
 * person powers on, got as far as they should.
 *
 * @module
 */

import { pathOptions } from "../cli/manual.ts";
import { duration, type Flags } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { stageOption } from "../progress/stage_option.ts";
import { type RUN_OPTIONS, runAll } from "./run_all.ts";

/** Options of such a wait. */
export const WAIT_FOR_OPTIONS = {
  ...pathOptions("console-dir"),
  "wait-for": stageOption("Wait in the end until the nodes that are ready have got as far as this"),
  "boot-timeout": duration("Stop waiting for nodes after this time.", "60m"),
};

type JobFlags = Flags<typeof RUN_OPTIONS & typeof WAIT_FOR_OPTIONS>;

/**
 * Does the whole job, and waits for the nodes if that was asked for.
 *
 * @throws {Failure} As {@linkcode runAll} does.
 */
export async function runAndWait(draft: Draft, flags: JobFlags, host: Host): Promise<void> {
  const { elapsed } = host.context;
  const began = elapsed();
  await runAll(draft, flags, host);
  const { "wait-for": wait, "boot-timeout": timeout, "dry-run": isDry } = flags;
  if (wait === null || isDry || host.context.signal.aborted) return;
  if (draft.document.status === "failed") return;
  host.reporter.say(`waiting for ${wait}: power the nodes on`);
  // Only now: what is loaded takes its time.
  const { bootProgress } = await import("../progress/boot_progress.ts");
  // Who was powered on while the others were set up counts.
  const waited = host.waited + elapsed() - began;
  const since = Math.ceil(waited / 1000);
  await bootProgress(
    draft.beside("boot-progress"),
    { ...flags, wait, timeout, since },
    { ...host, waited },
  );
}
