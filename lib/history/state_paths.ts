/**
 * The names of what pitboot keeps in its state directory.
 *
 * @module
 */

/** The lock: while it is held, no other command changes anything. */
export function lockPath(state: string): string {
  return `${state}/lock`;
}

/**
 * Names the file of a claim: what a command that is running works on.
 *
 * @param state The state directory.
 * @param number Its number.
 */
export function claimPath(state: string, number: number): string {
  return `${state}/claim-${number}.json`;
}

/** What is installed. */
export function installPath(state: string): string {
  return `${state}/install.json`;
}

/** Which scripts are ours. */
export function recordsPath(state: string): string {
  return `${state}/scripts.json`;
}

/** Why nodes are not served. */
export function causesPath(state: string): string {
  return `${state}/causes.json`;
}

/** The directory of scripts that may be an administrator's. */
export function savedIn(state: string): string {
  return `${state}/saved`;
}

/**
 * Names the place where scripts of a node are saved; their digest is added.
 *
 * @param state The state directory.
 * @param node The node.
 */
export function savedScript(state: string, node: string): string {
  return `${savedIn(state)}/${node}.script.ipxe`;
}

/** The directory of generations. */
export function generationsIn(state: string): string {
  return `${state}/generations`;
}

/**
 * Names the file of a generation.
 *
 * @param state The state directory.
 * @param number Its number.
 */
export function generationPath(state: string, number: number): string {
  return `${generationsIn(state)}/${number}.json`;
}

/** The newest generation of which a rollback has said that it is done. */
export function toldPath(state: string): string {
  return `${generationsIn(state)}/told.json`;
}
