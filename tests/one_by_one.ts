/**
 * A run in which leases come one by one, without a clock: the whole job from where it
 * plans, each node handed on by itself.
 *
 * @module
 */

import { DOCUMENT_OPTIONS, DRY_RUN_OPTIONS } from "../lib/cli/manual.ts";
import { Checks } from "../lib/command/checks.ts";
import type { Command } from "../lib/command/command.ts";
import { documentCommand } from "../lib/command/document_command.ts";
import { main } from "../lib/command/main.ts";
import { EXIT } from "../lib/document/exit_codes.ts";
import type { ClaimedWork } from "../lib/history/claim.ts";
import { selectNodes } from "../lib/nodes/read_statics.ts";
import { openState } from "../lib/history/state_directory.ts";
import { RESOLVE_OPTIONS, resolveImages } from "../lib/images/resolve_images.ts";
import type { Root } from "../lib/io/root.ts";
import { lookForLeases } from "../lib/leases/wait_for_leases.ts";
import { LINK_OPTIONS, prepareLinks } from "../lib/links/prepare_links.ts";
import { LinkSetter } from "../lib/links/set_links.ts";

const options = { ...RESOLVE_OPTIONS, ...LINK_OPTIONS, ...DRY_RUN_OPTIONS, ...DOCUMENT_OPTIONS };

/**
 * Makes that run a command.
 *
 * @param options `watched`: the file system that it works on once images are chosen, in
 * place of its own; `served`: called after each node.
 */
export function oneByOne(
  { watched = (root) => root, served = () => {} }: {
    watched?: (root: Root) => Root;
    served?: () => void;
  } = {},
): Command<typeof options> {
  return documentCommand<typeof options>({
    name: "run",
    summary: "a run in which leases come one by one",
    description: [],
    exits: Object.values(EXIT),
    options,
    environment: ["CSM_RELEASE"],
    examples: [],
    shows: ["nodes"],
    stage: async (draft, flags, outer) => {
      const checks = new Checks(outer);
      const nodes = selectNodes(flags, outer.root).chosen.map(({ node }) => node);
      const wish = (): ClaimedWork => ({ nodes, bmcs: [] });
      using state = await checks.make(draft, () => openState(flags, outer, wish));
      state?.claims.endTurn();
      await checks.make(draft, () => resolveImages(draft, flags, outer));
      await checks.make(draft, () => lookForLeases(draft, flags, outer));
      const host = { ...outer, root: watched(outer.root) };
      const work = await prepareLinks(checks, draft, { flags, state }, host);
      const setter = work && new LinkSetter(work, draft, host);
      const plans = setter && await checks.make(draft, () => setter.plan());
      if (!plans || !checks.havePassed()) return;
      const { leases = [] } = draft.document;
      try {
        for (const lease of leases) {
          await setter.setMore([lease], plans);
          served();
        }
      } catch (error) {
        draft.fail(error, host.reporter);
      }
      setter.end(leases);
      setter.conclude([]);
    },
  });
}

if (import.meta.main) main(oneByOne());
