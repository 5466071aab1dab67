import { assertEquals, assertMatch } from "@std/assert";
import type { NodePower } from "../../../lib/document/document.ts";
import { noteworthy, powerProblems } from "../../../lib/power/power_report.ts";

function seen(node: string, { clock = 0, policy = "previous" }: Partial<NodePower>): NodePower {
  return {
    node,
    bmc: `${node}-mgmt`,
    address: null,
    before: "off",
    after: "off",
    boot: null,
    state: "off",
    reason: null,
    by: "ipmi",
    seconds: 0,
    message: null,
    clock,
    policy,
  };
}

Deno.test("noteworthy() names clocks that are wrong, and nodes that start by themselves", () => {
  const reports = noteworthy([
    seen("ncn-w001", { clock: -7200 }),
    seen("ncn-w002", { clock: 300 }),
    seen("ncn-w003", { clock: 301, policy: "on" }),
    seen("ncn-w004", { clock: null, policy: null }),
  ]);
  assertEquals(reports.map(([code, { nodes }]) => [code, nodes]), [
    ["bmc-clock", ["ncn-w001", "ncn-w003"]],
    ["power-after-outage", ["ncn-w003"]],
  ]);
  assertMatch(
    reports[0]?.[1].message ?? "",
    /^ncn-w\[001,003\]: the clock of the BMC is more than 5 min off/,
  );
  assertMatch(String(reports[1]?.[1].hint), /leave it as it was$/);
});

Deno.test("powerProblems() has the hints of what is asked by Redfish", () => {
  const off = {
    ...seen("ncn-w001", {}),
    state: "unreachable",
    reason: "ipmi-off",
    message: "IPMI is off; Redfish answers",
  } as const;
  assertEquals(told(off), [
    "power-unreachable",
    "ncn-w001: IPMI is off; Redfish answers",
    "let pitboot use it: --redfish auto --nodes ncn-w001",
  ]);
});

Deno.test("powerProblems() names the command that goes on without --pxe", () => {
  const message = "it refused the boot device (400 PropertyNotWritable)";
  const refused = {
    ...seen("ncn-w001", {}),
    state: "failed",
    reason: "boot-refused",
    message,
  } as const;
  assertEquals(told(refused), [
    "power-failed",
    `ncn-w001: ${message}`,
    "set it in its web interface: PXE by UEFI; then power on --nodes ncn-w001",
  ]);
});

/** The problem of a node: its code, its message and its hint. */
function told(power: NodePower): (string | undefined)[] {
  const typed = {
    nodes: [],
    command: (...words: readonly string[]) => words.join(" "),
    again: (...words: readonly string[]) => words.join(" "),
    value: () => null,
  };
  return powerProblems([power], "IPMI_PASSWORD").flatMap(([code, { message, hint }]) => [
    code,
    message,
    typeof hint === "function" ? hint(typed) : hint,
  ]);
}
