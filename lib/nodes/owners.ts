/**
 * Which host a MAC or an address belongs to.
 *
 * @module
 */

/** Who has a value: one host alone (`of`), or several (`shared`). */
export class Owners<Claim extends { readonly host: string }> {
  readonly of = new Map<string, string>();
  readonly shared = new Map<string, Claim[]>();
  readonly #first = new Map<string, Claim>();

  /** Notes that a host has a value. */
  add(value: string, claim: Claim): void {
    const first = this.#first.get(value);
    if (!first) {
      this.#first.set(value, claim);
      this.of.set(value, claim.host);
    } else if (first.host !== claim.host) {
      const all = this.shared.get(value);
      if (all) all.push(claim);
      else this.shared.set(value, [first, claim]);
      this.of.delete(value);
    }
  }
}
