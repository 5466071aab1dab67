/**
 * Recorded nights: what real servers wrote while nodes booted, or did not, and what those
 * nodes really did. `lab/record_nights.ts` made them.
 *
 * @module
 */

import { nodeNames, type PitNode, planNodes } from "../lab/pit.ts";
import { SCRIPT_IPXE } from "../lab/www.ts";

/** The nodes of every night, without the PIT. */
export const NIGHT_NODES: readonly PitNode[] = planNodes(nodeNames(9)).slice(1);

/** How far a node got: the words of the document. */
export type Stage =
  | "none"
  | "dhcp"
  | "script"
  | "initrd"
  | "kernel"
  | "rootfs"
  | "rootfs-sent"
  | "up";

/**
 * How things stand with a node. fine: it does what it should, or waits for its turn;
 * moving: it receives a file; stalled: it received one, and nothing comes any more;
 * refused: the server does not give it what it asks for; loop: it begins again and again;
 * quiet: it works, and much longer than its peers did; dead: nothing will come of it.
 */
export type Standing = "fine" | "quiet" | "moving" | "stalled" | "refused" | "loop" | "dead";

/** What a node really did. */
export interface NodeTruth {
  /** The furthest that it got in this boot. */
  readonly stage: Stage;
  /** What may be said instead, where what the PIT can see shows no more, or more. */
  readonly mayBe?: readonly Stage[];
  /** When it did that: seconds since the epoch, on the clock of the PIT. */
  readonly when?: readonly [from: number, to: number];
  readonly standing: Standing;
  /** How much of its root filesystem it had: per cent at least, and at most. */
  readonly percent?: readonly [least: number, most: number];
  /** How often it began this boot. */
  readonly tries?: number;
  /** Words that whatever is said of its cause must hold. */
  readonly cause?: string;
}

/** The truth of a night, by node; of the others nothing was to be seen. */
export interface Truth {
  readonly nodes: Readonly<Record<string, NodeTruth>>;
  /** The MACs of machines that statics.conf does not know. */
  readonly strangers?: readonly string[];
  /** Words of what has to be said of what cannot be seen. */
  readonly unseen?: readonly string[];
}

/** What lies below the web root, besides what is the same every night. */
export interface Facts {
  /** The nodes whose script keeps disks. */
  readonly kept?: readonly string[];
  /** Whether there is no program that tells of connections. @default {false} */
  readonly hasNoSs?: boolean;
  /** The length of each file that a node boots. @default {SIZES} */
  readonly sizes?: Readonly<Record<string, number>>;
}

/** A file of a night. */
export interface NightFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** When it was written to last: milliseconds since the epoch. */
  readonly modified: number;
}

/** A recorded night. */
export interface Night extends Facts {
  readonly name: string;
  /** What happened, in a sentence. */
  readonly says: string;
  readonly web: "apache" | "nginx" | "none";
  /** Where the PIT is. */
  readonly zone: string;
  /** When somebody looked: milliseconds since the epoch. */
  readonly now: number;
  /** The seconds between the two looks at connections. */
  readonly apart: number;
  readonly truth: Truth;
  readonly files: readonly NightFile[];
}

/** What nodes say of themselves to the web server. */
export const CLIENTS = {
  ipxe: "iPXE/1.21.1+ (g54e9)",
  curl: "curl/7.79.1",
  firmware: "UefiHttpBoot/1.0",
} as const;

/** The length of each file that a node boots. */
export const SIZES = { "initrd.img.xz": 6_000_000, "kernel": 8_000_000, "rootfs": 40_000_000 };

/** Before all nights. */
const PUBLISHED = new Date("2026-11-20T00:00:00Z");

const NIGHTS = new URL("./nights/", import.meta.url);

/**
 * Makes the web root of a night, as set-links would; the images are empty, but as long as
 * they should be.
 *
 * @param root Instead of `/`.
 * @param names The nodes that have a directory.
 */
export function layOutWww(
  root: string,
  { kept = [], sizes = SIZES }: Facts,
  names: readonly string[] = NIGHT_NODES.map(({ name }) => name),
): void {
  const www = `${root}/var/www`;
  const images = `${www}/ephemeral/data/k8s/1.6.2`;
  Deno.mkdirSync(images, { recursive: true });
  for (const [name, size] of Object.entries(sizes)) {
    Deno.writeFileSync(`${images}/${name}`, new Uint8Array());
    Deno.truncateSync(`${images}/${name}`, size);
    Deno.utimeSync(`${images}/${name}`, PUBLISHED, PUBLISHED);
  }
  Deno.mkdirSync(`${www}/boot`, { recursive: true });
  Deno.writeTextFileSync(`${www}/boot/script.ipxe`, SCRIPT_IPXE);
  Deno.writeTextFileSync(`${www}/boot/ipxe.x86_64.efi`, "MZ".padEnd(1000));
  for (const name of names) layOutNode(`${www}/${name}`, kept.includes(name));
}

function layOutNode(directory: string, isKept: boolean): void {
  Deno.mkdirSync(directory, { recursive: true });
  for (const name of Object.keys(SIZES)) {
    try {
      Deno.removeSync(`${directory}/${name}`);
    } catch {
      // The first time there is none.
    }
    Deno.symlinkSync(`../ephemeral/data/k8s/1.6.2/${name}`, `${directory}/${name}`);
  }
  const script = SCRIPT_IPXE.replace("no-wipe=0", `no-wipe=${isKept ? 1 : 0}`);
  Deno.writeTextFileSync(`${directory}/script.ipxe`, script);
}

/** Reads all nights, in the order of their names. */
export function readNights(): Night[] {
  const names = [...Deno.readDirSync(NIGHTS)].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name).sort();
  return names.map(readNight);
}

function readNight(name: string): Night {
  const directory = new URL(`${name}/`, NIGHTS);
  const facts = JSON.parse(Deno.readTextFileSync(new URL("night.json", directory)));
  const files = Object.entries<number>(facts.files).map(([name, modified]) => ({
    name,
    modified,
    bytes: Deno.readFileSync(new URL(name, directory)),
  }));
  return { ...facts, name, files };
}

/** Keeps a night. */
export function writeNight({ name, files, ...facts }: Night): void {
  const directory = new URL(`${name}/`, NIGHTS);
  try {
    Deno.removeSync(directory, { recursive: true });
  } catch {
    // The first time there is none.
  }
  Deno.mkdirSync(directory, { recursive: true });
  const written = Object.fromEntries(
    files.map(({ name, modified }) => [name, Math.round(modified)]),
  );
  const json = JSON.stringify({ ...facts, files: written }, null, 2);
  Deno.writeTextFileSync(new URL("night.json", directory), `${json}\n`);
  for (const { name, bytes } of files) Deno.writeFileSync(new URL(name, directory), bytes);
}
