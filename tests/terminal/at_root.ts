/**
 * Runs pitboot with a root that nobody has typed, as where it is that of the system: no
 * hint names it then.
 *
 * @module
 */

import { main } from "../../lib/command/main.ts";
import { type CommandName, COMMANDS } from "../../scripts/commands.ts";

const [initial = "/", name = "run", ...args] = Deno.args;
const { command } = await COMMANDS[name as CommandName]();
const root = { ...command.options.root, initial };
main({ ...command, options: { ...command.options, root } }, { args });
