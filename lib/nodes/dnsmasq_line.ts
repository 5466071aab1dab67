/**
 * A line of dnsmasq's configuration: `key=value # comment`.
 *
 * @module
 */

/** Quoted text; a comment, which needs a blank before it. */
const QUOTED = /"((?:\\.|[^"\\])*)("?)|(^|\s)#[^]*$/g;

function withoutQuotes(line: string): string | null {
  if (!line.includes('"')) return withoutComment(line);
  let isOpen = false;
  const code = line.replace(QUOTED, (_, text?: string, end?: string) => {
    isOpen ||= end === "";
    return text?.replace(/[,:.]/g, hidden) ?? "";
  });
  return isOpen ? null : code;
}

/** The same where nothing is quoted. */
function withoutComment(line: string): string {
  for (let at = line.indexOf("#"); at >= 0; at = line.indexOf("#", at + 1)) {
    if (at === 0 || /\s/.test(line.charAt(at - 1))) return line.slice(0, Math.max(at - 1, 0));
  }
  return line;
}

/** What separates, in quotes; dnsmasq has such stand-ins, too, so that it separates nothing. */
const HIDDEN = { ",": "\x01", ":": "\x02", ".": "\x03" };

// deno-lint-ignore no-control-regex
const IS_HIDDEN = /[\x01-\x03]/;

function hidden(character: string): string {
  return HIDDEN[character as keyof typeof HIDDEN];
}

/**
 * Shows what was hidden in a word.
 *
 * @param word A part of a value.
 */
export function shown(word: string): string {
  if (!IS_HIDDEN.test(word)) return word;
  return Object.entries(HIDDEN).reduce((text, [to, from]) => text.replaceAll(from, to), word);
}

/**
 * Reads a line as dnsmasq does.
 *
 * @param line Without its end.
 * @returns Key and value, without quotes and comment; what separates is hidden where it
 * was quoted, see {@linkcode shown}. `null` if a quote is not closed.
 */
export function splitAssignment(line: string): [key: string, value: string] | null {
  const code = withoutQuotes(line);
  if (code === null) return null;
  const at = code.indexOf("=");
  return at < 0 ? [code.trim(), ""] : [code.slice(0, at).trim(), code.slice(at + 1).trim()];
}
