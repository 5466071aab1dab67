/**
 * A wrong password, tried at a hundred BMCs, locks out the user at a hundred
 * BMCs: the first few are asked before the crowd.
 *
 * @module
 */

/** So many that refuse, and none that lets us in, are enough. */
const FEW = 3;

/** Decides how many BMCs may be asked at once. */
export class FirstFew {
  readonly #fanout: number;
  readonly #keepsGoing: boolean;
  readonly #refusals: string[] = [];
  #isLetIn = false;

  /** @param options `fanout`: the most at once; `keepGoing`: whatever the first say. */
  constructor({ fanout, keepGoing }: { fanout: number; keepGoing: boolean }) {
    this.#fanout = fanout;
    this.#keepsGoing = keepGoing;
  }

  /** A BMC has let us in: the password is right. */
  letIn(): void {
    this.#isLetIn = true;
  }

  /** A BMC has refused the password. */
  refuse(node: string): void {
    this.#refusals.push(node);
  }

  /** The nodes whose BMCs refused, if these are all that answered, and enough. */
  get verdict(): readonly string[] | null {
    const isOver = !this.#keepsGoing && !this.#isLetIn && this.#refusals.length >= FEW;
    return isOver ? this.#refusals : null;
  }

  /**
   * Tells how many may be asked at once, those that are being asked among them.
   *
   * @param silent How many of these have not answered for a while: they say
   * nothing of the password, so others are asked in their place.
   */
  limit(silent: number): number {
    if (this.verdict) return 0;
    if (this.#isLetIn || this.#keepsGoing) return this.#fanout;
    return Math.min(FEW - this.#refusals.length + silent, this.#fanout);
  }
}
