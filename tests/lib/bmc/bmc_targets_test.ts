import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { type BmcTarget, bmcTargets } from "../../../lib/bmc/bmc_targets.ts";
import type { Conman, IpmiConsole } from "../../../lib/bmc/conman.ts";
import { isChosen, type NodeChoice } from "../../../lib/nodes/node_choice.ts";
import { nodeOf } from "../../../lib/text/host_name.ts";
import type { StaticBmc } from "../../../lib/nodes/statics.ts";

const ALL: NodeChoice = { pit: "ncn-m001", nodes: null, exclude: null };
const MAC = "b4:2e:99:0b:0d:04";

function consoleOf(node: string, address = `10.254.1.${node.slice(-1)}`): IpmiConsole {
  return { name: `${node}-mgmt`, address, port: null, user: "admin", key: null, line: 1 };
}

function conmanOf(consoles: readonly IpmiConsole[]): Conman {
  return { consoles, faults: [] };
}

function staticOf(node: string, mac: string | null = MAC): StaticBmc {
  return { name: `${node}-mgmt`, node, mac, ip: "10.254.9.9", line: 1 };
}

Deno.test("bmcTargets() joins a console and what statics.conf knows", async (t) => {
  const w001 = consoleOf("ncn-w001");
  const target: BmcTarget = {
    name: "ncn-w001-mgmt",
    node: "ncn-w001",
    address: "10.254.1.1",
    port: null,
    user: "admin",
    key: null,
    mac: MAC,
  };
  const named = { ...w001, address: "ncn-w001-mgmt.hmn" };
  const cases: [name: string, console: IpmiConsole, bmcs: StaticBmc[], target: BmcTarget][] = [
    ["both", w001, [staticOf("ncn-w002", null), staticOf("ncn-w001")], target],
    ["an address by name", named, [staticOf("ncn-w001")], { ...target, address: named.address }],
    ["no user", { ...w001, user: null }, [staticOf("ncn-w001")], { ...target, user: "root" }],
    ["a K_g key", { ...w001, key: "k" }, [staticOf("ncn-w001")], { ...target, key: "k" }],
    ["no MAC", w001, [staticOf("ncn-w001", null)], { ...target, mac: null }],
    ["a port", { ...w001, port: 6230 }, [staticOf("ncn-w001")], { ...target, port: 6230 }],
  ];
  for (const [name, console, bmcs, target] of cases) {
    await t.step(name, () => {
      assertEquals(bmcTargets(conmanOf([console]), bmcs, ALL).targets, [target]);
    });
  }
});

Deno.test("bmcTargets() takes the chosen nodes, by name, and each address once", async (t) => {
  const consoles = ["ncn-w002", "ncn-m001", "ncn-s003", "ncn-w001"].map((node) => consoleOf(node));
  const twin = consoleOf("ncn-w009", "10.254.1.2");
  const strangers = ["switch", "-mgmt", "../x-mgmt", "ncn-w005-MGMT"]
    .map((name, i) => ({ ...consoleOf("a", `10.1.1.${i}`), name }));
  const cases: [
    name: string,
    consoles: IpmiConsole[],
    choice: Partial<NodeChoice>,
    nodes: string[],
  ][] = [
    ["no consoles", [], {}, []],
    ["all but the PIT", consoles, {}, ["ncn-s003", "ncn-w001", "ncn-w002"]],
    ["named ones", consoles, { nodes: ["ncn-m001", "ncn-w002"] }, ["ncn-m001", "ncn-w002"]],
    ["named ones without a console", consoles, { nodes: ["ncn-w009"] }, []],
    ["all but excluded ones", consoles, { exclude: ["ncn-w001"] }, ["ncn-s003", "ncn-w002"]],
    ["consoles of other machines", [...strangers, consoleOf("ncn-w001")], {}, ["ncn-w001"]],
    ["a second console of an address", [...consoles, twin], {}, [
      "ncn-s003",
      "ncn-w001",
      "ncn-w002",
    ]],
    ["the first that was chosen", [...consoles, twin], { exclude: ["ncn-w002"] }, [
      "ncn-s003",
      "ncn-w001",
      "ncn-w009",
    ]],
  ];
  for (const [name, consoles, choice, nodes] of cases) {
    await t.step(name, () => {
      const bmcs = consoles.flatMap(({ name }) => {
        const node = nodeOf(name);
        return node?.startsWith("ncn-") ? [staticOf(node)] : [];
      });
      const { targets } = bmcTargets(conmanOf(consoles), bmcs, { ...ALL, ...choice });
      assertEquals(targets.map(({ node }) => node), nodes);
    });
  }
});

Deno.test("bmcTargets() names the BMCs that have no console", async (t) => {
  const bmcs = ["ncn-m001", "ncn-s001", "ncn-w001", "ncn-w002"].map((node) => staticOf(node));
  const [w001, shared] = [consoleOf("ncn-w001"), consoleOf("ncn-w002", "10.254.1.1")];
  const cases: [
    name: string,
    consoles: IpmiConsole[],
    choice: Partial<NodeChoice>,
    unlisted: string[],
  ][] = [
    ["no consoles", [], {}, ["ncn-s001-mgmt", "ncn-w001-mgmt", "ncn-w002-mgmt"]],
    ["one console", [w001], {}, ["ncn-s001-mgmt", "ncn-w002-mgmt"]],
    ["a console with another's address", [w001, shared], {}, ["ncn-s001-mgmt"]],
    ["chosen ones", [w001], { nodes: ["ncn-m001", "ncn-w001"] }, ["ncn-m001-mgmt"]],
    ["all but excluded ones", [w001], { exclude: ["ncn-s001"] }, ["ncn-w002-mgmt"]],
  ];
  for (const [name, consoles, choice, unlisted] of cases) {
    await t.step(name, () => {
      assertEquals(bmcTargets(conmanOf(consoles), bmcs, { ...ALL, ...choice }).unlisted, unlisted);
    });
  }
});

Deno.test("bmcTargets() names no BMC twice whose console is of no use", () => {
  const faults = [{ line: 3, message: "a quote is not closed", console: "ncn-w001-mgmt" }];
  const { targets, unlisted } = bmcTargets({ consoles: [], faults }, [staticOf("ncn-w001")], ALL);
  assertEquals([targets, unlisted], [[], []]);
});

Deno.test("bmcTargets() leaves out no chosen BMC, whatever the order of the consoles", () => {
  const nodes = ["ncn-m001", "ncn-s001", "ncn-w001", "ncn-w002", "ncn-w003"];
  const some = fc.shuffledSubarray(nodes);
  const choices = fc.record({
    pit: fc.constantFrom(...nodes),
    nodes: fc.option(some),
    exclude: fc.option(some),
  });
  fc.assert(fc.property(some, some, choices, (withConsole, known, choice) => {
    const consoles = withConsole.map((node) => consoleOf(node, `${node}.hmn`));
    const bmcs = known.map((node) => staticOf(node));
    const { targets, unlisted, strangers } = bmcTargets(conmanOf(consoles), bmcs, choice);
    const chosen = nodes.filter((node) => isChosen(node, choice));
    const listed = chosen.filter((node) => withConsole.includes(node));
    assertEquals(targets.map(({ node }) => node), listed.filter((node) => known.includes(node)));
    assertEquals(
      strangers,
      listed.filter((node) => !known.includes(node)).map((node) => `${node}-mgmt`),
    );
    assertEquals(
      unlisted.toSorted(),
      chosen.filter((node) => known.includes(node) && !withConsole.includes(node))
        .map((node) => `${node}-mgmt`),
    );
  }));
});
