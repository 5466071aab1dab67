/**
 * pitboot as a process with the shim.
 *
 * @module
 */

import type { Pit } from "../../tools/pit/make_pit.ts";
import { environment, PITBOOT } from "../kit.ts";
import type { Call } from "./scenarios.ts";
import { type Fault, parseCalls, type SeenCall, shimVariables } from "./shim.ts";
import { variables } from "./starts.ts";

/** What came of a call of pitboot. */
export interface Execution {
  readonly code: number;
  readonly stderr: string;
  /** The calls that changed files, or were to. */
  readonly calls: readonly SeenCall[];
}

/** Where the shim is. */
export interface Shimmed {
  readonly shim: string;
}

/** Below /dev/shm only who may do everything may do anything. */
const WORDS = PITBOOT.map((word) => word.startsWith("--permission-set") ? "-A" : word);

/** In the place of pitboot itself. */
const ONE_BY_ONE = new URL("../one_by_one.ts", import.meta.url).pathname;

/**
 * Runs pitboot as a process of its own.
 *
 * @param shimmed The shim.
 * @param pit Where.
 * @param call What.
 * @param fault What goes wrong, if anything does.
 * @param options `wrapper`: words to put before the command; `log`: what the
 * shim writes to, outside of the tree.
 */
export async function execute(
  { shim }: Shimmed,
  pit: Pit,
  { args, release, isOneByOne }: Call,
  fault: Fault | null,
  { wrapper = [], log = `${pit.root}.calls` }: { wrapper?: readonly string[]; log?: string } = {},
): Promise<Execution> {
  const words = isOneByOne ? [...WORDS.slice(0, -1), ONE_BY_ONE] : [...WORDS, args[0]];
  const [program = "", ...before] = [...wrapper, ...words];
  const { code, stderr } = await new Deno.Command(program, {
    args: [...before, ...args.slice(1), `--root=${pit.root}`],
    env: {
      ...environment(pit, variables(release)),
      ...shimVariables({ shim, root: pit.root, log }, fault),
    },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const calls = parseCalls(Deno.readTextFileSync(log));
  Deno.removeSync(log);
  return { code, stderr: new TextDecoder().decode(stderr), calls };
}
