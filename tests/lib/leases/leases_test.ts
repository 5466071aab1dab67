import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { FormatError } from "../../../lib/text/format_error.ts";
import { isTorn, type Lease, parseLeases } from "../../../lib/leases/leases.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";

const MAC = "b4:2e:99:0b:0d:04";
const W001: Lease = {
  expires: 1_700_000_000,
  mac: MAC,
  ip: "10.254.1.6",
  hostname: "ncn-w001-mgmt",
};
const LINE = `1700000000 ${MAC} 10.254.1.6 ncn-w001-mgmt 01:${MAC}\n`;
const FILE = `${LINE}agent-info 10.254.1.6 01:02
0 20-${MAC} 10.1.1.20 * *
duid 00:01:00:01:2c:3e:4f:50:b4:2e:99:0b:0d:04
1700000000 T1234 fd00::6 ncn-w001 00:01
`;

Deno.test("parseLeases() reads every kind of line", async (t) => {
  const cases: [name: string, text: string, leases: Lease[]][] = [
    ["an empty file", "", []],
    ["a lease", LINE, [W001]],
    ["no client id", `1700000000 ${MAC} 10.254.1.6 ncn-w001-mgmt\n`, [W001]],
    ["upper case", LINE.toUpperCase().replaceAll("NCN-W001-MGMT", "a"), [
      { ...W001, hostname: "a" },
    ]],
    ["a name as the client chose it", LINE.replace("ncn-w001-mgmt", "iLO_X"), [
      { ...W001, hostname: "iLO_X" },
    ]],
    ["an infinite lease", LINE.replace("1700000000", "0"), [
      { ...W001, expires: null },
    ]],
    ["a length instead of a date", LINE.replace("1700000000", "1200"), [
      { ...W001, expires: null },
    ]],
    ["a date long past", LINE.replace("1700000000", "1000000000"), [
      { ...W001, expires: 1_000_000_000 },
    ]],
    ["a nameless lease", LINE.replace("ncn-w001-mgmt", "*"), [
      { ...W001, hostname: null },
    ]],
    ["a hardware type", `0 20-${MAC} 10.1.1.20 * *\n`, [
      { expires: null, mac: `20-${MAC}`, ip: "10.1.1.20", hostname: null },
    ]],
    ["two leases in their order", LINE + `0 ${MAC} 10.1.1.20 * *\n`, [
      W001,
      { expires: null, mac: MAC, ip: "10.1.1.20", hostname: null },
    ]],
    ["nothing after the duid line", `duid 00:01\n${LINE}`, []],
    ["kinds that are not known", `agent-info 1 2\nvendorclass 1 2\n${LINE}`, [
      W001,
    ]],
    ["empty lines", `\n\n${LINE}\n`, [W001]],
    ["CRLF", LINE.replace("\n", "\r\n"), [W001]],
    ["a last line without its end", LINE + LINE.slice(0, 30), [W001]],
    ["a line that is whole but for its end", LINE.trimEnd(), []],
  ];
  for (const [name, text, leases] of cases) {
    await t.step(name, () => assertEquals(parseLeases(text), leases));
  }
});

Deno.test("parseLeases() reads clients without a MAC of six bytes", async (t) => {
  // A DHCP client says itself how long its hardware address is (RFC 4390:
  // none over InfiniBand); dnsmasq writes what there is, type before it.
  const cases: [name: string, hardware: string][] = [
    ["InfiniBand", "20-"],
    ["no type, no address", "00-"],
    ["one byte", "06-ab"],
    ["Ethernet with four bytes", "b4:2e:99:0b"],
  ];
  for (const [name, hardware] of cases) {
    await t.step(name, () => {
      const text = `0 ${hardware} 10.1.1.20 * *\n${LINE}`;
      assertEquals(parseLeases(text).at(-1), W001);
    });
  }
});

Deno.test("parseLeases() refuses a line that is no lease", async (t) => {
  const expected = "is not a lease: expected expiry, MAC, address, host name";
  const cases: [name: string, text: string, message: string][] = [
    [
      "too few fields",
      `1 ${MAC}\n`,
      `dnsmasq.leases:1: "1 ${MAC}" ${expected}`,
    ],
    [
      "no name",
      `${LINE}1 ${MAC} 10.1.1.1\n`,
      `dnsmasq.leases:2: "1 ${MAC} 10.1.1.1" ${expected}`,
    ],
    [
      "no MAC",
      "\n#\n1 b4:2x 10.1.1.1 a *\n",
      `dnsmasq.leases:3: "1 b4:2x 10.1.1.1 a *" ${expected}`,
    ],
    [
      "no address",
      `1 ${MAC} 10.1.1.300 a *\n`,
      `dnsmasq.leases:1: "1 ${MAC} 10.1.1.300 a *" ${expected}`,
    ],
    [
      "no expiry",
      `17x ${MAC} 10.1.1.1 a *\n`,
      `dnsmasq.leases:1: "17x ${MAC} 10.1.1.1 a *" ${expected}`,
    ],
    [
      "an escape sequence",
      "1\x1b[2J\n",
      `dnsmasq.leases:1: "1\\\\x1b[2J" ${expected}`,
    ],
  ];
  for (const [name, text, message] of cases) {
    await t.step(name, () => {
      const error = assertThrows(() => parseLeases(text), FormatError);
      assertEquals(error.message, message);
    });
  }
});

Deno.test("parseLeases() names the file it was told", () => {
  const file = "/var/lib/misc/dnsmasq.leases";
  const error = assertThrows(() => parseLeases("1\n", { file }), FormatError);
  assertEquals(error.place, { file, line: 1 });
});

Deno.test("isTorn() sees that a file was being written", async (t) => {
  const cases: [name: string, text: string, torn: boolean][] = [
    ["an empty file", "", true],
    ["a whole file", LINE, false],
    ["half a line", LINE.slice(0, 20), true],
    ["a line without its end", LINE.trimEnd(), true],
  ];
  for (const [name, text, torn] of cases) {
    await t.step(name, () => assertEquals(isTorn(text), torn));
  }
});

const leases: fc.Arbitrary<Lease> = fc.record({
  expires: fc.option(fc.integer({ min: 1_000_000_000, max: 4_000_000_000 })),
  mac: fc.tuple(
    fc.constantFrom("", "20-", "06-"),
    fc.uint8Array({ minLength: 6, maxLength: 16 }),
  ).map(([type, bytes]) => type + hex(bytes)),
  ip: fc.ipV4(),
  hostname: fc.option(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/)),
}, { noNullPrototype: true });

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** As lease.c of dnsmasq writes it. */
function lineOf({ expires, mac, ip, hostname }: Lease): string {
  return `${expires ?? 0} ${mac} ${ip} ${hostname ?? "*"} 01:${mac}\n`;
}

const IPV6 = `duid 00:01:00:01
1700000000 T99 fd00::6 ncn-w001 00:01
1700000000 99 fd00::7 * 00:01
`;

Deno.test("parseLeases() reads what dnsmasq writes", () => {
  fc.assert(fc.property(fc.array(leases), fc.boolean(), (written, hasIpv6) => {
    const text = written.map(lineOf).join("") + (hasIpv6 ? IPV6 : "");
    assertEquals(parseLeases(text), written);
  }));
});

Deno.test("parseLeases() reads the whole lines of a cut file", () => {
  for (let length = 0; length < FILE.length; length++) {
    const text = FILE.slice(0, length);
    const read = parseLeases(text);
    assertEquals(read, parseLeases(FILE).slice(0, read.length));
    assertEquals(isTorn(text), FILE[length - 1] !== "\n");
  }
  assertEquals(parseLeases(FILE).length, 2);
});

Deno.test("parseLeases() throws nothing but FormatError", () => {
  const tokens = ["0", "1700000000", MAC, "10.1.1.1", " ", "\n", "*", "duid "];
  const texts = fc.oneof(
    fc.string({ unit: "grapheme" }),
    anyText(),
    wordsOf(tokens),
    edited(FILE, tokens),
  );
  fc.assert(fc.property(texts, isReadOrRefused), { numRuns: 500 });
});

function isReadOrRefused(text: string): void {
  try {
    assert(parseLeases(text).length < text.split("\n").length);
  } catch (error) {
    assert(error instanceof FormatError, String(error));
  }
}
