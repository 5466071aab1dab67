/**
 * `/etc/conman.conf`: the consoles, and with them the addresses of the BMCs.
 *
 * Format: conman.conf(5), and what conmand makes of statements that are wrong: it
 * logs them and goes on with the next line. The file holds passwords, which this
 * reader drops, and K_g keys, which it returns.
 *
 * @module
 */

import { isIpv4 } from "../text/addresses.ts";
import { hostOf, nodeOf } from "../text/host_name.ts";
import { isPositional, kgKeyOf } from "./kg_key.ts";

/** A console that is reached through a BMC. */
export interface IpmiConsole {
  /** For instance `ncn-w001-mgmt`. */
  readonly name: string;
  /** Address or name of the BMC. */
  readonly address: string;
  /** The UDP port of the BMC, or `null` where the file names none. */
  readonly port: number | null;
  /** The user to log in as, or `null` where the file names none. */
  readonly user: string | null;
  /** A secret: the K_g key of the BMC, or `null` where the file names none. */
  readonly key: string | null;
  /** Its line, counted from 1. */
  readonly line: number;
}

/** An unusable statement, and why. */
export interface ConmanFault {
  /** The line where it begins, counted from 1. */
  readonly line: number;
  /** The fault; holds no value of the file. */
  readonly message: string;
  /** The console that is lost by it; `null` if its name is not known. */
  readonly console: string | null;
}

/** The content of conman.conf. */
export interface Conman {
  /** In the order of the file. */
  readonly consoles: readonly IpmiConsole[];
  /** In the order of the file. */
  readonly faults: readonly ConmanFault[];
}

/**
 * Reads the consoles that are BMCs; those on serial lines, terminal servers
 * and sockets are ignored. A statement that cannot be used stops no other one.
 *
 * @param text The whole file.
 *
 * @example
 * ```ts
 * import { parseConman } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `console dev="ipmi:10.254.1.6" name="ncn-w001-mgmt" ipmiopts="U:root,P:x"`;
 * assertEquals(parseConman(text), {
 *   consoles: [
 *     {
 *       name: "ncn-w001-mgmt",
 *       address: "10.254.1.6",
 *       port: null,
 *       user: "root",
 *       key: null,
 *       line: 1,
 *     },
 *   ],
 *   faults: [],
 * });
 * ```
 */
export function parseConman(text: string): Conman {
  const consoles: IpmiConsole[] = [];
  const faults: ConmanFault[] = [];
  const names = new Map<string, number>();
  const addresses = new Map<string, number>();
  let global: Login = { user: null, key: null };
  for (const { line, keyword, values, fault } of parseStatements(text)) {
    const written = values.get("name");
    const name = written === undefined ? null : consoleName(written);
    const refuse = (message: string): number => faults.push({ line, message, console: name });
    if (keyword === "global") {
      const login = loginOf(values.get("ipmiopts"), global);
      if (fault !== null) refuse(fault);
      if (login === UNUSABLE) refuse(NO_USER);
      else global = login;
    } else if (keyword === "console") {
      const found = fault ?? readConsole(values, { line, global, names, addresses });
      if (typeof found === "string") refuse(found);
      else if (found) consoles.push(found);
    } else if (keyword !== "server") refuse(NO_KEYWORD);
  }
  return { consoles, faults };
}

const NO_KEYWORD = "expected a line that begins with SERVER, GLOBAL or CONSOLE";
const NO_USER =
  "the user (U:) in ipmiopts cannot be one: a user has up to 16 letters, digits or ._@$#+-";

/** @returns Why it is of no use; `null` for a console that is no BMC. */
function readConsole(
  values: ReadonlyMap<string, string>,
  { line, global, names, addresses }: {
    line: number;
    global: Login;
    /** The lines of consoles so far. */
    names: Map<string, number>;
    addresses: Map<string, number>;
  },
): IpmiConsole | string | null {
  const written = values.get("name");
  const dev = values.get("dev");
  if (!written) return 'a console without name="…"';
  if (!dev) return 'a console without dev="…"';
  const name = consoleName(written);
  const twin = names.get(name);
  if (twin) return `this console name is already used at line ${twin}`;
  names.set(name, line);
  const host = /^\s*ipmi:(.+)$/i.exec(dev.replaceAll("%N", () => written))?.[1]?.trim();
  if (!host) return null;
  const place = PLACE.exec(host);
  const [, address = "", port] = place ?? [];
  if (!place || !(isIpv4(address) || HOST.test(address))) {
    return "dev does not name the address or the host name of a BMC behind ipmi:";
  }
  const other = addresses.get(host);
  if (other) return `its address is also that of the console at line ${other}`;
  addresses.set(host, line);
  const login = loginOf(values.get("ipmiopts"), global);
  if (login === UNUSABLE) return NO_USER;
  return { name, address, port: port ? Number(port) : null, ...login, line };
}

/** @param written As conman.conf has it; for a BMC it may be `NCN-w001-mgmt.hmn`. */
function consoleName(written: string): string {
  const host = hostOf(written);
  return nodeOf(host) ? host : written;
}

/** `10.254.1.6`, `ncn-w001-mgmt.hmn`, either with a port behind it. */
const PLACE = /^([\w.-]+)(?::(\d{1,5}))?$/;
/** Not a number with dots that is no address. */
const HOST = /^(?=.*[a-z])[a-z0-9](?:[\w.-]*[a-z0-9.])?$/i;

const EQUALS = Symbol("=");

type Word = string | typeof EQUALS;

/**
 * A line end; a joined line, a blank or a comment; a quoted or a bare word; an
 * equals sign; a quote that its line does not close. A backslash in a comment joins
 * no lines.
 */
const TOKEN =
  /(\r\n|\r|\n)|(\\(?:\r\n|\r|\n)|[^\S\r\n]+|#[^\r\n]*)|"([^"\r\n]*)"|'([^'\r\n]*)'|((?:[^\s"'#=\\]+|\\(?![\r\n]))+)|(=)|["'][^\r\n]*/gy;

/** A line, and those that are joined to it, as far as they can be read. */
interface Statement {
  readonly line: number;
  /** Lower case. */
  readonly keyword: string;
  /** By keys in lower case. */
  readonly values: ReadonlyMap<string, string>;
  /** Why the rest cannot be read; `null` if there is none. */
  readonly fault: string | null;
}

/** Splits a file into its statements. */
function parseStatements(text: string): Statement[] {
  const statements: Statement[] = [];
  let [line, begin, isOpen] = [1, 1, false];
  let words: Word[] = [];
  const end = (): void => {
    if (words.length > 0 || isOpen) statements.push(parseStatement(words, { line: begin, isOpen }));
    [words, isOpen] = [[], false];
  };
  for (const [token, lineEnd, nothing, double, single, bare, equals] of text.matchAll(TOKEN)) {
    if (lineEnd !== undefined) end();
    else if (nothing === undefined) {
      if (words.length === 0) begin = line;
      const word = double ?? single ?? bare ?? (equals ? EQUALS : null);
      if (word === null) isOpen = true;
      else words.push(word);
    }
    if (/[\r\n]/.test(token)) line++;
  }
  end();
  return statements;
}

/** @param place `isOpen`: whether a quote is not closed. */
function parseStatement(
  [keyword, ...rest]: readonly Word[],
  { line, isOpen }: { line: number; isOpen: boolean },
): Statement {
  const values = new Map<string, string>();
  let fault = isOpen ? "a quote is not closed" : null;
  for (let i = 0; i < rest.length; i += 3) {
    const [key, equals, value] = rest.slice(i, i + 3);
    if (typeof key !== "string" || equals !== EQUALS || typeof value !== "string") {
      fault ??= 'expected assignments such as name="ncn-w001-mgmt" after the keyword';
      break;
    }
    values.set(key.toLowerCase(), value);
  }
  const word = typeof keyword === "string" ? keyword.toLowerCase() : "";
  return { line, keyword: word, values, fault };
}

const UNUSABLE = Symbol("unusable");

/** What opens sessions, but for the password. */
type Login = Pick<IpmiConsole, "user" | "key">;

/** @param above What holds where the options do not say it. */
function loginOf(ipmiopts: string | undefined, above: Login): Login | typeof UNUSABLE {
  const user = userOf(ipmiopts);
  if (user === UNUSABLE) return UNUSABLE;
  return { user: user ?? above.user, key: kgKeyOf(ipmiopts, above.key) };
}

/** A user as IPMI takes it, without anything that could be a separator before a password. */
const USER = /^[\w.@$#+-]{1,16}$/;

/**
 * The user in `U:root,P:secret,W:solpayloadsize`, also with blanks behind the commas,
 * or in the older `root,secret`. Of several the last counts. A password may hold commas,
 * also followed by `U:`: before it nothing is part of it, nor in the last place.
 */
function userOf(ipmiopts = ""): string | null | typeof UNUSABLE {
  const fields = ipmiopts.split(",").map((field) => field.trim());
  const password = fields.findIndex((field) => /^P:/i.test(field));
  const before = password < 0 ? fields : fields.slice(0, password);
  const isUser = (field: string): boolean => /^U:/i.test(field);
  const field = isPositional(ipmiopts)
    ? fields[0]
    : before.findLast(isUser) ?? fields.findLast(isUser);
  const user = field?.replace(/^U:/i, "").trim();
  if (!user || user === "-") return null;
  return USER.test(user) ? user : UNUSABLE;
}
