/**
 * What lies below a PIT's web root: its web server's configuration, the boot
 * directory, and release directories whose images really boot.
 *
 * @module
 */

import { nodeFiles } from "./cache.ts";
import type { Lab } from "./lab.ts";

/** A release directory to publish. */
export interface Release {
  /** Which kind of node it is for. */
  readonly role: "kubernetes" | "storage";
  /** For instance `1.6.2` or `fe775c6-1659395320990`. */
  readonly release: string;
  /** What a node that boots it prints; one line. */
  readonly marker: string;
  /** Whether the image was secured. @default {true} */
  readonly secure?: boolean;
  /** What a node that boots it says on its console at last. @default {""} */
  readonly up?: string;
  /** Seconds since the epoch; now by default. */
  readonly modified?: number;
}

/**
 * Writes the configuration of nginx, which stands for the PIT's Apache: it
 * lists directories, and follows a link only if its owner also owns the target.
 *
 * @param user Whom its workers run as.
 * @returns The file.
 */
export function nginxConf(user: string): string {
  return `user ${user};
worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events {}
http {
  access_log /var/log/nginx/access.log;
  sendfile on;
  server {
    listen 80;
    listen [::]:80;
    server_name pit;
    root /var/www;
    autoindex on;
    disable_symlinks if_not_owner from=$document_root;
  }
}
`;
}

/** `/var/www/boot/script.ipxe`, in the parts that matter here. */
export const SCRIPT_IPXE = `#!ipxe
# The boot script of every node: copied to its own directory, and edited there.
set base-url http://pit/\${hostname}
isset \${netX.dhcp/root-path} && set xname-param xname=\${netX.dhcp/root-path} || set xname-param \${}

set ncn-params console=ttyS0,115200 loglevel=4 panic=-1
set live-sqfs-opts rd.live.overlay.reset=0 root=live:LABEL=SQFSRAID rd.live.ram=0 rd.live.squashimg=rootfs
set disk-opts rd.luks rd.lvm=1

initrd \${base-url}/initrd.img.xz
kernel --name kernel \${base-url}/kernel initrd=initrd.img.xz metal.server=\${base-url} metal.no-wipe=0 hostname=\${hostname} \${xname-param} \${ncn-params} \${live-sqfs-opts} \${disk-opts}
boot
`;

/** What the script within the PIT's iPXE does after DHCP, but for its menu. */
export const METAL_IPXE = `#!ipxe
echo Chain loading http://pit/\${hostname}/script.ipxe
chain http://pit/\${hostname}/script.ipxe
`;

/**
 * Publishes a release: kernel, initrd and a squashfs with a marker in it.
 *
 * @param lab The lab.
 * @param release Which, and what it prints when booted.
 * @returns The directory, as a path on the PIT.
 */
export async function publishRelease(
  lab: Lab,
  release: Release,
): Promise<string> {
  const { kernel, initrd, version } = await nodeFiles();
  const [kind, stem] = release.role === "kubernetes"
    ? ["k8s", "kubernetes"]
    : ["ceph", "storage-ceph"];
  const name = release.release;
  const secure = release.secure ?? true ? "secure-" : "";
  const directory = `/var/www/ephemeral/data/${kind}/${name}`;
  const squashfs = `${secure}${stem}-${name}-x86_64.squashfs`;
  await lab.sh(
    `mkdir -p ${directory} && cd ${directory}
cp ${kernel} ${version}-default-${name}-x86_64.kernel
cp ${initrd} initrd.img-${name}-x86_64.xz
tree=$(mktemp -d)
mkdir $tree/etc && read -r marker && echo "$marker" >$tree/etc/release && cat >$tree/etc/up
mksquashfs $tree ${squashfs} -noappend -quiet -no-progress -all-root
rm -r $tree
chmod 644 *
touch -d @${release.modified ?? Math.floor(Date.now() / 1000)} *`,
    { stdin: `${release.marker}\n${release.up ?? ""}\n` },
  );
  return directory;
}
