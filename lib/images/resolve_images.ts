/**
 * The stage `resolve-images`: which images the nodes will boot.
 *
 * @module
 */

import { pathOptions } from "../cli/manual.ts";
import { flag, type Flags, optionalChoice, type ValueOption } from "../cli/options.ts";
import type { Draft } from "../command/draft.ts";
import { MISMATCHING_KERNELS } from "../show/handbook.ts";
import type { Host } from "../command/host.ts";
import type { Image } from "../document/document.ts";
import { Failure, orElse, type Report } from "../document/problems.ts";
import { NODE_OPTIONS } from "../nodes/node_choice.ts";
import { readRoles } from "../nodes/read_roles.ts";
import { selectNodes } from "../nodes/read_statics.ts";
import { type Role, roleOf } from "../nodes/roles.ts";
import { ARCHITECTURES } from "../text/release.ts";
import { needlessReports } from "./accepted_files.ts";
import { chooseImage } from "./choose_image.ts";
import { futureProblems } from "./higher_release.ts";

const release: ValueOption<ReadonlyMap<string, string> | null> = {
  help: "Use this release of a role, for instance kubernetes=1.6.2,storage=1.6.1.",
  placeholder: "ROLE=RELEASE,...",
  kind: "release",
  initial: null,
  isList: true,
  parse: parseReleases,
};

const accept: ValueOption<readonly string[] | null> = {
  help:
    "Take this file of an image although it looks unfit, for instance an initrd in a format that pitboot does not know.",
  placeholder: "FILE,...",
  kind: "file",
  initial: null,
  isList: true,
  parse: parsePaths,
};

function parsePaths(text: string): readonly string[] {
  const paths = text.split(",").map((path) => path.trim()).filter((path) => path !== "");
  const relative = paths.find((path) => !path.startsWith("/"));
  if (relative !== undefined) throw new SyntaxError("expected the absolute path of a file");
  return paths;
}

function parseReleases(text: string): ReadonlyMap<string, string> {
  const releases = new Map<string, string>();
  for (const part of text.split(",")) {
    const [, role, release] = /^([\w-]+)=([\w.+-]+)$/.exec(part.trim()) ?? [];
    if (!role || !release) {
      throw new SyntaxError("expected ROLE=RELEASE, for instance storage=1.6.1");
    }
    const earlier = releases.get(role) ?? release;
    if (earlier !== release) {
      throw new SyntaxError(`${role} can be ${earlier} or ${release}, not both`);
    }
    releases.set(role, release);
  }
  return releases;
}

/** Options of the stage. */
export const RESOLVE_OPTIONS = {
  stream: optionalChoice(["stable", "unstable"], "Choose releases of this kind only."),
  release,
  accept,
  arch: optionalChoice(ARCHITECTURES, "Choose images for this architecture only."),
  "allow-kernel-mismatch": flag("Continue even if the kernels of two roles differ."),
  ...NODE_OPTIONS,
  ...pathOptions("data", "web-root", "statics", "config"),
};

type ResolveFlags = Flags<typeof RESOLVE_OPTIONS>;

/**
 * Chooses an image for every role and adds `images`.
 *
 * @throws {Failure} If a role has no complete one, or a newer, incomplete one, or their kernels
 * differ.
 */
export function resolveImages(draft: Draft, flags: ResolveFlags, host: Host): void {
  host.emit({ what: "resolving" });
  const { root } = host;
  const tell = (reports: readonly Report[]): void => draft.reportAll(reports);
  const roles = readRoles(root, flags.config);
  checkReleases(flags, roles);
  const needed = neededRoles(roles, flags, host);
  const images: Record<string, Image> = {};
  const failures: Failure[] = [];
  for (const role of roles) {
    orElse(() => {
      const image = chooseImage(role, flags, { root, tell });
      images[role.name] = image;
      if (!flags.release?.has(role.name)) {
        tell(futureProblems(role.name, image, host.context.now()));
      }
    }, (failure) => {
      if (needed.has(role)) failures.push(failure);
      else draft.report(...notNeeded(failure));
    });
  }
  const last = failures.pop();
  for (const { code, details } of failures) draft.report(code, details);
  if (last) throw last;
  host.emit({ what: "resolved", images });
  const roleNames = new Set([...needed].map(({ name }) => name));
  const compared = Object.entries(images).filter(([role]) => roleNames.has(role));
  tell(needlessReports(flags.accept ?? [], images));
  compareKernels(compared, draft, flags["allow-kernel-mismatch"]);
  draft.add({ images });
}

/** Those of the selected nodes; all where it cannot be told who there is: others say why. */
function neededRoles(
  roles: readonly Role[],
  flags: ResolveFlags,
  { root }: Host,
): ReadonlySet<Role> {
  return orElse(() => {
    const { chosen } = selectNodes(flags, root);
    return new Set(chosen.flatMap(({ node }) => roleOf(node, roles) ?? []));
  }, () => new Set(roles));
}

function notNeeded({ details: { message, hint } }: Failure): Report {
  return ["images-not-needed", { message: `${message}; no selected node needs it`, hint }];
}

function checkReleases({ release }: ResolveFlags, roles: readonly Role[]): void {
  const names = roles.map(({ name }) => name);
  const stranger = [...release?.keys() ?? []].find((name) => !names.includes(name));
  if (stranger === undefined) return;
  throw new Failure("input-missing", {
    message: `--release names the role ${stranger}, which does not exist`,
    hint: `roles are ${names.join(", ")}`,
  });
}

function compareKernels(
  images: readonly (readonly [role: string, Image])[],
  draft: Draft,
  allowed: boolean,
): void {
  if (new Set(images.map(([, { kernel }]) => kernel.version)).size < 2) return;
  const versions = images.map(([role, { kernel }]) => `${role} ${kernel.version}`);
  const message = `${MISMATCHING_KERNELS} (${versions.join(", ")})`;
  if (allowed) return draft.report("kernel-mismatch-allowed", { message });
  throw new Failure("kernel-mismatch", {
    message,
    hint: (typed) =>
      `choose releases that belong together with --release; if this is intended (CSM 1.4): ${
        typed.again("--allow-kernel-mismatch")
      }`,
  });
}
