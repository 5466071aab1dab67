/**
 * A folder to build in.
 *
 * @module
 */

/**
 * Does something in a new folder that goes away when it is done, has failed or
 * was interrupted.
 *
 * @param prefix How the name of the folder begins.
 * @param work What to do.
 * @returns What it returns.
 */
export async function inWorkFolder<T>(
  prefix: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = Deno.makeTempDirSync({ prefix });
  const remove = (): void => Deno.removeSync(folder, { recursive: true });
  const interrupt = (): void => {
    remove();
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    return await work(folder);
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
    remove();
  }
}
