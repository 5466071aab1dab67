/**
 * Gets the password of the BMCs.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { Failure } from "../document/problems.ts";
import { NO_UTF8 } from "../text/byte_text.ts";

/** The longest password of IPMI v2, in bytes. */
const LONGEST = 20;
/** None of Redfish is longer: an iLO takes 39. */
const LONGEST_OF_REDFISH = 255;

/** What some editors begin a file with; a BMC would take it for a part of the password. */
const BYTE_ORDER_MARK = "\ufeff";

/** The password and its source. */
export interface Password {
  /** The password; `null` if there is none. */
  readonly text: string | null;
  /** Its source, for messages; without a password, why there is none. */
  readonly source: string;
}

/**
 * Gets the password: from the environment, else from a file, else from the
 * person at the terminal. An empty `IPMI_PASSWORD` means: do not ask.
 *
 * @param host Its environment, files and terminal.
 * @param flags The values of `--password-file`, and of `--redfish`.
 * @throws {Failure} If it cannot be one, or the file cannot be read.
 */
export async function getPassword(
  host: Host,
  { "password-file": file, redfish }: PasswordFlags,
): Promise<Password> {
  const isOnly = redfish === "only";
  const checked = (text: string, source: string): Password => checkedPassword(text, source, isOnly);
  const fromEnvironment = host.context.env("IPMI_PASSWORD");
  if (fromEnvironment) return checked(fromEnvironment, "IPMI_PASSWORD");
  if (file !== null) {
    const hint = "write the password into its first line";
    const [line = ""] = (await host.root.readHanded(file, hint, host.context.signal)).split(
      /\r?\n/,
    );
    if (line === "") {
      throw new Failure("password-unfit", {
        message: `${file} is empty`,
        hint,
      });
    }
    return checked(line, file);
  }
  const { stdin, stderr, signal, listen } = host.context;
  if (canAsk(host)) {
    listen();
    const typed = await stdin.secret("BMC password (empty: leave the BMCs alone): ", signal);
    return typed ? checked(typed, "the password that was typed") : NONE_TYPED;
  }
  if (fromEnvironment !== undefined) return { text: null, source: "IPMI_PASSWORD is empty" };
  const isChained = stderr.isTerminal && !stdin.isTerminal;
  const why = isChained ? ", and standard input is not a terminal to ask at" : "";
  return { text: null, source: `IPMI_PASSWORD is not set${why}` };
}

const NONE_TYPED: Password = { text: null, source: "none was typed" };

/** Whether there is somebody who can be asked for it, and it may be. */
export function canAsk({ context: { env, stdin, stderr } }: Host): boolean {
  return env("IPMI_PASSWORD") === undefined && stdin.isTerminal && stderr.isTerminal;
}

/** The options that matter to it. */
export interface PasswordFlags {
  readonly "password-file": string | null;
  readonly redfish: string;
}

function checkedPassword(text: string, source: string, isOnly: boolean): Password {
  if (text.includes(NO_UTF8) || text.startsWith(BYTE_ORDER_MARK)) {
    const isMarked = text.startsWith(BYTE_ORDER_MARK);
    throw new Failure("password-unfit", {
      message: isMarked
        ? `${source} begins with a byte order mark`
        : `${source} holds bytes that are not UTF-8`,
      hint: isMarked ? "save it as UTF-8 without that mark" : "save or set it as UTF-8",
    });
  }
  const bytes = new TextEncoder().encode(text).length;
  const longest = isOnly ? LONGEST_OF_REDFISH : LONGEST;
  if (bytes > longest) {
    throw new Failure("password-unfit", {
      message: `${source} holds ${bytes} bytes, ${
        isOnly ? "Redfish" : "IPMI"
      } carries at most ${longest}`,
      hint: isOnly
        ? "check for stray blanks or quotes"
        : "check for stray blanks or quotes; without IPMI it may be longer: --redfish only",
    });
  }
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f]/.test(text)) {
    throw new Failure("password-unfit", {
      message: `${source} holds a control character`,
      hint: "check for a stray line end",
    });
  }
  return { text, source };
}
