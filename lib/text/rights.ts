/**
 * What a mode lets an ordinary user do, such as that of the web server.
 *
 * @module
 */

/** Whether everybody may read a file of that mode. */
export function mayRead(mode: number): boolean {
  return (mode & 0o004) !== 0;
}

/** Whether everybody may enter a directory of that mode. */
export function mayEnter(mode: number): boolean {
  return (mode & 0o001) !== 0;
}
