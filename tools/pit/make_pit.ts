/**
 * Makes a PIT below a directory: real formats, the smallest valid artifacts, and
 * stand-ins for ipmitool and curl with simulated BMCs behind them.
 *
 * @module
 */

import { kernelImage, squashfsImage, xzFile } from "./artifacts.ts";
import { conmanConf, leaseLine, makeSystem, staticsConf, type SystemNode } from "./system.ts";

/** Nine NCNs besides the PIT. */
export const NINE_NODES = [
  "ncn-m001",
  "ncn-m002",
  "ncn-m003",
  "ncn-w001",
  "ncn-w002",
  "ncn-w003",
  "ncn-w004",
  "ncn-s001",
  "ncn-s002",
  "ncn-s003",
];

/** Ninety-nine NCNs besides the PIT: masters, workers and storage nodes. */
export const NINETY_NINE_NODES: readonly string[] = ([["m", 9], ["w", 75], ["s", 16]] as const)
  .flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, i) => `ncn-${kind}${String(i + 1).padStart(3, "0")}`)
  );

/** The release that the handbook shows. */
export const RELEASE = "fe775c6-1659395320990";
/** The kernel that the handbook shows. */
export const KERNEL = "5.3.18-150300.59.76-default";

/** The parts of the script that matter to us, of metal-ipxe. */
export const BOOT_SCRIPT = `#!ipxe
set base-url http://pit/\${hostname}
isset \${netX.dhcp/root-path} && set xname-param xname=\${netX.dhcp/root-path} || set xname-param ''
set live-sqfs-opts root=live:LABEL=SQFSRAID rd.live.ram=0 rd.live.overlay.thin=1 rd.live.squashimg=rootfs
set disk-opts rd.luks rd.luks.crypttab=0 rd.lvm=1
set ncn-params console=ttyS0,115200 metal.server=\${base-url} metal.no-wipe=0 \${live-sqfs-opts} \${disk-opts}
initrd \${base-url}/initrd.img.xz
kernel --name kernel \${base-url}/kernel initrd=initrd.img.xz \${ncn-params} \${xname-param}
boot
`;

/** A PIT that was made. */
export interface Pit {
  /** What `--root` must be. */
  readonly root: string;
  /** A directory with the stand-ins `ipmitool` and `curl`, for the search path. */
  readonly bin: string;
  readonly nodes: readonly SystemNode[];
}

/** How a simulated BMC behaves. */
export interface BmcBehaviour {
  /** Seconds from the setting to its lease; `never`: it asks for none. */
  readonly wait?: number | "never";
  /** Seconds until it lets anybody in, or does what its fault is. */
  readonly answer?: number;
  /** Whether it was on DHCP before anybody set it. */
  readonly source?: "dhcp";
  /** `forgets`: it says yes, and does not keep the setting. */
  readonly fault?:
    | "dead"
    | "ipmi-off"
    | "starting"
    | "denied"
    | "cipher17"
    | "binary"
    | "signal"
    | "hang"
    | "lost"
    | "forgets"
    | `priv:${string}`
    | "rakp4"
    | "fails-once";
}

/** What kind of PIT to make. */
export interface PitOptions {
  /** All nodes, the PIT among them. */
  readonly nodes?: readonly string[];
  /** @default What the handbook shows. */
  readonly release?: string;
  /** How old the images are. */
  readonly modified?: Date;
  /** Whether all BMCs have a lease already. */
  readonly leased?: boolean;
  /** How the BMC of a node behaves; `place`: that of the node among all. */
  readonly behaviour?: (node: string, place: number) => BmcBehaviour;
}

/** One BMC after another has its lease. */
function inTurn(_node: string, place: number): BmcBehaviour {
  return { wait: Number((place * 0.3).toFixed(1)) };
}

/**
 * Makes a PIT.
 *
 * @param directory An empty directory.
 * @param options What kind.
 */
export function makePit(directory: string, options: PitOptions = {}): Pit {
  const { nodes: names = NINE_NODES, release = RELEASE } = options;
  const { modified = new Date("2022-08-01T23:08:40Z") } = options;
  const nodes = makeSystem(names);
  const root = `${directory}/root`;
  write(`${root}/etc/conman.conf`, conmanConf(nodes));
  write(`${root}/etc/dnsmasq.d/statics.conf`, staticsConf(nodes));
  const leased = options.leased ? nodes.slice(1).map((node) => leaseLine(node)).join("") : "";
  write(`${root}/var/lib/misc/dnsmasq.leases`, leased);
  write(`${root}/var/www/boot/script.ipxe`, BOOT_SCRIPT);
  Deno.utimeSync(`${root}/var/www/boot/script.ipxe`, modified, modified);
  for (const role of ["k8s", "ceph"] as const) addRelease(root, role, { release, modified });
  return { root, nodes, bin: makeBmcs(directory, nodes, options.behaviour ?? inTurn) };
}

/** How to make a release. */
export interface ReleaseOptions {
  readonly release?: string;
  readonly kernel?: string;
  readonly arch?: string;
  readonly secure?: boolean;
  readonly modified?: Date;
}

/**
 * Adds the three files of a release.
 *
 * @param root The root of a PIT.
 * @param role The directory of the role.
 * @param options Which release.
 * @returns The directory of the release, as seen from inside.
 */
export function addRelease(
  root: string,
  role: "k8s" | "ceph",
  options: ReleaseOptions = {},
): string {
  const { release = RELEASE, kernel = KERNEL, arch, secure = true, modified } = options;
  const tag = arch ? `${release}-${arch}` : release;
  const image = role === "k8s" ? "kubernetes" : "storage-ceph";
  const directory = `/var/www/ephemeral/data/${role}/${release}`;
  const files: [name: string, bytes: Uint8Array][] = [
    [`${kernel}-${tag}.kernel`, kernelImage(kernel)],
    [`initrd.img-${tag}.xz`, xzFile()],
    [`${secure ? "secure-" : ""}${image}-${tag}.squashfs`, squashfsImage()],
  ];
  for (const [name, bytes] of files) {
    write(`${root}${directory}/${name}`, bytes);
    if (modified) Deno.utimeSync(`${root}${directory}/${name}`, modified, modified);
  }
  return directory;
}

function makeBmcs(
  directory: string,
  nodes: readonly SystemNode[],
  behaviour: (node: string, place: number) => BmcBehaviour,
): string {
  const bin = `${directory}/bin`;
  for (const tool of ["ipmitool", "curl"]) {
    write(`${bin}/${tool}`, Deno.readTextFileSync(new URL(tool, import.meta.url)));
    Deno.chmodSync(`${bin}/${tool}`, 0o755);
  }
  for (const [i, { name, bmcMac, bmcIp }] of nodes.entries()) {
    const values = { mac: bmcMac, name: `${name}-mgmt`, ...behaviour(name, i) };
    const lines = Object.entries(values).map(([key, value]) => `${key}=${value}\n`);
    write(`${directory}/bmcs/${bmcIp}`, lines.join(""));
  }
  return bin;
}

function write(path: string, content: string | Uint8Array): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
}
