/**
 * The machines that pitboot is built for.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";

/** A machine to build for. */
export interface Target {
  readonly arch: "x86_64" | "aarch64";
  /** As Deno and the compilers call it. */
  readonly triple: string;
  /** The package that has Deno for it in npm. */
  readonly denoPackage: string;
  /** `e_machine` of its executables. */
  readonly elfMachine: number;
}

/** All of them. */
export const TARGETS: readonly Target[] = [
  {
    arch: "x86_64",
    triple: "x86_64-unknown-linux-gnu",
    denoPackage: "@deno/linux-x64-glibc",
    elfMachine: 62,
  },
  {
    arch: "aarch64",
    triple: "aarch64-unknown-linux-gnu",
    denoPackage: "@deno/linux-arm64-glibc",
    elfMachine: 183,
  },
];

/**
 * Finds a target.
 *
 * @param name `x86_64` or `x86_64-unknown-linux-gnu`.
 * @throws {BuildError} If we build nothing for it.
 */
export function targetOf(name: string): Target {
  const found = TARGETS.find(({ arch, triple }) => name === arch || name === triple);
  if (!found) {
    const names = TARGETS.map(({ arch }) => arch).join(" or ");
    throw new BuildError(`nothing is built for ${name}; --target is ${names}`);
  }
  return found;
}

/** Whether what is built for a target runs here. */
export function isHost({ triple }: Target): boolean {
  return Deno.build.target === triple;
}

/** What runs a program. */
export interface Engine {
  /** Of Deno, for instance `2.6.8`. */
  readonly version: string;
  /** The version of V8 in it, for instance `14.5.201.2`; `unknown` if it does not say so. */
  readonly v8: string;
}

/** A Deno, or its runtime for `deno compile`. */
export interface Executable extends Engine {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads a Deno, or its runtime for `deno compile`, and makes sure of what it is.
 *
 * @param path The file.
 * @param target What it must be for.
 * @param name What to call it in messages.
 * @throws {BuildError} If it is something else.
 */
export function readExecutable(
  path: string,
  { arch, elfMachine }: Target,
  name: string,
): Executable {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new BuildError(`${name} ${path} cannot be read: ${error.message}`, { cause: error });
  }
  const isElf = bytes.length > 64 && new TextDecoder().decode(bytes.subarray(1, 4)) === "ELF";
  if (!isElf || new DataView(bytes.buffer).getUint16(18, true) !== elfMachine) {
    throw new BuildError(`${name} ${path} is no executable for Linux on ${arch}`);
  }
  const text = new TextDecoder("latin1").decode(bytes);
  const version = versionIn(text);
  if (version === null) throw new BuildError(`${name} ${path} is no Deno`);
  // As Deno.version.v8 says it.
  const [, v8 = "unknown"] = /(\d+\.\d+\.\d+\.\d+)-rusty/.exec(text) ?? [];
  return { bytes, version, v8 };
}

/**
 * Compares versions such as `2.10.0`.
 *
 * @returns Less than 0 if `a` is the older one, more if it is the newer one.
 */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** What it says to web servers; the newest, as old ones stand in its notes. */
function versionIn(text: string): string | null {
  const versions = Array.from(
    text.matchAll(/Deno\/(\d+\.\d+\.\d+)/g),
    ([, version = ""]) => version,
  );
  return versions.sort(compareVersions).at(-1) ?? null;
}
