/**
 * Stand-ins for the @std packages, laid out as Deno keeps a package in vendor/.
 *
 * @module
 */

/** What our code imports of the packages; a stand-in has it all in one module. */
const EXPORTS = [
  ".",
  "./parse-args",
  "./ensure-dir",
  "./basename",
  "./dirname",
  "./join",
  "./relative",
];

/**
 * Lays out a package; what marks it as there comes last. What is right already is
 * not touched: another task may be reading it.
 *
 * @param directory Where the packages are.
 * @param name For instance `path`.
 * @param version For instance `1.1.6`.
 */
export function layOut(directory: string, name: string, version: string): void {
  const place = `${directory}/${name}`;
  Deno.mkdirSync(`${place}/${version}`, { recursive: true });
  const exports = Object.fromEntries(EXPORTS.map((path) => [path, "./mod.ts"]));
  write(`${place}/${version}/mod.ts`, Deno.readTextFileSync(`tools/std/${name}.ts`));
  write(`${place}/meta.json`, JSON.stringify({ versions: { [version]: {} } }));
  write(`${place}/${version}_meta.json`, JSON.stringify({ manifest: {}, exports }));
}

/** Writes a file, unless it is as it should be. */
export function write(path: string, text: string): void {
  try {
    if (Deno.readTextFileSync(path) === text) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  // Whole at any time: what reads it may be another task.
  const next = `${path}.${Deno.pid}`;
  Deno.writeTextFileSync(next, text);
  Deno.renameSync(next, path);
}
