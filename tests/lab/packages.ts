/**
 * What the lab needs of the machine that it runs on, and how to say what is
 * missing. Run directly, it prints the packages for `apt-get install`.
 *
 * @module
 */

/** A Debian package, and a file in it by which it is known to be there. */
type Package = readonly [name: string, file: string];

/** For the PIT and its BMCs. */
const PIT: readonly Package[] = [
  ["busybox-static", "bin/busybox"],
  ["dnsmasq-base", "usr/sbin/dnsmasq"],
  ["gcc", "usr/bin/gcc"],
  ["iproute2", "bin/ip"],
  ["ipmitool", "usr/bin/ipmitool"],
  ["libc6-dev", "usr/include/unistd.h"],
  ["nginx-light", "usr/sbin/nginx"],
  ["openipmi", "usr/bin/ipmi_sim"],
  ["procps", "usr/bin/pkill"],
];

/** For a node that boots, besides. */
const NODE: readonly Package[] = [
  ["ipxe-qemu", "usr/lib/ipxe/qemu/pxe-virtio.rom"],
  ["qemu-system-x86", "usr/bin/qemu-system-x86_64"],
  ["squashfs-tools", "usr/bin/mksquashfs"],
  ["xz-utils", "usr/bin/xz"],
];

/**
 * Says why there can be no lab here.
 *
 * @param options `boot`: whether a node is to boot.
 * @returns A sentence, or `null` if there can be one.
 */
export function whyNoLab(options: { boot?: boolean } = {}): string | null {
  if (Deno.build.os !== "linux") return "the lab needs Linux";
  const missing = missingPackages(options);
  if (missing.length > 0) {
    return `the lab needs: apt-get install ${missing.join(" ")}`;
  }
  if (!canUnshare()) {
    return "the lab needs root, or a kernel that gives users namespaces";
  }
  if (options.boot && !canTap()) {
    return "a node that boots needs /dev/net/tun, and the right to open it";
  }
  return null;
}

/**
 * Tells which packages are missing.
 *
 * @param options `boot`: whether a node is to boot.
 * @returns Their names, sorted.
 */
export function missingPackages(options: { boot?: boolean } = {}): string[] {
  return [...PIT, ...options.boot ? NODE : []]
    .filter(([, file]) => !exists(`/${file}`))
    .map(([name]) => name)
    .sort();
}

/**
 * The options that give a command namespaces of its own.
 *
 * @returns Arguments of unshare(1).
 */
export function unshareArgs(): string[] {
  const user = Deno.uid() === 0 ? [] : ["--user", "--map-root-user"];
  return [
    ...user,
    "--net",
    "--mount",
    "--pid",
    "--ipc",
    "--uts",
    "--mount-proc",
    "--fork",
    "--kill-child",
  ];
}

function canUnshare(): boolean {
  try {
    const args = [...unshareArgs(), "true"];
    const options = { args, stdout: "null", stderr: "null" } as const;
    return new Deno.Command("unshare", options).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function canTap(): boolean {
  try {
    Deno.openSync("/dev/net/tun", { read: true, write: true }).close();
    return true;
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  console.log([...PIT, ...NODE].map(([name]) => name).sort().join(" "));
}
