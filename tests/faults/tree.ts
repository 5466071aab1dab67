/**
 * Trees of a PIT: copies of them, and what is in them.
 *
 * @module
 */

/** What is at a path, as seen from inside. */
export type Entry =
  | { readonly kind: "directory"; readonly facts: string }
  | { readonly kind: "link"; readonly facts: string; readonly target: string }
  | {
    readonly kind: "file";
    /** Mode and owner. */
    readonly facts: string;
    /** One character per byte; of an image only its size. */
    readonly text: string;
    /** Milliseconds since the epoch. */
    readonly modified: number;
  };

/** All that is in a tree, by path. */
export type Tree = ReadonlyMap<string, Entry>;

/** Images: nobody changes them here, and there is no need to look into them. */
const IMAGES = "/var/www/ephemeral/data/";

/**
 * Copies a tree with modes and times.
 *
 * @param from A directory.
 * @param to What does not exist yet.
 */
export function copyTree(from: string, to: string, inside = "/"): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(from)) {
    const [source, place] = [`${from}/${name}`, `${to}/${name}`];
    if (isDirectory) copyTree(source, place, `${inside}${name}/`);
    else if (isSymlink) Deno.symlinkSync(Deno.readLinkSync(source), place);
    // On another file system there are no second names.
    else if (!inside.startsWith(IMAGES) || !linked(source, place)) copyFile(source, place);
  }
  Deno.chmodSync(to, (Deno.statSync(from).mode ?? 0o755) & 0o7777);
}

function copyFile(from: string, to: string): void {
  const { mode, atime, mtime } = Deno.statSync(from);
  Deno.copyFileSync(from, to);
  Deno.chmodSync(to, (mode ?? 0o644) & 0o7777);
  if (mtime) Deno.utimeSync(to, atime ?? mtime, mtime);
}

function linked(from: string, to: string): boolean {
  try {
    Deno.linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lists what is in a tree.
 *
 * @param root The real path of its root.
 */
export function readTree(root: string): Tree {
  const tree = new Map<string, Entry>();
  const visit = (directory: string): void => {
    for (const { name } of Deno.readDirSync(root + directory)) {
      const path = `${directory}/${name}`;
      const info = Deno.lstatSync(root + path);
      const owner = `${info.uid}:${info.gid}`;
      const facts = `${((info.mode ?? 0) & 0o7777).toString(8)} ${owner}`;
      if (info.isSymlink) {
        tree.set(path, { kind: "link", facts: owner, target: Deno.readLinkSync(root + path) });
      } else if (info.isDirectory) {
        tree.set(path, { kind: "directory", facts });
        visit(path);
      } else {
        const text = path.startsWith(IMAGES) ? `${info.size} bytes` : readBytes(root + path);
        tree.set(path, { kind: "file", facts, text, modified: info.mtime?.getTime() ?? 0 });
      }
    }
  };
  visit("");
  return tree;
}

function readBytes(path: string): string {
  return Array.from(Deno.readFileSync(path), (byte) => String.fromCharCode(byte)).join("");
}
