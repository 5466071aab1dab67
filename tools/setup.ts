/**
 * Fills vendor/ with stand-ins for the @std packages where jsr.io does not
 * answer: behind a proxy that knows only npm, or without any network.
 *
 * With jsr.io in reach (or the mirror that JSR_URL names) this does nothing,
 * and `deno install`, which follows it, downloads the real packages. To go from
 * stand-ins to the real packages, remove vendor/.
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
/** Longer than any healthy answer, shorter than the patience of a person. */
const TIMEOUT_MS = 3000;

const { imports } = JSON.parse(await Deno.readTextFile("deno.json"));
const packages = Object.values<string>(imports).flatMap((specifier) => {
  const [, name, version] = /^jsr:@std\/(.+)@(.+)$/.exec(specifier) ?? [];
  return name && version ? [{ name, version, found: find(name, version) }] : [];
});
const missing = packages.filter(({ found }) => found === "nothing");
// Those of an older checkout may lack something.
for (const { name, version, found } of packages) if (found === "stand-in") layOut(name, version);

const registry = Deno.env.get("JSR_URL") ?? "https://jsr.io";
if (missing.length > 0 && !await answers(`${registry.replace(/\/$/, "")}/@std/path/meta.json`)) {
  for (const { name, version } of missing) layOut(name, version);
  console.error("setup: jsr.io does not answer; vendor/ holds the stand-ins of tools/std");
}

function directory(name: string): string {
  return `vendor/jsr.io/@std/${name}`;
}

/** What is there of a package; the manifest of a real one is not empty. */
function find(name: string, version: string): "nothing" | "stand-in" | "package" {
  try {
    const { manifest } = JSON.parse(
      Deno.readTextFileSync(`${directory(name)}/${version}_meta.json`),
    );
    return Object.keys(manifest).length > 0 ? "package" : "stand-in";
  } catch {
    return "nothing";
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Lays out one package as Deno vendors it; what marks it as there comes last. */
function layOut(name: string, version: string): void {
  Deno.mkdirSync(`${directory(name)}/${version}`, { recursive: true });
  const exports = Object.fromEntries(EXPORTS.map((path) => [path, "./mod.ts"]));
  write(`${directory(name)}/${version}/mod.ts`, Deno.readTextFileSync(`tools/std/${name}.ts`));
  write(`${directory(name)}/meta.json`, JSON.stringify({ versions: { [version]: {} } }));
  write(`${directory(name)}/${version}_meta.json`, JSON.stringify({ manifest: {}, exports }));
}

/** Touches nothing that is right already: another task may be reading it. */
function write(path: string, text: string): void {
  try {
    if (Deno.readTextFileSync(path) === text) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.writeTextFileSync(path, text);
}
