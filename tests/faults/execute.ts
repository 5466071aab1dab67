/**
 * pitboot as a process with the shim.
 *
 * @module
 */

import type { Pit } from "../../tools/pit/make_pit.ts";
import { environment, PITBOOT } from "../kit.ts";
import { BESIDE, type Ended, type Neighbour, type Neighbours } from "./beside.ts";
import type { Call } from "./scenarios.ts";
import { type Fault, parseCalls, type SeenCall, shimVariables } from "./shim.ts";
import { PASSWORD, variables } from "./starts.ts";

/** What came of a call of pitboot. */
export interface Execution {
  readonly code: number;
  readonly stderr: string;
  /** The calls that changed files, or were to. */
  readonly calls: readonly SeenCall[];
  /** What came of the commands that ran beside it. */
  readonly beside: readonly Ended[];
}

/** Where the shim is. */
export interface Shimmed {
  readonly shim: string;
}

/** Below /dev/shm only who may do everything may do anything. */
const WORDS = PITBOOT.map((word) => word.startsWith("--permission-set") ? "-A" : word);

/** In the place of pitboot itself. */
const ONE_BY_ONE = new URL("../one_by_one.ts", import.meta.url).pathname;
const BESIDE_RUN = new URL("./beside.ts", import.meta.url).pathname;

/**
 * Runs pitboot as a process of its own.
 *
 * @param shimmed The shim.
 * @param pit Where.
 * @param call What.
 * @param fault What goes wrong, if anything does.
 * @param options `wrapper`: words to put before the command; `log`: what the
 * shim writes to, outside of the tree and, where its power goes, of its disk; `hits`: which
 * of the commands beside it the fault hits, if not itself; `all`: the shim sees it and them.
 * @returns What came of it, once nothing of it runs any more.
 */
export async function execute(
  { shim }: Shimmed,
  pit: Pit,
  call: Call,
  fault: Fault | null,
  { wrapper = [], log = `${pit.root}.calls`, hits }: {
    wrapper?: readonly string[];
    log?: string;
    hits?: number | "all" | undefined;
  } = {},
): Promise<Execution> {
  const shimmed = shimVariables({ shim, root: pit.root, log }, fault);
  const envOf = ({ release, isSwitching }: Call, isHit: boolean): Record<string, string> => ({
    ...environment(pit, variables(release, isSwitching && PASSWORD)),
    ...isHit ? shimmed : {},
  });
  const [program = "", ...args] = [...wrapper, ...wordsOf(call, pit)];
  const commands = (call.beside ?? []).map((each, i): Neighbour => ({
    words: wordsOf(each, pit),
    env: envOf(each, hits === "all" || hits === i),
  }));
  const ended = `${log}.beside`;
  const { code, stderr } = await new Deno.Command(program, {
    args,
    env: {
      ...envOf(call, typeof hits !== "number"),
      [BESIDE]: JSON.stringify({ commands, log: ended } satisfies Neighbours),
    },
    clearEnv: true,
    stdin: "null",
    // Those beside it have it too: one that outlives the call is waited for.
    stdout: "piped",
    stderr: "piped",
  }).output();
  const calls = parseCalls(taken(log));
  const beside = JSON.parse(taken(ended) || "[]");
  return { code, stderr: new TextDecoder().decode(stderr), calls, beside };
}

function wordsOf({ args, isOneByOne, beside }: Call, pit: Pit): string[] {
  const script = beside ? BESIDE_RUN : ONE_BY_ONE;
  const words = isOneByOne ? [...WORDS.slice(0, -1), script] : [...WORDS, args[0]];
  return [...words, ...args.slice(1), `--root=${pit.root}`];
}

/** Reads a file and removes it; nothing where there is none. */
function taken(path: string): string {
  try {
    const text = Deno.readTextFileSync(path);
    Deno.removeSync(path);
    return text;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "";
  }
}
