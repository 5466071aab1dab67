/**
 * The files in `pit/`: what lies on a PIT of 2024 (metal-provision, see its LICENSE).
 *
 * @module
 */

/** A file of theirs, as text. */
export function pitFile(name: "default-server.conf" | "dnsmasq.conf" | "script.ipxe"): string {
  return Deno.readTextFileSync(new URL(`./pit/${name}`, import.meta.url));
}
