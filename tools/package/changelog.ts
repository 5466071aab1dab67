/**
 * CHANGELOG.md, in the form of https://keepachangelog.com.
 *
 * @module
 */

/** What has changed with a version. */
export interface Change {
  /** For instance `0.1.0`. */
  readonly version: string;
  /** For instance `2022-08-01`. */
  readonly date: string;
  /** What stands in its lists, an entry each, as plain text. */
  readonly lines: readonly string[];
}

/**
 * Reads the versions of a changelog.
 *
 * @param text The changelog.
 * @returns Those that are released, in its order: the newest first.
 */
export function readChangelog(text: string): Change[] {
  return text.split(/^## /m).flatMap((section) => {
    const [, version, date] = /^\[(\d+\.\d+\.\d+[^\]]*)\] - (\d{4}-\d\d-\d\d)\n/.exec(section) ??
      [];
    return version && date ? [{ version, date, lines: entries(section) }] : [];
  });
}

/** An entry goes on in lines that are indented. */
function entries(section: string): string[] {
  return [...section.matchAll(/^- (.*(?:\n {2}.*)*)/gm)]
    .map(([, entry = ""]) => entry.replace(/\n */g, " ").replace(/`|\*\*/g, ""));
}
