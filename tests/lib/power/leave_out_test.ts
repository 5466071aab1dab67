import { assert, assertEquals } from "@std/assert";
import type { BmcTarget } from "../../../lib/bmc/bmc_targets.ts";
import type { Document } from "../../../lib/document/document.ts";
import { EMPTY_DOCUMENT } from "../../../lib/document/empty_document.ts";
import { leaveOut } from "../../../lib/power/leave_out.ts";
import { planPower } from "../../../lib/power/plan_power.ts";
import fc from "../../npm/fast_check.ts";

const [W1, W2] = ["ncn-w001", "ncn-w002"];
const NODES = [W1, W2];

function ready(name: string): NonNullable<Document["nodes"]>[number] {
  const links = { kernel: "k", initrd: "i", rootfs: "r" };
  const directory = `/var/www/${name}`;
  return { name, role: "kubernetes", directory, change: "updated", ...links, script: "written" };
}

function checked(
  state: "ok" | "warning" | "failed" | "skipped",
  nodes: readonly string[],
): NonNullable<Document["checks"]>[number] {
  return { check: "web", state, nodes, asked: "-", found: "404", message: null, hint: null };
}

function powered(
  node: string,
  state: NonNullable<Document["power"]>[number]["state"],
): NonNullable<Document["power"]>[number] {
  const unknown = { address: null, before: null, after: null, boot: null, reason: null, by: null };
  return { node, bmc: `${node}-mgmt`, ...unknown, state, seconds: 0, message: null };
}

function lease(node: string): NonNullable<Document["leases"]>[number] {
  return { bmc: `${node}-mgmt`, mac: "b4:2e:99:00:00:01", ip: "10.254.1.8", expires: null };
}

function trouble(code: string, nodes: readonly string[]): Document["problems"][number] {
  return { stage: "set-links", severity: "warning", code, nodes, message: "it is so", hint: null };
}

Deno.test("leaveOut() leaves out whom an earlier command left", async (t) => {
  const cause = { code: "no-lease", message: "its BMC has no lease", hint: null };
  const cases: [name: string, document: Partial<Document>, out: string[], reason?: string][] = [
    ["nothing is known", {}, []],
    ["all are ready", { nodes: NODES.map(ready) }, []],
    ["a node that is not there", { nodes: [ready(W1)] }, [W2], "not-in-document"],
    ["a node with a cause", { nodes: [ready(W1), { ...ready(W2), cause }] }, [W2], "not-ready"],
    ["a node that failed", { nodes: [ready(W1), { ...ready(W2), change: "failed" }] }, [W2]],
    ["one that is offline", { nodes: [ready(W1), { ...ready(W2), change: "offline" }] }, [W2]],
    ["broken links", { nodes: [ready(W1), { ...ready(W2), links: "broken" }] }, [W2]],
    ["no script", { nodes: [ready(W1), { ...ready(W2), script: "missing" }] }, [W2]],
    ["checks that are fine", { checks: [checked("ok", NODES)] }, []],
    ["checks with a warning", { checks: [checked("warning", NODES)] }, []],
    [
      "a failed check",
      { checks: [checked("failed", [W2]), checked("ok", NODES)] },
      [W2],
      "check-failed",
    ],
    ["a failed check of all", { checks: [checked("failed", []), checked("ok", NODES)] }, NODES],
    ["one that no check has seen", { checks: [checked("ok", [W1])] }, [W2], "not-in-document"],
    ["no lease", { leases: [lease(W1)], missing: [`${W2}-mgmt`] }, [W2], "not-ready"],
    ["neither lease nor missing", { leases: [lease(W1)], missing: [] }, [W2], "not-in-document"],
    ["power that failed", { power: [powered(W1, "on"), powered(W2, "failed")] }, [W2]],
    ["power that is unknown", { power: [powered(W1, "off"), powered(W2, "unknown")] }, [W2]],
    ["power of others", { power: [powered(W1, "already")] }, [W2], "not-in-document"],
    ["a problem with a node", { problems: [trouble("node-failed", [W2])] }, [W2]],
    ["a problem that a lease settles", { problems: [trouble("bmc-failed", [W2])] }, []],
    ["a mere warning", { problems: [trouble("script-kept", [W2])] }, []],
    ["a problem of a newer pitboot", { problems: [trouble("nonsense", [W2])] }, []],
    ["an error", { problems: [{ ...trouble("failed", []), severity: "error" }] }, NODES],
    ["a failed document", { status: "failed" }, NODES],
  ];
  for (const [name, keys, out, reason] of cases) {
    await t.step(name, () => {
      const found = leaveOut({ ...EMPTY_DOCUMENT, ...keys }, NODES);
      assertEquals([...found.keys()], out);
      if (reason) assertEquals<string | undefined>(found.get(W2)?.reason, reason);
    });
  }
});

const name = fc.constantFrom("ncn-m001", W1, W2, "ncn-s001", "nobody");
const names = fc.uniqueArray(name);
const anyDocument = fc.record({
  status: fc.constantFrom("ok" as const, "partial" as const, "failed" as const),
  nodes: fc.array(name.map(ready)),
  checks: fc.array(
    fc.tuple(fc.constantFrom("ok" as const, "failed" as const), names).map(([state, nodes]) =>
      checked(state, nodes)
    ),
  ),
  leases: fc.array(name.map(lease)),
  missing: fc.array(name.map((node) => `${node}-mgmt`)),
  power: fc.array(
    fc.tuple(name, fc.constantFrom("on" as const, "failed" as const)).map(([node, state]) =>
      powered(node, state)
    ),
  ),
  problems: fc.array(names.map((nodes) => trouble("node-failed", nodes))),
}, { requiredKeys: ["status"] });

Deno.test("planPower() asks no node that was not selected, or failed, whatever the document", () => {
  fc.assert(fc.property(names, anyDocument, fc.boolean(), (selected, keys, isOn) => {
    const document: Document = { ...EMPTY_DOCUMENT, ...keys };
    const chosen = selected.map((node) => (
      { name: `${node}-mgmt`, node, mac: null, ip: null, line: 1 }
    ));
    const { asked, spared } = planPower(chosen, {
      verb: isOn ? "on" : "off",
      boot: null,
      isPit: (node) => node === "ncn-m001",
      mayWipe: () => false,
      leftOut: leaveOut(document, selected),
      targets: new Map(selected.map((node) => [node, { node } as BmcTarget])),
      mistaken: new Map(),
      facts: new Map(),
    });
    const told = asked.map(({ target }) => target.node);
    assert(told.every((node) => selected.includes(node)), "widened");
    assert(!told.includes("ncn-m001"), "the PIT");
    if (document.status === "failed") assertEquals(told, []);
    for (const node of told) {
      const failed = document.checks?.filter(({ state }) => state === "failed") ?? [];
      assert(!failed.some(({ nodes }) => nodes.length === 0 || nodes.includes(node)), "a check");
      assert(document.nodes?.some((each) => each.name === node) ?? true, "not known");
    }
    assertEquals([...told, ...spared.map(({ node }) => node)].sort(), [...selected].sort());
  }));
});
