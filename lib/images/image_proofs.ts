/**
 * Proves once that an image can be booted, and recognises it afterwards.
 *
 * @module
 */

import type { Root, Stat } from "../io/root.ts";
import type { Role } from "../nodes/roles.ts";
import { checkImage } from "./check_image.ts";
import { type EachOfThree, eachOfThree } from "./each_of_three.ts";

/** The images that were proved so far. */
export class ImageProofs {
  readonly #root: Root;
  readonly #webRoot: string;
  readonly #proved = new Map<string, string>();

  /**
   * @param root The file system.
   * @param webRoot Where the web server begins.
   */
  constructor(root: Root, webRoot: string) {
    this.#root = root;
    this.#webRoot = webRoot;
  }

  /**
   * Makes sure that three files are one image of a role which nodes can boot, as
   * {@linkcode checkImage} does. An image that was proved before is recognised by path,
   * inode, size, time, owner and mode of its files.
   *
   * @param role Whose image it should be.
   * @param paths The three files, as seen from inside.
   * @returns Who owns the three; `null` where we may not change owners.
   * @throws {Failure} If they are not.
   */
  prove(role: Role, paths: EachOfThree<string>): EachOfThree<number | null> {
    const stats = eachOfThree((part) => this.#statOf(paths[part]));
    const key = JSON.stringify([role.name, paths]);
    const signs = JSON.stringify(stats);
    if (this.#proved.get(key) !== signs) {
      checkImage(role, paths, { root: this.#root, webRoot: this.#webRoot });
      this.#proved.set(key, signs);
    }
    const isRoot = Deno.uid() === 0;
    return eachOfThree((part) => isRoot ? stats[part]?.uid ?? null : null);
  }

  /** `null` where there is nothing to look at: the check says why. */
  #statOf(path: string): Stat | null {
    try {
      return this.#root.stat(path);
    } catch {
      return null;
    }
  }
}
