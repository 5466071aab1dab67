/**
 * The three files that a node boots, and the words for them.
 *
 * @module
 */

/** In the order in which a node fetches them. */
export const PARTS = ["initrd", "kernel", "rootfs"] as const;

/** One of the three. */
export type Part = typeof PARTS[number];

/** Something of each of the three. */
export type EachOfThree<T> = Readonly<Record<Part, T>>;

/**
 * Makes something for each of the three.
 *
 * @param make Makes it for one.
 */
export function eachOfThree<T>(make: (part: Part) => T): EachOfThree<T> {
  // In the order that documents have.
  return { kernel: make("kernel"), initrd: make("initrd"), rootfs: make("rootfs") };
}
