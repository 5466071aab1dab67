/**
 * `/etc/conman.conf`: the consoles, and with them the addresses of the BMCs.
 *
 * Format: conman.conf(5). Statements are lines of a keyword and assignments in
 * any order: `console name="…" ipmiopts="U:…,P:…" dev="ipmi:…"`. The file
 * holds passwords; nothing that this reader returns or throws does.
 *
 * @module
 */

import { FormatError, type Place } from "./format_error.ts";

/** A console that is reached through a BMC. */
export interface IpmiConsole {
  /** For instance `ncn-w001-mgmt`. */
  readonly name: string;
  /** Address or name of the BMC. */
  readonly address: string;
  /** The user to log in as, or `null` where the file names none. */
  readonly user: string | null;
  /** Where it is, counted from 1. */
  readonly line: number;
}

/**
 * Reads the consoles that are BMCs; those on serial lines, terminal servers
 * and sockets are passed over.
 *
 * @param text The whole file.
 * @param options `file`: its name in messages.
 * @returns The consoles in the order of the file.
 * @throws {FormatError} If a statement cannot be read, or a console has no
 * name or device, or a name is given twice.
 *
 * @example
 * ```ts
 * import { parseConman } from "./conman.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `console dev="ipmi:10.254.1.6" name="ncn-w001-mgmt" ipmiopts="U:root,P:x"`;
 * assertEquals(parseConman(text), [
 *   { name: "ncn-w001-mgmt", address: "10.254.1.6", user: "root", line: 1 },
 * ]);
 * ```
 */
export function parseConman(
  text: string,
  { file = "conman.conf" }: { file?: string } = {},
): IpmiConsole[] {
  const consoles = new Map<string, IpmiConsole>();
  const names = new Map<string, number>();
  let globalUser: string | null = null;
  for (const { line, code } of logicalLines(text)) {
    const place = { file, line };
    const statement = parseStatement(code, place);
    if (!statement) continue;
    const { keyword, values } = statement;
    if (keyword === "global") {
      globalUser = userOf(values.get("ipmiopts")) ?? globalUser;
    } else if (keyword === "console") {
      const name = values.get("name");
      const dev = values.get("dev");
      if (!name) throw new FormatError('a console without name="…"', place);
      if (!dev) throw new FormatError('a console without dev="…"', place);
      const earlier = names.get(name);
      if (earlier) {
        throw new FormatError(
          `the console's name stands already at line ${earlier}`,
          place,
        );
      }
      names.set(name, line);
      const address = /^ipmi:(.+)$/i.exec(dev.replaceAll("%N", name))?.[1];
      if (!address) continue;
      const user = userOf(values.get("ipmiopts")) ?? globalUser;
      consoles.set(name, { name, address, user, line });
    } else if (keyword !== "server") {
      throw new FormatError(
        "expected a line that begins with SERVER, GLOBAL or CONSOLE",
        place,
      );
    }
  }
  return [...consoles.values()];
}

/** Joins lines that end in a backslash; each keeps the number of its first. */
function logicalLines(text: string): { line: number; code: string }[] {
  const lines: { line: number; code: string }[] = [];
  let joined = false;
  for (const [i, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const continues = raw.endsWith("\\");
    const code = continues ? raw.slice(0, -1) : raw;
    const last = lines.at(-1);
    if (joined && last) last.code += code;
    else lines.push({ line: i + 1, code });
    joined = continues;
  }
  return lines;
}

/** A blank, a comment, a quoted or a bare word, an equals sign. */
const TOKEN = /\s+|#.*|"([^"]*)"|'([^']*)'|([^\s"'#=]+)|=/gy;

/** Keyword and assignments of a line; `null` if there is only a comment. */
function parseStatement(
  code: string,
  place: Place,
): { keyword: string; values: Map<string, string> } | null {
  const words: (string | typeof EQUALS)[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < code.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(code);
    // No excerpt here or below: the line may hold a password.
    if (!match) {
      throw new FormatError(`a quote at column ${at + 1} is not closed`, place);
    }
    const word = match[1] ?? match[2] ?? match[3];
    if (word !== undefined) words.push(word);
    else if (match[0] === "=") words.push(EQUALS);
  }
  const [keyword, ...rest] = words;
  if (keyword === undefined) return null;
  const values = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 3) {
    const [key, equals, value] = rest.slice(i, i + 3);
    if (
      typeof key !== "string" || equals !== EQUALS || typeof value !== "string"
    ) {
      throw new FormatError(
        'expected assignments such as name="ncn-w001-mgmt" after the keyword',
        place,
      );
    }
    values.set(key.toLowerCase(), value);
  }
  return {
    keyword: typeof keyword === "string" ? keyword.toLowerCase() : "=",
    values,
  };
}

const EQUALS = Symbol("=");

/** The user in `U:root,P:secret,W:solpayloadsize`; a password may hold commas. */
function userOf(ipmiopts: string | undefined): string | null {
  return /(?:^|,)U:(.*?)(?:,[A-Z]:|$)/i.exec(ipmiopts ?? "")?.[1] || null;
}
