/**
 * What every tool does alike: it reads its command line, works, and says in a
 * line what keeps it from working.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";

/**
 * Runs a tool.
 *
 * @param name What its messages begin with.
 * @param read Reads its command line; by an error it refuses it.
 * @param work Does what is asked for.
 * @returns The exit code: 0 done, 1 failed, 2 usage.
 */
export async function runTool<T>(
  name: string,
  read: () => T,
  work: (order: T) => Promise<void>,
): Promise<number> {
  let order: T;
  try {
    order = read();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof BuildError)) throw error;
    console.error(`${name}: ${error.message}`);
    return 2;
  }
  try {
    await work(order);
    return 0;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`${name}: ${error.message}`);
    return 1;
  }
}
