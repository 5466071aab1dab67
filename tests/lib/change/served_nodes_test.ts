import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { servedNodes, type Serving } from "../../../lib/change/served_nodes.ts";
import type { NodeChoice } from "../../../lib/nodes/node_choice.ts";
import { BUILT_IN_ROLES, type Role } from "../../../lib/nodes/roles.ts";

const PIT = "ncn-m001";
const ALL: NodeChoice = { pit: PIT, nodes: null, exclude: null };
const NODES = [PIT, "ncn-m002", "ncn-w001", "ncn-s001", "fmn001", "uan01"];
const STATICS = [...NODES.map((node) => `${node}-mgmt`), "UPPER-mgmt"];

Deno.test("servedNodes() takes known nodes with a lease and a role", async (t) => {
  const cases: [
    name: string,
    leases: string[],
    choice: Partial<NodeChoice>,
    served: [node: string, role: string][],
    others?: Partial<Serving>,
  ][] = [
    ["nobody", [], {}, []],
    ["each with its role, sorted", ["ncn-w001-mgmt", "ncn-s001-mgmt", "fmn001-mgmt"], {}, [
      ...[["fmn001", "kubernetes"], ["ncn-s001", "storage"]] as [string, string][],
      ["ncn-w001", "kubernetes"],
    ]],
    ["two leases of one BMC", ["ncn-w001-mgmt", "ncn-w001-mgmt"], {}, [["ncn-w001", "kubernetes"]]],
    ["a name that a client chose", ["ncn-w009-mgmt", "ncn-m002-mgmt", "laptop"], {}, [
      ["ncn-m002", "kubernetes"],
    ], { strangers: ["ncn-w009-mgmt", "laptop"] }],
    ["no role", ["uan01-mgmt", "ncn-m002-mgmt"], {}, [["ncn-m002", "kubernetes"]], {
      withoutRole: ["uan01"],
    }],
    ["no BMC of a node, though known", ["UPPER-mgmt"], {}, []],
    ["the PIT", ["ncn-m001-mgmt"], {}, []],
    ["the PIT, chosen", ["ncn-m001-mgmt", "ncn-m002-mgmt"], { nodes: [PIT] }, [
      [PIT, "kubernetes"],
    ]],
    ["some chosen", ["ncn-m002-mgmt", "ncn-w001-mgmt"], { nodes: ["ncn-w001", "ncn-s001"] }, [
      ["ncn-w001", "kubernetes"],
    ]],
    ["some excluded", ["ncn-m002-mgmt", "ncn-w001-mgmt"], { exclude: ["ncn-m002"] }, [
      ["ncn-w001", "kubernetes"],
    ]],
    ["not chosen, without a role", ["uan01-mgmt"], { nodes: ["ncn-w001"] }, []],
    ["strangers, whoever is chosen", ["ncn-w009-mgmt"], { nodes: ["ncn-w001"] }, [], {
      strangers: ["ncn-w009-mgmt"],
    }],
  ];
  for (const [name, leases, choice, expected, others] of cases) {
    await t.step(name, () => {
      const { served, ...rest } = serve(leases, choice);
      assertEquals(served.map(({ name, role }) => [name, role.name]), expected);
      assertEquals<unknown>(rest, { strangers: [], withoutRole: [], ...others });
    });
  }
});

Deno.test("servedNodes() takes the first role that has such nodes", () => {
  const uan: Role = { name: "uan", data: "uan", rootfs: "uan", nodes: ["uan*", "ncn-w*"] };
  const { served, withoutRole } = serve(["ncn-w001-mgmt", "uan01-mgmt"], {}, [
    uan,
    ...BUILT_IN_ROLES,
  ]);
  assertEquals(served, [{ name: "ncn-w001", role: uan }, { name: "uan01", role: uan }]);
  assertEquals(withoutRole, []);
});

Deno.test("servedNodes() says the same in whichever order the leases stand", () => {
  const leases = fc.subarray([...STATICS, "ncn-w009-mgmt", "laptop"]);
  const orders = leases.chain((some) =>
    fc.tuple(
      fc.constant(some),
      fc.shuffledSubarray(some, { minLength: some.length }),
    )
  );
  fc.assert(fc.property(orders, ([one, other]) => {
    const [a, b] = [serve(one), serve(other)];
    assertEquals([a.served, a.withoutRole], [b.served, b.withoutRole]);
    assertEquals(a.strangers.toSorted(), b.strangers.toSorted());
  }));
});

function serve(
  leases: readonly string[],
  choice: Partial<NodeChoice> = {},
  roles: readonly Role[] = BUILT_IN_ROLES,
): Serving {
  return servedNodes(leases.map((bmc) => ({ bmc })), {
    bmcs: STATICS.map((name) => ({ name })),
    roles,
    choice: { ...ALL, ...choice },
  });
}
