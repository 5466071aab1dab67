/**
 * The scripts of the commands, from which they are started. A build puts others in this
 * place: each bundled by itself, which is sooner loaded than what commands share.
 *
 * @module
 */

export { COMMANDS as SCRIPTS } from "./commands.ts";
