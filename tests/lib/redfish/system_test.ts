import { assertEquals } from "@std/assert";
import {
  bootOverride,
  needsMode,
  overrideBody,
  overrideObjection,
} from "../../../lib/redfish/boot_override.ts";
import { resetTypes } from "../../../lib/redfish/manager.ts";
import { clockAt, powerReset, systemResource } from "../../../lib/redfish/system.ts";
import { kindOf } from "../../lab/redfish/kind.ts";

const ALWAYS = { persistent: true };

Deno.test("systemResource() reads the nodes of real BMCs", async (t) => {
  const cases = [
    ["ilo", "1", "on", null, "/redfish/v1/Managers/1", false],
    ["ami", "Self", "on", null, "/redfish/v1/Managers/Self", true],
    ["intel", "QSBP74100021", "on", null, "/redfish/v1/Managers/BMC", true],
    ["openbmc", "system", "off", "off", "/redfish/v1/Managers/bmc", false],
  ] as const;
  for (const [name, id, power, policy, manager, mode] of cases) {
    await t.step(name, () => {
      const { kind, tree } = kindOf(name);
      const json = tree.get(kind.system);
      const system = systemResource(kind.system, json);
      assertEquals([system.name, system.power, system.policy], [id, power, policy]);
      assertEquals([system.managers, system.settings, system.isMachine], [[manager], null, true]);
      const { types = null, info = null } = system.reset ?? {};
      const allowed = types ?? resetTypes(tree.get(info ?? ""));
      assertEquals(powerReset("on", allowed), { ResetType: "On" });
      assertEquals(powerReset("off", allowed), { ResetType: "ForceOff" });
      assertEquals(bootOverride(json)?.valid, false);
      assertEquals([needsMode(json), overrideObjection(json, ALWAYS)], [mode, null]);
    });
  }
});

Deno.test("systemResource() says nothing that a BMC does not", () => {
  for (const json of [null, [], {}, { PowerState: 1 }, { PowerState: "Unknown", Links: [] }]) {
    const { name, power, policy, managers, reset } = systemResource("/redfish/v1/Systems/1/", json);
    assertEquals([name, power, policy, managers, reset], ["1", null, null, [], null]);
    assertEquals(bootOverride(json), null);
  }
});

Deno.test("powerReset() takes nothing that may do the other thing, too", () => {
  const others = ["PushPowerButton", "ForceRestart", "PowerCycle", "GracefulRestart", "Nmi"];
  assertEquals([powerReset("on", others), powerReset("off", others)], [null, null]);
  assertEquals(powerReset("off", ["GracefulShutdown"]), null);
  assertEquals(powerReset("on", ["ForceOn"]), { ResetType: "ForceOn" });
  assertEquals(powerReset("on", null), { ResetType: "On" });
});

Deno.test("bootOverride() reads what is kept, and for how long", () => {
  const boot = (target: string, enabled: string, mode = "UEFI"): unknown => ({
    Boot: {
      BootSourceOverrideTarget: target,
      BootSourceOverrideEnabled: enabled,
      BootSourceOverrideMode: mode,
    },
  });
  const read = (json: unknown): string => {
    const { device, efi, persistent, valid } = bootOverride(json) ?? {};
    return [
      device,
      ...efi ? ["UEFI"] : [],
      ...persistent ? ["always"] : [],
      ...valid ? [] : ["not"],
    ]
      .join(" ");
  };
  assertEquals(read(boot("Pxe", "Continuous")), "pxe UEFI always");
  assertEquals(read(boot("Pxe", "Once")), "pxe UEFI");
  assertEquals(read(boot("Pxe", "Disabled", "Legacy")), "pxe not");
  assertEquals(read(boot("UefiHttp", "Once")), "other UEFI");
});

Deno.test("overrideObjection() names what a BMC does not offer", () => {
  const offers = (targets: string[], kinds: string[]): unknown => ({
    Boot: {
      "BootSourceOverrideTarget@Redfish.AllowableValues": targets,
      "BootSourceOverrideEnabled@Redfish.AllowableValues": kinds,
    },
  });
  const said = (...lists: [string[], string[]]): string | null =>
    overrideObjection(offers(...lists), ALWAYS);
  assertEquals(said(["Hdd"], ["Continuous"]), "it does not offer to boot by PXE");
  assertEquals(said(["Pxe"], ["Disabled", "Once"]), "it offers PXE once, and not always");
  assertEquals(said(["Pxe"], ["Once", "Continuous"]), null);
  assertEquals(overrideBody({ persistent: false }, true), {
    Boot: {
      BootSourceOverrideTarget: "Pxe",
      BootSourceOverrideEnabled: "Once",
      BootSourceOverrideMode: "UEFI",
    },
  });
});

Deno.test("clockAt() reads a clock that knows the date, and its zone", () => {
  const at = (DateTime: unknown): number | null => clockAt({ DateTime });
  assertEquals(at("2022-04-14T16:43:13Z"), 1649954593);
  assertEquals(at("2022-04-14T18:43:13+02:00"), 1649954593);
  assertEquals(at("2022-04-14T16:43:13.500000+00:00"), 1649954593);
  for (const other of ["1970-01-01T00:10:00Z", "2022-04-14T16:43:13", "", null, 7]) {
    assertEquals(at(other), null);
  }
});
