/**
 * The file system of a PIT, for those who change it.
 *
 * @module
 */

import { type Advice, writeFailure } from "./failures.ts";
import { makePrivateDirectory } from "./private_directory.ts";
import {
  type FileFacts,
  type GiveLink,
  makeDirectory,
  makeLink,
  removeIfThere,
  replaceDirectory,
  replaceFile,
  replaceLink,
  syncDirectory,
  syncPath,
  writeFile,
} from "./replace_file.ts";
import { Root } from "./root.ts";
import { checkCouldWrite } from "./writable.ts";

/** What to do if something cannot be written; a text is the hint. */
type Told = string | Advice | undefined;

/**
 * A file system that may be changed. As with {@linkcode Root}: with advice errors get
 * their name, without they are as Deno has them.
 */
export class WritableRoot extends Root {
  /** @param root The same file system. */
  constructor(root: Root) {
    super(root.real("/"));
  }

  /** Makes a file where nothing should be; of a run that was cut off it may be. */
  create(path: string, bytes: Uint8Array, options: FileFacts & { advice?: Told } = {}): void {
    this.#write(path, options.advice, (real) => writeFile(real, bytes, options));
  }

  /** Replaces a file, or makes it; see {@linkcode replaceFile}. */
  replace(path: string, bytes: Uint8Array, options: FileFacts & { advice?: Told } = {}): void {
    this.#write(path, options.advice, (real) => replaceFile(real, bytes, options));
  }

  /** Makes a link where nothing should be; `give` changes its owner. */
  link(path: string, target: string, give?: GiveLink): void {
    makeLink(this.real(path), target, give);
  }

  /** Replaces a link, or whatever is in its place. */
  replaceLink(path: string, target: string): void {
    replaceLink(this.real(path), target);
  }

  /** Makes a directory where nothing is; its mode is that, whatever the umask. */
  makeDirectory(path: string, mode: number): void {
    makeDirectory(this.real(path), mode);
  }

  /** Makes a directory where nothing is; whoever looks sees none, or one with its mode. */
  replaceDirectory(path: string, mode: number): void {
    replaceDirectory(this.real(path), mode);
  }

  /** Makes a directory that is nobody's but ours; see {@linkcode makePrivateDirectory}. */
  makePrivateDirectory(path: string, advice?: Told): void {
    this.#write(path, advice, (real) => makePrivateDirectory(real));
  }

  /** Gives a file another name, in the place of what has it. */
  rename(path: string, to: string): void {
    Deno.renameSync(this.real(path), this.real(to));
  }

  /** Gives a file a second name; it fails if something has it. */
  addName(path: string, to: string): void {
    Deno.linkSync(this.real(path), this.real(to));
  }

  /** Removes a file, a link or an empty directory. */
  remove(path: string, advice?: Told): void {
    this.#write(path, advice, Deno.removeSync);
  }

  /** Removes it, and is content if it is gone already. */
  removeIfThere(path: string, advice?: Told): void {
    this.#write(path, advice, removeIfThere);
  }

  /** Removes a directory and all that is in it. */
  removeTree(path: string, advice?: Told): void {
    this.#write(path, advice, (real) => Deno.removeSync(real, { recursive: true }));
  }

  /** Waits until a file, or what a directory holds, is on disk. */
  sync(path: string): Promise<void> {
    return syncPath(this.real(path));
  }

  /** Waits until the names in a directory are on disk; one that is gone has none. */
  syncDirectory(path: string, advice?: Told): void {
    this.#write(path, advice, syncDirectory);
  }

  /** Makes sure that a file could be written; see {@linkcode checkCouldWrite}. */
  checkCouldWrite(path: string, advice?: Told): void {
    this.#write(path, advice, checkCouldWrite);
  }

  #write<T>(path: string, advice: Told, work: (real: string) => T): T {
    return this.named(path, advice, work, writeFailure);
  }
}
