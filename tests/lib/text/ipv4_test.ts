import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { isIpv4 } from "../../../lib/text/ipv4.ts";

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
