import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Document } from "../../mod.ts";
import {
  changeBmc,
  isThere,
  pitboot,
  problemOf,
  resultOf,
  startPitboot,
  temporaryPit,
  treeOf,
  until,
} from "../kit.ts";
import { checkManners, checkRefusal } from "../refusals.ts";

const LOG = "/var/log/pitboot/bmc-dhcp.log";

const HANGS_WHEN_SET = `printf 'ipmitool> '; while read -r command; do
  echo "$command"
  case $command in
  'channel info') printf 'Channel 0x1 info:\\n  Channel Medium Type   : 802.3 LAN\\n' ;;
  'raw 0x0c 0x02 '*) echo ' 11 01' ;;
  *) exec sleep 600 ;;
  esac
  printf 'ipmitool> '
done`;

Deno.test("bmc-dhcp names a BMC that fails and sets the others", async (t) => {
  const cases: [
    name: string,
    bmc: string,
    expected: { state: string; code: number; problem: string; message: RegExp },
    args?: string[],
  ][] = [
    ["a dead one", "fault=dead", {
      state: "unreachable",
      code: 3,
      problem: "bmc-unreachable",
      message: /^ncn-w002-mgmt: no answer/,
    }],
    ["one that refuses the password", "fault=denied", {
      state: "denied",
      code: 4,
      problem: "bmc-denied",
      message: /^ncn-w002-mgmt: the BMC refused user or password/,
    }],
    ["one that hangs", "fault=hang", {
      state: "unreachable",
      code: 3,
      problem: "bmc-unreachable",
      message: /^ncn-w002-mgmt: no answer within 1 s/,
    }, ["--bmc-timeout", "1s"]],
    ["one that says nothing", "exec cat >/dev/null", {
      state: "unreachable",
      code: 3,
      problem: "bmc-unreachable",
      message: /^ncn-w002-mgmt: no answer within 1 s/,
    }, ["--bmc-timeout", "1s"]],
    ["one that hangs after the setting was sent", HANGS_WHEN_SET, {
      state: "unknown",
      code: 3,
      problem: "bmc-unknown",
      message: /^ncn-w002-mgmt: the session was lost after the setting was sent/,
    }, ["--bmc-timeout", "1s"]],
    ["one that says binary things", "fault=binary", {
      state: "failed",
      code: 3,
      problem: "bmc-failed",
      message: /^ncn-w002-mgmt: \w/,
    }],
    ["an ipmitool that ends by a signal", "fault=signal", {
      state: "failed",
      code: 3,
      problem: "bmc-failed",
      message: /^ncn-w002-mgmt: \w/,
    }],
    ["a session that is lost after the setting was sent", "fault=lost", {
      state: "unknown",
      code: 3,
      problem: "bmc-unknown",
      message: /^ncn-w002-mgmt: the session was lost after the setting was sent/,
    }],
    ["one that forgets the setting", "fault=forgets", {
      state: "failed",
      code: 3,
      problem: "bmc-failed",
      message: /^ncn-w002-mgmt: the BMC accepted the setting and did not keep it/,
    }],
    ["one that has no suite 17 and is asked for it", "fault=cipher17", {
      state: "failed",
      code: 3,
      problem: "bmc-failed",
      message: /^ncn-w002-mgmt: the BMC refused every cipher suite that was tried/,
    }, ["--cipher", "17"]],
    ["one that colours the terminal", "printf '\\033[31mred\\033]0;x\\007\\n' >&2; exit 1", {
      state: "failed",
      code: 3,
      problem: "bmc-failed",
      message: /^ncn-w002-mgmt: .*red/,
    }],
    ["one that tells the password", 'echo "no use for $IPMITOOL_PASSWORD" >&2; exit 1', {
      state: "failed",
      code: 3,
      problem: "bmc-failed",
      message: /^ncn-w002-mgmt: no use for (?!initial0)/,
    }],
  ];
  for (const [name, bmc, { state, ...expected }, args = []] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      changeBmc(pit, "ncn-w002", bmc);
      const result = await pitboot(pit, ["bmc-dhcp", ...args]);
      const refusal = { name, ...expected, nodes: ["ncn-w002"] };
      checkRefusal(result, refusal);
      assertEquals(result.document.status, "partial");
      const { "ncn-w002-mgmt": ours, ...others } = statesOf(result.document);
      assertEquals(ours, state);
      assertEquals(new Set(Object.values(others)), new Set(["changed"]));
      assertEquals(Object.keys(others).length, 8);
      checkManners(result, pit);
      assert(!Deno.readTextFileSync(pit.root + LOG).includes("initial0"));
    });
  }
});

Deno.test("bmc-dhcp names all BMCs with one fault in one problem", async () => {
  using pit = temporaryPit();
  for (const node of ["ncn-w001", "ncn-w002", "ncn-w003"]) changeBmc(pit, node, "fault=dead");
  changeBmc(pit, "ncn-s001", "fault=denied");
  const { code, document } = await pitboot(pit, ["bmc-dhcp"]);
  assertEquals(code, 4);
  const dead = problemOf(document, "bmc-unreachable");
  assertEquals(dead.message, "ncn-w[001-003]-mgmt: no answer");
  assertEquals(dead.nodes, ["ncn-w001", "ncn-w002", "ncn-w003"]);
  assertEquals(problemOf(document, "bmc-denied").nodes, ["ncn-s001"]);
});

Deno.test("bmc-dhcp falls back from cipher suite 17 to 3", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w002", "fault=cipher17");
  const { code, document } = await pitboot(pit, ["bmc-dhcp"]);
  assertEquals(code, 0);
  assertEquals(statesOf(document)["ncn-w002-mgmt"], "changed");
  const suites = Deno.readTextFileSync(pit.root + LOG)
    .match(/(?<=ncn-w002-mgmt .*cipher suite )\d+/g);
  assertEquals(suites, ["17", "3"]);
});

Deno.test("bmc-dhcp leaves a BMC alone that is on DHCP", async () => {
  using pit = temporaryPit();
  assertEquals((await pitboot(pit, ["bmc-dhcp"])).code, 0);
  const before = treeOf(`${pit.directory}/bmcs`);
  const { code, document } = await pitboot(pit, ["bmc-dhcp"]);
  assertEquals(code, 0);
  assertEquals(new Set(Object.values(statesOf(document))), new Set(["already"]));
  assertEquals(treeOf(`${pit.directory}/bmcs`), before);
});

Deno.test("bmc-dhcp asks each BMC for its channel, --channel says it", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w002", "channel=3");
  const asked = await pitboot(pit, ["bmc-dhcp", "--nodes", "ncn-w[001-002]"]);
  assertEquals(asked.document.bmcs?.map(({ channel }) => channel), [1, 3]);
  const told = await pitboot(pit, ["bmc-dhcp", "--nodes", "ncn-w[003-004]", "--channel", "2"]);
  assertEquals(told.document.bmcs?.map(({ channel }) => channel), [2, 2]);
  assertMatch(
    Deno.readTextFileSync(pit.root + LOG),
    /ncn-w004-mgmt .*raw 0x0c 0x01 0x02 0x04 0x02/,
  );
});

Deno.test("bmc-dhcp leaves the PIT out unless it is named", async () => {
  using pit = temporaryPit();
  const { document } = await pitboot(pit, ["bmc-dhcp", "--dry-run"]);
  assertEquals(document.bmcs?.length, 9);
  assertEquals("ncn-m001-mgmt" in statesOf(document), false);
  const named = await pitboot(pit, ["bmc-dhcp", "--nodes", "ncn-m001"]);
  assertEquals(statesOf(named.document), { "ncn-m001-mgmt": "changed" });
  const other = await pitboot(pit, ["bmc-dhcp", "--dry-run", "--pit-node", "ncn-m002"]);
  assertEquals("ncn-m001-mgmt" in statesOf(other.document), true);
  assertEquals("ncn-m002-mgmt" in statesOf(other.document), false);
});

Deno.test("bmc-dhcp --dry-run starts no ipmitool and writes nothing", async () => {
  using pit = temporaryPit();
  Deno.removeSync(`${pit.bin}/ipmitool`);
  const before = treeOf(pit.root);
  const { code, document, stderr } = await pitboot(pit, ["bmc-dhcp", "--dry-run"]);
  assertEquals(code, 0);
  assertEquals(new Set(Object.values(statesOf(document))), new Set(["skipped"]));
  assertStringIncludes(stderr, "ncn-w[001-004]-mgmt");
  assertEquals(treeOf(pit.root), before);
});

Deno.test("bmc-dhcp sets one BMC after another with --fanout 1", async () => {
  using pit = temporaryPit();
  const busy = `${pit.directory}/busy`;
  for (const { name } of pit.nodes) {
    changeBmc(pit, name, `mkdir ${busy} || fault=denied; trap 'rmdir ${busy}' EXIT`);
  }
  const { document } = await pitboot(pit, ["bmc-dhcp", "--fanout", "1"]);
  assertEquals(new Set(Object.values(statesOf(document))), new Set(["changed"]));
});

Deno.test("bmc-dhcp keeps a log that only root can read", async () => {
  using pit = temporaryPit();
  Deno.mkdirSync(`${pit.root}/var/log/pitboot`, { recursive: true });
  Deno.writeTextFileSync(pit.root + LOG, "older\n", { mode: 0o644 });
  assertEquals((await pitboot(pit, ["bmc-dhcp"])).code, 0);
  assertEquals((Deno.statSync(pit.root + LOG).mode ?? 0) & 0o777, 0o600);
  assertMatch(Deno.readTextFileSync(pit.root + LOG), /^older\n=== .*\n(ncn-\S+-mgmt 10\..*\n)+$/);
});

Deno.test("bmc-dhcp goes on without a log", async () => {
  using pit = temporaryPit();
  Deno.mkdirSync(`${pit.root}/var/log`, { recursive: true });
  Deno.writeTextFileSync(`${pit.root}/var/log/pitboot`, "");
  const result = await pitboot(pit, ["bmc-dhcp"]);
  assertEquals(result.code, 0);
  assertMatch(problemOf(result.document, "log-unwritable").message, /\/var\/log\/pitboot: /);
  checkManners(result, pit);
});

Deno.test("bmc-dhcp ends at ^C although a BMC hangs, and goes on the next time", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w002", `fault=hang; touch ${pit.directory}/hangs`);
  const child = startPitboot(pit, ["bmc-dhcp"], { stdin: "null" });
  await until(() => isThere(`${pit.directory}/hangs`));
  child.kill("SIGINT");
  const result = await resultOf(child);
  assertEquals(result.code, 130);
  assertEquals(result.document.status, "failed");
  assertMatch(problemOf(result.document, "interrupted").message, /SIGINT/);
  assertEquals(result.document.bmcs?.length, 9);
  assertEquals(statesOf(result.document)["ncn-w002-mgmt"], "skipped");
  checkManners(result, pit);
  changeBmc(pit, "ncn-w002", "fault=");
  const again = await pitboot(pit, ["bmc-dhcp"]);
  assertEquals(again.code, 0);
  assertEquals(statesOf(again.document)["ncn-w002-mgmt"], "changed");
});

Deno.test("bmc-dhcp keeps what the document says of other BMCs", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-s001", "fault=dead");
  const first = await pitboot(pit, ["bmc-dhcp", "--nodes", "ncn-s[001-002]"]);
  const second = await pitboot(pit, ["bmc-dhcp", "--nodes", "ncn-s[002-003]"], {
    stdin: first.stdout,
  });
  assertEquals(statesOf(second.document), {
    "ncn-s001-mgmt": "unreachable",
    "ncn-s002-mgmt": "already",
    "ncn-s003-mgmt": "changed",
  });
});

function statesOf({ bmcs = [] }: Document): Record<string, string> {
  return Object.fromEntries(bmcs.map(({ name, state }) => [name, state]));
}
