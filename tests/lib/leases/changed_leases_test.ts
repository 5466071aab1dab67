import { assertEquals } from "@std/assert";
import type { Event } from "../../../lib/document/event.ts";
import { changedLeases, type Sight } from "../../../lib/leases/changed_leases.ts";

const BMCS = ["ncn-w001-mgmt", "ncn-w002-mgmt", "ncn-w003-mgmt"];

/** What is seen where these have a lease. */
function sight(...nodes: readonly string[]): Sight {
  const leased = nodes.map((node) => `${node}-mgmt`);
  return {
    leases: leased.map((bmc, i) => (
      { bmc, mac: "b4:2e:99:0b:0d:04", ip: `10.254.1.${i}`, expires: null }
    )),
    missing: BMCS.filter((bmc) => !leased.includes(bmc)),
    unexpected: [],
    older: [],
    isThere: true,
  };
}

Deno.test("changedLeases() tells what became of leases between two looks", async (t) => {
  const absent = { ...sight(), isThere: false };
  const gone: Event = { what: "leases-gone", leases: "/leases", isThere: false };
  const two = sight("ncn-w001", "ncn-w002");
  const cases: [name: string, before: Sight | null, now: Sight, events: Event[]][] = [
    ["the first look", null, two, []],
    ["nothing new", two, two, []],
    ["one that came", sight("ncn-w001"), two, [
      { what: "lease", node: "ncn-w002", ip: "10.254.1.1", leased: 2, expected: 3 },
    ]],
    ["one that ended", two, sight("ncn-w002"), [
      { what: "lease-ended", node: "ncn-w001", leased: 1, expected: 3 },
    ]],
    ["the only one that ended", sight("ncn-w001"), sight(), [
      { what: "lease-ended", node: "ncn-w001", leased: 0, expected: 3 },
    ]],
    ["one that came for another", sight("ncn-w001"), sight("ncn-w002"), [
      { what: "lease", node: "ncn-w002", ip: "10.254.1.0", leased: 1, expected: 3 },
      { what: "lease-ended", node: "ncn-w001", leased: 1, expected: 3 },
    ]],
    ["all that ended", two, sight(), [{ ...gone, isThere: true }]],
    ["no file at first", null, absent, [gone]],
    ["a file that went away", two, absent, [gone]],
    ["still no file", absent, absent, []],
    ["a file that came back", absent, sight("ncn-w001"), [
      { what: "lease", node: "ncn-w001", ip: "10.254.1.0", leased: 1, expected: 3 },
    ]],
  ];
  for (const [name, before, now, events] of cases) {
    await t.step(name, () => assertEquals(changedLeases(before, now, "/leases"), events));
  }
});
