import { assertEquals } from "@std/assert";
import { parseBootRequest } from "../../../lib/progress/boot_request.ts";
import { ownRequests } from "../../../lib/progress/own_requests.ts";

const ADDRESSES = new Map([
  ["10.1.1.7", "ncn-w001"],
  ["10.252.1.7", "ncn-w001"],
  ["10.1.1.8", "ncn-w002"],
  ["10.254.1.7", "ncn-w001-mgmt"],
]);
const MACS = new Map([["b8:59:9f:43:02:0c", "ncn-w001"]]);

Deno.test("ownRequests() takes what a node asks for itself, and strangers", async (t) => {
  const cases: [name: string, address: string, request: string, whose: string | null][] = [
    ["a node", "10.1.1.7", "GET /ncn-w001/kernel", "ncn-w001"],
    ["another address of it", "10.252.1.7", "GET /ncn-w001/kernel", "ncn-w001"],
    ["what it made of its MAC", "fd00:1::ba59:9fff:fe43:20c", "GET /ncn-w001/kernel", "ncn-w001"],
    ["the like of a stranger", "fd00:1::ba59:9fff:fe43:20d", "GET //kernel", "strangers"],
    ["one that has no name", "10.1.1.7", "GET /boot/script.ipxe", "ncn-w001"],
    ["another node", "10.1.1.8", "GET /ncn-w001/kernel", null],
    ["its BMC", "10.254.1.7", "GET /ncn-w001/kernel", null],
    ["the PIT", "10.1.1.1", "GET /ncn-w001/kernel", null],
    ["this very machine", "127.0.0.1", "GET /boot/script.ipxe", null],
    ["a stranger", "10.1.1.33", "GET /boot/script.ipxe", "strangers"],
    ["what a stranger asks then", "10.1.1.33", "GET //initrd.img.xz", "strangers"],
    ["HEAD", "10.1.1.7", "HEAD /ncn-w001/kernel", null],
  ];
  for (const [name, address, request, whose] of cases) {
    await t.step(name, () => assertEquals(whoseIs(address, request), whose));
  }
  await t.step("a script that a person fetches", () => {
    assertEquals(whoseIs("10.1.1.7", "GET /ncn-w001/script.ipxe", { agent: "curl/7.1" }), null);
  });
  for (const [status, whose] of [[200, "ncn-w001"], [404, "ncn-w001"], [206, null], [304, null]]) {
    await t.step(`status ${status}`, () => {
      assertEquals(whoseIs("10.1.1.7", "GET /ncn-w001/rootfs", { status }), whose);
    });
  }
});

function whoseIs(
  address: string,
  request: string,
  { status = 200, agent = "iPXE/1.0" }: { status?: unknown; agent?: string } = {},
): string | null {
  const line =
    `${address} - - [25/Nov/2026:03:08:25 +0000] "${request} HTTP/1.1" ${status} 9 "-" "${agent}"`;
  const parsed = parseBootRequest(line, "apache");
  const { nodes, strangers } = ownRequests(parsed ? [parsed] : [], {
    addresses: ADDRESSES,
    macs: MACS,
  });
  return strangers.length > 0 ? "strangers" : [...nodes.keys()][0] ?? null;
}
