/** Stand-in for jsr:@std/fs: what Deno itself does not have. */

export function ensureDirSync(dir: string | URL): void {
  try {
    const { isDirectory, isFile } = Deno.statSync(dir);
    if (isDirectory) return;
    const found = isFile ? "file" : undefined;
    throw new Error(`Failed to ensure directory exists: expected 'dir', got '${found}'`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    Deno.mkdirSync(dir, { recursive: true });
  } catch (error) {
    // Somebody else made it, or a link leads nowhere.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    Deno.statSync(dir);
  }
}
