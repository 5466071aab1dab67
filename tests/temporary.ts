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
  return { directory, [Symbol.dispose]: () => removeAll(directory) };
}

/** What a simulated BMC writes meanwhile, after its test has ended, goes as well. */
function removeAll(directory: string): void {
  for (let left = 100;; left--) {
    try {
      return Deno.removeSync(directory, { recursive: true });
    } catch (error) {
      if (left === 0 || !/not empty/i.test(String(error))) throw error;
    }
  }
}
