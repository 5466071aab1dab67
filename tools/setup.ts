/**
 * Fills vendor/ with stand-ins for the @std packages where jsr.io does not
 * answer: behind a proxy that knows only npm, or without any network.
 *
 * With jsr.io in reach (or the mirror that JSR_URL names) this does nothing, and `deno install`, which follows
 * it, downloads the real packages. To go from stand-ins to the real packages,
 * remove vendor/.
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
const missing = Object.values<string>(imports).flatMap((specifier) => {
  const [, name, version] = /^jsr:@std\/(.+)@(.+)$/.exec(specifier) ?? [];
  return name && version && !isFile(`${folder(name)}/${version}_meta.json`)
    ? [{ name, version }]
    : [];
});

const registry = Deno.env.get("JSR_URL") ?? "https://jsr.io";
if (missing.length > 0 && !await answers(`${registry.replace(/\/$/, "")}/@std/path/meta.json`)) {
  for (const { name, version } of missing) layOut(name, version);
  console.error(
    "setup: jsr.io does not answer; vendor/ holds the stand-ins of tools/std",
  );
}

function folder(name: string): string {
  return `vendor/jsr.io/@std/${name}`;
}

function isFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
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
  Deno.mkdirSync(`${folder(name)}/${version}`, { recursive: true });
  Deno.copyFileSync(
    `tools/std/${name}.ts`,
    `${folder(name)}/${version}/mod.ts`,
  );
  writeJson(`${folder(name)}/meta.json`, { versions: { [version]: {} } });
  writeJson(`${folder(name)}/${version}_meta.json`, {
    manifest: {},
    exports: Object.fromEntries(EXPORTS.map((path) => [path, "./mod.ts"])),
  });
}

function writeJson(path: string, value: unknown): void {
  Deno.writeTextFileSync(path, JSON.stringify(value));
}
