/**
 * What lies in the boot directory of a node, and what should.
 *
 * @module
 */

import { type EachOfThree, eachOfThree, PARTS } from "../images/each_of_three.ts";

/** The names of the three links in a boot directory. */
export const LINK_NAMES = {
  kernel: "kernel",
  initrd: "initrd.img.xz",
  rootfs: "rootfs",
} as const satisfies EachOfThree<string>;

/** The same in the order in which a node fetches what they point to. */
export const LINKS = PARTS.map((part) => LINK_NAMES[part]);

/** The first file that a node fetches. */
export const SCRIPT = "script.ipxe";

/** The most that a script has, in bytes: more of them would be no history. */
export const MOST_OF_SCRIPT = 1024 * 1024;

/** Where the script waits while the links change; nobody fetches that name. */
export const AWAY = ".script.ipxe.away";

/**
 * Where the links and the script of an offline node are kept: a directory that
 * only its owner can enter. While it is there, the node is offline.
 */
export const OFFLINE = ".offline";

/** What an entry of a boot directory is now. */
export type LinkState =
  | { readonly kind: "absent" }
  | {
    readonly kind: "link";
    readonly target: string;
    readonly uid: number;
  };

/** A node's boot script as it is now. */
export interface ScriptState {
  /** One character per byte. */
  readonly text: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  /** Whether it was found under {@linkcode AWAY}: a run was interrupted. */
  readonly away: boolean;
  /** Whether a link to it was found: elsewhere that would point to something else. */
  readonly isLink?: boolean;
}

/** The links of a node, or of what waits while it is offline. */
export type Links = EachOfThree<LinkState>;

/** What waits in {@linkcode OFFLINE}. */
export interface Parked {
  readonly links: Links;
  readonly script: ScriptState | null;
}

/** Who may do what with a file or a directory. */
export interface Rights {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Something that is no script of a node, although it lies in its place. */
export interface Unfit {
  readonly path: string;
  /** For instance `is larger than 1 MiB`. */
  readonly reason: string;
}

/** What the boot directory of a node is now. */
export interface Observed {
  /** `other`: a file or a link is where the directory should be. */
  readonly directory: "absent" | "directory" | "other";
  readonly links: Links;
  readonly script: ScriptState | null;
  /** What is under {@linkcode AWAY} beside a script: somebody has put that there. */
  readonly stray: ScriptState | null;
  /** `null` if the node is not offline. */
  readonly parked: Parked | null;
  /** Entries with the names of links or script that are something else. */
  readonly obstacles: readonly string[];
  /** What earlier runs left in the directory when they were interrupted. */
  readonly leftovers: readonly string[];
  /** Of the directory; left out where there is none. */
  readonly rights?: Rights;
  /** What nobody may boot; left out where there is none. */
  readonly unfit?: Unfit;
  /** Whether there is anything else in it, which nobody asks for and which stays. */
  readonly hasOthers?: boolean;
}

/** The script that a node should have; all nodes of a kind share it. */
export interface WantedScript {
  /** One character per byte. */
  readonly text: string;
  /** SHA-256 of it, in hexadecimal. */
  readonly sha256: string;
  readonly mode: number;
  /** `null` where we may not change owners: then it is ours. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** The scripts that nodes should have, and what they are made from. */
export interface BootScripts {
  /** Where the script is that they are made from. */
  readonly path: string;
  /** What it should be; the nodes get copies. */
  readonly plain: WantedScript;
  /** The copy for nodes without disk encryption; `plain` where it has no rd.luks. */
  readonly withoutLuks: WantedScript;
  /** Whether it has an rd.luks to switch off. */
  readonly hasLuks: boolean;
  /** Where nodes keep their image (`CSM_RELEASE`), or `null` for the default place. */
  readonly release: string | null;
  /** Whether it has to be written itself. */
  readonly differs: boolean;
}

/** What the boot directory of a node that is not offline should be. */
export interface Wanted {
  /** For instance `ncn-w001`. */
  readonly name: string;
  /** For instance `/var/www/ncn-w001`. */
  readonly directory: string;
  /** The name of its role; `null` if it has none. */
  readonly role: string | null;
  /** What the links hold: relative paths, one hop; `null` for no link. */
  readonly targets: Targets;
  /**
   * Who owns the files that the links point to, and must own the links; `null`
   * where we may not change owners.
   */
  readonly owners: EachOfThree<number | null>;
  /** `null` for none. */
  readonly script: WantedScript | null;
  /** Whether an administrator wrote that script: it is not to be called ours. */
  readonly isEdited: boolean;
}

/** What links hold; `null` where there is none. */
export type Targets = EachOfThree<string | null>;

/** No links at all. */
export const NO_TARGETS: Targets = eachOfThree(() => null);

/** What links hold now. */
export function targetsOf(links: Links): Targets {
  return eachOfThree((part) => {
    const link = links[part];
    return link.kind === "link" ? link.target : null;
  });
}
