/**
 * `/etc/conman.conf`: the consoles, and with them the addresses of the BMCs.
 *
 * Format: conman.conf(5). Statements are lines of a keyword and assignments in
 * any order: `console name="…" ipmiopts="U:…,P:…" dev="ipmi:…"`. The file
 * holds passwords; nothing that this reader returns or throws does.
 *
 * @module
 */

import { FormatError, type Place } from "../text/format_error.ts";

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
 * and sockets are ignored.
 *
 * @param text The whole file.
 * @param options `file`: its name in messages.
 * @returns The consoles in the order of the file.
 * @throws {FormatError} If a statement cannot be read, or a console has no
 * name or device, or a name is given twice.
 *
 * @example
 * ```ts
 * import { parseConman } from "@pitboot/pitboot";
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
  const lines = new Map<string, number>();
  const addresses = new Map<string, number>();
  let globalUser: string | null = null;
  for (const { line, words } of splitStatements(text, file)) {
    const place = { file, line };
    const { keyword, values } = parseStatement(words, place);
    if (keyword === "global") globalUser = userOf(values.get("ipmiopts")) ?? globalUser;
    if (keyword !== "console") continue;
    const name = values.get("name");
    const dev = values.get("dev");
    if (!name) throw new FormatError('a console without name="…"', place);
    if (!dev) throw new FormatError('a console without dev="…"', place);
    const earlier = lines.get(name);
    if (earlier) {
      throw new FormatError(`this console name is already used at line ${earlier}`, place);
    }
    lines.set(name, line);
    const address = /^ipmi:(.+)$/i.exec(dev.replaceAll("%N", () => name))?.[1];
    if (!address) continue;
    const twin = addresses.get(address);
    if (twin) {
      throw new FormatError(`${address} is also the address of the console at line ${twin}`, place);
    }
    addresses.set(address, line);
    const user = userOf(values.get("ipmiopts")) ?? globalUser;
    consoles.set(name, { name, address, user, line });
  }
  return [...consoles.values()];
}

const EQUALS = Symbol("=");

type Word = string | typeof EQUALS;

/**
 * A line end; a joined line, a blank or a comment; a quoted or a bare word; an
 * equals sign. A backslash in a comment joins no lines.
 */
const TOKEN =
  /(\r\n|\r|\n)|(\\(?:\r\n|\r|\n)|[^\S\r\n]+|#[^\r\n]*)|"([^"\r\n]*)"|'([^'\r\n]*)'|((?:[^\s"'#=\\]+|\\(?![\r\n]))+)|=/gy;

/** Splits a file into the words of its statements. */
function splitStatements(text: string, file: string): { line: number; words: Word[] }[] {
  const statements: { line: number; words: Word[] }[] = [];
  let words: Word[] = [];
  let line = 1;
  let begin = 1;
  const end = (): void => {
    if (words.length > 0) statements.push({ line: begin, words });
    words = [];
  };
  TOKEN.lastIndex = 0;
  let lineStart = 0;
  while (TOKEN.lastIndex < text.length) {
    const column = TOKEN.lastIndex - lineStart + 1;
    const match = TOKEN.exec(text);
    // No excerpt here or below: the line may hold a password.
    if (!match) {
      throw new FormatError(`a quote at column ${column} is not closed`, { file, line });
    }
    const [token, lineEnd, nothing] = match;
    if (lineEnd !== undefined) end();
    else if (nothing === undefined) {
      if (words.length === 0) begin = line;
      words.push(match[3] ?? match[4] ?? match[5] ?? EQUALS);
    }
    if (/[\r\n]/.test(token)) {
      line++;
      lineStart = TOKEN.lastIndex;
    }
  }
  end();
  return statements;
}

/** Keyword and assignments of a statement. */
function parseStatement(
  [keyword, ...rest]: readonly Word[],
  place: Place,
): { keyword: string; values: Map<string, string> } {
  const name = typeof keyword === "string" ? keyword.toLowerCase() : "";
  if (!["server", "global", "console"].includes(name)) {
    throw new FormatError("expected a line that begins with SERVER, GLOBAL or CONSOLE", place);
  }
  const values = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 3) {
    const [key, equals, value] = rest.slice(i, i + 3);
    if (typeof key !== "string" || equals !== EQUALS || typeof value !== "string") {
      throw new FormatError(
        'expected assignments such as name="ncn-w001-mgmt" after the keyword',
        place,
      );
    }
    values.set(key.toLowerCase(), value);
  }
  return { keyword: name, values };
}

/**
 * The user in `U:root,P:secret,W:solpayloadsize`. A password may hold commas,
 * also followed by `U:`: what comes first or last is not the password.
 */
function userOf(ipmiopts = ""): string | null {
  const first = /^U:(.*?)(?:,[A-Z]:|$)/i.exec(ipmiopts);
  const last = /.*,U:(.*?)(?:,[A-Z]:|$)/i.exec(ipmiopts);
  return (first ?? last)?.[1] || null;
}
