import { assertEquals } from "@std/assert";
import { isForeign, loaderFault, parseBootLoaders } from "../../../lib/check/boot_loaders.ts";
import { pitFile } from "../../testdata/pit.ts";

Deno.test("parseBootLoaders() reads which files firmware asks for", async (t) => {
  const cases: [name: string, text: string, directory: string | null, names: string[]][] = [
    ["nothing", "", null, []],
    [
      "a PIT's",
      `enable-tftp
tftp-root=/var/www/boot
dhcp-boot=tag:efi-x86_64-sb,ipxe.x86_64.efi,pit
dhcp-boot=tag:efi-arm64-sb,ipxe.arm64.efi,pit # arm
dhcp-boot=tag:efi-x86_64-sb-http,"http://pit.mtl/boot/ipxe.x86_64.efi"
`,
      "/var/www/boot",
      ["ipxe.x86_64.efi", "ipxe.arm64.efi"],
    ],
    ["without tags", "dhcp-boot = undionly.kpxe\n", null, ["undionly.kpxe"]],
    ["a root of an interface", "tftp-root=/srv,bond0\n", "/srv", []],
    ["comments", "# tftp-root=/x\n#dhcp-boot=a\n", null, []],
  ];
  for (const [name, text, directory, names] of cases) {
    await t.step(name, () => {
      const { owner: _owner, ...read } = parseBootLoaders(text);
      assertEquals(read, { directory, names });
    });
  }
  const owners: [text: string, owner: string | null][] = [
    ["tftp-root=/x\n", null],
    ["#tftp-secure\nuser=dnsmasq\n", null],
    ["user=nobody\ntftp-secure # as it should be\n", "nobody"],
    ["tftp-secure\n", "dnsmasq"],
  ];
  for (const [text, owner] of owners) {
    await t.step(text, () => assertEquals(parseBootLoaders(text).owner, owner));
  }
});

Deno.test("parseBootLoaders() reads dnsmasq.conf of a real PIT", () => {
  assertEquals(parseBootLoaders(pitFile("dnsmasq.conf")), {
    directory: "/var/www/boot",
    owner: "dnsmasq",
    names: ["ipxe.x86_64.efi", "ipxe.arm64.efi"],
  });
});

Deno.test("isForeign() knows loaders of other machines by their names", () => {
  const names = ["ipxe.x86_64.efi", "ipxe.arm64.efi", "ipxe.efi"];
  assertEquals(names.map((name) => isForeign(name, "x86_64")), [false, true, false]);
  assertEquals(names.map((name) => isForeign(name, "aarch64")), [true, false, false]);
});

Deno.test("loaderFault() reads any beginning of a file", () => {
  const bytes = new Uint8Array(300);
  bytes.set([0x4d, 0x5a]);
  bytes.set([0xfe], 0x3c);
  for (let length = 0; length <= bytes.length; length++) {
    assertEquals(loaderFault("x", bytes.subarray(0, length)), "it is not a UEFI program");
  }
});
