/**
 * Stand-in for jsr:@std/cli, over node:util: the part of parseArgs() that
 * declares every flag and refuses the others by its `unknown` hook.
 */
// Loaded when it is needed: a bundle loads at its start what it imports.
const { parseArgs: nodeParseArgs } = await import("node:util");

export interface ParseOptions {
  readonly boolean?: readonly string[];
  readonly string?: readonly string[];
  readonly collect?: readonly string[];
  readonly alias?: Readonly<Record<string, string>>;
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

export type Args = Record<string, unknown> & { _: (string | number)[] };

export function parseArgs(
  args: readonly string[],
  { boolean = [], string = [], collect = [], alias = {}, unknown = () => {} }: ParseOptions = {},
): Args {
  const short = Object.fromEntries(
    Object.entries(alias).map(([long, letter]) => [long, { short: letter }]),
  );
  const declared = (names: readonly string[], type: "boolean" | "string") =>
    names.map((name) => [name, { type, ...short[name] }] as const);
  const { tokens } = nodeParseArgs({
    args: args.flatMap((arg, i) => {
      // As in @std/cli, a flag is never the value of the flag before it.
      const bare = /^--([^=]+)$/.exec(arg)?.[1];
      const next = args[i + 1];
      return bare && string.includes(bare) &&
          (next === undefined || next.startsWith("-"))
        ? [`${arg}=`]
        : [arg];
    }),
    options: Object.fromEntries([...declared(boolean, "boolean"), ...declared(string, "string")]),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const result: Args = { _: [] };
  for (const name of boolean) result[name] = false;
  for (const name of collect) result[name] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (unknown(token.value) !== false) result._.push(token.value);
    } else if (token.kind === "option") {
      const { name, rawName, value } = token;
      const known = boolean.includes(name) || string.includes(name);
      if (!known && unknown(rawName, name, value ?? true) === false) continue;
      const read = string.includes(name) ? value ?? "" : value === undefined || value !== "false";
      result[name] = collect.includes(name) ? [result[name], read].flat() : read;
    }
  }
  return result;
}
