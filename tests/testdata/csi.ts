/**
 * The files in `csi/`: what cray-site-init wrote for invented systems.
 *
 * @module
 */

/** The generated files of one system, as text. */
export interface CsiSystem {
  readonly name: string;
  readonly conman: string;
  readonly statics: string;
  /** What it says of networks, one file behind the other. */
  readonly networks: string;
  /** What it says to cloud-init, as `csi patch` leaves it; but for what nodes run and mount. */
  readonly cloudInit: string;
}

const NETWORKS = ["CAN", "CMN", "HMN", "MTL", "NMN"];

const DIRECTORY = new URL("./csi/", import.meta.url);

/**
 * Reads every system below `csi/`.
 *
 * @returns The systems, sorted by name.
 * @throws {Error} If there is none: a test over no files proves nothing.
 */
export function csiSystems(): CsiSystem[] {
  const names = [...Deno.readDirSync(DIRECTORY)]
    .filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name)
    .sort();
  if (names.length === 0) throw new Error(`no systems in ${DIRECTORY}`);
  return names.map((name) => ({
    name,
    conman: read(`${name}/conman.conf`),
    statics: read(`${name}/dnsmasq.d/statics.conf`),
    networks: NETWORKS.map((each) => read(`${name}/dnsmasq.d/${each}.conf`)).join(""),
    cloudInit: read(`${name}/data.json`),
  }));
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, DIRECTORY));
}
