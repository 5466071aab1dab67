/**
 * Finds and chooses boot images among the files below the data directory.
 *
 * Three files of one directory that name the same release and architecture are a
 * triple: kernel, initrd and root filesystem. Only complete triples are chosen.
 *
 * @module
 */

import type { Image } from "../document/document.ts";
import type { Role } from "../nodes/roles.ts";
import { type Architecture, parseRelease, type Release, type Stream } from "../text/release.ts";
import type { EachOfThree } from "./each_of_three.ts";

/** A file that may be one of the three. */
export interface ArtifactFile {
  /** From the root of the PIT. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** Kernel, initrd and root filesystem that belong together. */
export interface BootTriple extends Release {
  /** The directory of the three. */
  readonly directory: string;
  /** What boots. */
  readonly kernel: ArtifactFile;
  /** What the kernel starts with. */
  readonly initrd: ArtifactFile;
  /** What it goes on with. */
  readonly rootfs: ArtifactFile;
  /** Whether the image customiser has secured the root filesystem. */
  readonly secure: boolean;
  /** The version in the kernel's file name. */
  readonly kernelVersion: string;
  /** When the newest of the three was modified, milliseconds since the epoch. */
  readonly modified: number;
}

/** Which triples may be chosen; `null` leaves the choice open. */
export interface Wish {
  /** For instance `1.6.2`. */
  readonly release: string | null;
  /** Stable or unstable ones. */
  readonly stream: Stream | null;
  /** For instance `x86_64`. */
  readonly arch: Architecture | null;
}

/** The images of a role. */
export interface Found {
  /** The newest first. */
  readonly triples: readonly BootTriple[];
  /** The newest kernel, initrd and root filesystem of all, of complete triples or not. */
  readonly newest: readonly ArtifactFile[];
}

/**
 * Finds the triples of a role.
 *
 * @param role Whose root filesystems to look for.
 * @param files Every file below the role's directory.
 */
export function findTriples(role: Role, files: readonly ArtifactFile[]): Found {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const kernels = files.filter(({ path }) => path.endsWith(".kernel"));
  const initrds = files.filter(({ path }) => initrdTag(path) !== null);
  const rootfses = files.filter(({ path }) => rootfsTag(path, role) !== null);
  const tags = [...initrds, ...rootfses]
    .flatMap(({ path }) => initrdTag(path) ?? rootfsTag(path, role) ?? [])
    .sort((a, b) => b.length - a.length);
  const kernelsOf = Map.groupBy(
    kernels,
    ({ path }) => `${directoryOf(path)}/${kernelTag(path, tags)}`,
  );
  const triples = initrds.flatMap((initrd) => {
    const tag = initrdTag(initrd.path) ?? "";
    const directory = directoryOf(initrd.path);
    const plain = `${role.rootfs}-${tag}.squashfs`;
    const secured = byPath.get(`${directory}/secure-${plain}`);
    const rootfs = secured ?? byPath.get(`${directory}/${plain}`);
    const kernel = newestOf(kernelsOf.get(`${directory}/${tag}`) ?? []);
    if (!rootfs || !kernel) return [];
    return [{
      ...parseRelease(tag),
      directory,
      kernel,
      initrd,
      rootfs,
      secure: rootfs === secured,
      kernelVersion: fileName(kernel.path).slice(0, -`-${tag}.kernel`.length),
      modified: Math.max(kernel.modified, initrd.modified, rootfs.modified),
    }];
  });
  return {
    triples: triples.sort((a, b) =>
      b.modified - a.modified || (a.initrd.path < b.initrd.path ? 1 : -1)
    ),
    newest: [kernels, initrds, rootfses].flatMap((kind) => newestOf(kind) ?? []),
  };
}

/**
 * Makes a triple of three files, if their names say that they are one.
 *
 * @param role The role whose image it should be.
 * @param files What should be its kernel, its initrd and its root filesystem.
 * @returns `null` if they are anything else.
 */
export function tripleOf(
  role: Role,
  { kernel, initrd, rootfs }: EachOfThree<ArtifactFile>,
): BootTriple | null {
  const { triples } = findTriples(role, [kernel, initrd, rootfs]);
  return triples.find((triple) =>
    triple.kernel === kernel && triple.initrd === initrd && triple.rootfs === rootfs
  ) ?? null;
}

/**
 * Chooses the newest triple that fits a wish. Where images of several
 * architectures lie side by side and the wish names none, those of the PIT's
 * own are taken.
 *
 * @param triples The newest first.
 * @param wish What the options allow.
 * @param native The architecture of the PIT.
 * @returns `null` if none fits.
 */
export function chooseTriple(
  triples: readonly BootTriple[],
  wish: Wish,
  native: Architecture,
): BootTriple | null {
  const fitting = triples.filter((triple) => fitsWish(triple, wish));
  return fitting.find(({ arch }) => arch === null || arch === native) ?? fitting[0] ?? null;
}

/** Tells whether a triple is what was asked for. */
export function fitsWish(triple: BootTriple, { release, stream, arch }: Wish): boolean {
  return (release === null || triple.release === release) &&
    (stream === null || triple.stream === stream) &&
    (arch === null || triple.arch === arch);
}

/**
 * Makes an entry for the `images` of the document.
 *
 * @param seen The version of the kernel, and why files look unfit that are taken all the
 * same, by path.
 */
export function imageOf(
  triple: BootTriple,
  { version, accepted }: {
    readonly version: string;
    readonly accepted: ReadonlyMap<string, string>;
  },
): Image {
  const { release, stream, arch, directory, kernel, initrd, rootfs, secure } = triple;
  const artifact = ({ path, bytes, modified }: ArtifactFile): Image["initrd"] => {
    const fault = accepted.get(path);
    return {
      path,
      bytes,
      modified: timeOfFile(modified),
      ...fault !== undefined && { accepted: fault },
    };
  };
  return {
    release,
    stream,
    arch,
    directory,
    kernel: { ...artifact(kernel), version },
    initrd: artifact(initrd),
    rootfs: { ...artifact(rootfs), secure },
  };
}

/**
 * Writes the time of a file as documents have it.
 *
 * @param modified Milliseconds since the epoch.
 */
export function timeOfFile(modified: number): string {
  return new Date(modified).toISOString().replace(/\.\d+/, "");
}

/**
 * The tag of an initrd: release and architecture.
 *
 * @param path For instance `…/initrd.img-1.6.2-x86_64.xz`.
 * @returns `1.6.2-x86_64`, or `null` if this is not an initrd.
 */
export function initrdTag(path: string): string | null {
  return /^initrd\.img-(.+)\.xz$/.exec(fileName(path))?.[1] ?? null;
}

/**
 * The tag of a root filesystem: release and architecture.
 *
 * @param path For instance `…/secure-kubernetes-1.6.2-x86_64.squashfs`.
 * @param role Whose it should be.
 * @returns `1.6.2-x86_64`, or `null` if this is none of that role.
 */
export function rootfsTag(path: string, { rootfs }: Pick<Role, "rootfs">): string | null {
  const name = fileName(path).replace(/^secure-/, "");
  if (!name.startsWith(`${rootfs}-`) || !name.endsWith(".squashfs")) return null;
  return name.slice(rootfs.length + 1, -".squashfs".length);
}

/** One tag may end in another: the longest that fits is the right one. */
function kernelTag(path: string, longestFirst: readonly string[]): string | undefined {
  return longestFirst.find((tag) => path.endsWith(`-${tag}.kernel`));
}

/** Of two of the same age the last by name, whatever the order of the files. */
function newestOf(files: readonly ArtifactFile[]): ArtifactFile | undefined {
  return files.toSorted((a, b) => b.modified - a.modified || (a.path < b.path ? 1 : -1))[0];
}

/** The last part of a path; less to load than @std/path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The directory of a file; less to load than @std/path. */
export function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
