/**
 * An option that names how far a boot shall get.
 *
 * @module
 */

import { optionalChoice, type ValueOption } from "../cli/options.ts";
import { BOOT_STAGES, type BootStage } from "../document/boot.ts";

/**
 * Makes such an option.
 *
 * @param help What it does, without a full stop; the stages are named behind it.
 */
export function stageOption(help: string): ValueOption<Exclude<BootStage, "none"> | null> {
  const stages = BOOT_STAGES.filter((stage) => stage !== "none");
  const named = `${help}: ${stages.join(", ")}.`;
  return { ...optionalChoice(stages, named), placeholder: "STAGE" };
}

/** The same, where no stage means the last one. */
export function stageOrUp(help: string): ReturnType<typeof stageOption> {
  return { ...stageOption(`${help}, up if none is named`), placeholder: "[STAGE]", bare: "up" };
}
