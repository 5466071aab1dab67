/**
 * What is wrong with a BMC, as its simulator's plug-in is told.
 *
 * @module
 */

import type { Fault } from "./fault.ts";

/** "parameter not supported": what a BMC without "set in progress" answers. */
const NOT_SUPPORTED = "0x80";
/** "node busy". */
const BUSY = "0xc0";

/**
 * Writes the rules of the plug-in: `NAME`, `NAME=VALUE`, or `NAME=VALUE*TIMES`.
 *
 * @param faults Of a BMC.
 * @returns Those rules that concern the plug-in.
 *
 * @example
 * ```ts
 * import { rulesOf } from "./bmc_rules.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rulesOf(["chan3", "mute:read:2"]), ["mute-read=0*2"]);
 * ```
 */
export function rulesOf(faults: readonly Fault[]): string[] {
  return faults.flatMap((fault) => ruleOf(fault) ?? []);
}

function ruleOf(fault: Fault): string | null {
  const [name = "", value = "", times] = fault.split(":");
  switch (name) {
    case "nociphers":
    case "nosuites":
    case "silent17":
    case "illegal17":
    case "forgets":
    case "fails-once":
    case "started":
    case "once":
    case "legacy":
    case "idlepower":
    case "strictpower":
    case "alwayson":
      return name;
    case "slow":
    case "deaf":
    case "lateread":
    case "shortboot":
    case "slowpower":
    case "clock":
      return `${name}=${value}`;
    case "nolock":
    case "nocommit":
    case "noboot":
      return `${name}=${value || NOT_SUPPORTED}`;
    case "open":
    case "rakp":
    case "priv":
    case "write":
    case "power":
      return limited(`${name}=${value}`, times);
    case "lostpower":
      return limited(`${name}=0`, value || undefined);
    case "busy":
      return limited(`write=${BUSY}`, value);
    case "mute":
      return limited(`mute-${value}=0`, times);
    default:
      return null;
  }
}

function limited(rule: string, times: string | undefined): string {
  return times === undefined ? rule : `${rule}*${times}`;
}
