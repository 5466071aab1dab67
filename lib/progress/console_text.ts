/**
 * What the log of a console tells of a boot. conman stamps each line with the local time,
 * without its zone, and writes lines of its own each hour, whatever the node does.
 *
 * @module
 */

/** Something on a console that matters. */
export interface ConsoleLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `up`: it is up. `begin`: it begins to boot. `fault`: something went wrong. */
  readonly kind: "up" | "begin" | "fault";
  /** What was found, in the words of the console. */
  readonly text: string;
}

/** What a console tells. */
export interface ConsoleSight {
  /** In their order. */
  readonly lines: readonly ConsoleLine[];
  /** When the node wrote last, milliseconds since the epoch; `null` if that is not known. */
  readonly last: number | null;
}

const OWN_LINE = /^<ConMan> Console \[/;
const STAMPED = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) /;
const MOST_OF_TEXT = 120;

/** What consoles say, and what it means. They are not anchored: `quiet` cuts lines. */
const SIGNS: readonly (readonly [kind: ConsoleLine["kind"], pattern: RegExp])[] = [
  ["up", /The system is finally up, after/],
  ["begin", />>Start PXE over IPv4|>>Start HTTP Boot over IPv4/],
  ["fault", /PXE-E(?:16|18|21|99)\b.*|PXE-M0F\b.*/],
  ["fault", /Failed to download the (?:initrd|kernel)!|Network boot failed!.*/],
  ["fault", /Warning: Failed to download ; may retry|Failed to ping URI host.*/],
  ["fault", /metal_die:.*|Failed to obtain an IP address!|No disks were found for the OS.*/],
  ["fault", /Warning: dhcp for interface \S+ failed|DHCP4 discovery failed/],
  ["fault", /Kernel panic - not syncing.*|Initramfs unpacking failed.*/],
  ["fault", /SQUASHFS error.*|blk_update_request: I\/O error.*|Entering emergency mode/],
];
/** One pattern for all of them: most of a log is passed over quickly. */
const ANY_SIGN = new RegExp(SIGNS.map(([, { source }]) => source).join("|"), "g");
/** So far back is the stamp of a line looked for that has none, in characters. */
const STAMP_BEFORE = 4096;

/**
 * Reads a part of a console's log.
 *
 * @param text Whole lines; the first may be torn.
 */
export function parseConsole(text: string): ConsoleSight {
  const lines = [...text.matchAll(ANY_SIGN)].flatMap(({ index, 0: found }) => {
    const at = stampBefore(text, index);
    const [kind] = SIGNS.find(([, pattern]) => pattern.test(found)) ?? [];
    if (at === null || kind === undefined) return [];
    return [{ at, kind, text: found.replace(/\r$/, "").slice(0, MOST_OF_TEXT).trim() }];
  });
  return { lines, last: stampBefore(text, text.length) };
}

/** When the node wrote the line that is there; conman's own do not count. */
function stampBefore(text: string, index: number): number | null {
  const lines = text.slice(Math.max(index - STAMP_BEFORE, 0), index).split("\n");
  for (const line of lines.reverse()) {
    const at = OWN_LINE.test(line) ? null : stampOf(line);
    if (at !== null) return at;
  }
  return null;
}

/** The moment that the stamp of a line means here; `null` if it has none. */
function stampOf(line: string): number | null {
  const match = STAMPED.exec(line);
  if (!match) return null;
  const [year = 0, month = 0, day, hour, minute, second] = match.slice(1).map(Number);
  return new Date(year, month - 1, day, hour, minute, second).getTime();
}
