import { assertEquals } from "@std/assert";
import { messageIds } from "../../../lib/redfish/messages.ts";
import { isRedfishPath, macOf, membersOf, valueAt } from "../../../lib/redfish/payload.ts";

Deno.test("isRedfishPath() lets nothing lead elsewhere", () => {
  const good = ["/redfish/v1/", "/redfish/v1/Managers/Self", "/redfish/v1/A/Actions/Oem/X.Y"];
  const bad = [
    "",
    "/",
    "redfish/v1",
    "/login",
    "//evil/redfish/",
    "/redfish/../x",
    "/redfish/%2e%2E/x",
    "/redfish/.%2e/x",
    '/redfish/"\nurl = "https://evil/',
    "/redfish/v1?a=b",
    "/redfish/v1#a",
    "/redfish/v1 x",
    "/redfish/ä",
    `/redfish/${"x".repeat(600)}`,
  ];
  assertEquals(good.filter(isRedfishPath), good);
  assertEquals(bad.filter(isRedfishPath), []);
});

Deno.test("membersOf() and valueAt() read whatever is sent", () => {
  for (const json of [null, undefined, 3, [], { Members: 7 }, { Members: [null, 1, {}] }]) {
    assertEquals(membersOf(json), []);
  }
  assertEquals(valueAt({ a: 1 }, "constructor"), undefined);
  assertEquals(valueAt("text", "length"), undefined);
});

Deno.test("macOf() reads a MAC in each form", () => {
  assertEquals(macOf("94:40:C9:37:D3:FC"), "94:40:c9:37:d3:fc");
  assertEquals(macOf("a4-bf-01-28-90-ac"), "a4:bf:01:28:90:ac");
  assertEquals([macOf(undefined), macOf(""), macOf("no")], [null, null, null]);
});

Deno.test("messageIds() reads them wherever a BMC puts them", async (t) => {
  const info = (id: unknown): unknown => [{ MessageId: id }];
  const cases: [json: unknown, ids: string[]][] = [
    [{ error: { code: "x", "@Message.ExtendedInfo": info("iLO.2.14.ResetRequired") } }, [
      "ResetRequired",
    ]],
    [{ error: { code: "Ami.1.0.PreconditionHeaderMissing" } }, ["PreconditionHeaderMissing"]],
    [{ "@Message.ExtendedInfo": info("Base.1.18.Success") }, ["Success"]],
    [{ "DHCPv4@Message.ExtendedInfo": info("Base.1.4.PropertyUnknown") }, ["PropertyUnknown"]],
    [{ Messages: [{ MessageID: "iLO.0.10.ResetInProgress" }] }, ["ResetInProgress"]],
    [{ error: { "@Message.ExtendedInfo": info("\x1b[31m") } }, []],
    [{ error: { "@Message.ExtendedInfo": info(7) } }, []],
    [null, []],
    ["x", []],
  ];
  for (const [json, ids] of cases) {
    await t.step(JSON.stringify(json), () => assertEquals(messageIds(json), ids));
  }
});
