import { assertEquals } from "@std/assert";
import type { BootNode, Document } from "../../../lib/document/document.ts";
import { EMPTY_DOCUMENT } from "../../../lib/document/empty_document.ts";
import { EXIT, type ExitCode } from "../../../lib/document/exit_codes.ts";
import { verdictOf } from "../../../lib/document/verdict.ts";

const CAUSE = { code: "leases-missing", message: "does not request a lease", hint: "reset it" };

Deno.test("verdictOf() sums up who is served", async (t) => {
  const two = [node("ncn-w001"), node("ncn-w003", { cause: CAUSE })];
  const cases: [name: string, nodes: BootNode[], exit: ExitCode, summary: string | null][] = [
    ["all is well", two, EXIT.done, null],
    ["nothing was tried", [], EXIT.failed, null],
    ["one is missing", two, EXIT.timeout, "1 of 2 nodes will boot 1.6.2; 1 will not"],
    [
      "it has links of an earlier run",
      [node("ncn-w001"), node("ncn-w003", { cause: CAUSE, kernel: "a", rootfs: "b" })],
      EXIT.timeout,
      "1 of 2 nodes will boot 1.6.2; 1 may not",
    ],
    ["^C", two, EXIT.interrupted, "1 of 2 nodes are ready; ncn-w003 is not"],
    [
      "^C before two",
      [node("ncn-w001", { cause: CAUSE }), node("ncn-w002", { cause: CAUSE })],
      EXIT.interrupted,
      "0 of 2 nodes are ready; ncn-w[001-002] are not",
    ],
    ["^C at the end", [node("ncn-w001")], EXIT.interrupted, null],
    ["what went wrong has harmed no node", [node("ncn-w001")], EXIT.failed, null],
    [
      "who is offline is not counted",
      [...two, node("ncn-w004", { change: "offline" })],
      EXIT.timeout,
      "1 of 2 nodes will boot 1.6.2; 1 will not",
    ],
  ];
  for (const [name, nodes, exit, summary] of cases) {
    await t.step(name, () => {
      const verdict = verdictOf(document(nodes), exit, (range) => `again ${range}`);
      assertEquals(verdict?.summary ?? null, summary);
    });
  }
});

Deno.test("verdictOf() names who is not served, why, and the next command", () => {
  const nodes = [node("ncn-w001"), node("ncn-w003", { cause: CAUSE })];
  const verdict = verdictOf(document(nodes), EXIT.timeout, (range) => `again ${range}`);
  assertEquals(verdict?.nodes, [
    { node: "ncn-w003", ...CAUSE },
  ]);
  assertEquals([verdict?.next, verdict?.exit], ["again ncn-w003", 124]);
});

Deno.test("verdictOf() names the release of each role where they differ", () => {
  const nodes = [node("ncn-w003", { cause: CAUSE })];
  const verdict = verdictOf(document(nodes, "1.6.1"), EXIT.timeout, () => "");
  assertEquals(
    verdict?.summary,
    "0 of 1 nodes will boot kubernetes 1.6.2, storage 1.6.1; 1 will not",
  );
});

function node(name: string, facts: Partial<BootNode> = {}): BootNode {
  return {
    name,
    role: "kubernetes",
    directory: `/var/www/${name}`,
    change: "created",
    kernel: null,
    initrd: null,
    rootfs: null,
    script: "written",
    ...facts,
  } as BootNode;
}

function document(nodes: readonly BootNode[], other = "1.6.2"): Document {
  const image = (release: string): NonNullable<Document["images"]>[string] => {
    const file = { path: "/x", bytes: 1, modified: "" };
    return {
      release,
      stream: "stable",
      arch: null,
      directory: "/x",
      kernel: { ...file, version: "5" },
      initrd: file,
      rootfs: { ...file, secure: true },
    };
  };
  return {
    ...EMPTY_DOCUMENT,
    images: { kubernetes: image("1.6.2"), storage: image(other) },
    nodes,
  };
}
