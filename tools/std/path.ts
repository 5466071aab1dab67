/** Stand-in for jsr:@std/path, over node:path. */
// Loaded when it is needed: a bundle loads at its start what it imports.
const { basename, dirname, join, relative } = await import("node:path");
export { basename, dirname, join, relative };
