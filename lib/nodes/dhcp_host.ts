/**
 * A `dhcp-host` line of dnsmasq's configuration: MACs, address and name of a host.
 *
 * @module
 */

import { isIpv4, parseMac } from "../text/addresses.ts";
import { hostOf, nodeOf } from "../text/host_name.ts";
import { nodeXname } from "../text/xname.ts";
import { shown } from "./dnsmasq_line.ts";

/** A `dhcp-host` line: who gets which address. */
export interface Reservation {
  readonly host: string;
  /** The node, if the host is its BMC. */
  readonly node: string | null;
  readonly xname: string | null;
  readonly macs: readonly string[];
  readonly ip: string | null;
  /** For how long it gets its address, in seconds; `null` if the line does not tell. */
  readonly seconds: number | null;
  readonly line: number;
}

/** The host of a line that names none: a tag for a MAC, say. */
export const NAMELESS = "a host without a name";

/** Why a line is of no use. */
export interface WrongWord {
  /** A word that dnsmasq refuses. */
  readonly wrong: string;
  /** The node, if it names a BMC. */
  readonly node: string | null;
}

/** What the words of a line say until one of them. */
type Said = Omit<Reservation, "node" | "line" | "host"> & {
  readonly host: string | null;
  readonly wrong: string | null;
};

const NOTHING_SAID: Said = {
  host: null,
  xname: null,
  macs: [],
  ip: null,
  seconds: null,
  wrong: null,
};

/** Reads lines, one after another: those of a node begin with the same words. */
export class HostLines {
  readonly #words = new HostWords();
  #head = "";
  #saidByHead = NOTHING_SAID;

  /**
   * Reads a line.
   *
   * @param value What stands behind `dhcp-host=`.
   * @param line Its number.
   */
  read(value: string, line: number): Reservation | WrongWord {
    const { host, wrong, ...said } = this.#saidBy(value);
    const node = nodeOf(host ?? "");
    if (wrong !== null) return { wrong, node };
    return { host: host ?? NAMELESS, node, line, ...said };
  }

  #saidBy(value: string): Said {
    const cut = beforeTail(value);
    if (cut < 0) return this.#fold(NOTHING_SAID, value);
    const head = value.slice(0, cut);
    if (head !== this.#head) {
      this.#head = head;
      this.#saidByHead = this.#fold(NOTHING_SAID, head);
    }
    return this.#fold(this.#saidByHead, value.slice(cut + 1));
  }

  #fold(before: Said, text: string): Said {
    let { xname, macs, ip, host, seconds, wrong } = before;
    for (const each of text.split(",")) {
      const word = this.#words.read(each);
      if (word.kind === "id") xname ??= word.value;
      else if (word.kind === "mac") macs = [...macs, word.value];
      else if (word.kind === "ip") ip = word.value;
      // Of several names the last counts.
      else if (word.kind === "host") host = word.value;
      else if (word.kind === "time") seconds = word.value;
      else if (word.kind === "wrong") wrong ??= word.value;
    }
    return { xname, macs, ip, host, seconds, wrong };
  }
}

/** csi ends lines with an address, a name and a time; -1 if there are no words before them. */
function beforeTail(value: string): number {
  const time = value.lastIndexOf(",");
  const host = time > 0 ? value.lastIndexOf(",", time - 1) : -1;
  return host > 0 ? value.lastIndexOf(",", host - 1) : -1;
}

/** A word of a `dhcp-host` line. */
type HostWord =
  | { readonly kind: "mac" | "ip" | "host" | "wrong"; readonly value: string }
  /** `id:…`, with the xname if it is one. */
  | { readonly kind: "id"; readonly value: string | null }
  /** In seconds. */
  | { readonly kind: "time"; readonly value: number }
  /** A tag, and what else says nothing of a node. */
  | { readonly kind: "other" };

/** Reads words; names and times, which come again, once. */
class HostWords {
  readonly #known = new Map<string, HostWord>();

  /** Tells what a word is, blanks round it aside. */
  read(text: string): HostWord {
    const known = this.#known.get(text);
    if (known) return known;
    const word = readWord(text.trim());
    if (word.kind === "host" || word.kind === "time") this.#known.set(text, word);
    return word;
  }
}

function readWord(word: string): HostWord {
  if (word.startsWith("id:")) return { kind: "id", value: nodeXname(word.slice(3)) };
  if (isIpv4(word)) return { kind: "ip", value: word };
  if (isTagOrTime(word)) return timeIn(word) ?? { kind: "other" };
  // dnsmasq lets a colon stand at the end.
  const mac = word.includes(":") ? parseMac(word.replace(/:$/, "")) : null;
  if (mac) return { kind: "mac", value: mac };
  // A MAC without colons is a name, too, and so is what stands in quotes.
  const name = shown(word);
  if (NAME.test(name)) return { kind: "host", value: hostOf(name) };
  return MAC_PATTERN.test(word) ? { kind: "other" } : { kind: "wrong", value: name };
}

/** dnsmasq does not look at what stands behind the first dot; an address is none. */
const NAME = /^(?:[\w.-]+|[a-z][\w-]*\..*)$/i;

/** A MAC with bytes left open, which names no machine. */
const MAC_PATTERN = /^(?=.*\*)[0-9a-f*]{1,2}(:[0-9a-f*]{1,2})+$/i;

/** `id:…`, `set:…`, `tag:…`, an IPv6 address in brackets, `20m`, `infinite`. */
function isTagOrTime(word: string): boolean {
  return /^(?:$|id:|set:|tag:|net:|\[.*\]$|\*$|\d[\d ]*[smhdw]?$|(?:ignore|infinite|deprecated)$)/i
    .test(
      word,
    );
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A lease time, such as `20m`; `null` if it is something else, or without an end. */
function timeIn(word: string): HostWord | null {
  const [, digits, unit = "s"] = /^(\d+)([smhdw]?)$/i.exec(word) ?? [];
  if (digits === undefined) return null;
  return { kind: "time", value: Number(digits) * (UNIT_SECONDS[unit.toLowerCase()] ?? 1) };
}
