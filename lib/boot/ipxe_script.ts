/**
 * What a script.ipxe makes a node fetch, and with which words its kernel starts.
 *
 * Read as iPXE 1.0 runs it, line by line: a word that begins with `#` ends a line, `set`
 * expands its words at once, and of several kernels the last one starts. What depends on
 * the machine, on a choice at the menu or on a condition is doubtful.
 *
 * @module
 */

/** What a node fetches by its script. */
export interface Fetches {
  /** The address of the initrd, as the node asks for it; `null` where there is none. */
  readonly initrd: string | null;
  /** That of the kernel. */
  readonly kernel: string | null;
  /** That of the root filesystem, which the initrd asks for. */
  readonly rootfs: string | null;
  /** The words behind the kernel. */
  readonly parameters: readonly string[];
  /** Why `metal.no-wipe` of them cannot be known without the machine; `null` mostly. */
  readonly wipeDoubt: string | null;
  /** What cannot be known without the machine, in words; none mostly. */
  readonly doubts: readonly string[];
}

/**
 * Reads what a node fetches.
 *
 * @param script The text of its script.ipxe.
 * @param options `hostname`: what DHCP calls the node; `url`: the address of the script, to
 * which others are relative.
 *
 * @example
 * ```ts
 * import { fetchesOf } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * const script = `#!ipxe
 * set base-url http://pit/\${hostname}
 * initrd \${base-url}/initrd.img.xz || goto failed
 * kernel \${base-url}/kernel metal.server=\${base-url} rd.live.squashimg=rootfs
 * `;
 * const url = "http://pit/ncn-w001/script.ipxe";
 * const { rootfs, doubts } = fetchesOf(script, { hostname: "ncn-w001", url });
 * assertEquals([rootfs, doubts], ["http://pit/ncn-w001/rootfs", []]);
 * ```
 */
export function fetchesOf(
  script: string,
  { hostname, url }: { hostname: string; url: string },
): Fetches {
  const reader = new ScriptReader(hostname);
  script.split(/\r\n|\r|\n/).forEach((line) => reader.read(line));
  return reader.fetches(url);
}

/**
 * Finds the last value of a parameter of the kernel.
 *
 * @param parameters The words behind the kernel.
 * @param name For instance `metal.no-wipe`.
 * @returns `""` for a word without a value, `null` if there is none.
 */
export function parameterOf(parameters: readonly string[], name: string): string | null {
  const word = parameters.findLast((word) => word === name || word.startsWith(`${name}=`));
  return word === undefined ? null : word.slice(name.length + 1);
}

/** A word, and why it is not known for certain what a node has in its place. */
interface ScriptWord {
  readonly text: string;
  readonly doubt: string | null;
}

/** A command that fetches a file. */
interface FileFetch {
  readonly address: ScriptWord;
  readonly words: readonly ScriptWord[];
}

/** What follows decides what is fetched, and is known on the machine alone. */
const UNFORESEEN: ReadonlySet<string> = new Set(["chain", "imgargs", "params", "read"]);
const INITRD: ReadonlySet<string> = new Set(["initrd", "imgfetch", "module"]);
const WIPE = "metal.no-wipe";
const INNERMOST = /\$\{([^{}]*)\}/;
/** The initrd takes other addresses, too, and fetches those by other means. */
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i;
/** Options that take the next word. */
const TAKE_ONE = /^(?:-n|--name|-t|--timeout)$/;

/** Runs the lines of a script, as far as that can be done without a machine. */
class ScriptReader {
  /** What they are set to. */
  readonly #settings = new Map<string, readonly ScriptWord[]>();
  readonly #doubts: string[] = [];
  readonly #initrds: FileFetch[] = [];
  readonly #kernels: FileFetch[] = [];
  #isBelowLabel = false;

  constructor(hostname: string) {
    this.#settings.set("hostname", [{ text: hostname, doubt: null }]);
  }

  read(line: string): void {
    let words = wordsIn(line);
    if (words[0]?.startsWith(":")) {
      this.#isBelowLabel = true;
      words = words.slice(1);
    }
    let isSure = !this.#isBelowLabel;
    for (const command of commandsIn(words)) {
      this.#run(command, isSure);
      // What comes behind && or || depends on how this one ends.
      if (command[0] !== "set") isSure = false;
    }
  }

  #run([name = "", ...words]: readonly string[], isSure: boolean): void {
    if (name === "set") this.#set(words, isSure);
    else if (name === "clear") this.#settings.set(settingName(words[0] ?? ""), []);
    else if (INITRD.has(name)) this.#initrds.push(this.#fetch(words));
    else if (name === "kernel") this.#kernels.push(this.#fetch(words));
    else if (UNFORESEEN.has(name)) this.#doubts.push(`it has the command ${name}`);
  }

  #set([name = "", ...words]: readonly string[], isSure: boolean): void {
    const own = isSure ? null : `\${${name}} depends on a condition`;
    const value = words.flatMap((word) => this.#expand(word))
      .map(({ text, doubt }) => ({ text, doubt: doubt ?? own }));
    this.#settings.set(settingName(name), value);
  }

  #fetch(words: readonly string[]): FileFetch {
    let at = 0;
    while (words[at]?.startsWith("-")) at += TAKE_ONE.test(words[at] ?? "") ? 2 : 1;
    const [address = { text: "", doubt: null }] = this.#expand(words[at] ?? "");
    return { address, words: words.slice(at + 1).flatMap((word) => this.#expand(word)) };
  }

  /** Replaces `${…}` in a word, from the inside out; it may become several. */
  #expand(word: string): readonly ScriptWord[] {
    const whole = /^\$\{([^{}]*)\}$/.exec(word);
    if (whole) return this.#valueOf(whole[1] ?? "");
    let text = word;
    let doubt: string | null = null;
    for (let match; (match = INNERMOST.exec(text)) !== null;) {
      const value = this.#valueOf(match[1] ?? "");
      doubt ??= value.find(({ doubt }) => doubt !== null)?.doubt ?? null;
      const place = value.map(({ text }) => text).join(" ");
      text = text.slice(0, match.index) + place + text.slice(match.index + match[0].length);
    }
    return text.split(" ").filter(Boolean).map((text) => ({ text, doubt }));
  }

  #valueOf(setting: string): readonly ScriptWord[] {
    const name = settingName(setting);
    return this.#settings.get(name) ??
      [{ text: "", doubt: `\${${name}} is known to the machine alone` }];
  }

  fetches(url: string): Fetches {
    const doubts = [...this.#doubts];
    const [command = null] = doubts;
    const initrd = this.#only(this.#initrds, "initrd", doubts);
    const kernel = this.#only(this.#kernels, "kernel", doubts);
    const words = kernel?.words ?? [];
    const server = lastOf(words, "metal.server");
    const image = lastOf(words, "rd.live.squashimg");
    for (const each of [initrd?.address, kernel?.address, server, image]) {
      if (each?.doubt) doubts.push(each.doubt);
    }
    if (server && !image) doubts.push("rd.live.squashimg is missing, and its default has changed");
    if (server && OTHER_SCHEME.test(parameterValue(server))) {
      doubts.push(`metal.server is no address of HTTP: ${parameterValue(server)}`);
    }
    return {
      initrd: initrd ? absoluteAddress(initrd.address.text, url) : null,
      kernel: kernel ? absoluteAddress(kernel.address.text, url) : null,
      rootfs: server && image ? rootfsAt(parameterValue(server), parameterValue(image)) : null,
      parameters: words.flatMap(({ text }) => text || []),
      wipeDoubt: command ?? several(this.#kernels, "kernel") ?? lastOf(words, WIPE)?.doubt ?? null,
      doubts: [...new Set(doubts)],
    };
  }

  /** The last one, which counts; which of several a node reaches is not known. */
  #only(fetches: readonly FileFetch[], name: string, doubts: string[]): FileFetch | undefined {
    const doubt = several(fetches, name);
    if (doubt !== null) doubts.push(doubt);
    return fetches.at(-1);
  }
}

function several({ length }: readonly FileFetch[], name: string): string | null {
  return length > 1 ? `it has ${length} commands ${name}` : null;
}

/** The words of a line; one that begins with `#` ends it. */
function wordsIn(line: string): string[] {
  const words = line.trim().split(/\s+/).filter(Boolean);
  const end = words.findIndex((word) => word.startsWith("#"));
  return end < 0 ? words : words.slice(0, end);
}

/** Splits a line at `&&` and `||`. */
function commandsIn(words: readonly string[]): string[][] {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word === "&&" || word === "||") commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.filter(({ length }) => length > 0);
}

/** The name of a setting, without its type. */
function settingName(setting: string): string {
  return setting.replace(/:.*$/, "");
}

function lastOf(words: readonly ScriptWord[], name: string): ScriptWord | undefined {
  return words.findLast(({ text }) => text === name || text.startsWith(`${name}=`));
}

function parameterValue({ text }: ScriptWord): string {
  return text.slice(text.indexOf("=") + 1);
}

/** A whole address stands for itself: it is signed beforehand. */
function rootfsAt(server: string, image: string): string {
  return server.includes("?") ? server : `${server}/${image}`;
}

/** An address as the node asks for it; as it stands where it is none. */
function absoluteAddress(address: string, url: string): string {
  return URL.canParse(address, url) ? new URL(address, url).href : address;
}
