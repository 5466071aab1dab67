import { assertEquals } from "@std/assert";
import type { Generation } from "../../../lib/document/generation.ts";
import { touching } from "../../../lib/history/touching.ts";

function generation(number: number, ...groups: readonly (readonly string[])[]): Generation {
  const changes = groups.map((nodes) => ({ nodes, before: null, after: null, failed: null }));
  const [begun, ended] = ["2026-01-02T03:04:05.678Z", null];
  const command = "pitboot run";
  return {
    number,
    parent: 0,
    restores: null,
    who: "x",
    begun,
    ended,
    command,
    bootScript: null,
    changes,
  };
}

Deno.test("touching() finds what was changed of some nodes, and nothing of others", async (t) => {
  const all = [
    generation(1, ["ncn-m002", "ncn-w001"], ["ncn-s001"]),
    generation(2, ["ncn-s001"]),
    generation(3, ["ncn-w001", "ncn-w002"]),
  ];
  const cases: [wanted: string[] | null, found: [number: number, ...nodes: string[]][]][] = [
    [["ncn-w001"], [[1, "ncn-w001"], [3, "ncn-w001"]]],
    [["ncn-w*", "ncn-m002"], [[1, "ncn-m002", "ncn-w001"], [3, "ncn-w001", "ncn-w002"]]],
    [["ncn-x001"], []],
    [null, all.map(({ number, changes }) => [number, ...changes.flatMap(({ nodes }) => nodes)])],
  ];
  for (const [wanted, expected] of cases) {
    await t.step(wanted?.join() ?? "all", () => {
      const found = touching(all, wanted);
      assertEquals(
        found.map(({ number, changes }) => [number, ...changes.flatMap(({ nodes }) => nodes)]),
        expected,
      );
    });
  }
});
