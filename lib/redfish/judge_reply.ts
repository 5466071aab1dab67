/**
 * What an answer of a BMC means: done, again, or the end.
 *
 * @module
 */

import type { BmcReason } from "../document/bmc_reasons.ts";
import { printable } from "../text/printable.ts";
import type { RedfishAnswer, RedfishFault, RedfishReply } from "./curl_config.ts";
import { messageIds } from "./messages.ts";

/** What a reply means. */
export type RedfishVerdict =
  /** It did, or answered, what it was asked. */
  | { readonly is: "done"; readonly answer: RedfishAnswer; readonly ids: readonly string[] }
  /** What was to be set is so already. */
  | { readonly is: "already" }
  /** It wants another ETag. */
  | { readonly is: "stale"; readonly words: string }
  /** It may do it later. */
  | Again
  /** It may have done it. */
  | { readonly is: "unsure"; readonly words: string }
  /** It will not do it. */
  | { readonly is: "end"; readonly reason: BmcReason; readonly words?: string };

interface Again {
  readonly is: "again";
  readonly reason: BmcReason;
  readonly words?: string;
  /** Whether it says that it failed, and not that it is busy. */
  readonly isFault?: boolean;
}

/** Whether something was to be changed. */
export interface Asked {
  readonly isWrite: boolean;
  /** Whether it was to be reset. @default {false} */
  readonly isReset?: boolean;
}

/** The exit codes of curl that say what is wrong, and will be. */
const HOPELESS_CODES: ReadonlyMap<number | null, BmcReason> = new Map<number | null, BmcReason>([
  [6, "no-address"],
  [90, "wrong-pin"],
]);
/** That no way was found to speak safely; it may be starting. */
const HANDSHAKE: readonly (number | null)[] = [35, 53, 58, 59, 60, 66, 77];
/** That it came to nothing, between here and there. */
const LOST: readonly (number | null)[] = [null, 7, 16, 18, 28, 52, 55, 56, 92];
/** Ids of messages that want another ETag, or one at all. */
const ETAG = /^(?:PreconditionFailed|PreconditionHeaderMissing|PreconditionRequired|ETagTooLong)$/;
/** The host has its self-test. */
const IN_POST = /(?:DuringSystemPOST|AvailableAfterSystemPOST)$/i;
const BUSY_IDS =
  /^(?:ResourceTemporarilyUnavailable|ServiceTemporarilyUnavailable|DeviceIsBusy|ResourceInUse|ServiceInUnknownState|ServiceShuttingDown|FirmwareFlashInProgress|FlashInProgress|FlashUpdateInProgress)$/;
/** It may have changed, or not. */
const UNSURE_IDS = /^(?:PatchTimeout|UnspecifiedError)$/;

/**
 * Tells what a reply means. Of messages only the ids count: most BMCs send no text, and an
 * iLO that has done it sends them below `error`.
 *
 * @param reply What came.
 * @param asked What for.
 */
export function judge(reply: RedfishReply, asked: Asked): RedfishVerdict {
  return reply.kind === "fault" ? judgeFault(reply, asked) : judgeAnswer(reply, asked);
}

function judgeFault(
  { code, mayBeSent, isFlood, said }: RedfishFault,
  { isWrite }: Asked,
): RedfishVerdict {
  const words = printable(said.replace(/^curl: \(\d+\) /, ""), 120);
  if (isFlood) return { is: "end", reason: "no-redfish", words: "its answer has no end" };
  const reason = HOPELESS_CODES.get(code);
  if (reason) return { is: "end", reason };
  if (HANDSHAKE.includes(code)) return { is: "again", reason: "no-tls", words };
  if (isWrite && mayBeSent) return { is: "unsure", words };
  if (LOST.includes(code)) return { is: "again", reason: mayBeSent ? "silent" : "no-answer" };
  return { is: "end", reason: "curl-failed", words: `curl: ${words}` };
}

function judgeAnswer(answer: RedfishAnswer, { isWrite, isReset = false }: Asked): RedfishVerdict {
  const { status, json } = answer;
  const ids = messageIds(json);
  const has = (pattern: RegExp): boolean => ids.some((id) => pattern.test(id));
  const words = [status, ...ids.slice(0, 3)].join(" ");
  if (status >= 200 && status < 300) {
    return json === undefined && !isWrite
      ? { is: "end", reason: "no-redfish", words: "what it answers is not JSON" }
      : { is: "done", answer, ids };
  }
  if (status >= 300 && status < 400) {
    const place = printable(answer.headers.get("location") ?? "nowhere", 80);
    return { is: "end", reason: "redirected", words: `it redirects to ${place}` };
  }
  if (has(/^PasswordChangeRequired$/)) return { is: "end", reason: "password-expired" };
  if (status === 401 || has(/^(?:NoValidSession|LoginAttemptDelayed)/)) {
    return { is: "end", reason: "refused-login" };
  }
  if (has(/^PatchValueAlreadyExists$/)) return { is: "already" };
  if (status === 412 || status === 428 || has(ETAG)) return { is: "stale", words };
  if (has(IN_POST)) return { is: "again", reason: "in-post" };
  if (has(/^SessionLimitExceeded$/)) return { is: "again", reason: "no-session" };
  if (has(BUSY_IDS) || status === 429) return { is: "again", reason: "busy", words: busy(words) };
  if (status === 403 || has(/^InsufficientPrivilege/)) {
    return { is: "end", reason: "refused-role" };
  }
  // A 502 or 500 may come of what was applied; but who is being reset answers nothing.
  if (isWrite && !isReset && (has(UNSURE_IDS) || status >= 500)) return { is: "unsure", words };
  if (status >= 502 && status <= 504) return { is: "again", reason: "starting" };
  if (status === 501) return { is: "end", reason: "refused", words: `refused (${words})` };
  if (status >= 500) {
    return { is: "again", reason: "busy", words: busy(words), isFault: ids.length > 0 };
  }
  return { is: "end", reason: "refused", words: `refused (${words})` };
}

function busy(words: string): string {
  return `still refused when the timeout was reached (${words})`;
}
