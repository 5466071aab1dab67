import type { LinkName, LinkState, WantedScript } from "../../lib/links/boot_tree.ts";
import type { PlannedNode } from "../../lib/links/link_report.ts";
import type { NodePlan } from "../../lib/links/plan_links.ts";

/** What the links of every {@linkcode plannedNode} should hold. */
export const TARGETS = {
  "kernel": "../new/k",
  "initrd.img.xz": "../new/i",
  "rootfs": "../new/r",
} as const;

/** A script that a node may have. */
export function wantedScript(sha256: string): WantedScript {
  return { text: `text of ${sha256}`, sha256, mode: 0o644, owner: null, modified: 0 };
}

/**
 * A Kubernetes node that is to be updated.
 *
 * @param name Its name.
 * @param plan What else its plan says.
 * @param options `wrong`: links that hold something else than they should,
 * `null` for none; `sha256`: of the script that it should have.
 */
export function plannedNode(
  name: string,
  plan: Partial<NodePlan>,
  { wrong = {}, sha256 = "new" }: {
    wrong?: Partial<Record<LinkName, string | null>>;
    sha256?: string;
  } = {},
): PlannedNode {
  const state = (link: LinkName): LinkState => {
    const target = { ...TARGETS, ...wrong }[link];
    return target === null ? { kind: "absent" } : { kind: "link", target, uid: 0 };
  };
  return {
    wanted: {
      name,
      directory: `/var/www/${name}`,
      role: "kubernetes",
      targets: TARGETS,
      owners: { "kernel": 0, "initrd.img.xz": 0, "rootfs": 0 },
      script: wantedScript(sha256),
    },
    observed: {
      directory: "directory",
      links: {
        "kernel": state("kernel"),
        "initrd.img.xz": state("initrd.img.xz"),
        "rootfs": state("rootfs"),
      },
      script: null,
      obstacles: [],
      leftovers: [],
    },
    plan: {
      change: "updated",
      script: "written",
      save: [],
      prepare: [],
      sync: [],
      publish: [],
      ...plan,
    },
  };
}
