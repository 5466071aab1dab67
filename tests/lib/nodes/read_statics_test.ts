import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../../lib/document/problems.ts";
import { Root } from "../../../lib/io/root.ts";
import type { NodeChoice } from "../../../lib/nodes/node_choice.ts";
import { choiceOf, readStatics } from "../../../lib/nodes/read_statics.ts";
import { temporaryDirectory } from "../../temporary.ts";
import { hintOf } from "../../typed.ts";

const PATH = "/statics.conf";
const BMC = "dhcp-host=b4:2e:99:0b:0d:04,10.254.1.6,ncn-w001-mgmt,20m\n";
const NODE = "dhcp-host=id:X3000c0s4b0n0,set:ncn-w001,b8:59:9f:44:20:82,10.252.1.6,ncn-w001,20m\n";
const ALL: NodeChoice = { pit: "ncn-m001", nodes: null, exclude: null };

const NOBODY = "no node is selected by --nodes and --exclude";

function xname(name: string): string {
  return `${PATH} has no node with the xname ${name}`;
}

Deno.test("readStatics() says what could be meant", async (t) => {
  const cases: [choice: Partial<NodeChoice>, hint: string][] = [
    [{ nodes: ["ncn-s*"] }, "it has ncn-w001"],
    [{ nodes: ["ncn-w001"], exclude: ["*"] }, `${PATH} has ncn-w001`],
    [
      { pit: "ncn-w001", nodes: ["ncn-*"] },
      `${PATH} has ncn-w001; name the PIT in full: pitboot run --nodes ncn-w001`,
    ],
    [{ nodes: ["x3000c0s5b0n0"] }, "names look like ncn-w001"],
  ];
  for (const [choice, hint] of cases) {
    await t.step(JSON.stringify(choice), () => {
      using temporary = temporaryDirectory();
      const root = new Root(temporary.directory);
      Deno.writeTextFileSync(root.real(PATH), BMC + NODE);
      const error = assertThrows(() => readStatics(root, PATH, { ...ALL, ...choice }), Failure);
      assertEquals([hintOf(error.details.hint), error.code], [hint, "input-missing"]);
    });
  }
});

Deno.test("readStatics() refuses what cannot be meant", async (t) => {
  const unknown = `${PATH} has no node ncn-w002; did you mean ncn-w001?`;
  const cases: [name: string, text: string, choice: Partial<NodeChoice>, message: string][] = [
    [
      "a file without BMCs",
      "dhcp-host=b4:2e:99:0b:0d:04,10.252.1.6,ncn-w001,20m\n",
      {},
      `${PATH} names no BMC: no dhcp-host or host-record line has a host like ncn-w001-mgmt`,
    ],
    ["an unknown node", BMC, { nodes: ["ncn-w001", "ncn-w002"] }, unknown],
    [
      "a pattern that fits nothing",
      BMC,
      { nodes: ["ncn-s*"] },
      `no node in ${PATH} matches ncn-s*`,
    ],
    ["one to leave alone", BMC, { exclude: ["ncn-?1"] }, `no node in ${PATH} matches ncn-?1`],
    ["nobody", BMC, { nodes: ["ncn-w001"], exclude: ["ncn-w*"] }, NOBODY],
    [
      "nobody but the PIT",
      BMC,
      { pit: "ncn-w001", nodes: ["ncn-w*"] },
      "no node is selected by --nodes",
    ],
    ["all left alone", BMC, { exclude: ["ncn-w001"] }, "no node is selected by --exclude"],
    ["one that nobody knows", BMC, { nodes: ["x3000c0s4b0n0"] }, xname("x3000c0s4b0n0")],
    ["that of the PIT", BMC, { pit: "x3000c0s1b0n0" }, xname("x3000c0s1b0n0")],
    ["an unknown node to leave alone", BMC, { exclude: ["ncn-w002"] }, unknown],
  ];
  for (const [name, text, choice, message] of cases) {
    await t.step(name, () => {
      using temporary = temporaryDirectory();
      const root = new Root(temporary.directory);
      Deno.writeTextFileSync(root.real(PATH), text);
      const error = assertThrows(() => readStatics(root, PATH, { ...ALL, ...choice }), Failure);
      assertEquals(error.message, message);
    });
  }
});

Deno.test("choiceOf() knows nodes by their xname and by that of their BMC", async (t) => {
  const none = { nodes: null, exclude: null, "pit-node": "ncn-m001" };
  const cases: [name: string, flags: Partial<Parameters<typeof choiceOf>[0]>, NodeChoice][] = [
    ["a node", { nodes: ["X3000c0s4b0n0", "ncn-s*"] }, { ...ALL, nodes: ["ncn-w001", "ncn-s*"] }],
    ["its BMC", { exclude: ["x3000c0s4b0"] }, { ...ALL, exclude: ["ncn-w001"] }],
    ["the PIT", { "pit-node": "x3000c0s4b0n0" }, { ...ALL, pit: "ncn-w001" }],
    ["one that nobody knows", { nodes: ["x1c0s4b0n0"] }, { ...ALL, nodes: ["x1c0s4b0n0"] }],
    ["no file to know it from", { nodes: ["x3000c0s4b0n0"], statics: "/none" }, {
      ...ALL,
      nodes: ["x3000c0s4b0n0"],
    }],
  ];
  for (const [name, flags, choice] of cases) {
    await t.step(name, () => {
      using temporary = temporaryDirectory();
      const root = new Root(temporary.directory);
      Deno.writeTextFileSync(root.real(PATH), BMC + NODE);
      assertEquals(choiceOf({ ...none, statics: PATH, ...flags }, root), choice);
    });
  }
});

Deno.test("readStatics() reads a file once", () => {
  using temporary = temporaryDirectory();
  const root = new Root(temporary.directory);
  Deno.writeTextFileSync(root.real(PATH), BMC);
  const statics = readStatics(root, PATH, ALL);
  assertEquals(statics.bmcs.map(({ node }) => node), ["ncn-w001"]);
  Deno.removeSync(root.real(PATH));
  assertEquals(readStatics(root, PATH, ALL), statics);
});
