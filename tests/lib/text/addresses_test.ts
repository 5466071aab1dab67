import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { isIpv4, parseMac } from "../../../lib/text/addresses.ts";

Deno.test("isIpv4() knows addresses from other words", async (t) => {
  const cases: [text: string, expected: boolean][] = [
    ["10.254.1.4", true],
    ["0.0.0.0", true],
    ["255.255.255.255", true],
    ["199.200.249.250", true],
    ["", false],
    ["10.254.1", false],
    ["10.254.1.4.5", false],
    ["10.254.1.", false],
    ["10.254..4", false],
    ["256.1.1.1", false],
    ["1.1.1.260", false],
    ["1.1.1.1000", false],
    ["10.254.1.4 ", false],
    ["10.254.1.4\n", false],
    ["10.254.1.4/24", false],
    ["10,254,1,4", false],
    ["10.254.1.a", false],
    ["-1.1.1.1", false],
    ["fd00::1", false],
    // inet_pton, and with it dnsmasq, takes no leading zeros.
    ["10.254.1.004", false],
    ["10.254.1.04", false],
  ];
  for (const [text, expected] of cases) {
    await t.step(
      JSON.stringify(text),
      () => assertEquals(isIpv4(text), expected),
    );
  }
});

Deno.test("isIpv4() takes every address", () => {
  fc.assert(fc.property(fc.ipV4(), (address) => assert(isIpv4(address))));
});

const INFINIBAND = "20-80:00:00:48:fe:80:00:00:00:00:00:00:f4:52:14:03:00:5e";

Deno.test("parseMac() reads MAC addresses only", async (t) => {
  const cases: [name: string, text: string, mac: string | null][] = [
    ["lower case", "b4:2e:99:3c:fd:e6", "b4:2e:99:3c:fd:e6"],
    ["upper case", "B4:2E:99:3C:FD:E6", "b4:2e:99:3c:fd:e6"],
    ["a hardware type", "06-B4:2E:99:3C:FD:E6", "06-b4:2e:99:3c:fd:e6"],
    ["InfiniBand", INFINIBAND.toUpperCase(), INFINIBAND],
    ["nothing", "", null],
    ["five bytes", "b4:2e:99:3c:fd", null],
    ["dashes", "b4-2e-99-3c-fd-e6", null],
    ["one digit", "b4:2e:99:3c:fd:6", "b4:2e:99:3c:fd:06"],
    ["no hexadecimal digit", "b4:2e:99:3c:fd:eg", null],
    ["a pattern", "b4:2e:99:*:*:*", null],
    ["a line end behind it", "b4:2e:99:3c:fd:e6\n", null],
    ["a blank before it", " b4:2e:99:3c:fd:e6", null],
    ["an address", "10.1.1.1", null],
    ["IPv6", "fd00::1", null],
  ];
  for (const [name, text, mac] of cases) {
    await t.step(name, () => assertEquals(parseMac(text), mac));
  }
});

Deno.test("parseMac() reads every MAC in either case", () => {
  const bytes = fc.uint8Array({ minLength: 6, maxLength: 6 });
  fc.assert(fc.property(bytes, (address) => {
    const mac = [...address].map((byte) => byte.toString(16).padStart(2, "0"))
      .join(":");
    assertEquals(parseMac(mac), mac);
    assertEquals(parseMac(mac.toUpperCase()), mac);
  }));
});
