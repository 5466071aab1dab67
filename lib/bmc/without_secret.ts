/**
 * Words that may be shown.
 *
 * @module
 */

/**
 * Blackens a secret wherever it stands in a text.
 *
 * @param text For instance what ipmitool said.
 * @param secret A password or key; `null` if there is none.
 */
export function withoutSecret(text: string, secret: string | null): string {
  return secret ? text.replaceAll(secret, "********") : text;
}
