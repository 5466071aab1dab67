import { assertEquals } from "@std/assert";
import { managerResource, resetBody, resetTypes } from "../../../lib/redfish/manager.ts";
import { readTree } from "../../lab/redfish/tree.ts";

Deno.test("managerResource() finds how each real BMC is restarted, and nothing that does more", async (t) => {
  const cases: [dump: string, path: string, type: string][] = [
    ["DL325", "/redfish/v1/Managers/1", "GracefulRestart"],
    ["Gigabyte", "/redfish/v1/Managers/Self", "ForceRestart"],
    ["Intel", "/redfish/v1/Managers/BMC", "ForceRestart"],
    ["OpenBMC-stock", "/redfish/v1/Managers/bmc", "GracefulRestart"],
  ];
  for (const [dump, path, type] of cases) {
    await t.step(dump, () => {
      const tree = readTree(dump);
      const manager = managerResource(tree.get(path));
      assertEquals(manager?.reset?.target, `${path}/Actions/Manager.Reset`);
      assertEquals(manager?.protocols, `${path}/NetworkProtocol`);
      const { types = null, info = null } = manager?.reset ?? {};
      const allowed = types ?? resetTypes(tree.get(info ?? ""));
      assertEquals(resetBody(allowed), { ResetType: type });
    });
  }
});

Deno.test("managerResource() takes only what is a BMC, and leads nowhere else", async (t) => {
  const faces = { "@odata.id": "/redfish/v1/Managers/1/EthernetInterfaces" };
  const target = (target: unknown): unknown => ({ "#Manager.Reset": { target } });
  const cases: [name: string, json: unknown, reset: string | null | undefined][] = [
    ["an enclosure", { EthernetInterfaces: faces, ManagerType: "EnclosureManager" }, undefined],
    ["no interfaces", { ManagerType: "BMC" }, undefined],
    ["interfaces elsewhere", { EthernetInterfaces: { "@odata.id": "/login" } }, undefined],
    ["no action", { EthernetInterfaces: faces }, null],
    [
      "an action elsewhere",
      { EthernetInterfaces: faces, Actions: target("//evil/redfish/") },
      null,
    ],
    ["no text", { EthernetInterfaces: faces, Actions: target(7) }, null],
    ["an action", { EthernetInterfaces: faces, Actions: target("/redfish/v1/R") }, "/redfish/v1/R"],
  ];
  for (const [name, json, reset] of cases) {
    await t.step(name, () => {
      const manager = managerResource(json);
      assertEquals(manager && (manager.reset?.target ?? null), reset === undefined ? null : reset);
      assertEquals(manager === null, reset === undefined);
    });
  }
});

Deno.test("resetBody() is empty where nothing is said, and none where nothing fits", () => {
  assertEquals(resetBody(null), {});
  assertEquals(resetBody([]), null);
  assertEquals(resetBody(["PowerCycle", "ResetAll"]), null);
});
