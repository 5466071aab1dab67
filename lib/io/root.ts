/**
 * The file system of a PIT: the real one, or one below a directory.
 *
 * Commands speak of paths as seen from inside (`/var/www`); only here they
 * become real ones.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { Failure } from "../document/problems.ts";
import { printable } from "../text/printable.ts";
import {
  type Advice,
  fileFailure,
  guarded,
  reasonOf,
  UnfitFile,
  writeFailure,
} from "./failures.ts";
import { openToAdd } from "./log_file.ts";
import {
  checkDirectory,
  isShellPipe,
  openFile,
  readFile,
  readSeen,
  readStream,
} from "./read_file.ts";
import { type Stat, statOf } from "./stat.ts";
import { strangerOnWay } from "./strangers.ts";
import { lstatIfThere, wayTo } from "./way.ts";
import { LATE, within } from "./within.ts";

/** Names that lead to a directory in which they are none. */
const TURNS: ReadonlySet<string> = new Set(["", ".", ".."]);
/** A byte order mark is kept. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The file system that a command works on, for those who look, and add to logs.
 *
 * Its methods take a path as seen from inside. Given advice, they throw a
 * {@linkcode Failure} that names the path, the reason and what to do; without they
 * throw what Deno does, of which {@linkcode reasonOf} says what may be shown.
 */
export class Root {
  readonly #prefix: string;
  readonly #known: Map<string, unknown>;

  /** @param directory What `/` means; `/` for the machine itself. Of another root: the same. */
  constructor(directory: string | Root) {
    const isRoot = directory instanceof Root;
    this.#prefix = isRoot ? directory.#prefix : directory.replace(/\/+$/, "");
    this.#known = isRoot ? directory.#known : new Map();
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

  /** Whether it is that of the machine itself. */
  get isMachine(): boolean {
    return this.#prefix === "";
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
   * Where a path really is, links followed as they are seen from inside.
   *
   * @param path As seen from inside.
   */
  real(path: string): string {
    return this.#wayTo(path, true);
  }

  /**
   * Where the name of a path really is: if that is a link, the link.
   *
   * @param path As seen from inside.
   */
  place(path: string): string {
    return this.#wayTo(path, false);
  }

  #wayTo(path: string, follows: boolean): string {
    // The machine itself follows its links.
    if (this.#prefix === "" || !path.startsWith("/")) return path;
    const at = path.lastIndexOf("/");
    const name = path.slice(at + 1);
    if (TURNS.has(name)) return wayTo(this.#prefix, path, { follows: true }).real;
    const place = `${this.#directory(path.slice(0, at))}/${name}`;
    const isFollowed = follows && lstatIfThere(place)?.isSymlink;
    return isFollowed ? wayTo(this.#prefix, path, { follows }).real : place;
  }

  /** Most paths share their directories. */
  #directory(path: string): string {
    if (this.#prefix === "") return path;
    if (path === "") return this.#prefix;
    return this.once(`the way to ${path}`, () => this.#wayTo(path, true));
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

  /**
   * Tells of each directory on the way to a path, links followed, the outer first; above
   * `--root` by its real path.
   *
   * @param options `isInside`: whether to leave out what is above, and `/` itself.
   * @returns Whether something is at the path.
   */
  walk(
    path: string,
    visit: (directory: string, stat: Stat) => void,
    { isInside = false }: { readonly isInside?: boolean } = {},
  ): boolean {
    const whole = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
    const top = whole === path ? this.#prefix : "";
    if (top !== "" && !isInside) wayTo("", Deno.realPathSync(top), { follows: true, visit });
    const visitInner = (real: string, stat: Stat): void => {
      if (real !== top) visit(real.slice(top.length), stat);
    };
    return wayTo(top, whole, { follows: true, visit: visitInner }).isThere;
  }

  /** Tells what a path is, behind all links. */
  stat(path: string, advice?: string | Advice): Stat {
    return named(path, advice, () => {
      if (this.#prefix === "") return statOf(Deno.statSync(path));
      const stat = this.lstat(path);
      return stat.isSymlink ? statOf(Deno.statSync(this.real(path))) : stat;
    });
  }

  /** Tells what a path is itself, perhaps a link. */
  lstat(path: string): Stat {
    return statOf(Deno.lstatSync(this.place(path)));
  }

  /** Tells what a link points to, one hop. */
  readLink(path: string): string {
    return Deno.readLinkSync(this.place(path));
  }

  /**
   * Tells how many bytes are free for whoever is not root, on the disk of a path.
   *
   * @throws If that cannot be told.
   */
  async freeBytes(path: string): Promise<number> {
    const { default: fs } = await import("node:fs");
    const { bavail, bsize } = fs.statfsSync(this.real(path));
    return bavail * bsize;
  }

  /** Tells where a path leads, all links followed; `null` if that is not inside. */
  follow(path: string): string | null {
    return this.inside(Deno.realPathSync(this.real(path)));
  }

  /** Lists a directory. */
  list(path: string, advice?: string | Advice): Deno.DirEntry[] {
    return named(path, advice, () => [...Deno.readDirSync(this.#directory(path))]);
  }

  /** Makes sure that a path is a directory, perhaps behind a link. */
  checkDirectory(path: string, advice?: string | Advice): void {
    named(path, advice, () => checkDirectory(this.real(path)));
  }

  /** Opens a regular file of any size, perhaps behind a link, to read it. */
  open(path: string): Deno.FsFile {
    return openFile(this.real(path));
  }

  /** Reads a regular file, perhaps behind a link. */
  read(path: string, advice?: string | Advice): Uint8Array<ArrayBuffer> {
    return named(path, advice, () => readFile(this.real(path)));
  }

  /**
   * Reads a regular file, perhaps behind a link, and what it is: of one file, whatever
   * is put in its place meanwhile.
   *
   * @param most The most bytes that it may have.
   */
  readSeen(path: string, most: number): ReturnType<typeof readSeen> {
    return readSeen(this.real(path), most);
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
   * @throws {UnfitFile} If another user may change it, or put something in its place.
   */
  append(
    path: string,
    { mode, advice }: { mode?: number; advice?: string | Advice } = {},
  ): Deno.FsFile {
    const open = (): Deno.FsFile => {
      const stranger = strangerOnWay(this, dirname(path), { isShared: true });
      if (stranger) throw new UnfitFile(`${stranger.path} ${stranger.words}`);
      return openToAdd(this.place(path), mode);
    };
    return advice === undefined ? open() : guarded(path, advice, open, writeFailure);
  }
}

/** With advice, errors get their name. */
function named<T>(path: string, advice: string | Advice | undefined, work: () => T): T {
  return advice === undefined ? work() : guarded(path, advice, work);
}

/** Tells why a path is not a directory; `null` if it is one. */
function reasonIfNone(path: string): string | null {
  try {
    return Deno.statSync(path).isDirectory ? null : "is not a directory";
  } catch (error) {
    return reasonOf(error);
  }
}
