/**
 * The check `images`: what nodes boot is complete, secured, and of one kernel.
 *
 * @module
 */

import type { BootNode, CheckResult } from "../document/document.ts";
import { isSecured } from "../status/unsecured.ts";
import { fine, type Judgement, notLooked, resultsOf, SET_UP, wrong } from "./judgement.ts";

const THE_LINKS = "the links of each node";

/** What is wrong with links. */
const WHAT_LINKS = {
  broken: "one leads to what does not exist, or what the web server cannot read",
  foreign: "they do not lead to one image of the role",
  missing: "there are not all three of them",
} as const satisfies Readonly<Record<string, string>>;

/**
 * Judges what nodes boot.
 *
 * @param nodes As `status` sees them.
 */
export function checkImages(nodes: readonly BootNode[]): CheckResult[] {
  return [
    ...resultsOf("images", nodes.map((node) => [node.name, judgeLinksOf(node)])),
    ...resultsOf("images", kernels(nodes)),
  ];
}

function judgeLinksOf({ links, release, rootfs }: BootNode): Judgement {
  if (links === "offline") return notLooked(THE_LINKS, "offline: they are not to boot");
  const found = `links ${links ?? "unknown"}`;
  if (links !== "whole") {
    const message = `${found}: ${WHAT_LINKS[links ?? "foreign"]}`;
    return wrong("failed", {
      asked: THE_LINKS,
      found,
      message,
      hint: "{status --nodes NODES} shows them",
    });
  }
  if (rootfs && !isSecured(rootfs)) {
    return wrong("failed", {
      asked: THE_LINKS,
      found: `${release}, not secured`,
      message: "the root filesystem is not secured: nobody can log in to such a node",
      hint: `ncn-image-modification.sh secures images; then set the links again: ${SET_UP}`,
    });
  }
  return fine(THE_LINKS, `${release}, secured`);
}

/** A site may mean it; nodes of several kernels do not form one cluster as a rule. */
function kernels(nodes: readonly BootNode[]): [null, Judgement][] {
  const booting = nodes.filter(({ links }) => links === "whole");
  const versions = [...new Set(booting.flatMap(({ kernelVersion }) => kernelVersion ?? []))].sort();
  if (versions.length < 2) return [];
  return [[
    null,
    wrong("warning", {
      asked: "the version in each kernel",
      found: versions.join(", "),
      message: `nodes boot ${versions.length} kernels: ${versions.join(", ")}`,
      hint: "{status --verbose} shows who boots which",
    }),
  ]];
}
