/**
 * A permission set of deno.json as options of `deno run`, for where there is
 * no deno.json.
 *
 * @module
 */

import { BuildError } from "./build_error.ts";

/**
 * Translates a permission set.
 *
 * @param set For instance `{ read: true, env: ["PATH"] }`.
 * @returns For instance `--allow-read`, `--allow-env=PATH`.
 * @throws {BuildError} If something in it has no translation here.
 */
export function permissionFlags(set: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(set).flatMap(([name, value]) => {
    const isPair = typeof value === "object" && value !== null && !Array.isArray(value);
    const { allow, deny = false, ...others } = isPair
      ? value as Record<string, unknown>
      : { allow: value };
    if (Object.keys(others).length > 0) throw unknown(name);
    return [...option(`--allow-${name}`, allow), ...option(`--deny-${name}`, deny)];
  });
}

function option(flag: string, value: unknown): string[] {
  if (value === true) return [flag];
  if (value === false) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== "string" || /,/.test(item))) {
    throw unknown(flag);
  }
  return value.length > 0 ? [`${flag}=${value.join(",")}`] : [];
}

function unknown(name: string): BuildError {
  return new BuildError(`deno.json: no translation for the permission ${name}`);
}
