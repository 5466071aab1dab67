/**
 * The notice: whose work is in a program besides ours, and under which license.
 *
 * @module
 */

import { wrap } from "../../lib/text/lines.ts";
import type { Licenses } from "./licenses.ts";
import type { Part } from "./parts.ts";

/**
 * Lists the licenses that a program needs and that are not at hand.
 *
 * @param parts What is in it.
 * @param licenses The texts that are at hand.
 * @returns Their names.
 */
export function missingLicenses(parts: readonly Part[], licenses: Licenses): string[] {
  const needed = new Set(parts.map(({ licenseName }) => licenseName));
  return [...needed].filter((name) => !(name in licenses));
}

/**
 * Writes the notice.
 *
 * @param program What it is for, for instance `pitboot 0.1.0`.
 * @param parts What is in it.
 * @param licenses The texts that lie beside it.
 * @returns It names what is missing there, too, and where that is to be had.
 */
export function notice(program: string, parts: readonly Part[], licenses: Licenses): string {
  const rows = parts.map(({ name, version, license, licenseName }) =>
    [`${name} ${version}`, license, licenseName] as const
  );
  const missing = missingLicenses(parts, licenses);
  const paragraphs = [
    `${program} is free software, see the file LICENSE. It holds work of others, each with a ` +
    "license of its own:",
    rows.map(([what, license, file]) => `  ${what.padEnd(24)}${license.padEnd(16)}${file}`),
    ...missing.length > 0
      ? [
        `Not at hand where this was packaged: ${missing.join(", ")}. Whoever passes it on adds ` +
        "what is missing, by deno task package --licenses DIR, from the file LICENSE of the " +
        "sources of that version:",
        missing.map((name) => `  ${name.padEnd(16)}${SOURCES[name]}`),
      ]
      : [],
    "Deno is made of libraries in Rust and C that have licenses of their own, such as SQLite, ICU " +
    "and Brotli; its file Cargo.lock names them, and the directories of their sources hold the texts.",
  ];
  return paragraphs.map((text) => typeof text === "string" ? wrap(text, 79) : text)
    .map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** Where the sources of a part lie. */
const SOURCES: Readonly<Record<string, string>> = {
  "LICENSE.deno": "https://github.com/denoland/deno (LICENSE.md)",
  "LICENSE.v8": "https://github.com/v8/v8",
  "LICENSE.std": "https://github.com/denoland/std",
} satisfies Record<Part["licenseName"], string>;
