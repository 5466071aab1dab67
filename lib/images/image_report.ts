/**
 * Problems of the images of a role, for administrators.
 *
 * @module
 */

import type { Typed } from "../document/hint.ts";
import { Failure, type Report } from "../document/problems.ts";
import type { Role } from "../nodes/roles.ts";
import type { Architecture } from "../text/release.ts";
import {
  type BootTriple,
  directoryOf,
  fitsWish,
  type Found,
  initrdTag,
  rootfsTag,
  type Wish,
} from "./boot_triples.ts";
import type { EachOfThree } from "./each_of_three.ts";
import type { Inspection } from "./inspect_triple.ts";
import { describePartial, type PartialRelease } from "./partial_releases.ts";

/** The images found for a role, and what the options ask for. */
export interface Search extends Found {
  readonly role: Role;
  /** The directory of the role. */
  readonly directory: string;
  readonly wish: Wish;
  /** The releases that were named, by role. */
  readonly releases: ReadonlyMap<string, string>;
  /** The newest first. */
  readonly partial: readonly PartialRelease[];
  /** Links that point to nothing. */
  readonly dangling: readonly string[];
  /** The architecture of the PIT. */
  readonly native: Architecture;
}

/** The images found for a role, and the one of them that is chosen. */
export interface Choice extends Search {
  readonly chosen: BootTriple;
}

/** Says why there is no triple to choose. */
export function noTriple({ role, directory, wish, triples, partial, dangling }: Search): Failure {
  const wanted = partial.filter(({ release }) => [release, null].includes(wish.release))
    .map(({ directory, lacks }) => `${directory} is incomplete: ${lacks}`);
  const halves = wanted.length > 0 ? `; ${wanted.join("; ")}` : "";
  const wished = Object.entries(wish).flatMap(([key, value]) => value ? [`--${key} ${value}`] : []);
  const there = [...new Set(triples.map(({ release }) => release))];
  if (there.length > 0) {
    return new Failure("images-missing", {
      message: `no ${role.name} image in ${directory} matches ${wished.join(" and ")}${halves}`,
      hint: `available: ${there.join(", ")}`,
    });
  }
  const links = dangling.length > 0 ? `; these links point to nothing: ${dangling.join(", ")}` : "";
  return new Failure("images-missing", {
    message:
      `no directory in ${directory} has a complete ${role.name} image: initrd.img-RELEASE.xz, VERSION-RELEASE.kernel and [secure-]${role.rootfs}-RELEASE.squashfs of one release${halves}${links}`,
    hint: "extract the images again, or wait until they are copied",
  });
}

/**
 * Lists what may be booted in place of a triple that cannot be.
 *
 * @param choice The triple, and the others.
 * @returns The newest first.
 */
export function olderTriples({ chosen, triples, wish }: Choice): BootTriple[] {
  return triples.slice(triples.indexOf(chosen) + 1).filter((triple) =>
    triple.release !== chosen.release && fitsWish(triple, { ...wish, release: null })
  );
}

/**
 * Says why a triple cannot be booted, and what to boot instead.
 *
 * @param choice The triple.
 * @param seen What is wrong with its files; `accept`: what is taken already; `other`:
 * what can be booted instead, if anything.
 */
export function unfit(
  choice: Choice,
  { faults, formats, accept, other }: Pick<Inspection, "faults" | "formats"> & {
    readonly accept: readonly string[];
    readonly other: BootTriple | undefined;
  },
): Failure {
  const { chosen, role } = choice;
  const fix = "if it is still being copied, wait; otherwise fix or remove it";
  // Where something else is wrong as well, a word does not help.
  const isHelped = new Set(formats.values()).isSupersetOf(new Set(faults));
  const words = isHelped ? [...new Set([...accept, ...formats.keys()])] : [];
  return new Failure("images-unfit", {
    message: `the ${role.name} image ${chosen.release} cannot be used: ${faults.join("; ")}`,
    hint: (typed) =>
      [
        fix,
        ...other ? [`or use an older one: ${withRelease(other.release, choice, typed)}`] : [],
        ...words.length > 0
          ? [`or, if nodes are known to boot it: ${typed.again("--accept", words.join(","))}`]
          : [],
      ].join("; "),
  });
}

/**
 * Writes the same command with another release of a role.
 *
 * @param release For instance `1.6.1`.
 * @param search The role, and the releases that were named.
 * @param typed Writes commands.
 */
export function withRelease(
  release: string,
  { role, releases }: Pick<Search, "role" | "releases">,
  typed: Typed,
): string {
  const wish = [...new Map([...releases, [role.name, release]])].map((pair) => pair.join("="));
  return typed.again("--release", wish.join(","));
}

/**
 * Says why a triple is not chosen: a newer release is incomplete, and may be the one
 * that is meant.
 *
 * @param choice The newest complete triple, and all that was found beside it.
 * @returns `null` if there is none, or it was said which one is meant.
 */
export function newerNotWhole(choice: Choice): Failure | null {
  const { chosen, role, wish, partial, native } = choice;
  if (wish.release !== null) return null;
  const newer = newerThan(chosen, partial, native)
    .filter(({ stream }) => wish.stream === null || wish.stream === stream);
  if (newer.length === 0) return null;
  return new Failure("images-unfit", {
    message: newer.map((partial) => describePartial(role.name, partial)).join("; "),
    hint: (typed) =>
      `wait until it is copied, or use the older one: ${
        withRelease(chosen.release, choice, typed)
      }`,
  });
}

/**
 * Finds the releases that would be chosen in place of a triple if they were complete.
 *
 * @param triple What is chosen, or booted.
 * @param partial Releases.
 * @param native The architecture of the PIT.
 */
export function newerThan<T extends Pick<PartialRelease, "modified" | "arch">>(
  triple: BootTriple,
  partial: readonly T[],
  native: Architecture,
): T[] {
  return partial.filter(({ modified, arch }) =>
    modified > triple.modified && (arch === null || arch === (triple.arch ?? native))
  );
}

/**
 * Says why three files are not one image of a role, by their names.
 *
 * @param role Whose image they should be.
 * @param paths What should be its kernel, its initrd and its root filesystem.
 */
export function notOneImage(role: Role, { kernel, initrd, rootfs }: EachOfThree<string>): string {
  const misnamed = [
    ...(kernel.endsWith(".kernel") ? [] : [`${kernel} is not named VERSION-RELEASE.kernel`]),
    ...(initrdTag(initrd) === null ? [`${initrd} is not named initrd.img-RELEASE.xz`] : []),
    ...(rootfsTag(rootfs, role) === null
      ? [`${rootfs} is not named [secure-]${role.rootfs}-RELEASE.squashfs`]
      : []),
  ];
  if (misnamed.length > 0) return `not an image of ${role.name}: ${misnamed.join("; ")}`;
  const paths = [kernel, initrd, rootfs];
  const isSpread = new Set(paths.map(directoryOf)).size > 1;
  return `not one image of ${role.name}, but files of several ${
    isSpread ? "directories" : "releases"
  }: ${paths.join(", ")}`;
}

/** Finds what is worth knowing of a triple that will be booted. */
export function imageProblems(choice: Choice): Report[] {
  return [...spread(choice), ...danglingLinks(choice), ...notSecured(choice)];
}

/**
 * Says what was skipped because it could not be found by its name.
 *
 * @param role Whose images were looked for.
 * @param lost Paths of it.
 */
export function lostProblems({ name }: Pick<Role, "name">, lost: readonly string[]): Report[] {
  if (lost.length === 0) return [];
  return [["images-lost", {
    message: `${name}: skipped (it disappeared, or its name is not printable UTF-8): ${
      lost.join(", ")
    }`,
    hint: "if it is still there, give it a name of plain letters (ls -b shows the one it has)",
  }]];
}

function spread({ chosen, role, wish, newest }: Choice): Report[] {
  const { directory } = chosen;
  const own = [chosen.kernel, chosen.initrd, chosen.rootfs];
  const strays = newest.filter(({ path, modified }, i) =>
    directoryOf(path) !== directory && modified > (own[i]?.modified ?? 0)
  );
  if (strays.length === 0 || wish.release !== null) return [];
  const asked = wish.stream || wish.arch ? " that was asked for" : "";
  const files = strays.map(({ path }) => path).join(", ");
  return [["images-spread", {
    message:
      `${role.name}: newer files lie outside the chosen ${directory}, the newest complete release${asked}: ${files}`,
    hint: `check that this is the release you want; --release ${role.name}=… chooses another`,
  }]];
}

function danglingLinks({ role, dangling }: Search): Report[] {
  if (dangling.length === 0) return [];
  return [["images-dangling", {
    message: `${role.name}: links that point to nothing were ignored: ${dangling.join(", ")}`,
    hint: "remove them, or restore what they point to",
  }]];
}

function notSecured({ chosen: { secure, rootfs }, role }: Choice): Report[] {
  if (secure) return [];
  return [["images-not-secured", {
    message: `${role.name}: ${rootfs.path} is not secured`,
    hint:
      "run the image customiser (ncn-image-modification.sh); the preflight check expects secure-*",
  }]];
}
