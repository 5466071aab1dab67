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
  #letIn = 0;

  /** @param options `fanout`: the most at once; `keepGoing`: whatever the first say. */
  constructor({ fanout, keepGoing }: { fanout: number; keepGoing: boolean }) {
    this.#fanout = fanout;
    this.#keepsGoing = keepGoing;
  }

  /** A BMC has let us in: the password is right. */
  letIn(): void {
    this.#letIn++;
  }

  /** A BMC has refused the password. */
  refuse(node: string): void {
    this.#refusals.push(node);
  }

  /** The nodes whose BMCs refused, sorted, if these are all that answered, and enough. */
  get verdict(): readonly string[] | null {
    const isOver = !this.#keepsGoing && this.#letIn === 0 && this.#refusals.length >= FEW;
    return isOver ? this.#refusals.toSorted() : null;
  }

  /**
   * Tells how many may be asked at once, those that are being asked among them.
   *
   * @param silent How many of these have not answered for a while: they say
   * nothing of the password, so others are asked in their place.
   */
  limit(silent: number): number {
    if (this.verdict) return 0;
    if (this.#keepsGoing) return this.#fanout;
    // With one that lets us in the password is right, and the crowd may come, but
    // not all at once: what overloads this machine makes all BMCs look slow.
    const few = this.#letIn > 0 ? FEW + this.#letIn : FEW - this.#refusals.length;
    return Math.min(few + silent, this.#fanout);
  }
}
