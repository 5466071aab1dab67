/**
 * Stand-in for jsr:@std/cli: the part of parseArgs() that reads declared flags
 * written `--name=value`. It throws at everything else, so that nobody relies on
 * what only one of the two can do.
 */

export interface ParseOptions {
  readonly boolean?: readonly string[];
  readonly string?: readonly string[];
  readonly collect?: readonly string[];
}

export type Args = Record<string, unknown> & { _: string[] };

export function parseArgs(
  args: readonly string[],
  { boolean = [], string = [], collect = [] }: ParseOptions = {},
): Args {
  const result: Args = { _: [] };
  for (const name of boolean) result[name] = false;
  for (const name of collect) result[name] = [];
  for (const arg of args) {
    const [, name = "", value = ""] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    const read = boolean.includes(name) ? readBoolean(arg, value) : value;
    if (!boolean.includes(name) && !string.includes(name)) throw unfit(arg);
    result[name] = collect.includes(name) ? [result[name], read].flat() : read;
  }
  return result;
}

function readBoolean(arg: string, value: string): boolean {
  if (value !== "true" && value !== "false") throw unfit(arg);
  return value === "true";
}

function unfit(arg: string): Error {
  return new Error(`the stand-in for @std/cli does not take ${JSON.stringify(arg)}`);
}
