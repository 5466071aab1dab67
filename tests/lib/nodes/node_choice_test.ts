import { assertEquals, assertThrows } from "@std/assert";
import {
  isChosen,
  NODE_OPTIONS,
  type NodeChoice,
  nodeChoice,
} from "../../../lib/nodes/node_choice.ts";

const ALL: NodeChoice = { pit: "ncn-m001", nodes: null, exclude: null };

Deno.test("isChosen() tells who is worked on", async (t) => {
  const cases: [name: string, node: string, choice: Partial<NodeChoice>, expected: boolean][] = [
    ["a node, as nobody was named", "ncn-w001", {}, true],
    ["the PIT, as nobody was named", "ncn-m001", {}, false],
    ["another PIT", "ncn-w001", { pit: "ncn-w001" }, false],
    ["the usual PIT, as it is another", "ncn-m001", { pit: "ncn-w001" }, true],
    ["a node that was named", "ncn-w001", { nodes: ["ncn-s001", "ncn-w001"] }, true],
    ["a node that was not named", "ncn-w001", { nodes: ["ncn-s001"] }, false],
    ["a part of a name", "ncn-w00", { nodes: ["ncn-w001"] }, false],
    ["the PIT, named", "ncn-m001", { nodes: ["ncn-m001"] }, true],
    ["a node that fits a pattern", "ncn-w001", { nodes: ["ncn-s*", "ncn-w*"] }, true],
    ["a node that fits no pattern", "ncn-w001", { nodes: ["ncn-s*", "ncn-w?"] }, false],
    ["the PIT, which a pattern does not name", "ncn-m001", { nodes: ["ncn-m*"] }, false],
    ["the PIT, named beside a pattern", "ncn-m001", { nodes: ["ncn-m*", "ncn-m001"] }, true],
    ["the PIT, named, and a pattern that excludes it", "ncn-m001", {
      nodes: ["ncn-m001"],
      exclude: ["ncn-m*"],
    }, false],
    ["a node that a pattern excludes", "ncn-w001", { exclude: ["ncn-w00?"] }, false],
    ["nobody named", "ncn-w001", { nodes: [] }, false],
    ["a node that was excluded", "ncn-w001", { exclude: ["ncn-s001", "ncn-w001"] }, false],
    ["a node beside an excluded one", "ncn-w0012", { exclude: ["ncn-w001"] }, true],
    ["the PIT beside an excluded one", "ncn-m001", { exclude: ["ncn-w001"] }, false],
    ["nobody excluded", "ncn-w001", { exclude: [] }, true],
    ["a node both named and excluded", "ncn-w001", {
      nodes: ["ncn-w001"],
      exclude: ["ncn-w001"],
    }, false],
    ["the PIT, named, beside an excluded one", "ncn-m001", {
      nodes: ["ncn-m001"],
      exclude: ["ncn-w001"],
    }, true],
  ];
  for (const [name, node, choice, expected] of cases) {
    await t.step(name, () => assertEquals(isChosen(node, { ...ALL, ...choice }), expected));
  }
});

Deno.test("nodeChoice() is what the options say", () => {
  const flags = { "pit-node": "pit", nodes: ["ncn-w001"], exclude: ["ncn-s001"] };
  assertEquals(nodeChoice(flags), { pit: "pit", nodes: ["ncn-w001"], exclude: ["ncn-s001"] });
  assertEquals(nodeChoice({ "pit-node": "ncn-m001", nodes: null, exclude: null }), ALL);
});

Deno.test("NODE_OPTIONS take ranges, and leave out ncn-m001 unless told another", async (t) => {
  for (const name of ["nodes", "exclude"] as const) {
    await t.step(name, () => {
      const { initial, parse } = NODE_OPTIONS[name];
      assertEquals(initial, null);
      assertEquals(parse("ncn-w[009-010],fmn001"), ["ncn-w009", "ncn-w010", "fmn001"]);
      assertEquals(parse("ncn-w*,ncn-?[001-002]"), ["ncn-w*", "ncn-?001", "ncn-?002"]);
      assertThrows(() => parse("ncn-w!"), SyntaxError);
    });
  }
  await t.step("pit-node", () => {
    const { initial, parse } = NODE_OPTIONS["pit-node"];
    assertEquals([initial, parse("ncn-w[1-2]")], ["ncn-m001", "ncn-w[1-2]"]);
  });
});
