/**
 * A run in which leases come one by one, and beside which other commands run as soon as
 * the first node is served: it waits for them, so that each time the same happens.
 *
 * @module
 */

import { main } from "../../lib/command/main.ts";
import { oneByOne } from "../one_by_one.ts";

/** The variable that says what runs beside it. */
export const BESIDE = "PITBOOT_BESIDE";

/** A command that runs beside another. */
export interface Neighbour {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What runs beside it, and where it is told what came of that. */
export interface Neighbours {
  readonly commands: readonly Neighbour[];
  readonly log: string;
}

/** What came of a command that ran beside. */
export interface Ended {
  readonly code: number;
  readonly stderr: string;
}

function runBeside({ commands, log }: Neighbours): void {
  const ended = commands.map(({ words: [program = "", ...args], env }): Ended => {
    const command = new Deno.Command(program, {
      args,
      env,
      clearEnv: true,
      stdin: "null",
      stdout: "inherit",
    });
    const { code, stderr } = command.outputSync();
    return { code, stderr: new TextDecoder().decode(stderr) };
  });
  Deno.writeTextFileSync(log, JSON.stringify(ended));
}

if (import.meta.main) {
  let neighbours: Neighbours | null = JSON.parse(Deno.env.get(BESIDE) ?? "null");
  const served = (): void => {
    if (neighbours) runBeside(neighbours);
    neighbours = null;
  };
  main(oneByOne({ served }));
}
