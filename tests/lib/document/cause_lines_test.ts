import { assert, assertEquals } from "@std/assert";
import { causeLines } from "../../../lib/document/cause_lines.ts";
import type { NodeVerdict } from "../../../lib/document/verdict.ts";
import { expandHosts, foldHosts } from "../../../mod.ts";
import { NINETY_NINE_NODES } from "../../../tools/pit/make_pit.ts";

const NCNS = NINETY_NINE_NODES.slice(1);

const CODE = "leases-missing";

/** The BMC of a node does not request a lease. */
function silent(node: string): NodeVerdict {
  const command = "pitboot bmc-dhcp --reset";
  const hint = `${command} --nodes ${node}`;
  return { node, code: CODE, message: "does not request a lease", hint, command };
}

Deno.test("causeLines() says once what is so for several nodes", () => {
  const nodes = ["ncn-w007", "ncn-w003"].map((node) => ({
    node,
    code: CODE,
    message: "no lease",
    hint: null,
  }));
  assertEquals(causeLines(nodes, 80), ["  ncn-w[003,007]  no lease"]);
});

Deno.test("causeLines() has one command for nodes that need the same", () => {
  assertEquals(causeLines([silent("ncn-s003"), silent("ncn-w007"), silent("ncn-w003")], 120), [
    "  ncn-s003,ncn-w[003,007]  does not request a lease  " +
    "pitboot bmc-dhcp --reset --nodes ncn-s003,ncn-w[003,007]",
  ]);
});

Deno.test("causeLines() writes commands that a shell puts together again", async () => {
  const nodes = NCNS.filter((_, i) => i % 4 === 0).map(silent);
  for (const width of [80, 40]) {
    const text = causeLines(nodes, width).join("\n");
    const [, command = ""] = /(pitboot [^]*)$/.exec(text) ?? [];
    assert(command.includes("\n"));
    const script = `pitboot() { echo "$@"; }\n${command}`;
    const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
    const range = foldHosts(nodes.map(({ node }) => node));
    assertEquals(new TextDecoder().decode(stdout), `bmc-dhcp --reset --nodes ${range}\n`);
  }
});

Deno.test("causeLines() says an address where there is only one", () => {
  const at = (node: string, address: string): NodeVerdict => ({
    node,
    code: "bmc-unreachable",
    message: "no answer",
    hint: null,
    address,
  });
  assertEquals(causeLines([at("ncn-w001", "10.1.1.1")], 80), ["  ncn-w001  no answer (10.1.1.1)"]);
  const two = [at("ncn-w001", "10.1.1.1"), at("ncn-w002", "10.1.1.2")];
  assertEquals(causeLines(two, 80), ["  ncn-w[001-002]  no answer"]);
});

Deno.test("causeLines() takes causes that an older pitboot wrote", () => {
  const old = ["ncn-w001", "ncn-w002"].map((node) => ({
    node,
    code: CODE,
    message: "asks for no lease",
    hint: `pitboot bmc-dhcp --reset --nodes ${node}`,
  }));
  assertEquals(causeLines(old, 120), [
    "  ncn-w001  asks for no lease  pitboot bmc-dhcp --reset --nodes ncn-w001",
    "  ncn-w002  asks for no lease  pitboot bmc-dhcp --reset --nodes ncn-w002",
  ]);
});

Deno.test("causeLines() folds equal causes, whatever the addresses", () => {
  const dead = NCNS.slice(0, 30).map((node, i) => ({
    node,
    code: "bmc-unreachable",
    message: i % 2 ? "no answer" : "no route",
    hint: "power? cable?",
    address: `10.254.1.${i}`,
  }));
  assertEquals(causeLines([...dead, silent("ncn-s003")], 80), [
    "  ncn-m[002,004,006,008],ncn-w[001,003,005,007,009,011,013,015,017,019,021]",
    "            no route                  power? cable?",
    "  ncn-m[003,005,007,009],ncn-w[002,004,006,008,010,012,014,016,018,020,022]",
    "            no answer                 power? cable?",
    "  ncn-s003  does not request a lease  pitboot bmc-dhcp --reset --nodes ncn-s003",
  ]);
});

Deno.test("causeLines() names all of very many nodes, and fits", async (t) => {
  const nodes = NCNS.map((node, i) => ({
    node,
    code: CODE,
    message: `is in state ${i}`,
    hint: "look at it",
  }));
  for (const width of [80, 60, 40]) {
    await t.step(`${width} columns`, () => {
      const lines = causeLines(nodes, width);
      assertEquals(lines.filter((line) => line.length > width), []);
      const [, rest = ""] = /and 87 more:([^]*)/.exec(lines.join("\n")) ?? [];
      assertEquals(expandHosts(rest.replace(/\s/g, "")).sort(), NCNS.slice(12).sort());
    });
  }
  assertEquals(causeLines(nodes, Infinity).length, nodes.length);
});
