/**
 * What strace sees of the calls that change files.
 *
 * @module
 */

/** What the shim calls the system calls that it stands for. */
const KINDS: Readonly<Record<string, string>> = {
  write: "write",
  pwrite64: "write",
  writev: "write",
  pwritev: "write",
  rename: "rename",
  renameat: "rename",
  renameat2: "rename",
  link: "link",
  linkat: "link",
  symlink: "symlink",
  symlinkat: "symlink",
  unlink: "unlink",
  rmdir: "rmdir",
  mkdir: "mkdir",
  mkdirat: "mkdir",
  chmod: "chmod",
  fchmod: "chmod",
  fchmodat: "chmod",
  chown: "chown",
  lchown: "chown",
  fchown: "chown",
  fchownat: "chown",
  utimensat: "utimens",
  truncate: "truncate",
  ftruncate: "truncate",
  fsync: "fsync",
  fdatasync: "fsync",
  "copy_file_range": "copy",
  sendfile: "copy",
};
/** Those whose kind depends on their flags. */
const BY_FLAGS = ["open", "openat", "creat", "unlinkat"];
/** Those that the shim does not know: below its root there must be none. */
const UNKNOWN = [
  "openat2",
  "pwritev2",
  "fchmodat2",
  "utime",
  "utimes",
  "futimesat",
  "fallocate",
  "splice",
  "mknod",
  "mknodat",
  "sync_file_range",
  "syncfs",
  "setxattr",
  "lsetxattr",
  "fsetxattr",
  "removexattr",
  "lremovexattr",
  "fremovexattr",
  "io_uring_setup",
  "ioctl",
  "mmap",
];

/** The words that make strace write to a file what a command does; `?`: if it knows the call. */
export function straceWords(file: string): string[] {
  const calls = [...Object.keys(KINDS), ...BY_FLAGS, ...UNKNOWN].map((name) => `?${name}`).join(
    ",",
  );
  return ["strace", "-f", "-y", "-qq", "-s0", "-o", file, `--trace=${calls}`];
}

/**
 * Counts the calls that change files below a root.
 *
 * @param text What strace wrote.
 * @param root The real path.
 * @returns How many, by kind; what the shim does not know by its own name.
 */
export function countTraced(text: string, root: string): Record<string, number> {
  const kinds = text.split("\n").flatMap((line) => {
    const [, name = "", args = ""] = /^\d+\s+(\w+)\((.*)$/.exec(line) ?? [];
    const isOurs = [">", "/", '"'].some((end) => args.includes(root + end));
    return isOurs && changes(name, args) ? [kindOf(name, args)] : [];
  });
  return countAll(kinds);
}

/** Counts how often each word is in a list. */
export function countAll(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function changes(name: string, args: string): boolean {
  if (name === "open" || name === "openat") return /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(args);
  if (name === "mmap") return /PROT_WRITE/.test(args) && /MAP_SHARED/.test(args);
  // Questions to terminals, and of close on exec.
  if (name === "ioctl") return !/\b(TCGETS|FIOCLEX|FIONBIO|TIOCGWINSZ)/.test(args);
  return true;
}

function kindOf(name: string, args: string): string {
  if (name === "unlinkat") return args.includes("AT_REMOVEDIR") ? "rmdir" : "unlink";
  if (name === "creat") return "create";
  if (name === "open" || name === "openat") return args.includes("O_CREAT") ? "create" : "open";
  return KINDS[name] ?? name;
}
