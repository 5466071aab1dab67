/**
 * Bytes as text with one character per byte, so that an edit of a script
 * leaves alone whatever it does not understand.
 *
 * @module
 */

const ascii = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What stands in a text for bytes that are no UTF-8. */
export const NO_UTF8 = "\ufffd";

/** As many arguments as every call can take. */
const CHUNK_BYTES = 8192;

/** Makes text of bytes. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    // Many times faster, and the same where there is nothing but ASCII.
    const text = ascii.decode(bytes);
    if (text.length === bytes.length) return text;
  } catch {
    // not even UTF-8
  }
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK_BYTES) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + CHUNK_BYTES)));
  }
  return parts.join("");
}

/** Makes bytes of text that {@linkcode textOfBytes} made. */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The SHA-256 of such text, in hexadecimal. */
export async function sha256(text: string): Promise<string> {
  return await sha256OfBytes(bytesOfText(text));
}

/** The SHA-256 of bytes, in hexadecimal. */
export async function sha256OfBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes, to read numbers from. */
export function viewOfBytes({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
