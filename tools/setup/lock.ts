/**
 * The lock of a checkout: that of the npm packages, which is ours, and that of
 * the @std packages, which is of whatever is installed.
 *
 * @module
 */

/** A lock of Deno. */
export interface Lock {
  readonly version: string;
  readonly specifiers?: Readonly<Record<string, string>>;
  readonly jsr?: Readonly<Record<string, { readonly integrity: string }>>;
  readonly npm?: Readonly<Record<string, unknown>>;
  readonly workspace?: unknown;
}

/**
 * Makes one lock of two.
 *
 * @param npm With the packages of npm.
 * @param jsr With those of JSR.
 */
export function joinLocks(npm: Lock, jsr: Lock): Lock {
  const specifiers = [npm, jsr].flatMap(({ specifiers = {} }) => Object.entries(specifiers));
  return {
    version: npm.version,
    specifiers: Object.fromEntries(specifiers.sort(([a], [b]) => a < b ? -1 : 1)),
    jsr: jsr.jsr ?? {},
    npm: npm.npm ?? {},
    workspace: jsr.workspace,
  };
}

/**
 * Reads a lock.
 *
 * @returns `null` if there is none, or only part of one.
 */
export function readLock(path: string): Lock | null {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}
