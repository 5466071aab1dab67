/**
 * Options of commands: one table per command, from which its parser, its help
 * and the types of its flags follow.
 *
 * @module
 */

import { expandHosts } from "../text/host_range.ts";

/** A switch `--name`: off unless given. */
export interface Switch {
  /** One sentence for the help. */
  readonly help: string;
  readonly placeholder: null;
  readonly initial: null;
}

/** What a value is: what completes it. */
export type ValueKind =
  /** One of its choices. */
  | "choice"
  | "command"
  | "directory"
  | "file"
  | "generation"
  /** The name of a node. */
  | "node"
  /** A page of the manual: a command, or a format. */
  | "page"
  /** A release of a role, as `kubernetes=1.6.2`. */
  | "release"
  /** What nobody can know. */
  | "text";

/** An option `--name VALUE`. */
export interface ValueOption<T> {
  /** One sentence for the help, without the default. */
  readonly help: string;
  /** What the value is called in the help. */
  readonly placeholder: string;
  readonly kind: ValueKind;
  /** The default as one would type it; `null` if there is none. */
  readonly initial: string | null;
  /** The values that it takes, if they are few. */
  readonly choices?: readonly string[];
  /**
   * Whether the value is a list with commas: then the option may be given more
   * than once, which is as good as all the lists in one.
   *
   * @default {false}
   */
  readonly isList?: boolean;
  /** The value where none is given, as in `--wait`; without this it needs one. */
  readonly bare?: string;
  /** The switch that it turns on: both are one thing. */
  readonly turnsOn?: string;
  /** Reads the value; throws `SyntaxError` with what is wrong about it. */
  readonly parse: (text: string) => T;
}

/** An option of either kind. */
export type Option = Switch | ValueOption<unknown>;

/** The options of a command by name, without the dashes. */
export type Options = Readonly<Record<string, Option>>;

/** The options that have a short form. */
export const SHORT: Readonly<Record<string, string>> = {
  "dry-run": "n",
  help: "h",
  output: "o",
  quiet: "q",
  verbose: "v",
  version: "V",
};

/** The argument of a command that takes one. */
export interface Operand {
  /** What it is called in the help. */
  readonly placeholder: string;
  readonly kind: ValueKind;
  /** One sentence for the help. */
  readonly help: string;
  /** The values that it takes, if they are few. */
  readonly choices?: readonly string[];
  /** Whether it may be left out. */
  readonly isOptional: boolean;
  /**
   * Whether there may be more than one: the others are words of the line then.
   *
   * @default {false}
   */
  readonly isMany?: boolean;
  /**
   * Whether words behind `--` are taken in its place, whatever they are.
   *
   * @default {false}
   */
  readonly orWords?: boolean;
}

/** The values of the options of a command. */
export type Flags<O extends Options> = {
  readonly [K in keyof O]: O[K] extends ValueOption<infer T> ? T
    : O[K] extends Switch ? boolean
    : unknown;
};

/**
 * Tells whether an option may be given more than once: each time it adds
 * something.
 *
 * @param option Of either kind.
 */
export function addsUp(option: Option): boolean {
  return option.placeholder !== null && option.isList === true;
}

/**
 * Says what an option is for, without its default.
 *
 * @param option Of either kind.
 * @returns Its help, and whether it may be given more than once.
 */
export function helpWords(option: Option): string {
  return addsUp(option) ? `${option.help} May be given more than once.` : option.help;
}

/** A switch. */
export function flag(help: string): Switch {
  return { help, placeholder: null, initial: null };
}

/** A file, with a default. */
export function file(help: string, initial: string): ValueOption<string> {
  return { help, placeholder: "FILE", kind: "file", initial, parse: (text) => text };
}

/** A file that may be left out. */
export function optionalFile(help: string): ValueOption<string | null> {
  return { help, placeholder: "FILE", kind: "file", initial: null, parse: (text) => text };
}

/** A directory, with a default. */
export function directory(help: string, initial: string): ValueOption<string> {
  return { help, placeholder: "DIR", kind: "directory", initial, parse: (text) => text };
}

/** One of a few words, with a default. */
export function choice<const T extends string>(
  choices: readonly T[],
  help: string,
  initial: T,
): ValueOption<T> {
  return { ...optionalChoice(choices, help), initial } as ValueOption<T>;
}

/** One of a few words that may be left out. */
export function optionalChoice<const T extends string>(
  choices: readonly T[],
  help: string,
): ValueOption<T | null> {
  return {
    help,
    placeholder: choices.join("|"),
    kind: "choice",
    initial: null,
    choices,
    parse: (text) => {
      const found = choices.find((each) => each === text);
      if (!found) throw new SyntaxError(`expected ${choices.join(" or ")}`);
      return found;
    },
  };
}

/** A whole number from `min` to `max`, with a default. */
export function count(
  placeholder: string,
  help: string,
  { min, max, initial }: { min: number; max: number; initial: number },
): ValueOption<number> {
  return {
    ...optionalCount(placeholder, help, { min, max }),
    initial: String(initial),
  } as ValueOption<number>;
}

/** A whole number from `min` to `max` that may be left out. */
export function optionalCount(
  placeholder: string,
  help: string,
  { min, max }: { min: number; max: number },
): ValueOption<number | null> {
  return {
    help,
    placeholder,
    kind: "text",
    initial: null,
    parse: (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
      if (!(value >= min && value <= max)) {
        throw new SyntaxError(`expected a number from ${min} to ${max}`);
      }
      return value;
    },
  };
}

/** The address of a server, `HOST:PORT`, that may be left out. */
export function serverAddress(help: string): ValueOption<string | null> {
  return {
    help,
    placeholder: "HOST:PORT",
    kind: "text",
    initial: null,
    parse: (text) => {
      if (!/^(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}$/.test(text)) {
        throw new SyntaxError("expected HOST:PORT, for instance 127.0.0.1:8080");
      }
      return text;
    },
  };
}

const SECONDS = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A length of time such as `90`, `90s`, `15m`, `1h` or `2d`; the flag is in seconds. */
export function duration(help: string, initial: string): ValueOption<number> {
  return {
    help: `${help} TIME is such as 90s, 15m or 1h; a number alone is in seconds.`,
    placeholder: "TIME",
    kind: "text",
    initial,
    parse: (text) => {
      const [, digits, unit = ""] = /^(\d{1,6})([smhd]?)$/.exec(text) ?? [];
      if (digits === undefined) {
        throw new SyntaxError("expected a time such as 90s, 15m or 1h");
      }
      return Number(digits) * SECONDS[unit as keyof typeof SECONDS];
    },
  };
}

/**
 * Host ranges such as `ncn-w[001-003],ncn-s*`; the flag is a list of names, and of
 * patterns of names.
 */
export function hosts(help: string): ValueOption<readonly string[] | null> {
  const parse = (text: string): string[] => expandHosts(text, { patterns: true });
  return { help, placeholder: "RANGE", kind: "node", initial: null, isList: true, parse };
}
