import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../../lib/document/problems.ts";
import { Root } from "../../../lib/io/root.ts";
import type { NodeChoice } from "../../../lib/nodes/node_choice.ts";
import { readStatics } from "../../../lib/nodes/read_statics.ts";
import { temporaryDirectory } from "../../temporary.ts";

const PATH = "/statics.conf";
const BMC = "dhcp-host=b4:2e:99:0b:0d:04,10.254.1.6,ncn-w001-mgmt,20m\n";
const ALL: NodeChoice = { pit: "ncn-m001", nodes: null, exclude: null };

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

Deno.test("readStatics() reads a file once", () => {
  using temporary = temporaryDirectory();
  const root = new Root(temporary.directory);
  Deno.writeTextFileSync(root.real(PATH), BMC);
  const statics = readStatics(root, PATH, ALL);
  assertEquals(statics.bmcs.map(({ node }) => node), ["ncn-w001"]);
  Deno.removeSync(root.real(PATH));
  assertEquals(readStatics(root, PATH, ALL), statics);
});
