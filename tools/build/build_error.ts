/**
 * What keeps a build from being made, as a sentence for people.
 *
 * @module
 */

/** Nothing can be built; the message says why and what to do. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}
