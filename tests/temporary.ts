/**
 * Directories that go away at the end of their block.
 *
 * @module
 */

/** A directory of its own for a test. */
export interface TemporaryDirectory extends Disposable {
  readonly directory: string;
}

/** Makes an empty directory. */
export function temporaryDirectory(): TemporaryDirectory {
  const directory = Deno.makeTempDirSync({ prefix: "pitboot-test-" });
  return { directory, [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }) };
}
