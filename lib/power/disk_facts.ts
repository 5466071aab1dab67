/**
 * Looks at what is known of the disks of nodes: by their scripts, and by what they have
 * fetched.
 *
 * @module
 */

import { LINK_NAMES, OFFLINE } from "../boot/boot_tree.ts";
import { disksOf } from "../boot/disks.ts";
import { parameterOf } from "../boot/ipxe_script.ts";
import { DEFAULT_PLACE } from "../change/kept_rootfs.ts";
import { readScripts } from "../check/node_scripts.ts";
import { ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { readBootRequests } from "../progress/boot_log.ts";
import type { BootRequest } from "../progress/boot_request.ts";
import { isOfThisMachine } from "../progress/own_requests.ts";
import type { DiskFacts } from "./wipe_guard.ts";

/** What is known of a node that is to be started. */
export interface StartFacts extends DiskFacts {
  /** Whether somebody has taken it offline. */
  readonly isOffline: boolean;
  /** Where it keeps what it fetched before it was switched to what it boots next, if so. */
  readonly keepsOldIn: string | null;
}

/** Where to look. */
interface DiskPlaces {
  readonly "web-root": string;
  readonly "access-log": string;
}

/**
 * Looks at nodes.
 *
 * @param nodes Their names.
 * @param places Where the boot directories and the log of the web server are.
 * @param options `root`: the file system; `now`: milliseconds since the epoch.
 * @throws {Failure} If a script cannot be read.
 */
export function readStartFacts(
  nodes: readonly string[],
  { "web-root": webRoot, "access-log": log }: DiskPlaces,
  { root, now }: { readonly root: Root; readonly now: number },
): ReadonlyMap<string, StartFacts> {
  const scripts = readScripts(nodes, { root, webRoot });
  const links = new Map(nodes.map((node) => [node, switchedAt(root, `${webRoot}/${node}`)]));
  // What was fetched before that was of an earlier install.
  const since = [...links.values()].reduce((oldest, at) => Math.min(oldest, at), now);
  const fetched = fetchedBy(nodes, { root, now, log, since });
  return new Map(scripts.map(({ node, fetches }) => {
    const disks = disksOf(fetches);
    const switched = links.get(node) ?? -Infinity;
    const moments = fetched.of.get(node) ?? [];
    const isAfter = moments.some((at) => at >= switched);
    const seen = isAfter ? "fetched its root filesystem since it was last switched" : null;
    return [node, {
      disks,
      installed: seen ?? fetched.doubt,
      isOffline: fetches === null && hasEntry(root, `${webRoot}/${node}/${OFFLINE}`),
      keepsOldIn: disks === "kept" && !isAfter && moments.length > 0
        ? parameterOf(fetches?.parameters ?? [], "rd.live.dir") ?? DEFAULT_PLACE
        : null,
    }];
  }));
}

/**
 * Looks only at what scripts say of disks.
 *
 * @throws {Failure} If a script cannot be read.
 */
export function readDisks(
  nodes: readonly string[],
  { root, webRoot }: { readonly root: Root; readonly webRoot: string },
): ReadonlyMap<string, StartFacts> {
  const rest = { installed: null, isOffline: false, keepsOldIn: null };
  const scripts = readScripts(nodes, { root, webRoot });
  return new Map(scripts.map(({ node, fetches }) => [node, { disks: disksOf(fetches), ...rest }]));
}

/** When nodes fetched their root filesystems, milliseconds since the epoch. */
interface Fetched {
  readonly of: ReadonlyMap<string, readonly number[]>;
  /** Why there may be more of it since they were switched; `null` if there is not. */
  readonly doubt: string | null;
}

function fetchedBy(
  nodes: readonly string[],
  { root, now, log, since }: {
    readonly root: Root;
    readonly now: number;
    readonly log: string;
    readonly since: number;
  },
): Fetched {
  // A server that runs has a log, perhaps elsewhere.
  if (!hasEntry(root, log)) {
    const doubt = `may be installed: ${log} does not exist, --access-log names another`;
    return { of: new Map(), doubt };
  }
  const { requests } = readBootRequests(root, { log, horizon: 0, now });
  // A look of its own: older lines that can be read would hide that newer ones cannot.
  const { problems } = readBootRequests(root, { log, horizon: since, now });
  const groups = Map.groupBy(requests.filter(isFetch), ({ node }) => node ?? "");
  const [problem] = problems;
  return {
    of: new Map(nodes.map((node) => [node, (groups.get(node) ?? []).map(({ at }) => at)])),
    doubt: problem === undefined ? null : `may be installed: ${problem}`,
  };
}

function isFetch(request: BootRequest): boolean {
  const { file, method, status } = request;
  const isSent = method === "GET" && status >= 200 && status < 400;
  return isSent && file === "rootfs" && !isOfThisMachine(request);
}

/** When its root filesystem was linked; `-Infinity` if it is not. */
function switchedAt(root: Root, directory: string): number {
  const link = ifThere(() => root.lstat(`${directory}/${LINK_NAMES.rootfs}`));
  return link ? Math.floor(link.modified / 1000) * 1000 : -Infinity;
}

function hasEntry(root: Root, path: string): boolean {
  return ifThere(() => root.lstat(path)) !== null;
}
