/**
 * The commands by name, each loaded when it is asked for.
 *
 * @module
 */

import type { Manual } from "../lib/cli/manual.ts";
import type { Command } from "../lib/command/command.ts";
import type { main } from "../lib/command/main.ts";

/** Each loads a command; in the order of the help. */
export const COMMANDS = {
  "resolve-images": () => import("./resolve-images.ts"),
  "bmc-dhcp": () => import("./bmc-dhcp.ts"),
  "wait-leases": () => import("./wait-leases.ts"),
  "set-links": () => import("./set-links.ts"),
  "run": () => import("./run.ts"),
  "status": () => import("./status.ts"),
  "check": () => import("./check.ts"),
  "boot-progress": () => import("./boot-progress.ts"),
  "power": () => import("./power.ts"),
  "releases": () => import("./releases.ts"),
  "history": () => import("./history.ts"),
  "rollback": () => import("./rollback.ts"),
  "offline": () => import("./offline.ts"),
  "online": () => import("./online.ts"),
  "install": () => import("./install.ts"),
  "report": () => import("./report.ts"),
  "completions": () => import("./completions.ts"),
  "man": () => import("./man.ts"),
  "help": () => import("./help.ts"),
  "version": () => import("./version.ts"),
} as const satisfies Readonly<Record<string, () => Promise<Script>>>;

/** A script of a command: all that it takes to run it, in one module. */
interface Script {
  readonly command: Command;
  readonly main: typeof main;
}

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/**
 * Gets the manuals of all commands, from which help, manual pages and
 * completion are made.
 *
 * @returns In the order of the help.
 */
export async function manuals(): Promise<readonly Manual[]> {
  const modules = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return modules.map(({ command }) => command);
}
