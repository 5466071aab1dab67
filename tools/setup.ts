/**
 * Fills vendor/ with stand-ins for the @std packages where jsr.io does not
 * answer: behind a proxy that knows only npm, or without any network.
 *
 * With jsr.io in reach (or the mirror that JSR_URL names) this does nothing but
 * remove what is not whole, and `deno install`, which follows it, downloads the
 * real packages. To go from stand-ins to the real packages, remove vendor/.
 *
 * Exit: 0 done, 1 this Deno is too old
 *
 * @module
 */

import { whyNotDeno } from "./setup/deno_version.ts";
import { readLock } from "./setup/lock.ts";
import { vendorDirectory, whyNotRegistry } from "./setup/registry.ts";
import { layOut } from "./setup/stand_ins.ts";
import { lookAt, type Package, type Vendored } from "./setup/vendored.ts";

/** What `deno install` writes at its end, so that it marks vendor/ as filled. */
const LOCK = "vendor/jsr.lock";
const REGISTRY = new URL((Deno.env.get("JSR_URL") || "https://jsr.io").replace(/\/*$/, "/"));
const DIRECTORY = `${vendorDirectory(REGISTRY)}/@std`;

const tooOld = whyNotDeno(Deno.version.deno);
if (tooOld) {
  console.error(`setup: ${tooOld}`);
  Deno.exit(1);
}
const { imports } = JSON.parse(await Deno.readTextFile("deno.json"));
const wanted = Object.values<string>(imports).flatMap((specifier) => {
  const [, name, version] = /^jsr:@std\/(.+)@(.+)$/.exec(specifier) ?? [];
  return name && version ? [{ name, version }] : [];
});
await fill(await lookAt(DIRECTORY));
// Of other packages than these, it would refuse them.
if (!isLocked((await lookAt(DIRECTORY)).packages)) remove(LOCK);

async function fill({ packages, broken }: Vendored): Promise<void> {
  const standIns = packages.filter(({ isStandIn }) => isStandIn);
  if (standIns.length > 0 && standIns.length === packages.length) return layOutAll();
  if (standIns.length === 0 && broken.length === 0 && isLocked(packages)) return;
  const [first] = wanted;
  const why = first && await whyNotRegistry(REGISTRY, first.name, first.version);
  if (why) {
    console.error(
      `setup: ${REGISTRY.host}: ${why}\nsetup: vendor/ holds the stand-ins of tools/std`,
    );
    // A real package wants more of its neighbours than a stand-in has.
    remove(DIRECTORY);
    return layOutAll();
  }
  for (const path of broken) {
    console.error(`setup: ${path} is not what it was; it is downloaded again`);
    remove(path);
  }
  if (standIns.length > 0) remove(DIRECTORY);
}

/** Whether `deno install` came to its end with all of these packages. */
function isLocked(packages: readonly Package[]): boolean {
  const { specifiers = {}, jsr = {} } = readLock(LOCK) ?? {};
  return wanted.every(({ name, version }) =>
    `jsr:@std/${name}@${version}` in specifiers &&
    packages.some(({ id }) => id === `${name}@${version}`)
  ) &&
    packages.every(({ id, integrity }) => jsr[`@std/${id}`]?.integrity === integrity);
}

/** Also where they are: those of an older checkout may lack something. */
function layOutAll(): void {
  for (const { name, version } of wanted) layOut(DIRECTORY, name, version);
}

function remove(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
