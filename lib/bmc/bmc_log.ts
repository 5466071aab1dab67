/**
 * The log of what ipmitool said: for root only, and without the password.
 *
 * @module
 */

import type { Root } from "../io/root.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { writeAll } from "../io/write_all.ts";
import type { BmcTarget } from "./bmc_targets.ts";
import { withoutSecret } from "./without_secret.ts";

/**
 * The path of the log.
 *
 * @param directory The directory of logs.
 * @param command The command that asks BMCs.
 */
export function logPath(directory: string, command: string = "bmc-dhcp"): string {
  return `${directory}/${command}.log`;
}

/** Writes down what BMCs said. */
export class BmcLog implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #password: string;
  readonly #now: () => number;
  #fault: unknown = null;

  /**
   * Opens the log and begins a new part of it.
   *
   * @param root The file system of the PIT.
   * @param options `directory`: its directory; `command`: whose it is; `password`: what it must never hold;
   * `now`: tells the milliseconds since the epoch.
   * @throws If it cannot be written.
   */
  constructor(root: Root, { directory, command, password, now }: {
    directory: string;
    command?: string | undefined;
    password: string;
    now: () => number;
  }) {
    new WritableRoot(root).makeDirectories(directory);
    this.#password = password;
    this.#now = now;
    // An older file may have another mode.
    this.#file = root.append(logPath(directory, command), { mode: 0o600 });
    this.#attempt(`=== ${this.#time()}\n`);
  }

  /**
   * Adds a line of a session. If it cannot be written the session goes on:
   * see {@linkcode fault}.
   */
  add({ name, address, key }: BmcTarget, line: string): void {
    const said = withoutSecret(line.trimEnd(), key);
    this.#attempt(`${this.#time()} ${name} ${address} ${said}\n`);
  }

  /** Why it is incomplete; `null` if it is complete. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  #attempt(text: string): void {
    if (this.#fault !== null) return;
    const clean = withoutSecret(text, this.#password);
    try {
      writeAll(this.#file, new TextEncoder().encode(clean));
    } catch (error) {
      this.#fault = error;
    }
  }
}
