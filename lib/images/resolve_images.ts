/**
 * The stage `resolve-images`: which images the nodes will boot.
 *
 * @module
 */

import { type BootTriple, chooseTriple, findTriples, imageOf, type Wish } from "./boot_triples.ts";
import { pathOptions } from "../cli/manual.ts";
import type { Image } from "../document/document.ts";
import { MISMATCHING_KERNELS } from "../command/handbook.ts";
import { flag, type Flags, optionalChoice, type ValueOption } from "../cli/options.ts";
import { Failure } from "../document/problems.ts";
import { ARCHITECTURES } from "../text/release.ts";
import type { Role } from "../nodes/roles.ts";
import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { inspectTriple } from "./inspect_triple.ts";
import { listArtifacts } from "./list_artifacts.ts";
import { readRoles } from "../nodes/read_roles.ts";

const releases: ValueOption<ReadonlyMap<string, string> | null> = {
  help: "Take this release of a role, for instance kubernetes=1.6.2,storage=1.6.1.",
  placeholder: "ROLE=RELEASE,...",
  initial: null,
  parse: (text) =>
    new Map(
      text.split(",").map((part) => {
        const [, role, release] = /^([\w-]+)=([\w.+-]+)$/.exec(part.trim()) ??
          [];
        if (!role || !release) {
          throw new SyntaxError(
            "expected ROLE=RELEASE, for instance storage=1.6.1",
          );
        }
        return [role, release];
      }),
    ),
};

/** Options of the stage. */
export const RESOLVE_OPTIONS = {
  stream: optionalChoice(["stable", "unstable"], "Take releases of this kind only."),
  release: releases,
  arch: optionalChoice(
    ARCHITECTURES,
    "Take images for this architecture only.",
  ),
  "allow-kernel-mismatch": flag("Go on although the kernels of two roles differ."),
  ...pathOptions("data", "web-root", "config"),
};

type ResolveFlags = Flags<typeof RESOLVE_OPTIONS>;

/**
 * Chooses an image for every role and adds `images`.
 *
 * @throws {Failure} If a role has none that is whole, or their kernels differ.
 */
export function resolveImages(
  draft: Draft,
  flags: ResolveFlags,
  host: Host,
): void {
  host.emit({ what: "resolving" });
  const roles = readRoles(host.root, flags.config);
  const stranger = [...flags.release?.keys() ?? []].find((name) =>
    !roles.some((role) => role.name === name)
  );
  if (stranger) {
    throw new Failure("input-missing", {
      message: `--release names the role ${stranger}, which does not exist`,
      hint: `roles are ${roles.map(({ name }) => name).join(", ")}`,
    });
  }
  const images: Record<string, Image> = {};
  for (const role of roles) {
    images[role.name] = resolveRole(role, draft, flags, host);
  }
  host.emit({ what: "resolved", images });
  compareKernels(images, draft, flags["allow-kernel-mismatch"]);
  draft.add({ images });
}

function resolveRole(role: Role, draft: Draft, flags: ResolveFlags, { root }: Host): Image {
  const folder = `${flags.data}/${role.data}`;
  const { files, dangling } = listFolder(folder, root);
  const { triples, newest } = findTriples(role, files);
  const wish: Wish = {
    release: flags.release?.get(role.name) ?? null,
    stream: flags.stream,
    arch: flags.arch,
  };
  const chosen = chooseTriple(triples, wish, Deno.build.arch);
  if (!chosen) throw noTriple(role, { folder, triples, wish, dangling });
  const { kernel, faults } = inspectTriple(root, chosen, flags["web-root"]);
  if (faults.length > 0) {
    const other = triples.find(({ release }) => release !== chosen.release);
    throw new Failure("images-unfit", {
      message: `the ${role.name} image ${chosen.release} is unfit: ${faults.join("; ")}`,
      hint: `mend or remove it${
        other ? `, or take an older one: --release ${role.name}=${other.release}` : ""
      }`,
    });
  }
  const strays = newest.filter(({ path }) => !path.startsWith(`${chosen.directory}/`));
  if (strays.length > 0 && wish.release === null) {
    draft.report("images-spread", {
      message:
        `${role.name}: newer files lie outside the chosen ${chosen.directory}, which is the newest with all three of kernel, initrd and root filesystem${
          wish.stream || wish.arch ? " that was asked for" : ""
        }: ${strays.map(({ path }) => path).join(", ")}`,
      hint: `check that this is the release you want; --release ${role.name}=… chooses another`,
    });
  }
  if (dangling.length > 0) {
    draft.report("images-dangling", {
      message: `${role.name}: links that lead nowhere were passed over: ${dangling.join(", ")}`,
      hint: "remove them, or bring back what they lead to",
    });
  }
  if (!chosen.secure) {
    draft.report("images-not-secured", {
      message: `${role.name}: ${chosen.rootfs.path} is not secured`,
      hint:
        "run the image customiser (ncn-image-modification.sh); the preflight check asks for secure-*",
    });
  }
  return imageOf(chosen, kernel?.version ?? chosen.kernelVersion);
}

function listFolder(folder: string, root: Host["root"]): ReturnType<typeof listArtifacts> {
  try {
    return listArtifacts(root, folder);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Whatever the reason, it comes to this: there are no images.
    throw new Failure("images-missing", error.details, error);
  }
}

function noTriple(
  role: Role,
  { folder, triples, wish, dangling }: {
    folder: string;
    triples: readonly BootTriple[];
    wish: Wish;
    dangling: readonly string[];
  },
): Failure {
  const wished = Object.entries(wish).flatMap(([key, value]) => value ? [`--${key} ${value}`] : []);
  const there = [...new Set(triples.map(({ release }) => release))];
  if (there.length > 0) {
    return new Failure("images-missing", {
      message: `no ${role.name} image in ${folder} fits ${wished.join(" and ")}`,
      hint: `there are: ${there.join(", ")}`,
    });
  }
  const links = dangling.length > 0 ? `; these links lead nowhere: ${dangling.join(", ")}` : "";
  return new Failure("images-missing", {
    message:
      `no folder of ${folder} holds a whole ${role.name} image: initrd.img-RELEASE.xz, VERSION-RELEASE.kernel and [secure-]${role.rootfs}-RELEASE.squashfs of one release${links}`,
    hint: "extract the images again",
  });
}

function compareKernels(
  images: Readonly<Record<string, Image>>,
  draft: Draft,
  allowed: boolean,
): void {
  const versions = Object.entries(images).map(([role, { kernel }]) => `${role} ${kernel.version}`);
  if (new Set(Object.values(images).map(({ kernel }) => kernel.version)).size < 2) return;
  const message = `${MISMATCHING_KERNELS} (${versions.join(", ")})`;
  if (allowed) return draft.report("kernel-mismatch-allowed", { message });
  throw new Failure("kernel-mismatch", {
    message,
    hint:
      "choose releases that belong together with --release; where this is meant (CSM 1.4), say --allow-kernel-mismatch",
  });
}
