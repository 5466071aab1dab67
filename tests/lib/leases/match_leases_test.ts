import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import type { Lease } from "../../../lib/leases/leases.ts";
import { type LeaseMatch, matchLeases } from "../../../lib/leases/match_leases.ts";
import type { StaticBmc } from "../../../lib/nodes/statics.ts";

const NOW = 1_700_000_000;
const MAC = "b4:2e:99:0b:0d:04";
const OTHER_MAC = "a4:bf:01:00:00:01";
const IP = "10.254.1.6";
const OTHER_IP = "10.254.1.99";
const W001: StaticBmc = { name: "ncn-w001-mgmt", node: "ncn-w001", mac: MAC, ip: IP, line: 1 };
/** Of a machine that shares nothing with W001. */
const STRANGER: Lease = { expires: NOW + 60, mac: OTHER_MAC, ip: OTHER_IP, hostname: null };
const BY_MAC: Lease = { ...STRANGER, mac: MAC };
const BY_IP: Lease = { ...STRANGER, ip: IP };
const BY_NAME: Lease = { ...STRANGER, hostname: "ncn-w001-mgmt" };

function match(
  expected: readonly StaticBmc[],
  leases: readonly Lease[],
  known: readonly string[] = [],
): LeaseMatch {
  return matchLeases(expected, leases, {
    now: NOW,
    known: new Map(known.map((mac) => [mac, "somebody"])),
  });
}

Deno.test("matchLeases() finds the lease of a BMC", async (t) => {
  const third: Lease = { ...BY_NAME, mac: "06-ab", ip: "10.254.1.98" };
  const cases: [name: string, bmc: Partial<StaticBmc>, leases: Lease[], found: Lease | null][] = [
    ["none there", {}, [], null],
    ["a stranger's", {}, [STRANGER], null],
    ["by MAC", {}, [STRANGER, BY_MAC], BY_MAC],
    ["by address", {}, [BY_IP, STRANGER], BY_IP],
    ["by name", {}, [BY_NAME, STRANGER], BY_NAME],
    ["by a name in capitals", {}, [{ ...BY_NAME, hostname: "NCN-W001-MGMT" }], BY_NAME],
    ["not by the name of the node", {}, [{ ...BY_NAME, hostname: "ncn-w001" }], null],
    ["by MAC rather than by address", {}, [BY_MAC, BY_IP], BY_MAC],
    ["by MAC rather than by name", {}, [BY_MAC, third], BY_MAC],
    ["by address rather than by name", {}, [third, BY_IP], BY_IP],
    ["by address, the MAC unknown", { mac: null }, [BY_MAC, BY_IP], BY_IP],
    ["by name, all else unknown", { mac: null, ip: null }, [BY_MAC, BY_IP, third], third],
    ["not by what is unknown", { mac: null, ip: null }, [BY_MAC, BY_IP], null],
    ["one that never ends", {}, [{ ...BY_MAC, expires: null }], { ...BY_MAC, expires: null }],
    ["one that ends in a second", {}, [{ ...BY_MAC, expires: NOW + 1 }], {
      ...BY_MAC,
      expires: NOW + 1,
    }],
    ["one that ends now", {}, [{ ...BY_MAC, expires: NOW }], null],
    ["one that ended", {}, [{ ...BY_MAC, expires: NOW - 60 }], null],
    ["by name, as the one by MAC ended", {}, [third, { ...BY_MAC, expires: NOW }], third],
  ];
  for (const [name, bmc, leases, found] of cases) {
    await t.step(name, () => {
      const { leases: matched, missing } = match([{ ...W001, ...bmc }], leases);
      if (!found) {
        assertEquals({ matched, missing }, { matched: [], missing: ["ncn-w001-mgmt"] });
      } else {
        const { mac, ip, expires } = found;
        assertEquals(matched, [{ bmc: "ncn-w001-mgmt", mac, ip, expires }]);
        assertEquals(missing, []);
      }
    });
  }
});

Deno.test("matchLeases() gives a lease to one BMC, and a board to its own", async (t) => {
  const w002: StaticBmc = {
    name: "ncn-w002-mgmt",
    node: "ncn-w002",
    mac: "b4:2e:99:0b:0d:05",
    ip: "10.254.1.7",
    line: 2,
  };
  const ofW001: Lease = { ...STRANGER, mac: MAC, ip: IP, hostname: "ncn-w001-mgmt" };
  const atW002: Lease = { ...ofW001, ip: "10.254.1.7" };
  const asW002: Lease = { ...ofW001, hostname: "ncn-w002-mgmt" };
  const both: Lease = { ...STRANGER, ip: IP, hostname: "ncn-w002-mgmt" };
  const cases: [
    name: string,
    leases: Lease[],
    found: Record<string, Lease>,
    unexpected: Lease[],
    known?: string[],
  ][] = [
    ["one's MAC, the other's address", [atW002], { "ncn-w001": atW002 }, []],
    ["one's MAC, the other's name", [asW002], { "ncn-w001": asW002 }, []],
    ["one's address, the other's name", [both], { "ncn-w001": both }, []],
    [
      "the other's by address, as one has its own",
      [
        ofW001,
        { ...BY_NAME, ip: "10.254.1.7" },
      ],
      { "ncn-w001": ofW001, "ncn-w002": { ...BY_NAME, ip: "10.254.1.7" } },
      [],
    ],
    ["the other's by name, as one has its own", [ofW001, both], {
      "ncn-w001": ofW001,
      "ncn-w002": both,
    }, []],
    ["a second one with one's MAC", [ofW001, atW002], { "ncn-w001": ofW001 }, []],
    ["a stranger's, as both have their own", [{ ...ofW001, mac: w002.mac ?? "" }, both, ofW001], {
      "ncn-w001": ofW001,
      "ncn-w002": { ...ofW001, mac: w002.mac ?? "" },
    }, [both]],
    ["a known machine's with one's address", [BY_IP], {}, [], [OTHER_MAC]],
    ["a known machine's with one's name", [BY_NAME], {}, [], [OTHER_MAC]],
    [
      "a new board's beside a known machine's of the same name",
      [
        { ...BY_NAME, mac: "00:00:00:00:00:01" },
        BY_NAME,
      ],
      { "ncn-w001": { ...BY_NAME, mac: "00:00:00:00:00:01" } },
      [],
      [OTHER_MAC],
    ],
  ];
  for (const [name, leases, found, unexpected, known = []] of cases) {
    await t.step(name, () => {
      // In either order: neither comes first because it is first in statics.conf.
      for (const expected of [[W001, w002], [w002, W001]]) {
        const result = match(expected, leases, known);
        const wanted = Object.entries(found).map(([node, { mac, ip, expires }]) => ({
          bmc: `${node}-mgmt`,
          mac,
          ip,
          expires,
        }));
        assertEquals(result.leases, wanted);
        assertEquals(result.unexpected, unexpected);
        assertEquals(result.leases.length + result.missing.length, 2);
      }
    });
  }
});

Deno.test("matchLeases() knows a BMC by each of its MACs, and nobody by none", async (t) => {
  await t.step("a second MAC", () => {
    const known = new Map([[OTHER_MAC, "ncn-w001-mgmt"]]);
    const { leases } = matchLeases([W001], [STRANGER], { now: NOW, known });
    assertEquals(leases.map(({ mac }) => mac), [OTHER_MAC]);
  });
  await t.step("a client without a hardware address", () => {
    const nobody = { ...STRANGER, mac: "" };
    const { leases, unexpected } = match([{ ...W001, mac: null }], [nobody]);
    assertEquals([leases, unexpected], [[], [nobody]]);
  });
});

Deno.test("matchLeases() names the leases that nobody expected", async (t) => {
  const cases: [name: string, leases: Lease[], known: string[], unexpected: Lease[]][] = [
    ["none", [], [], []],
    ["that of a BMC", [BY_MAC], [], []],
    ["that of a BMC by its address", [BY_IP], [], []],
    ["a stranger's", [BY_MAC, STRANGER], [], [STRANGER]],
    ["a stranger's without end", [{ ...STRANGER, expires: null }], [], [
      { ...STRANGER, expires: null },
    ]],
    ["that of a known machine", [STRANGER], [OTHER_MAC], []],
    ["with other machines known", [STRANGER], [MAC], [STRANGER]],
    ["an ended one", [{ ...STRANGER, expires: NOW }], [], []],
    ["in the order of the file", [{ ...STRANGER, ip: "9.9.9.9" }, BY_MAC, STRANGER], [], [
      { ...STRANGER, ip: "9.9.9.9" },
      STRANGER,
    ]],
  ];
  for (const [name, leases, known, unexpected] of cases) {
    await t.step(name, () => assertEquals(match([W001], leases, known).unexpected, unexpected));
  }
});

Deno.test("matchLeases() sorts by name", () => {
  const names = ["b", "d", "a", "c", "f", "e"].map((node) => `${node}-mgmt`);
  const bmcs = names.map((name, i) => ({ ...W001, name, mac: `00:0${i}`, ip: null }));
  const leases = bmcs.slice(0, 4).map(({ mac }, i) => ({ ...STRANGER, mac, ip: `10.0.0.${i}` }));
  const { leases: matched, missing } = match(bmcs, leases);
  assertEquals(matched.map(({ bmc }) => bmc), ["a-mgmt", "b-mgmt", "c-mgmt", "d-mgmt"]);
  assertEquals(missing, ["e-mgmt", "f-mgmt"]);
});

const macs = fc.constantFrom<string>("00:01", "00:02", "00:03", "20-", "");
const ips = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3");
const names = fc.constantFrom("a-mgmt", "b-mgmt", "c-mgmt", "d-mgmt", "");
const bmcs: fc.Arbitrary<StaticBmc[]> = fc.uniqueArray(
  fc.record({
    name: names,
    node: fc.constant("a"),
    mac: fc.option(macs),
    ip: fc.option(ips),
    line: fc.constant(1),
  }),
  { selector: ({ name }) => name },
);
const leaseLists: fc.Arbitrary<Lease[]> = fc.array(fc.record({
  expires: fc.option(fc.integer({ min: NOW - 2, max: NOW + 2 })),
  mac: macs,
  ip: ips,
  hostname: fc.option(names),
}));

Deno.test("matchLeases() counts every BMC once, and no lease that has ended", () => {
  fc.assert(fc.property(bmcs, leaseLists, fc.array(macs), (expected, leases, known) => {
    const found = match(expected, leases, known);
    const counted = [...found.leases.map(({ bmc }) => bmc), ...found.missing];
    assertEquals(counted.sort(), expected.map(({ name }) => name).sort());
    const valid = leases.filter(({ expires }) => expires === null || expires > NOW);
    for (const { mac, ip, expires } of found.leases) {
      const isSame = (lease: Lease): boolean =>
        lease.mac === mac && lease.ip === ip && lease.expires === expires;
      assert(valid.some(isSame), `${mac} ${ip}`);
    }
    for (const lease of found.unexpected) {
      assert(valid.includes(lease) && !known.includes(lease.mac), JSON.stringify(lease));
    }
    if (valid.length === 0) assertEquals(found.missing.length, expected.length);
  }));
});

Deno.test("matchLeases() gives no lease to two BMCs, and no known board to another", () => {
  const owners = fc.dictionary(macs, names);
  fc.assert(fc.property(bmcs, leaseLists, owners, (expected, leases, known) => {
    const options = { now: NOW, known: new Map(Object.entries(known)) };
    const found = matchLeases(expected, leases, options).leases;
    const valid = leases.filter(({ expires }) => expires === null || expires > NOW);
    for (const { mac, ip, expires } of found) {
      const count = (all: readonly Pick<Lease, "mac" | "ip" | "expires">[]): number =>
        all.filter((each) => each.mac === mac && each.ip === ip && each.expires === expires).length;
      assert(count(found) <= count(valid), `${mac} ${ip} counts ${count(found)} times`);
    }
    for (const { bmc, mac } of found) {
      const owner = known[mac] ?? bmc;
      assert(owner === bmc || expected.some((each) => each.name === bmc && each.mac === mac));
    }
  }));
});

Deno.test("matchLeases() takes the lease that ends last of several, whatever its line", async (t) => {
  const older: Lease = { ...BY_MAC, expires: NOW + 60, ip: "10.254.1.7" };
  const newer: Lease = { ...BY_MAC, expires: NOW + 600, ip: "10.254.1.8" };
  const endless: Lease = { ...BY_MAC, expires: null, ip: "10.254.1.9" };
  const twin: Lease = { ...older, ip: "10.254.1.10" };
  const cases: [name: string, leases: Lease[], counts: Lease, left: Lease[]][] = [
    ["newest first, as dnsmasq writes them", [newer, older], newer, [older]],
    ["oldest first, as after its next start", [older, newer], newer, [older]],
    ["one never ends", [newer, endless], endless, [newer]],
    ["both end at once: the first line", [older, twin], older, [twin]],
    ["the older one has ended", [newer, { ...older, expires: NOW }], newer, []],
  ];
  for (const [name, leases, counts, left] of cases) {
    await t.step(name, () => {
      const { leases: matched, older, unexpected } = match([W001], leases, [MAC]);
      assertEquals(matched.map(({ ip }) => ip), [counts.ip]);
      assertEquals(older.map(({ ip }) => ip), left.map(({ ip }) => ip));
      assertEquals(unexpected, []);
    });
  }
});
