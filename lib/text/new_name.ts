/**
 * The name under which something new is made, before it takes its place.
 *
 * @module
 */

/**
 * Names what is made beside `name`, in the same directory.
 *
 * @param name For instance `kernel`.
 * @returns Hidden, and the same in every run: `.kernel.new`.
 */
export function newName(name: string): string {
  return `.${name}.new`;
}

/**
 * Names what is made beside a path; see {@linkcode newName}.
 *
 * @param path For instance `/var/www/ncn-w001/kernel`.
 * @returns `/var/www/ncn-w001/.kernel.new`.
 */
export function newPath(path: string): string {
  const at = path.lastIndexOf("/") + 1;
  return path.slice(0, at) + newName(path.slice(at));
}

/**
 * Tells what a name that {@linkcode newName} made was made for.
 *
 * @param name Any name.
 * @returns For instance `kernel`; `null` if it is not of that form.
 */
export function nameOfNew(name: string): string | null {
  return /^\.(.+)\.new$/.exec(name)?.[1] ?? null;
}
