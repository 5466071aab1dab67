/**
 * What tests need that not every machine has: programs of Debian packages, and
 * rights. Run directly, it prints the packages that are missing, for
 * `apt-get install`.
 *
 * @module
 */

/** By Debian package: a file by which it is known to be there, and what is tested with it. */
export const PACKAGES = {
  "apache2-bin": ["/usr/sbin/apache2", "what the PIT's web server hands out"],
  "bash": ["/bin/bash", "shells: quoting, jobs, completion"],
  "bash-completion": ["/usr/share/bash-completion/bash_completion", "completion in bash"],
  "bsdutils": ["/usr/bin/script", "what is asked and shown at a terminal"],
  "busybox-static": ["/bin/busybox", "packages on an empty system, the lab's nodes"],
  "chromium": ["/usr/bin/chromium", "the page of a night, in a browser"],
  "curl": ["/usr/bin/curl", "what the PIT's web server hands out"],
  "conman": ["/usr/sbin/conmand", "which consoles it takes"],
  "dnsmasq-base": ["/usr/sbin/dnsmasq", "the lab's DHCP, DNS and TFTP"],
  "dpkg": ["/usr/bin/dpkg-deb", "the Debian package"],
  "e2fsprogs": ["/sbin/mkfs.ext4", "power cuts"],
  "fish": ["/usr/bin/fish", "completion in fish"],
  "gcc": ["/usr/bin/gcc", "faults, the lab's BMCs"],
  "git": ["/usr/bin/git", "what a build says of its sources"],
  "iproute2": ["/bin/ip", "the lab's networks"],
  "ipmitool": ["/usr/bin/ipmitool", "the lab's BMCs"],
  "ipxe": ["/usr/lib/ipxe/ipxe.efi", "nodes with UEFI that boot"],
  "ipxe-qemu": ["/usr/lib/ipxe/qemu/pxe-virtio.rom", "nodes that boot"],
  "jq": ["/usr/bin/jq", "events in a pipe"],
  "libc6-arm64-cross": ["/usr/aarch64-linux-gnu/lib/libc.so.6", "the program for aarch64"],
  "libc6-dev": ["/usr/include/unistd.h", "faults, the lab's BMCs"],
  "libfaketime": [
    `/usr/lib/${Deno.build.arch}-linux-gnu/faketime/libfaketimeMT.so.1`,
    "a clock that is set back",
  ],
  "libgcc-s1-arm64-cross": ["/usr/aarch64-linux-gnu/lib/libgcc_s.so.1", "the program for aarch64"],
  "logrotate": ["/usr/sbin/logrotate", "the log of a web server that is rotated"],
  "man-db": ["/usr/bin/man", "manual pages"],
  "mandoc": ["/usr/bin/mandoc", "manual pages"],
  "nginx-light": ["/usr/sbin/nginx", "the lab's web server"],
  "openipmi": ["/usr/bin/ipmi_sim", "the lab's BMCs"],
  "ovmf": ["/usr/share/ovmf/OVMF.fd", "nodes with UEFI that boot"],
  "perl-base": ["/usr/bin/perl", "sockets, output that does not block"],
  "poppler-utils": ["/usr/bin/pdftotext", "the page of a night, on paper"],
  "procps": ["/usr/bin/pkill", "the lab's servers"],
  "qemu-system-x86": ["/usr/bin/qemu-system-x86_64", "nodes that boot"],
  "qemu-user-static": ["/usr/bin/qemu-aarch64-static", "the program for aarch64"],
  "rpm": ["/usr/bin/rpmbuild", "the RPM"],
  "squashfs-tools": ["/usr/bin/mksquashfs", "nodes that boot"],
  "strace": ["/usr/bin/strace", "what is on disk when"],
  "tmux": ["/usr/bin/tmux", "what people see in a terminal"],
  "xz-utils": ["/usr/bin/xz", "an initrd that xz made, nodes that boot"],
  "zsh": ["/usr/bin/zsh", "completion in zsh"],
  "zypper": ["/usr/bin/zypper", "the RPM, installed by zypper"],
} as const satisfies Readonly<Record<string, readonly [file: string, use: string]>>;

/** By its name: whether it is given here. */
const RIGHTS = {
  "Linux": () => Deno.build.os === "linux",
  "root": () => Deno.uid() === 0,
  "namespaces": () => succeeds("unshare", ...namespaceArgs(), "true"),
  "mounts": () => Deno.uid() === 0 && succeeds("unshare", "--mount", "--net", "true"),
  "mounts of disks": () => Deno.uid() === 0 && succeeds("sh", "-c", MOUNT_DISK),
  "strace that may trace": () => succeeds("strace", "-qq", "true"),
  "/dev/net/tun": () => succeeds("sh", "-c", ": <>/dev/net/tun"),
} as const satisfies Readonly<Record<string, () => boolean>>;

const MOUNT_DISK = `set -e; cd "$(mktemp -d)"; trap 'rm -r "$PWD"' EXIT
truncate -s 1M image; mkfs.ext4 -q image; mkdir place
unshare --mount --propagation private sh -c 'mount -o loop image place && umount place'`;

/** The name of a Debian package, or a right. */
export type Need = keyof typeof PACKAGES | keyof typeof RIGHTS;

/** Servers and BMCs on one machine. */
export const LAB = [
  "Linux",
  "busybox-static",
  "dnsmasq-base",
  "gcc",
  "iproute2",
  "ipmitool",
  "libc6-dev",
  "nginx-light",
  "openipmi",
  "procps",
  "namespaces",
] as const satisfies readonly Need[];

/** What dnsmasq and conmand make of their files. */
export const SERVING = [
  "Linux",
  "conman",
  "dnsmasq-base",
  "gcc",
  "iproute2",
  "libc6-dev",
  "perl-base",
  "namespaces",
] as const satisfies readonly Need[];

/** A node that boots in the lab. */
export const BOOTING = [
  ...LAB,
  "ipxe-qemu",
  "qemu-system-x86",
  "squashfs-tools",
  "xz-utils",
  "/dev/net/tun",
] as const satisfies readonly Need[];

/** A shim that sees and fails the calls of a program. */
export const SHIM = ["Linux", "gcc", "libc6-dev"] as const satisfies readonly Need[];

/** A file system that is shut down. */
export const POWER = [...SHIM, "e2fsprogs", "mounts of disks"] as const satisfies readonly Need[];

const tried = new Map<Need, boolean>();

/**
 * Adds a test; it is ignored where something is missing, and its name says what.
 *
 * @param name What it shows.
 * @param needs Packages and rights.
 * @param fn Looks.
 * @param why What else is missing, if anything.
 */
export function testWith(
  name: string,
  needs: readonly Need[],
  fn: (t: Deno.TestContext) => void | Promise<void>,
  why: string | null = null,
): void {
  const missing = whyNot(needs) ?? why;
  Deno.test({ name: missing ? `${name} (${missing})` : name, ignore: missing !== null, fn });
}

/**
 * Says what is missing here.
 *
 * @param needs Packages and rights.
 * @returns For instance `needs fish, zsh`, or `null` if nothing is.
 */
export function whyNot(needs: readonly Need[]): string | null {
  const packages = needs.filter((need) => isPackage(need) && !isGiven(need));
  // A right is tried with programs of the packages.
  const missing = packages.length > 0 ? packages : needs.filter((need) => !isGiven(need));
  return missing.length > 0 ? `needs ${missing.join(", ")}` : null;
}

/** The options that give a command namespaces of its own: arguments of unshare(1). */
export function namespaceArgs(): string[] {
  const user = Deno.uid() === 0 ? [] : ["--user", "--map-root-user"];
  const kinds = ["--net", "--mount", "--pid", "--ipc", "--uts"];
  return [...user, ...kinds, "--mount-proc", "--fork", "--kill-child"];
}

/**
 * One line about the tests that were left out.
 *
 * @param reasons What each of them said, for instance `needs fish, zsh`.
 * @returns It, or `null` if there were none.
 */
export function leftOut(reasons: readonly string[]): string | null {
  if (reasons.length === 0) return null;
  const parts = [...Map.groupBy(reasons, (reason) => reason)].map(([reason, { length }]) =>
    `${length} ${length === 1 ? reason : reason.replace(/^needs /, "need ")}`
  );
  const named = reasons.flatMap((reason) => reason.replace(/^needs /, "").split(", "));
  const packages = [...new Set(named.filter(isPackage))].sort();
  const install = packages.length > 0 ? `; apt-get install ${packages.join(" ")}` : "";
  return `left out: ${reasons.length} tests, ${parts.join("; ")}${install}`;
}

function isPackage(need: string): need is keyof typeof PACKAGES {
  return need in PACKAGES;
}

function isGiven(need: Need): boolean {
  const given = tried.get(need) ?? (isPackage(need) ? exists(PACKAGES[need][0]) : RIGHTS[need]());
  tried.set(need, given);
  return given;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function succeeds(program: string, ...args: readonly string[]): boolean {
  try {
    const options: Deno.CommandOptions = { args: [...args], stdout: "null", stderr: "null" };
    return new Deno.Command(program, options).outputSync().success;
  } catch {
    return false; // there is no such program
  }
}

if (import.meta.main) {
  console.log(Object.keys(PACKAGES).filter((name) => whyNot([name as Need])).sort().join(" "));
}
