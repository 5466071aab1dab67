/**
 * Waits until nodes have got as far as they should.
 *
 * @module
 */

import type { Flags } from "../cli/options.ts";
import type { Host } from "../command/host.ts";
import type { BootStage } from "../document/boot.ts";
import { STAGE_WORDS } from "../document/boot_table.ts";
import { pause } from "../io/within.ts";
import { stageRank } from "./boot_of_node.ts";
import type { BOOT_OPTIONS, BootTeller } from "./boot_progress.ts";
import type { BootLook, BootWatch } from "./boot_watch.ts";

/** How often to look while one waits. */
const LOOK_EVERY_MS = 2000;

/**
 * Looks every 2 s until all nodes have got far enough, the time is over, or the signal ends it.
 *
 * @param stage How far they shall get.
 * @param first The first look.
 * @returns The last look.
 */
export async function waitForStage(
  stage: BootStage,
  first: BootLook,
  { watch, teller, flags, host: { context } }: {
    readonly watch: BootWatch;
    readonly teller: BootTeller;
    readonly flags: Flags<typeof BOOT_OPTIONS>;
    readonly host: Host;
  },
): Promise<BootLook> {
  context.listen();
  context.runAhead();
  const end = context.elapsed() + flags.timeout * 1000;
  await teller.expect(stage, end);
  const there = first.boots.filter((boot) => stageRank(boot.stage) >= stageRank(stage)).length;
  teller.say(`${there} of ${first.boots.length} nodes have got to ${STAGE_WORDS[stage]}`);
  let sight = first;
  while (sight.boots.some((boot) => stageRank(boot.stage) < stageRank(stage))) {
    const left = end - context.elapsed();
    if (left <= 0 || context.signal.aborted) break;
    await pause(Math.min(LOOK_EVERY_MS, left), context.signal, context.later);
    if (context.signal.aborted) break;
    sight = teller.tell(await watch.look());
  }
  return sight;
}
