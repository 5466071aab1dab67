/**
 * Hints are promises: this notes each command that is written for somebody to type, with
 * the place in the code that writes it, and reads it as a shell would.
 *
 * @module
 */

import { TypedCommands } from "../lib/cli/typed_commands.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const WRITES = /\btyped\.(?:command|again)\(/;

/** A command that was written. */
export interface WrittenCommand {
  readonly line: string;
  /** For instance `lib/links/offline.ts:76`. */
  readonly place: string;
}

/** Notes every command that is written while something is done. */
export async function written(work: () => Promise<unknown>): Promise<WrittenCommand[]> {
  const commands: WrittenCommand[] = [];
  const { command, again } = TypedCommands.prototype;
  const note = (line: string): string => {
    const [, place = ""] = /\/((?:lib|scripts)\/(?!cli\/)[\w/-]+\.ts:\d+)/.exec(
      new Error().stack?.replaceAll("lib/cli/", "") ?? "",
    ) ?? [];
    commands.push({ line, place });
    return line;
  };
  TypedCommands.prototype.command = function (name, ...args): string {
    return note(command.call(this, name, ...args));
  };
  TypedCommands.prototype.again = function (...options): string {
    return note(again.call(this, ...options));
  };
  try {
    await work();
  } finally {
    Object.assign(TypedCommands.prototype, { command, again });
  }
  return commands;
}

/** All places in the code that write a command. */
export function places(): string[] {
  const found = [...filesIn("lib"), ...filesIn("scripts")].flatMap((path) =>
    Deno.readTextFileSync(ROOT + path).split("\n").flatMap((line, i) =>
      WRITES.test(line) && !/^\s*(?:\*|\/\/)/.test(line) ? [`${path}:${i + 1}`] : []
    )
  );
  return found.sort();
}

/** Lines of the code that name a command of pitboot and do not let it be written. */
export function literalCommands(names: readonly string[]): string[] {
  const literal = new RegExp(`["\`(: ]pitboot (?:${names.join("|")})\\b`);
  return filesIn("lib").filter((path) => !path.startsWith("lib/cli/")).flatMap((path) =>
    Deno.readTextFileSync(ROOT + path).split("\n").flatMap((line, i) =>
      literal.test(line) && !/^\s*(?:\/?\*|\/\/)/.test(line)
        ? [`${path}:${i + 1}: ${line.trim()}`]
        : []
    )
  );
}

/** The words of a line, as a shell splits them, and what it sets before the command. */
export function shellSplit(line: string): { env: Record<string, string>; words: string[] } {
  const words = [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, "$1$2")
  );
  const at = words.findIndex((word) => !/^\w+=/.test(word));
  const env = words.slice(0, at).map((word): [string, string] => {
    const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(word) ?? [];
    return [name, value];
  });
  return { env: Object.fromEntries(env), words: words.slice(at) };
}

function filesIn(directory: string): string[] {
  return [...Deno.readDirSync(ROOT + directory)].flatMap(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    return isDirectory ? filesIn(path) : name.endsWith(".ts") ? [path] : [];
  });
}
