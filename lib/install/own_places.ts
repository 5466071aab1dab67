/**
 * Whether root alone decides what an installation does: whoever may change the program
 * that root's commands are linked to, or the places of the links, would run as root.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { Failure } from "../document/problems.ts";
import { whoElse } from "../io/keepers.ts";
import type { Root } from "../io/root.ts";
import { strangerOnWay } from "../io/strangers.ts";
import type { InstallStep } from "./install_step.ts";

/**
 * Makes sure that nobody but root may change a program.
 *
 * @param root The system to install on.
 * @param program The program, as seen from inside.
 * @throws {Failure} If somebody may.
 */
export function checkOwnProgram(root: Root, program: string): void {
  const words = whoElse(root.stat(program));
  const { path, words: above } = strangerOnWay(root, dirname(program)) ?? {};
  if (words === null && path === undefined) return;
  throw new Failure("place-unsafe", {
    message: `${path ?? program} ${above ?? words}: root would run what others put there`,
    hint:
      `install -o root -g root -m 755 ${program} /usr/local/sbin/pitboot, and install from there`,
  });
}

/**
 * Makes sure that nobody but root may write where something is to be changed.
 *
 * @param root The system to install on.
 * @param steps What is to be done.
 * @throws {Failure} If somebody may: nothing was changed.
 */
export function checkOwnPlaces(root: Root, steps: readonly InstallStep[]): void {
  const directories = new Set(steps.map(({ path }) => dirname(path)));
  for (const directory of directories) {
    const stranger = strangerOnWay(root, directory);
    if (!stranger) continue;
    const { path, words, cure } = stranger;
    throw new Failure("place-unsafe", {
      message: `${path} ${words}: others than root may change what is installed there`,
      hint: `nothing was changed; ${cure}, and run it again`,
    });
  }
}
