/**
 * The registry of the @std packages: jsr.io, or the mirror that JSR_URL names.
 *
 * @module
 */

/** Longer than any healthy answer, shorter than the patience of a person. */
const TIMEOUT_MS = 3000;

/**
 * The directory of vendor/ in which Deno keeps what comes from a registry.
 *
 * @param url For instance `https://jsr.io/`.
 */
export function vendorDirectory(url: URL): string {
  const { protocol, host } = url;
  return `vendor/${protocol === "https:" ? "" : "http_"}${host.replace(":", "_")}`;
}

/**
 * Asks a registry for a package.
 *
 * @param url Where it is, ended by a slash.
 * @param name For instance `path`.
 * @param version It must have this one.
 * @returns Why it cannot be had, in words; `null` if it can.
 */
export async function whyNotRegistry(
  url: URL,
  name: string,
  version: string,
): Promise<string | null> {
  let text: string;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(new URL(`@std/${name}/meta.json`, url), { signal });
    text = await response.text();
    if (!response.ok) {
      return `it answers with HTTP ${response.status} ${response.statusText}`.trim();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return reasonOf(error);
  }
  return hasVersion(text, version)
    ? null
    : `it answers, but has no @std/${name} ${version}: is it a proxy that answers?`;
}

/**
 * Says in words what kept an answer from coming.
 *
 * @param error What `fetch` threw.
 */
export function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  // Newer ones put the reason below "fetch failed".
  const { message } = error.cause instanceof Error ? error.cause : error;
  const last = message.replace(/^.*client error \(\w+\): /s, "");
  if (/certificate/i.test(last)) {
    return `${last}; if a proxy signs what comes through, DENO_TLS_CA_STORE=system or DENO_CERT=FILE makes its certificate known`;
  }
  return last;
}

function hasVersion(meta: string, version: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(meta).versions, version);
  } catch {
    return false;
  }
}
