/**
 * The file system of a PIT: the real one, or one below a directory.
 *
 * Commands speak of paths as seen from inside (`/var/www`); only here they
 * become real ones.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { printable } from "../text/printable.ts";
import { type Advice, fileFailure, guarded, reasonOf, writeFailure } from "./failures.ts";
import {
  checkDirectory,
  checkWritable,
  isShellPipe,
  openFile,
  readFile,
  readStream,
} from "./read_file.ts";
import { LATE, within } from "./within.ts";

/** A byte order mark is kept. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** What is known of a file; Linux says all of it of every file. */
export interface Stat extends Pick<Deno.FileInfo, "isFile" | "isDirectory" | "isSymlink" | "size"> {
  /** The permissions alone, without the kind of the file. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  /** Equal where two paths are names of one file. */
  readonly id: string;
}

/**
 * Tells what is known of a file in numbers; Deno has `null` for other systems.
 *
 * @param info As Deno has it.
 */
export function statOf(info: Deno.FileInfo): Stat {
  const { isFile, isDirectory, isSymlink, size, dev, ino, mtime } = info;
  return {
    isFile,
    isDirectory,
    isSymlink,
    size,
    mode: (info.mode ?? 0) & 0o7777,
    uid: info.uid ?? 0,
    gid: info.gid ?? 0,
    modified: mtime?.getTime() ?? 0,
    id: `${dev}:${ino}`,
  };
}

/**
 * The file system that a command works on, for those who look, and add to logs.
 *
 * Its methods take a path as seen from inside. Given advice, they throw a
 * {@linkcode Failure} that names the path, the reason and what to do; without they
 * throw what Deno does, of which {@linkcode reasonOf} says what may be shown.
 */
export class Root {
  readonly #prefix: string;
  readonly #known = new Map<string, unknown>();

  /** @param directory What `/` means; `/` for the machine itself. */
  constructor(directory: string) {
    this.#prefix = directory.replace(/\/+$/, "");
  }

  /**
   * Makes sure that the directory exists, before its files are said to be missing.
   *
   * @throws {Failure} If it does not exist, or is not a directory.
   */
  check(): void {
    const directory = this.#prefix || "/";
    const reason = reasonIfNone(directory);
    if (reason === null) return;
    throw new Failure("input-missing", {
      message: `--root ${printable(directory)}: ${reason}`,
      hint: "name the directory of a system; is it mounted?",
    });
  }

  /**
   * Works something out once in the life of this root; a new root begins anew.
   *
   * @param what A name for it.
   * @param work Works it out.
   */
  once<T>(what: string, work: () => T): T {
    if (!this.#known.has(what)) this.#known.set(what, work());
    return this.#known.get(what) as T;
  }

  /**
   * Where a path really is.
   *
   * @param path As seen from inside.
   */
  real(path: string): string {
    return path.startsWith("/") ? this.#prefix + path : path;
  }

  /**
   * The reverse of {@linkcode real}, for a path in which all links are followed.
   *
   * @param real As `Deno.realPathSync()` returns it.
   * @returns The path as seen from inside; `null` if it is not inside.
   */
  inside(real: string): string | null {
    const top = Deno.realPathSync(`${this.#prefix}/`).replace(/\/$/, "");
    return real.startsWith(`${top}/`) ? real.slice(top.length) : null;
  }

  /** Tells what a path is, behind all links. */
  stat(path: string, advice?: string | Advice): Stat {
    return this.named(path, advice, (real) => statOf(Deno.statSync(real)));
  }

  /** Tells what a path is itself, perhaps a link. */
  lstat(path: string): Stat {
    return statOf(Deno.lstatSync(this.real(path)));
  }

  /** Tells what a link points to, one hop. */
  readLink(path: string): string {
    return Deno.readLinkSync(this.real(path));
  }

  /** Tells where a path leads, all links followed; `null` if that is not inside. */
  follow(path: string): string | null {
    return this.inside(Deno.realPathSync(this.real(path)));
  }

  /** Lists a directory. */
  list(path: string, advice?: string | Advice): Deno.DirEntry[] {
    return this.named(path, advice, (real) => [...Deno.readDirSync(real)]);
  }

  /** Makes sure that a path is a directory, perhaps behind a link. */
  checkDirectory(path: string, advice?: string | Advice): void {
    this.named(path, advice, checkDirectory);
  }

  /** Opens a regular file of any size, perhaps behind a link, to read it. */
  open(path: string): Deno.FsFile {
    return openFile(this.real(path));
  }

  /** Reads a regular file, perhaps behind a link. */
  read(path: string, advice?: string | Advice): Uint8Array<ArrayBuffer> {
    return this.named(path, advice, readFile);
  }

  /** Reads a regular file as text. */
  readText(path: string, advice?: string | Advice): string {
    return utf8.decode(this.read(path, advice));
  }

  /**
   * Reads a text file that a person has named, or a pipe of the shell, as in
   * `--input <(COMMAND)`.
   *
   * @param path As seen from inside.
   * @param hint What to do if it cannot be read.
   * @param signal Ends the wait for what comes out of a pipe.
   * @throws {Failure} If it cannot be read.
   */
  async readHanded(path: string, hint: string, signal: AbortSignal): Promise<string> {
    const real = this.real(path);
    if (!isShellPipe(real)) return this.readText(path, hint);
    try {
      const { readable } = await Deno.open(real);
      const text = await within(readStream(readable), { signal });
      if (text === LATE) throw signal.reason;
      return text;
    } catch (error) {
      throw fileFailure(path, error, hint);
    }
  }

  /**
   * Opens a log to add to it, and makes it if need be.
   *
   * @param path As seen from inside.
   * @param options `mode`: the mode that it gets, also if it exists.
   */
  append(
    path: string,
    { mode, advice }: { mode?: number; advice?: string | Advice } = {},
  ): Deno.FsFile {
    const open = (real: string): Deno.FsFile => {
      checkWritable(real); // a FIFO would wait for who reads it
      const file = Deno.openSync(real, { append: true, create: true, mode: mode ?? 0o666 });
      if (mode !== undefined) Deno.chmodSync(real, mode);
      return file;
    };
    return this.named(path, advice, open, writeFailure);
  }

  /** Works on the real path; with advice, errors get their name. */
  protected named<T>(
    path: string,
    advice: string | Advice | undefined,
    work: (real: string) => T,
    failure = fileFailure,
  ): T {
    const real = this.real(path);
    return advice === undefined ? work(real) : guarded(path, advice, () => work(real), failure);
  }
}

/** Tells why a path is not a directory; `null` if it is one. */
function reasonIfNone(path: string): string | null {
  try {
    return Deno.statSync(path).isDirectory ? null : "is not a directory";
  } catch (error) {
    return reasonOf(error);
  }
}
