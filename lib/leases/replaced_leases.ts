/**
 * Leases that were replaced under dnsmasq, as by `sed -i`: it goes on writing to the file
 * that it has opened at its start, which nobody can read any more.
 *
 * @module
 */

import type { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import { orElse, type ProblemDetails } from "../document/problems.ts";
import { isHeldOpen } from "../io/held_open.ts";

const RESTART =
  "systemctl restart dnsmasq: it reads the file anew; what it gave meanwhile stands there once BMCs renew it";

/** Notices it, and says it once. */
export class ReplacedLeases {
  readonly #path: string;
  readonly #host: Pick<Host, "root">;
  readonly #draft: Pick<Draft, "report">;
  /** Which file it was at the last look. */
  #id: string | null = null;
  #isSaid = false;

  /**
   * @param path The leases.
   * @param host The file system.
   * @param draft Takes the problem.
   */
  constructor(path: string, host: Pick<Host, "root">, draft: Pick<Draft, "report">) {
    this.#path = path;
    this.#host = host;
    this.#draft = draft;
  }

  /** Looks whether it is another file than before; dnsmasq itself never makes a new one. */
  async look(): Promise<void> {
    const id = orElse(() => this.#host.root.stat(this.#path, "").id, () => null);
    const before = this.#id;
    // Where it was gone before, dnsmasq may have made the new one.
    this.#id = id;
    if (id === null || before === null || id === before) return;
    // Where it was removed and dnsmasq started anew, it has the new one open.
    if (await isHeldOpen(this.#host.root, this.#path)) return;
    this.#say({
      message: `${this.#path} was replaced: dnsmasq writes its leases to the file before`,
      hint: RESTART,
    });
  }

  /** Looks, where leases are missing in the end, whether somebody writes to it at all. */
  async conclude(): Promise<void> {
    if (this.#id === null || this.#isSaid) return;
    if (await isHeldOpen(this.#host.root, this.#path) !== false) return;
    this.#say({
      message:
        `nobody writes to ${this.#path}: dnsmasq does not run, or the file was replaced under it`,
      hint: RESTART,
    });
  }

  #say(details: ProblemDetails): void {
    if (!this.#isSaid) this.#draft.report("leases-replaced", details);
    this.#isSaid = true;
  }
}
