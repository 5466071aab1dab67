/**
 * The boot loaders that dnsmasq names to the firmware of nodes.
 *
 * @module
 */

/** What dnsmasq.conf says of them. */
export interface BootLoaders {
  /** The directory that TFTP hands out; `null` if it does not say one. */
  readonly directory: string | null;
  /** Whose files are handed out, and no others'; `null` where any are that all may read. */
  readonly owner: string | null;
  /** Their names, each once, without those that are fetched by HTTP. */
  readonly names: readonly string[];
}

/**
 * Reads which boot loaders dnsmasq names.
 *
 * @param text dnsmasq.conf.
 */
export function parseBootLoaders(text: string): BootLoaders {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.replace(/(^|\s)#.*/, "").trim());
  const valueOf = (name: string): string | undefined =>
    lines.findLast((line) => line.replace(/\s*=.*/, "") === name)?.replace(/^[^=]*=?\s*/, "");
  const boots = lines.flatMap((line) => /^dhcp-boot\s*=\s*(.*)$/.exec(line)?.[1] ?? []);
  const names = boots.flatMap((boot) =>
    boot.split(",").map((word) => word.trim().replace(/^"(.*)"$/, "$1"))
      .find((word) => !/^(?:tag|net):/.test(word)) ?? []
  );
  return {
    directory: valueOf("tftp-root")?.replace(/,.*/, "") ?? null,
    owner: valueOf("tftp-secure") === undefined ? null : valueOf("user") ?? "dnsmasq",
    names: [...new Set(names)].filter((name) => name !== "" && !name.includes("://")),
  };
}

/** The machines of PE/COFF by what files are called after them. */
const MACHINES: readonly (readonly [name: RegExp, machine: number, arch: string])[] = [
  [/x86_64|amd64/, 0x8664, "x86_64"],
  [/arm64|aarch64/, 0xaa64, "arm64"],
];

/**
 * Tells whether a boot loader is for machines of another kind than this one.
 *
 * @param name For instance `ipxe.arm64.efi`; one whose name says nothing is for any.
 * @param arch This machine's, as Deno has it.
 */
export function isForeign(name: string, arch: string): boolean {
  const [, , own] = MACHINES.find(([pattern]) => pattern.test(name)) ?? [];
  return own !== undefined && own !== (arch === "aarch64" ? "arm64" : arch);
}

/**
 * Finds what is wrong with a boot loader: it must be a program of UEFI (PE/COFF) for the
 * machine that its name says.
 *
 * @param name For instance `ipxe.x86_64.efi`.
 * @param bytes The beginning of the file.
 * @returns `null` if nothing is.
 */
export function loaderFault(name: string, bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isDos = bytes.length > 0x40 && view.getUint16(0) === 0x4d5a;
  const at = isDos ? view.getUint32(0x3c, true) : Infinity;
  if (at + 6 > bytes.length || view.getUint32(at) !== 0x50450000) return "it is not a UEFI program";
  const machine = view.getUint16(at + 4, true);
  const [, wanted, arch] = MACHINES.find(([pattern]) => pattern.test(name)) ?? [];
  return wanted === undefined || wanted === machine
    ? null
    : `it is not a program for ${arch} (machine 0x${machine.toString(16)})`;
}
