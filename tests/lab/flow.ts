/**
 * The whole flow from static BMCs to boot directories: the lab for it, and all
 * that must be so in the end.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { kernelImage, squashfsImage, xzFile } from "../../tools/pit/artifacts.ts";
import { Lab, type LabOptions } from "./lab.ts";
import { fetchAll, preflight } from "./preflight.ts";
import { SCRIPT_IPXE } from "./www.ts";

/** The release that the handbook shows. */
export const RELEASE = "fe775c6-1659395320990";
const KERNEL = "5.3.18-150300.59.76-default";
const IMAGES = {
  k8s: { rootfs: "kubernetes", padding: 0 },
  ceph: { rootfs: "storage-ceph", padding: 4096 },
} as const;
const LINKS = ["kernel", "initrd.img.xz", "rootfs"] as const;

/**
 * Starts a lab whose images have the names that the handbook shows.
 *
 * @param options What else it is to be like.
 * @returns The lab.
 */
export async function startFlow(options: LabOptions): Promise<Lab> {
  const lab = await Lab.start(options);
  try {
    for (const kind of ["k8s", "ceph"] as const) publish(lab, kind);
    await makeBootDirectory(lab);
    return lab;
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Asserts that nodes are served as they must be: directories, links, script,
 * the preflight tests, and what the web server gives out.
 *
 * @param lab The lab.
 * @param options `release`: of CSM, or `null`; `nodes`: all by default.
 * @returns What was seen, in one line.
 */
export async function assertServed(
  lab: Lab,
  { release = null, nodes = lab.bmcs.map(({ node }) => node) }: {
    release?: string | null;
    nodes?: readonly string[];
  } = {},
): Promise<string> {
  const www = `${lab.sandbox.root}/var/www`;
  assertEquals(namesIn(www), ["boot", "ephemeral", ...nodes].sort());
  assertEquals(await Deno.readTextFile(`${www}/boot/script.ipxe`), scriptFor("ncn-s001", release));
  for (const node of nodes) assertDirectory(www, node, release);
  await assertBootDirectory(lab);
  assertEquals(await preflight(lab, nodes), []);
  const wanted = await downloads(lab, nodes, release);
  assertEquals(await fetchAll(lab, wanted), []);
  return `${nodes.length} directories, preflight passed, ${wanted.size} files downloaded`;
}

/**
 * Asserts that every BMC, and nothing else, has the lease that statics.conf
 * reserves.
 *
 * @param lab The lab.
 * @returns What was seen, in one line.
 */
export async function assertLeases(lab: Lab): Promise<string> {
  const seen = (await lab.leases()).sort();
  const wanted = lab.bmcs.map(({ mac, ip, name }) => `${mac} ${ip} ${name}`).sort();
  assertEquals(seen, wanted);
  return `${seen.length} leases`;
}

/** Where the leases of the lab are, as seen from outside. */
export function leasesFile(lab: Lab): string {
  return `${lab.sandbox.root}/var/lib/misc/dnsmasq.leases`;
}

/** Times and inodes of all below the web root: what a change would change. */
export function stamps(lab: Lab): Promise<string> {
  return lab.sh("cd /var/www && find . -exec stat -c '%n %i %a %u:%g %y %z' {} + | sort");
}

/**
 * Writes the script that a node must get.
 *
 * @param node The node.
 * @param release Of CSM, or `null`.
 * @returns The text.
 */
export function scriptFor(node: string, release: string | null): string {
  const script = release === null
    ? SCRIPT_IPXE
    : SCRIPT_IPXE.replace(" root=live:", ` rd.live.dir=${release} root=live:`);
  return /^(ncn-w|fmn)/.test(node) ? script.replace(" rd.luks ", " rd.luks=0 ") : script;
}

/** Small, valid, and no two of them alike. */
function publish(lab: Lab, kind: keyof typeof IMAGES): void {
  const directory = `${lab.sandbox.root}/var/www/${directoryOf(kind)}`;
  const { padding } = IMAGES[kind];
  const names = filesOf(kind);
  Deno.mkdirSync(directory, { recursive: true });
  Deno.writeFileSync(`${directory}/${names.kernel}`, padded(kernelImage(KERNEL), padding));
  const streams = Array.from({ length: padding ? 2 : 1 }, () => [...xzFile()]).flat();
  Deno.writeFileSync(`${directory}/${names["initrd.img.xz"]}`, Uint8Array.from(streams));
  Deno.writeFileSync(`${directory}/${names.rootfs}`, padded(squashfsImage(), padding));
}

function directoryOf(kind: keyof typeof IMAGES): string {
  return `ephemeral/data/${kind}/${RELEASE}`;
}

function filesOf(kind: keyof typeof IMAGES): Record<typeof LINKS[number], string> {
  return {
    "kernel": `${KERNEL}-${RELEASE}.kernel`,
    "initrd.img.xz": `initrd.img-${RELEASE}.xz`,
    "rootfs": `secure-${IMAGES[kind].rootfs}-${RELEASE}.squashfs`,
  };
}

function kindFor(node: string): keyof typeof IMAGES {
  return node.startsWith("ncn-s") ? "ceph" : "k8s";
}

function padded(bytes: Uint8Array, more: number): Uint8Array {
  const longer = new Uint8Array(bytes.length + more);
  longer.set(bytes);
  return longer;
}

/**
 * On a PIT the boot loaders belong to dnsmasq and the rest to root; the directory holds
 * what no node's directory does.
 */
async function makeBootDirectory(lab: Lab): Promise<void> {
  const { loader, script } = owners();
  await lab.sh(`cd /var/www/boot
    for arch in x86_64 arm64; do echo ipxe >ipxe.$arch.efi; done
    chmod 644 *
    chown ${loader} *.efi
    chown ${script} script.ipxe
    touch -d 2022-08-01T23:08:40.123456789Z *`);
}

async function assertBootDirectory(lab: Lab): Promise<void> {
  const { loader, script } = owners();
  assertEquals(
    await lab.sh("cd /var/www/boot && stat -c '%n %a %u:%g' . *"),
    `. 755 0:0
ipxe.arm64.efi 644 ${loader}
ipxe.x86_64.efi 644 ${loader}
metal.ipxe 644 0:0
script.ipxe 644 ${script}
`,
  );
}

/** The script has a group of its own, which copies must have, too. */
function owners(): { loader: string; script: string } {
  // In a user namespace there is nobody else to be.
  return Deno.uid() === 0
    ? { loader: "123:456", script: "0:456" }
    : { loader: "0:0", script: "0:0" };
}

function assertDirectory(www: string, node: string, release: string | null): void {
  const directory = `${www}/${node}`;
  const { isDirectory, isSymlink } = Deno.lstatSync(directory);
  assertEquals({ isDirectory, isSymlink }, { isDirectory: true, isSymlink: false }, node);
  assertEquals(namesIn(directory), [...LINKS, "script.ipxe"].sort(), node);
  const kind = kindFor(node);
  for (const link of LINKS) {
    const target = `../${directoryOf(kind)}/${filesOf(kind)[link]}`;
    assertEquals(Deno.readLinkSync(`${directory}/${link}`), target, node);
    const owner = Deno.statSync(`${directory}/${link}`).uid;
    assertEquals(Deno.lstatSync(`${directory}/${link}`).uid, owner, `owner of ${node}/${link}`);
  }
  const script = `${directory}/script.ipxe`;
  assertEquals(Deno.readTextFileSync(script), scriptFor(node, release), node);
  assertEquals(marksOf(script), marksOf(`${www}/boot/script.ipxe`), node);
}

/** Of a script: what a copy keeps. */
function marksOf(path: string): unknown {
  const { mode, uid, gid, mtime, isFile } = Deno.lstatSync(path);
  return { mode, uid, gid, mtime, isFile };
}

/** The URL of each file of a node, and what must come back. */
async function downloads(
  lab: Lab,
  nodes: readonly string[],
  release: string | null,
): Promise<Map<string, string>> {
  const wanted = new Map<string, string>();
  for (const node of nodes) {
    const kind = kindFor(node);
    for (const link of LINKS) {
      wanted.set(`${node}/${link}`, `/var/www/${directoryOf(kind)}/${filesOf(kind)[link]}`);
    }
    const script = `/run/lab/expected-${node}`;
    await Deno.writeTextFile(`${lab.sandbox.root}${script}`, scriptFor(node, release));
    wanted.set(`${node}/script.ipxe`, script);
  }
  return wanted;
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}
