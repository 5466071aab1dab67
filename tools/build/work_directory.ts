/**
 * A directory to build in.
 *
 * @module
 */

/**
 * Does something in a new directory that goes away when it is done, has failed or
 * was interrupted.
 *
 * @param prefix How the name of the directory begins.
 * @param work What to do.
 * @returns What it returns.
 */
export async function inWorkDirectory<T>(
  prefix: string,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = Deno.makeTempDirSync({ prefix });
  const remove = (): void => Deno.removeSync(directory, { recursive: true });
  const interrupt = (): void => {
    remove();
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    return await work(directory);
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
    remove();
  }
}
