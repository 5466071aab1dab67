/**
 * pitboot sets up what the nodes of an HPE Cray EX system boot: it chooses the
 * boot images, switches every BMC to DHCP, waits for their leases and points each
 * node at what it should boot.
 *
 * Imported, this is the library: readers for the files of a PIT and the
 * decisions about them, without side effects. Run, it is the command
 * `pitboot`.
 *
 * @example
 * ```ts
 * import { expandHosts, parseStatics } from "@pitboot/pitboot";
 * import { assertEquals } from "@std/assert";
 *
 * const { bmcs } = parseStatics("dhcp-host=b4:2e:99:0b:0d:04,10.254.1.6,ncn-w001-mgmt,20m\n");
 * assertEquals(bmcs.map(({ node }) => node), expandHosts("ncn-w[001]"));
 * ```
 *
 * @module
 */

export * from "./lib/bmc/conman.ts";
export { VERSION } from "./lib/cli/version.ts";
export { BMC_REASONS } from "./lib/document/bmc_reasons.ts";
export { BOOT_STAGES } from "./lib/document/boot.ts";
export { POWER_REASONS, type PowerReason } from "./lib/document/power_reasons.ts";
export * from "./lib/document/document.ts";
export * from "./lib/document/empty_document.ts";
export { EVENT_SCHEMA } from "./lib/document/event_schema.ts";
export * from "./lib/document/exit_codes.ts";
export type {
  AcceptedFile,
  BootScriptChanged,
  BootState,
  BootStateScript,
  Generation,
  GenerationChange,
} from "./lib/document/generation.ts";
export type { KnownRelease } from "./lib/document/known_release.ts";
export {
  type ArtifactFile,
  type BootTriple,
  chooseTriple,
  findTriples,
  type Found,
  type Wish,
} from "./lib/images/boot_triples.ts";
export * from "./lib/images/kernel_image.ts";
export * from "./lib/images/squashfs.ts";
export { checkInitrd } from "./lib/images/initrd.ts";
export type { ReadBytes } from "./lib/images/xz.ts";
export * from "./lib/leases/leases.ts";
export * from "./lib/leases/match_leases.ts";
export * from "./lib/boot/boot_script.ts";
export { type Fetches, fetchesOf, parameterOf } from "./lib/boot/ipxe_script.ts";
export * from "./lib/nodes/roles.ts";
export * from "./lib/nodes/statics.ts";
export * from "./lib/text/format_error.ts";
export * from "./lib/text/host_range.ts";
export * from "./lib/text/release.ts";
export { type JsonSchema, ShapeError } from "./lib/text/shape.ts";

// Named at run time: whoever imports the library need not check the program.
const PROGRAM = new URL("./scripts/pitboot.ts", import.meta.url).href;
if (import.meta.main) (await import(PROGRAM)).pitboot();
