/**
 * What a BMC says besides: the ids of messages, of which most BMCs send no text.
 *
 * @module
 */

import { listAt, textAt, valueAt } from "./payload.ts";

/** More of them say nothing more. */
const MOST = 20;

/**
 * Reads the ids of the messages of an answer. Prefix and version change with the firmware
 * (`iLO.2.14.ResetRequired`, `Base.1.18.Success`): only what stands behind the last dot is
 * theirs.
 *
 * @param json The body.
 *
 * @example
 * ```ts
 * import { messageIds } from "./messages.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const info = [{ MessageId: "iLO.2.14.ResetRequired" }];
 * const body = { error: { code: "iLO.0.10.ExtendedInfo", "@Message.ExtendedInfo": info } };
 * assertEquals(messageIds(body), ["ResetRequired"]);
 * ```
 */
export function messageIds(json: unknown): readonly string[] {
  const lists = [
    ...listAt(json, "error", "@Message.ExtendedInfo"),
    ...listAt(json, "@Message.ExtendedInfo"),
    ...annotations(json),
    // As iLOs had it before there was a standard.
    ...listAt(json, "Messages"),
  ];
  const ids = lists.flatMap((each) => textAt(each, "MessageId") ?? textAt(each, "MessageID") ?? []);
  const code = textAt(json, "error", "code");
  const all = ids.length > 0 || code === undefined ? ids : [code];
  return [...new Set(all.flatMap((id) => lastPart(id) ?? []))].slice(0, MOST);
}

/** What is said of one property: `DHCPv4@Message.ExtendedInfo`. */
function annotations(json: unknown): readonly unknown[] {
  if (typeof json !== "object" || json === null) return [];
  return Object.keys(json).filter((key) => /.@Message\.ExtendedInfo$/.test(key))
    .flatMap((key) => {
      const value = valueAt(json, key);
      return Array.isArray(value) ? value : [];
    });
}

function lastPart(id: string): string | undefined {
  return /(?:^|\.)(\w{1,80})$/.exec(id)?.[1];
}
