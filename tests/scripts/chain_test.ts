import { assert, assertEquals, assertMatch } from "@std/assert";
import { callInProcess, chainInProcess } from "../in_process.ts";
import { leaseLine } from "../../tools/pit/system.ts";
import {
  changeBmc,
  leasesOf,
  problemOf,
  shell,
  type TemporaryPit,
  temporaryPit,
  treeOf,
} from "../kit.ts";
import { checkManners, type Words } from "../refusals.ts";

const CHAIN = "pitboot resolve-images | pitboot bmc-dhcp | pitboot wait-leases | pitboot set-links";
/** The same without processes and pipes, and without patience. */
const COMMANDS: readonly Words[] = [
  ["resolve-images"],
  ["bmc-dhcp"],
  ["wait-leases", "--timeout", "0"],
  ["set-links"],
];

Deno.test("the four commands chained do what run does", async () => {
  using pit = temporaryPit();
  for (const { name } of pit.nodes) changeBmc(pit, name, "wait=0");
  const result = await shell(pit, CHAIN);
  assertEquals(result.code, 0, result.stderr);
  const { document } = result;
  assertEquals(document.status, "ok");
  assertEquals(Object.keys(document.images ?? {}), ["kubernetes", "storage"]);
  assertEquals(new Set(document.bmcs?.map(({ state }) => state)), new Set(["changed"]));
  assertEquals([document.leases?.length, document.missing], [9, []]);
  assertEquals(document.nodes?.length, 9);
  checkManners(result, pit);
  using other = temporaryPit();
  for (const { name } of other.nodes) changeBmc(other, name, "wait=0");
  assertEquals((await callInProcess(other, ["run"])).code, 0);
  assertEquals(nodesOf(pit), nodesOf(other));
});

Deno.test("an early failure passes through the chain", async (t) => {
  const failures: [name: string, code: number, problem: string, arrange: Arrange][] = [
    ["of resolve-images", 5, "images-missing", ({ root }) => {
      Deno.removeSync(`${root}/var/www/ephemeral/data/ceph`, { recursive: true });
    }],
    ["of bmc-dhcp", 1, "file-missing", ({ root }) => Deno.removeSync(`${root}/etc/conman.conf`)],
    ["of wait-leases", 1, "file-invalid", (pit) => {
      Deno.writeTextFileSync(leasesOf(pit), "0 what is this\n");
    }],
  ];
  for (const [name, code, problem, arrange] of failures) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      // On DHCP already: nothing makes a new file of leases.
      for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
      arrange(pit);
      const before = nodesOf(pit);
      const result = await chainInProcess(pit, COMMANDS);
      assertEquals(result.code, code, result.stderr);
      const found = problemOf(result.document, problem);
      assertEquals(found.stage, name.slice("of ".length));
      assertEquals(result.document.status, "failed");
      assertEquals(result.document.nodes, undefined);
      assertEquals(
        result.stderr.match(/error: (?!\d+ of \d+ checks)/g)?.length,
        1,
        "it is said once",
      );
      assertEquals(nodesOf(pit), before);
      checkManners(result, pit);
    });
  }
});

Deno.test("a BMC that fails does not stop the chain, its lease has the last word", async () => {
  using pit = temporaryPit({ leased: true });
  changeBmc(pit, "ncn-w002", "fault=binary");
  changeBmc(pit, "ncn-w003", "fault=denied");
  const { code, document } = await chainInProcess(pit, COMMANDS);
  assertEquals(code, 0);
  assertEquals(document.status, "ok");
  assertEquals(document.nodes?.length, 9);
  problemOf(document, "bmc-denied");
});

Deno.test("the chain exits as refused where that is why every lease is missing", async () => {
  using pit = temporaryPit();
  for (const { name } of pit.nodes) changeBmc(pit, name, "fault=denied");
  const { code, document } = await chainInProcess(pit, COMMANDS);
  assertEquals([code, document.missing?.length], [4, 9]);
  assertEquals(problemOf(document, "leases-missing").nodes.length, 9);
});

Deno.test("set-links says nothing of BMCs, which the command before it has set", async () => {
  using pit = temporaryPit({ leased: true });
  Deno.removeSync(`${pit.root}/var/www/boot/script.ipxe`);
  const { code, stderr } = await chainInProcess(pit, [["bmc-dhcp", "-q"], ["set-links"]]);
  assertEquals(code, 1, stderr);
  assertMatch(stderr, /set-links: error: 1 of \d+ checks failed; nothing was changed\n/);
});

Deno.test("a reader that goes away stops nothing", async (t) => {
  const cases: [of: string, pipe: string][] = [
    ["documents", "| true"],
    ["messages", "2>&1 >/dev/null | true"],
  ];
  for (const [of, pipe] of cases) {
    await t.step(`of ${of}`, async () => {
      using pit = temporaryPit({ leased: true });
      const path = `${pit.directory}/code`;
      const { stderr } = await shell(pit, `{ pitboot run --json; echo $? >${path}; } ${pipe}`);
      assertEquals(Deno.readTextFileSync(path), "0\n");
      assert(!/ at .*:\d+|Uncaught|EPIPE|Broken/.test(stderr), stderr);
      assertEquals(nodesOf(pit).length, 9);
    });
  }
});

Deno.test("BMCs that act only after a reset are recovered", async () => {
  using pit = temporaryPit({ leased: true });
  const late = pit.nodes.filter(({ name }) => /w00[13]/.test(name));
  for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
  for (const node of late) {
    const text = Deno.readTextFileSync(leasesOf(pit)).replace(leaseLine(node), "");
    Deno.writeTextFileSync(leasesOf(pit), text);
    changeBmc(pit, node.name, "wait=0.5");
  }
  const { code, document, stderr } = await chainInProcess(pit, [
    ["resolve-images"],
    ["bmc-dhcp"],
    ["wait-leases", "--timeout", "0"],
    ["bmc-dhcp", "--reset"],
    ["wait-leases"],
    ["set-links"],
  ]);
  assertEquals(code, 0, stderr);
  assertEquals(document.status, "ok");
  assertEquals(document.missing, []);
  assertEquals(document.nodes?.length, 9);
  const reset = document.bmcs?.filter(({ state }) => state === "reset");
  assertEquals(reset?.map(({ node, state }) => [node, state]), [
    ["ncn-w001", "reset"],
    ["ncn-w003", "reset"],
  ]);
  assertMatch(
    stderr,
    /2 of 9 BMCs have no lease(?: after \d+ s)?:\n {4}ncn-w001-mgmt .*\n {4}ncn-w003-mgmt/,
  );
});

Deno.test("bmc-dhcp --reset leaves BMCs alone if none is missing", async () => {
  using pit = temporaryPit({ leased: true });
  const before = treeOf(`${pit.directory}/bmcs`);
  const { code } = await chainInProcess(pit, [["wait-leases"], ["bmc-dhcp", "--reset"]]);
  assertEquals(code, 0);
  assertEquals(treeOf(`${pit.directory}/bmcs`), before);
});

Deno.test("a chain whose leases are late ends with 124, and the others are served", async () => {
  using pit = temporaryPit({ leased: true });
  for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
  const [node] = pit.nodes.slice(-1);
  if (node) {
    const text = Deno.readTextFileSync(leasesOf(pit)).replace(leaseLine(node), "");
    Deno.writeTextFileSync(leasesOf(pit), text);
  }
  const { code, document } = await chainInProcess(pit, COMMANDS);
  assertEquals(code, 124);
  assertEquals(document.status, "partial");
  assertEquals(document.nodes?.flatMap(({ cause }) => cause?.code ?? []), ["leases-missing"]);
  assertEquals(nodesOf(pit).length, 8);
});

type Arrange = (pit: TemporaryPit) => void;

function nodesOf(pit: TemporaryPit): string[] {
  try {
    return Array.from(Deno.readDirSync(`${pit.root}/var/www`), ({ name }) => name)
      .filter((name) => name.startsWith("ncn-")).sort();
  } catch {
    return [];
  }
}
