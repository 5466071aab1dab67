/**
 * Files that a build takes and makes.
 *
 * @module
 */

/** Whether there is a file, perhaps behind a link. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Puts a file in place, whole or not at all.
 *
 * @param from The file.
 * @param to Its place; the directory is made.
 * @param mode Its mode, whatever the umask.
 * @returns Its place.
 */
export function publish(from: string, to: string, mode: number): string {
  Deno.mkdirSync(to.replace(/[^/]*$/, ""), { recursive: true });
  Deno.copyFileSync(from, `${to}.new`);
  Deno.chmodSync(`${to}.new`, mode);
  Deno.renameSync(`${to}.new`, to);
  return to;
}
