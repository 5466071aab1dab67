import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { parseMac } from "../../../lib/text/mac.ts";

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
