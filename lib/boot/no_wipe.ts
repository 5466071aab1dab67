/**
 * `metal.no-wipe`, the parameter that decides whether a node wipes its disks when it
 * boots: without it, and with `0`, `no` or `off`, it does.
 *
 * @module
 */

/**
 * Tells whether a node may keep its disks with a script.
 *
 * @param script The text of the script, one character per byte.
 */
export function mayKeepDisks(script: string): boolean {
  return valuesIn(script).some((value) => !WIPES.has(value));
}

/**
 * Tells whether a node may keep its disks with one script and may lose them with
 * another. Where that depends on a variable of iPXE, it may.
 *
 * @param script The text of the one.
 * @param other The text of the other.
 */
export function keepsDisksOnly(script: string, other: string): boolean {
  const [values, others] = [valuesIn(script), valuesIn(other)];
  const isLiteral = others.every((value) => !value.includes("$"));
  const isSame = isLiteral && values.join() === others.join();
  const keeps = isLiteral && others.length > 0 && others.every((value) => !WIPES.has(value));
  return mayKeepDisks(script) && !isSame && !keeps;
}

/** The values by which disks are wiped, as dracut reads them; a bare parameter means yes. */
export const WIPES: ReadonlySet<string> = new Set(["0", "no", "off"]);

const PARAMETER = /(?<![^\s"'])metal\.no-wipe(?:=([^\s"']*))?(?![^\s"'])/g;

/** All values that a script gives it. */
function valuesIn(script: string): string[] {
  const code = script.replace(/(?<!\S)#.*/g, "");
  return [...code.matchAll(PARAMETER)].map(([, value]) => value ?? "1");
}
