import type { LinkState, Observed, Targets, WantedScript } from "../../lib/boot/boot_tree.ts";
import { eachOfThree, type Part } from "../../lib/images/each_of_three.ts";
import type { NodePlan } from "../../lib/boot/plan_steps.ts";
import type { PlannedNode } from "../../lib/boot/planned_node.ts";

/** What the links of every {@linkcode plannedNode} should hold. */
export const TARGETS = {
  kernel: "../new/k",
  initrd: "../new/i",
  rootfs: "../new/r",
} as const;

/** A script that a node may have. */
export function wantedScript(sha256: string): WantedScript {
  return { text: `text of ${sha256}`, sha256, mode: 0o644, owner: null, modified: 0 };
}

/** A script that a node has. */
export function foundScript(text: string): NonNullable<Observed["script"]> {
  return { text, mode: 0o644, uid: 0, gid: 0, modified: 0, away: false };
}

/**
 * A Kubernetes node that is to be updated.
 *
 * @param name Its name.
 * @param plan What else its plan says.
 * @param options `wrong`: links that hold something else than they should,
 * `null` for none; `sha256`: of the script that it should have; `found`: of the one
 * that it has; `written`: of those that are ours; `parked`: what waits while it is
 * offline.
 */
export function plannedNode(
  name: string,
  plan: Partial<NodePlan>,
  { wrong = {}, sha256 = "new", found, written = [], parked = null, ...more }: {
    wrong?: Partial<Targets>;
    sha256?: string;
    found?: string | null;
    written?: readonly string[];
    parked?: Observed["parked"];
    isEdited?: boolean;
  } = {},
): PlannedNode {
  const state = (part: Part): LinkState => {
    const target = { ...TARGETS, ...wrong }[part];
    return target === null ? { kind: "absent" } : { kind: "link", target, uid: 0 };
  };
  return {
    wanted: {
      name,
      directory: `/var/www/${name}`,
      role: "kubernetes",
      targets: TARGETS,
      owners: eachOfThree(() => 0),
      script: wantedScript(sha256),
      isEdited: false,
      ...more,
    },
    observed: {
      directory: "directory",
      links: eachOfThree(state),
      script: found ? foundScript(found) : null,
      stray: null,
      parked,
      obstacles: [],
      leftovers: [],
    },
    history: {
      written,
      digests: new Map(
        [found, parked?.script?.text].flatMap((text) => text ? [[text, digestOf(text)]] : []),
      ),
      reset: false,
      saveAs: `/var/lib/pitboot/saved/${name}.script.ipxe`,
    },
    plan: {
      change: "updated",
      script: "written",
      save: [],
      phases: [{ steps: [{ do: "remove", path: "x" }], sync: [] }],
      ...plan,
    },
  };
}

/** As {@linkcode wantedScript} has it; that of another text is the text. */
function digestOf(text: string): string {
  return text.replace(/^text of /, "");
}
