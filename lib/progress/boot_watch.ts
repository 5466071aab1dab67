/**
 * Looks how far the chosen nodes got, again and again.
 *
 * @module
 */

import type { Boot } from "../document/boot.ts";
import type { Selection } from "../nodes/read_statics.ts";
import type { BootSight, BootSources } from "./boot_sources.ts";
import { judgeBoots } from "./judge_boots.ts";

/** A look at boots. */
export interface BootLook extends Omit<BootSight, "evidence"> {
  /** Of the chosen nodes, sorted by name. */
  readonly boots: readonly Boot[];
}

/** Looks at boots again and again; what was seen of a boot stays. */
export class BootWatch {
  readonly #sources: BootSources;
  readonly #selection: Selection;
  readonly #horizon: number;
  #before: ReadonlyMap<string, Boot> = new Map();

  /** @param horizon What was before does not matter, milliseconds since the epoch. */
  constructor(sources: BootSources, selection: Selection, horizon: number) {
    this.#sources = sources;
    this.#selection = selection;
    this.#horizon = horizon;
  }

  /** Looks at all sources. */
  async look(): Promise<BootLook> {
    const { evidence, ...sight } = await this.#sources.look(this.#selection, this.#horizon);
    const all = judgeBoots(evidence, sight.now, this.#before);
    this.#before = new Map(all.map((boot) => [boot.node, boot]));
    const chosen = new Set(this.#selection.chosen.map(({ node }) => node));
    return { ...sight, boots: all.filter(({ node }) => chosen.has(node)) };
  }
}
