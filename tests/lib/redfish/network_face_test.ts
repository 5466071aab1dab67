import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  chooseFace,
  type KnownBy,
  type NetworkFace,
  networkFace,
} from "../../../lib/redfish/network_face.ts";
import { readTree } from "../../lab/redfish/tree.ts";

/** The interfaces of a real BMC. */
function facesOf(dump: string, change = (json: unknown): unknown => json): NetworkFace[] {
  return [...readTree(dump)].filter(([path]) =>
    /\/Managers\/\w+\/EthernetInterfaces\/\w/.test(path)
  )
    .map(([path, json]) => networkFace(path, change(json)));
}

const ELSE = { mac: "00:00:00:00:00:01", address: "10.1.1.1" };

Deno.test("chooseFace() finds the interface of each real BMC, whatever is known", async (t) => {
  const cases: [dump: string, id: string, mac: string, address: string][] = [
    ["DL325", "1", "94:40:c9:37:d3:fc", "10.254.1.15"],
    ["Gigabyte", "bond0", "b4:2e:99:ba:de:17", "10.254.1.32"],
    ["Intel", "3", "a4:bf:01:28:90:ac", "10.254.1.23"],
    ["OpenBMC-stock", "eth0", "ae:0d:e8:39:69:bb", "10.0.2.15"],
  ];
  for (const [dump, id, mac, address] of cases) {
    for (const known of [{ ...ELSE, mac }, { ...ELSE, address }, ELSE, { ...ELSE, mac: null }]) {
      await t.step(`${dump} by ${JSON.stringify(known)}`, () => {
        const face = chooseFace(facesOf(dump), known);
        assert(typeof face !== "string", String(face));
        assertEquals(face.id, id);
      });
    }
  }
});

Deno.test("chooseFace() takes none that is shared, of a host, or disabled", async (t) => {
  const cases: [dump: string, mac: string, words: RegExp][] = [
    [
      "DL325",
      "94:40:c9:37:d3:fd",
      /^its MAC is that of interface 2 \(94:40:c9:37:d3:fd, shared\)$/,
    ],
    ["DL325", "0a:ca:fe:f0:0d:04", /^its MAC is that of interface 3 \(.*, to its host\)$/],
    ["Gigabyte", "46:d5:fa:9a:bf:1a", /^its MAC is that of interface usb0 \(.*, to its host\)$/],
    ["Intel", "a4:bf:01:28:90:aa", /^its MAC is that of interface 1 \(.*, disabled\)$/],
  ];
  for (const [dump, mac, words] of cases) {
    await t.step(mac, () => {
      const face = chooseFace(facesOf(dump), { mac, address: "10.1.1.1" });
      assertMatch(String(face), words);
    });
  }
});

Deno.test("chooseFace() names those among which it cannot tell", () => {
  const face = (id: string, more: Partial<NetworkFace> = {}): NetworkFace => ({
    path: `/redfish/v1/Managers/1/EthernetInterfaces/${id}`,
    id,
    macs: [`00:00:00:00:00:0${id}`],
    addresses: [`10.0.0.${id}`],
    unfit: null,
    dhcp: null,
    isPending: false,
    ...more,
  });
  const of = (faces: NetworkFace[], known: Partial<KnownBy> = {}): string => {
    const found = chooseFace(faces, { mac: null, address: "bmc", ...known });
    return typeof found === "string" ? found : `is ${found.id}`;
  };
  assertEquals(of([]), "it names no network interface");
  assertMatch(of([face("1"), face("2")]), /others: 1 \(00:.*01\), 2 \(00:.*02\)$/);
  assertEquals(of([face("1"), face("2")], { address: "10.0.0.2" }), "is 2");
  // Somebody exchanged the board since statics.conf was written.
  assertEquals(
    of([face("1"), face("2")], { mac: "00:00:00:00:00:09", address: "10.0.0.1" }),
    "is 1",
  );
  const twins = [
    face("1", { macs: ["00:00:00:00:00:0a"] }),
    face("2", { macs: ["00:00:00:00:00:0a"] }),
  ];
  assertEquals(of(twins, { mac: "00:00:00:00:00:0a", address: "10.0.0.2" }), "is 2");
  assertMatch(of(twins, { mac: "00:00:00:00:00:0a" }), /^cannot tell/);
});

Deno.test("networkFace() writes what turns DHCP on, and the gateway where it is off", async (t) => {
  const oem = (value: unknown): unknown => ({ Oem: { Hpe: { DHCPv4: value } } });
  const cases: [name: string, json: unknown, patch: unknown][] = [
    ["static", { DHCPv4: { DHCPEnabled: false } }, { DHCPv4: { DHCPEnabled: true } }],
    [
      "an iLO that went static",
      { DHCPv4: { DHCPEnabled: false, UseGateway: false, UseDNSServers: false } },
      { DHCPv4: { DHCPEnabled: true, UseGateway: true } },
    ],
    [
      "an old iLO",
      oem({ Enabled: false, UseGateway: false }),
      oem({ Enabled: true, UseGateway: true }),
    ],
    ["an old Intel", {}, undefined],
    ["nonsense", { DHCPv4: { DHCPEnabled: "no" }, Oem: null }, undefined],
  ];
  for (const [name, json, patch] of cases) {
    await t.step(
      name,
      () => assertEquals<unknown>(networkFace("/redfish/v1/x", json).dhcp?.patch, patch),
    );
  }
});

Deno.test("networkFace() reads whatever is sent", () => {
  for (const json of [null, [], 1, "x", { IPv4Addresses: 3, Id: 7, Status: [] }, undefined]) {
    assertEquals(networkFace("/redfish/v1/a/b/", json).id, "b");
  }
  const hostile = networkFace("/redfish/v1/x", { Id: `\x1b[31m${"x".repeat(99)}` }).id;
  assertEquals([hostile.includes("\x1b"), hostile.length < 60], [false, true]);
});
