/** Stand-in for jsr:@std/path, over node:path. */
export { basename, dirname, join, relative } from "node:path";
