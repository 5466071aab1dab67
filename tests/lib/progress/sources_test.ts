import { assertEquals } from "@std/assert";
import { parseConsole } from "../../../lib/progress/console_text.ts";
import { dhcpSigns } from "../../../lib/progress/dhcp_signs.ts";
import { parseTransfers } from "../../../lib/progress/transfers.ts";
import { TransferWatch } from "../../../lib/progress/watch_transfers.ts";

Deno.test("parseTransfers() reads what ss prints", async (t) => {
  const rest = "cubic wscale:7,7 rto:204 bytes_sent:9 bytes_acked:4877505 lastsnd:4 lastack:20";
  const expected = { port: 57698, acked: 4877505, queued: 99, lastAck: 20, lastSent: 4 };
  const cases: [name: string, line: string, address: string | null][] = [
    ["IPv4", `0 99 10.1.1.1:80 10.1.1.7:57698 timer:(on,1ms,0) ${rest}`, "10.1.1.7"],
    ["IPv4 in IPv6", `0 99 [::ffff:10.1.1.1]:80 [::ffff:10.1.1.7]:57698 ${rest}`, "10.1.1.7"],
    ["IPv6", `0 99 [fd00::1]:80 [fd00::7]:57698 ${rest}`, "fd00::7"],
    ["a head", "Recv-Q Send-Q Local Address:Port Peer Address:Port", null],
    ["nothing", "", null],
  ];
  for (const [name, line, address] of cases) {
    await t.step(name, () => {
      assertEquals(parseTransfers(line), address === null ? [] : [{ address, ...expected }]);
    });
  }
});

Deno.test("TransferWatch.look() tells how fast, and since when nothing came", () => {
  const watch = new TransferWatch();
  const look = (acked: number, now: number, queued = 9): unknown => {
    const transfer = { address: "a", port: 1, acked, queued, lastAck: 40, lastSent: 7 };
    const seen = watch.look([transfer], now).get("a");
    return seen && [seen.acked, seen.rate, seen.grew];
  };
  assertEquals(look(1000, 10_000), [1000, null, 9960]);
  assertEquals(look(3000, 12_000), [3000, 1000, 12_000]);
  assertEquals(look(3000, 50_000), [3000, null, 12_000]);
  assertEquals(look(3000, 60_000, 0), undefined);
});

Deno.test("TransferWatch.look() sees at once that a client takes nothing", () => {
  const client = { address: "a", port: 1, acked: 1, queued: 9 };
  const grew = (more: { lastAck: number; lastSent: number }): unknown =>
    new TransferWatch().look([{ ...client, ...more }], 90_000).get("a")?.grew;
  // It says that it takes nothing, or is sent the same again.
  assertEquals(grew({ lastAck: 4404, lastSent: 32_556 }), 57_444);
  assertEquals(grew({ lastAck: 43_184, lastSent: 900 }), 46_816);
});

Deno.test("parseConsole() takes what a node wrote, with its time", () => {
  const at = (second: number): number => new Date(2026, 10, 28, 20, 58, second).getTime();
  const text = [
    "torn line: Kernel panic - not syncing",
    '<ConMan> Console [w] connected to "metal_die: x" at 11-28 20:58.\r',
    "2026-11-28 20:58:29 ^[[2J^[[01;01H>>Start PXE over IPv4.\r",
    "2026-11-28 20:58:30   PXE-E18: Server response timeout.\r",
    "2026-11-28 20:58:31 cloud-init[9]: The system is finally up, after 9 seconds\r",
    "<ConMan> Console [w] log at 2026-11-28 21:58:59 UTC.\r",
    "",
  ].join("\n");
  assertEquals(parseConsole(text), {
    lines: [
      { at: at(29), kind: "begin", text: ">>Start PXE over IPv4" },
      { at: at(30), kind: "fault", text: "PXE-E18: Server response timeout." },
      { at: at(31), kind: "up", text: "The system is finally up, after" },
    ],
    last: at(31),
  });
});

Deno.test("dhcpSigns() tells when a machine last asked", () => {
  const now = 2_000_000_000;
  const lease = (mac: string, ip: string, left: number, hostname: string | null = null) => (
    { expires: now + left, mac, ip, hostname }
  );
  const [w1, w2] = ["ncn-w001", "ncn-w002"].map((node, i) => (
    { node, name: `${node}-mgmt`, mac: null, ip: null, line: i }
  ));
  const statics = {
    macs: new Map([["a4:bf:01:00:00:01", "ncn-w001"], ["a4:bf:01:00:00:0b", "ncn-w001-mgmt"]]),
    bmcs: [w1, w2].flatMap((bmc) => bmc ?? []),
    leaseSeconds: new Map([["ncn-w002", 3600]]),
  };
  const { nodes, strangers } = dhcpSigns(
    [
      lease("a4:bf:01:00:00:01", "10.1.1.7", 1100),
      lease("a4:bf:01:00:00:01", "10.252.1.7", 1150),
      lease("a4:bf:01:00:00:0b", "10.254.1.7", 1199, "ncn-w001-mgmt"),
      lease("a4:bf:01:00:00:02", "10.1.1.8", 3000, "NCN-W002.mtl"),
      lease("a4:bf:01:00:00:03", "10.1.1.33", 500),
      { expires: null, mac: "a4:bf:01:00:00:04", ip: "10.1.1.34", hostname: null },
    ],
    statics,
    now * 1000,
  );
  const agos = [...nodes].map(([node, { at, ip }]) => [node, ip, now - at / 1000]);
  assertEquals(agos, [
    ["ncn-w001", "10.252.1.7", 50],
    ["ncn-w001-mgmt", "10.254.1.7", 1],
    ["ncn-w002", "10.1.1.8", 600],
  ]);
  assertEquals(strangers.map(({ ip, at }) => [ip, now - at / 1000]), [["10.1.1.33", 100]]);
});
