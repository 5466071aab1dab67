/** Stand-in for jsr:@std/fs: what Deno itself does not have. */

export function ensureDirSync(dir: string | URL): void {
  Deno.mkdirSync(dir, { recursive: true });
}
