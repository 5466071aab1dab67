/**
 * Switches nodes from release to release while others read.
 *
 * @module
 */

import { addRelease, makePit, type Pit } from "../../tools/pit/make_pit.ts";
import { execute } from "./execute.ts";
import { compile, type SeenCall } from "./shim.ts";
import type { Bench } from "./try_fault.ts";
import { call, RELEASES } from "./starts.ts";

const READER = new URL("./reader.c", import.meta.url).pathname;
const SCRIPT = "/script.ipxe";
const { older, newer } = RELEASES;

/** What readers saw. */
export interface Seen {
  readonly switches: number;
  readonly looks: number;
  /** Combinations of a script and links. */
  readonly counted: number;
  /** Of those, links that do not belong together. */
  readonly mixed: number;
  /** Links that led nowhere. */
  readonly broken: number;
  /** Links that were replaced, and scripts; so that there was something to see. */
  readonly renames: number;
}

/** Makes a PIT with many nodes and two releases, all on the older one. */
export async function switchingPit(directory: string, count: number): Promise<Pit> {
  const kinds = ["ncn-w", "ncn-s", "ncn-m"];
  const names = Array.from({ length: count }, (_, i) => `${kinds[i % 3]}${100 + i}`);
  const pit = makePit(directory, { nodes: ["ncn-m001", ...names], leased: true });
  for (const release of [older, newer]) {
    for (const role of ["k8s", "ceph"] as const) addRelease(pit.root, role, { release });
  }
  await call(pit, argsFor(older), older);
  return pit;
}

/** Switches all nodes of a PIT to a release, in a process of its own. */
export async function switchTo(
  bench: Bench,
  pit: Pit,
  release: string,
): Promise<readonly SeenCall[]> {
  // With another CSM_RELEASE as well: so that every script is a new file.
  const { code, stderr, calls } = await execute(
    bench,
    pit,
    { args: argsFor(release), release },
    null,
  );
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return calls;
}

function argsFor(release: string): ["run", ...string[]] {
  return ["run", "-q", `--release=kubernetes=${release}`, `--release=storage=${release}`];
}

/**
 * Switches nodes to and fro while two readers look as fast as they can.
 *
 * @param bench Where.
 * @param options `nodes`: how many nodes; `seconds`: how long.
 */
export async function readWhileSwitching(
  bench: Bench,
  { nodes, seconds }: { nodes: number; seconds: number },
): Promise<Seen> {
  const directory = `${bench.directory}/switching`;
  Deno.mkdirSync(directory);
  const pit = await switchingPit(directory, nodes);
  let isOver = false;
  const looking = look(bench, pit, seconds).then((sums) => {
    isOver = true;
    return sums;
  });
  let [switches, renames] = [0, 0];
  while (!isOver) {
    const calls = await switchTo(bench, pit, switches % 2 === 0 ? newer : older);
    renames += calls.filter(({ kind }) => kind === "rename").length;
    switches++;
  }
  const [looks = 0, counted = 0, mixed = 0, broken = 0] = await looking;
  Deno.removeSync(directory, { recursive: true });
  return { switches, looks, counted, mixed, broken, renames };
}

/**
 * Lets two readers look as fast as they can.
 *
 * @param bench Where to build them.
 * @param pit What to look at.
 * @param seconds How long.
 * @returns What both saw together, in the order of {@linkcode Seen}.
 */
export async function look(bench: Bench, pit: Pit, seconds: number): Promise<number[]> {
  const reader = await compile(READER, `${bench.directory}/reader`);
  const names = pit.nodes.slice(1).map(({ name }) => name);
  const args = [`${pit.root}/var/www`, `${seconds}`, ...names];
  const [one, two] = await Promise.all([1, 2].map(async () => {
    const { success, stdout } = await new Deno.Command(reader, { args }).output();
    if (!success) throw new Error("a reader could not look");
    return new TextDecoder().decode(stdout).split(" ").map(Number);
  }));
  return one?.map((each, i) => each + (two?.[i] ?? 0)) ?? [];
}

/**
 * Finds how long the scripts of nodes are away.
 *
 * @param calls What a run did.
 * @returns Milliseconds, of each script that went away and came back.
 */
export function awayTimes(calls: readonly SeenCall[]): number[] {
  const gone = new Map<string, number>();
  const times: number[] = [];
  for (const { kind, path, to, at } of calls) {
    // A second name is given to what comes back; and the first one taken from what goes.
    const place = kind === "link" ? path : to;
    if (place.endsWith(SCRIPT)) {
      const since = gone.get(place);
      if (since !== undefined) times.push((at - since) / 1e6);
      gone.delete(place);
    }
    const leaves = kind === "rename" || kind === "unlink";
    if (leaves && path.endsWith(SCRIPT)) gone.set(path, at);
  }
  return times;
}
