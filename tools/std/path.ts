/** Stand-in for jsr:@std/path, over node:path, which treats many slashes in another way. */
// Loaded when it is needed: a bundle loads at its start what it imports.
const { basename: nodeBasename, dirname: nodeDirname, join, relative } = await import("node:path");
export { join, relative };

export function basename(path: string): string {
  return nodeBasename(path) || (path.startsWith("/") ? "/" : "");
}

export function dirname(path: string): string {
  return nodeDirname(path).replace(/(?<=.)\/+$/s, "");
}
