import { assertEquals } from "@std/assert";
import { releaseProblems, type RoleReleases } from "../../../lib/status/release_report.ts";
import { withHints } from "../../typed.ts";

const M = ["ncn-m002", "ncn-m003"];
const W = ["ncn-w001", "ncn-w002", "ncn-w003"];
const S = ["ncn-s001", "ncn-s002"];
const HALF = { release: "1.6.3", directory: "/data/k8s/1.6.3", lacks: "no initrd" };

Deno.test("releaseProblems() says where releases are mixed, differ, or are not whole", async (t) => {
  const cases: [name: string, roles: RoleReleases[], problems: string[]][] = [
    ["no role", [], []],
    ["one release", [k8s({ "1.6.1": W }), ceph({ "1.6.1": S })], []],
    ["several in one role", [k8s({ "1.6.2": M, "1.6.1": W }), ceph({ "1.6.1": S })], [
      `releases-mixed: kubernetes nodes boot 2 releases:
    1.6.1  ncn-w[001-003]
    1.6.2  ncn-m[002-003]
pitboot set-links --nodes ncn-m[002-003],ncn-w[001-003] --release kubernetes=1.6.2
${[...M, ...W]}`,
    ]],
    ["several, of which none is there", [k8s({ "1.6.2": M, "1.6.1": W }, [])], [
      `releases-mixed: kubernetes nodes boot 2 releases:
    1.6.1  ncn-w[001-003]
    1.6.2  ncn-m[002-003]
pitboot set-links --nodes ncn-m[002-003],ncn-w[001-003] --release kubernetes=1.6.2
${[...M, ...W]}`,
    ]],
    ["roles that differ, and need not", [k8s({ "1.6.1": W }), ceph({ "1.6.2": S })], [
      `releases-differ: kubernetes boots 1.6.1 and storage 1.6.2; 1.6.2 exists for both
if this is not intended: pitboot set-links --nodes ncn-s[001-002],ncn-w[001-003] --release kubernetes=1.6.2,storage=1.6.2
`,
    ]],
    [
      "roles that differ, and have to",
      [k8s({ "1.6.1": W }, ["1.6.1"]), ceph({ "1.6.2": S }, ["1.6.2"])],
      [],
    ],
    [
      "three roles",
      [k8s({ "1.6.1": W }), ceph({ "1.6.1": S }), { ...ceph({ "1.6.2": ["x1"] }), role: "x" }],
      [
        `releases-differ: kubernetes boots 1.6.1, storage 1.6.1 and x 1.6.2; 1.6.2 exists for all
if this is not intended: pitboot set-links --nodes ncn-s[001-002],ncn-w[001-003],x1 --release kubernetes=1.6.2,storage=1.6.2,x=1.6.2
`,
      ],
    ],
    ["a newer one that is incomplete", [{ ...k8s({ "1.6.2": W }), notWhole: [HALF] }], [
      `images-not-whole: kubernetes 1.6.3 is newer but incomplete: no initrd (/data/k8s/1.6.3)
run refuses until it is complete; to stay with 1.6.2: pitboot run --nodes ncn-w[001-003] --release kubernetes=1.6.2
`,
    ]],
  ];
  for (const [name, roles, problems] of cases) {
    await t.step(name, () => {
      assertEquals(
        withHints(releaseProblems(roles)).map(([code, { message, hint, nodes = [] }]) =>
          `${code}: ${message}\n${hint}\n${nodes}`
        ),
        problems,
      );
    });
  }
});

Deno.test("releaseProblems() keeps to 80 columns", () => {
  const many = Array.from({ length: 99 }, (_, i) => `ncn-w${String(2 * i + 100)}`);
  const [[, details] = []] = releaseProblems([
    k8s({ "fe775c6-1659395320990": many, "fe775c6-1659395320991": M }),
  ]);
  const rows = details?.message.split("\n").slice(1) ?? [];
  assertEquals(rows.filter((row) => row.length > 80 || row.includes("…")), []);
});

function k8s(
  booted: Record<string, readonly string[]>,
  whole: readonly string[] = ["1.6.2", "1.6.1"],
): RoleReleases {
  return { role: "kubernetes", booted: new Map(Object.entries(booted)), whole, notWhole: [] };
}

function ceph(booted: Record<string, readonly string[]>, whole?: readonly string[]): RoleReleases {
  return { ...k8s(booted, whole), role: "storage" };
}
