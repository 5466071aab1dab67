/**
 * Looks into what a BMC has sent: whatever is not as it should be is `undefined`, as BMCs
 * leave out what they please.
 *
 * @module
 */

import { parseMac } from "../text/addresses.ts";

/** No path of a BMC is longer. */
const LONGEST_PATH = 512;
/** Nothing in it can be taken for the end of it, or for another host. */
const PATH = /^\/redfish\/[\w.~!$&'()*+,;=:@%/-]*$/;

/**
 * Gets a value from inside of JSON.
 *
 * @param json Any JSON.
 * @param keys The way to it.
 *
 * @example
 * ```ts
 * import { valueAt } from "./payload.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(valueAt({ IPMI: { ProtocolEnabled: false } }, "IPMI", "ProtocolEnabled"), false);
 * assertEquals(valueAt({ IPMI: null }, "IPMI", "ProtocolEnabled"), undefined);
 * ```
 */
export function valueAt(json: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => {
    const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, key);
    return isObject ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  }, json);
}

/** Gets a text from inside of JSON. */
export function textAt(json: unknown, ...keys: readonly string[]): string | undefined {
  const value = valueAt(json, ...keys);
  return typeof value === "string" ? value : undefined;
}

/** Gets `true` or `false` from inside of JSON. */
export function switchAt(json: unknown, ...keys: readonly string[]): boolean | undefined {
  const value = valueAt(json, ...keys);
  return typeof value === "boolean" ? value : undefined;
}

/** Gets a list from inside of JSON; none is empty. */
export function listAt(json: unknown, ...keys: readonly string[]): readonly unknown[] {
  const value = valueAt(json, ...keys);
  return Array.isArray(value) ? value : [];
}

/** Gets the texts of a list from inside of JSON. */
export function textsAt(json: unknown, ...keys: readonly string[]): readonly string[] {
  return listAt(json, ...keys).filter((each) => typeof each === "string");
}

/** Gets the path that a link from inside of JSON leads to, if we may follow it. */
export function linkAt(json: unknown, ...keys: readonly string[]): string | undefined {
  const path = textAt(json, ...keys, "@odata.id");
  return path !== undefined && isRedfishPath(path) ? path : undefined;
}

/** Gets the paths of the members of a collection. */
export function membersOf(json: unknown): readonly string[] {
  return listAt(json, "Members").flatMap((member) => linkAt(member) ?? []);
}

/** Whether a path is one of Redfish, which leads nowhere else. */
export function isRedfishPath(path: string): boolean {
  return path.length <= LONGEST_PATH && PATH.test(path) &&
    !path.split("/").some((name) => /^(?:\.|%2e){1,2}$/i.test(name));
}

/**
 * Reads a MAC address as BMCs write it.
 *
 * @param text With colons or, as Intel has it, dashes.
 * @returns In lower case with colons; `null` if it is none.
 */
export function macOf(text: string | undefined): string | null {
  return text === undefined ? null : parseMac(text.replaceAll("-", ":"));
}
