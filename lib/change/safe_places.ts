/**
 * Whether others than root may write where pitboot does: then they decide what nodes
 * boot, and could have root write elsewhere.
 *
 * @module
 */

import type { Rights } from "../boot/boot_tree.ts";
import { Failure, type Report } from "../document/problems.ts";
import { type Trusted, whoElse } from "../io/keepers.ts";
import type { Root } from "../io/root.ts";
import { type Stranger, strangerOf, strangerOnWay } from "../io/strangers.ts";
import { readTrusted } from "../nodes/trusted.ts";

/** Looks for others than root. */
export class SafePlaces {
  readonly #root: Root;
  readonly #config: string;

  /** @param config Where the site says whom it trusts: `/etc/pitboot.json`. */
  constructor(root: Root, config: string) {
    this.#root = root;
    this.#config = config;
  }

  /**
   * Makes sure that nobody else may write to a directory.
   *
   * @param directory For instance `/var/www`.
   * @throws {Failure} If somebody may.
   */
  check(directory: string): void {
    const stranger = this.stranger(directory);
    if (!stranger) return;
    const { message, hint } = words(directory, stranger, this.#config);
    throw new Failure("place-unsafe", { message, hint: `nothing was changed; ${hint}` });
  }

  /**
   * Says who else may write to directories that are only looked at.
   *
   * @param directories For instance `/var/www/boot`.
   */
  reports(directories: readonly string[]): Report[] {
    const found = directories.flatMap((directory) => {
      const stranger = this.stranger(directory);
      return stranger ? [[stranger.path, words(directory, stranger, this.#config)] as const] : [];
    });
    return [...new Map(found).values()].map((details) => ["place-shared", details]);
  }

  /** Finds who else may write to a directory; `null` if nobody may. */
  stranger(directory: string): Stranger | null {
    // Whom the site trusts is asked only where somebody else may.
    if (!strangerOnWay(this.#root, directory)) return null;
    return strangerOnWay(this.#root, directory, { trusted: this.#trusted() });
  }

  /** Finds who else may write to a directory of which all above is safe. */
  strangerIn(directory: string, rights: Rights): Stranger | null {
    if (whoElse(rights) === null) return null;
    const found = whoElse(rights, this.#trusted());
    return found === null ? null : strangerOf(directory, found);
  }

  #trusted(): Trusted {
    return this.#root.once(
      `trusted by ${this.#config}`,
      () => readTrusted(this.#root, this.#config),
    );
  }
}

function words(
  directory: string,
  { path, words, cure }: Stranger,
  config: string,
): { message: string; hint: string } {
  const place = path === directory ? "" : ` (on the way to ${directory})`;
  return {
    message: `${path}${place} ${words}: others than root may change what nodes boot`,
    hint: `${cure}; or, if that is meant, name the user or group in ${config} ("trusted")`,
  };
}
