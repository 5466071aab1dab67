/**
 * Makes a self-extracting file: a shell header, the bundled program, Deno.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { sha256OfBytes } from "../../lib/text/byte_text.ts";

/** What goes into it. */
export interface Parts {
  /** The bundled program, one JavaScript module. */
  readonly app: Uint8Array<ArrayBuffer>;
  /** The Deno that runs it. */
  readonly deno: Uint8Array<ArrayBuffer>;
  /** The permissions that it gets, as options of `deno run`. */
  readonly flags: readonly string[];
  /** What the header says of itself. */
  readonly labels: Readonly<Record<"VERSION" | "ARCH" | "DENO" | "BUILD" | "DEFAULT_PATH", string>>;
}

/**
 * Puts the parts together.
 *
 * @param parts What goes into it.
 * @returns The file. The same parts give the same bytes.
 */
export async function singleFile(
  { app, deno, flags, labels }: Parts,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed = [app, deno].map((bytes) => new Uint8Array(gzipSync(bytes, { level: 9 })));
  const [packedApp = new Uint8Array(), packedDeno = new Uint8Array()] = packed;
  const template = Deno.readTextFileSync(new URL("header.sh", import.meta.url));
  const values = {
    ...labels,
    FLAGS: flags.map(quoted).join(" "),
    KEY: (await sha256OfBytes(await joined([encoded(template + flags.join(" ")), app, deno])))
      .slice(0, 16),
  };
  // The header holds its own length; eight digits suffice for each number.
  const places = (header: number): Record<string, string> => ({
    APP_AT: digits(header + 1),
    APP_SIZE: digits(packedApp.length),
    DENO_AT: digits(header + packedApp.length + 1),
    SIZE: digits(header + packedApp.length + packedDeno.length),
  });
  const draft = fill(template, { ...values, ...places(0) });
  const header = fill(template, { ...values, ...places(draft.length) });
  return await joined([encoded(header), packedApp, packedDeno]);
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/@([A-Z_]+)@/g, (_, name) => {
    const value = values[name];
    if (value === undefined) throw new Error(`header.sh: no value for @${name}@`);
    return value;
  });
}

function digits(number: number): string {
  return String(number).padStart(8, "0");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function encoded(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

async function joined(parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
