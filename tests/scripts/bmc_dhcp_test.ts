import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Document } from "../../mod.ts";
import { callInProcess } from "../in_process.ts";
import {
  changeBmc,
  isThere,
  problemOf,
  resultOf,
  startPitboot,
  type TemporaryPit,
  temporaryPit,
  treeOf,
  until,
} from "../kit.ts";
import { callUntilLate, isSaid } from "../late.ts";
import { isAlive } from "../lab/sandbox.ts";
import { checkManners, checkRefusal } from "../refusals.ts";

const LOG = "/var/log/pitboot/bmc-dhcp.log";

Deno.test("bmc-dhcp names a BMC that fails and sets the others", async (t) => {
  const cases: [
    name: string,
    bmc: string,
    expected: { state: string; code: number; problem: string; message: RegExp },
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
    ["a user who may not be administrator", "fault=priv:81", {
      state: "denied",
      code: 4,
      problem: "bmc-denied",
      message: /^ncn-w002-mgmt: the BMC does not let this user be an administrator/,
    }],
    ["one that has a K_g key", "fault=rakp4", {
      state: "denied",
      code: 4,
      problem: "bmc-denied",
      message: /^ncn-w002-mgmt: the BMC accepts the password, but needs its K_g key/,
    }],
    ["one that hangs", "fault=hang", {
      state: "unreachable",
      code: 3,
      problem: "bmc-unreachable",
      message: /^ncn-w002-mgmt: no answer within 30 s/,
    }],
    ["one that says nothing", "exec cat >/dev/null", {
      state: "unreachable",
      code: 3,
      problem: "bmc-unreachable",
      message: /^ncn-w002-mgmt: no answer within 30 s/,
    }],
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
      message: /^ncn-w002-mgmt: ipmitool was ended by SIGSEGV/,
    }],
    ["a session that is lost after the setting was sent", "fault=lost", {
      state: "unknown",
      code: 3,
      problem: "bmc-unknown",
      message: /^ncn-w002-mgmt: the session was lost after the setting was sent/,
    }],
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
  for (const [name, bmc, { state, ...expected }] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      changeBmc(pit, "ncn-w002", bmc);
      const result = await callUntilLate(pit, ["bmc-dhcp", "--verbose"], {
        isSo: isSaid(": changed after", 8),
      });
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

Deno.test("bmc-dhcp falls back from cipher suite 17 to 3", async () => {
  using pit = temporaryPit();
  const words = "Using best available cipher suite 17\nError in open session response message : " +
    "no matching cipher suite\nError: Unable to establish IPMI v2 / RMCP+ session";
  changeBmc(pit, "ncn-w002", `[ "\${cipher-17}" != 17 ] || fail '${words}'`);
  const { code, document } = await callInProcess(pit, ["bmc-dhcp", "--nodes", "ncn-w002"]);
  assertEquals([code, statesOf(document)["ncn-w002-mgmt"]], [0, "changed"]);
  assertEquals(document.bmcs?.map(({ cipherSuite }) => cipherSuite), [3]);
  const suites = Deno.readTextFileSync(pit.root + LOG)
    .match(/(?<=ncn-w002-mgmt \S+ cipher suite ).*/g);
  assertEquals(suites, ["as the BMC names them", "3"]);
});

Deno.test("bmc-dhcp takes no lost packet for a refusal", async () => {
  using pit = temporaryPit();
  for (const { name } of pit.nodes) changeBmc(pit, name, "fault=fails-once");
  const { code, document } = await callInProcess(pit, ["bmc-dhcp"]);
  assertEquals([code, document.problems.length], [0, 0]);
  assertEquals(new Set(Object.values(statesOf(document))), new Set(["changed"]));
});

Deno.test("bmc-dhcp asks one session of a user who may not be administrator", async () => {
  using pit = temporaryPit();
  for (const { name } of pit.nodes) {
    changeBmc(pit, name, `echo >>${pit.directory}/asked; fault=priv:80`);
  }
  const { code, document } = await callInProcess(pit, ["bmc-dhcp"]);
  assertEquals([code, Deno.statSync(`${pit.directory}/asked`).size], [4, 3]);
  assertEquals(
    problemOf(document, "bmc-denied").message,
    "ncn-m002, ncn-m003, ncn-s001 refused the user as administrator; 6 others were not asked",
  );
});

Deno.test("bmc-dhcp leaves a BMC alone that is on DHCP", async () => {
  using pit = temporaryPit();
  assertEquals((await callInProcess(pit, ["bmc-dhcp"])).code, 0);
  const before = treeOf(`${pit.directory}/bmcs`);
  const { code, document } = await callInProcess(pit, ["bmc-dhcp"]);
  assertEquals(code, 0);
  assertEquals(new Set(Object.values(statesOf(document))), new Set(["already"]));
  assertEquals(treeOf(`${pit.directory}/bmcs`), before);
});

Deno.test("bmc-dhcp asks each BMC for its channel, --channel says it", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w002", "channel=3");
  const asked = await callInProcess(pit, ["bmc-dhcp", "--nodes", "ncn-w[001-002]"]);
  assertEquals(asked.document.bmcs?.map(({ channel }) => channel), [1, 3]);
  const told = await callInProcess(pit, [
    "bmc-dhcp",
    "--nodes",
    "ncn-w[003-004]",
    "--channel",
    "2",
  ]);
  assertEquals(told.document.bmcs?.map(({ channel }) => channel), [2, 2]);
  assertMatch(
    Deno.readTextFileSync(pit.root + LOG),
    /ncn-w004-mgmt .*raw 0x0c 0x01 0x02 0x04 0x02/,
  );
});

Deno.test("bmc-dhcp leaves the PIT out unless it is named", async () => {
  using pit = temporaryPit();
  const { document } = await callInProcess(pit, ["bmc-dhcp", "--dry-run"]);
  assertEquals(document.bmcs?.length, 9);
  assertEquals("ncn-m001-mgmt" in statesOf(document), false);
  const named = await callInProcess(pit, ["bmc-dhcp", "--nodes", "ncn-m001"]);
  assertEquals(statesOf(named.document), { "ncn-m001-mgmt": "changed" });
  const other = await callInProcess(pit, ["bmc-dhcp", "--dry-run", "--pit-node", "ncn-m002"]);
  assertEquals("ncn-m001-mgmt" in statesOf(other.document), true);
  assertEquals("ncn-m002-mgmt" in statesOf(other.document), false);
});

Deno.test("bmc-dhcp --dry-run starts no ipmitool and writes nothing", async () => {
  using pit = temporaryPit();
  const told = `${pit.directory}/started`;
  Deno.writeTextFileSync(`${pit.bin}/ipmitool`, `#!/bin/sh\n>${told}\n`);
  const before = treeOf(pit.root);
  const { code, document, stderr } = await callInProcess(pit, ["bmc-dhcp", "--dry-run"]);
  assertEquals([code, isThere(told)], [0, false]);
  assertEquals(new Set(Object.values(statesOf(document))), new Set(["skipped"]));
  assertStringIncludes(stderr, "ncn-w[001-004]-mgmt");
  assert(!stderr.includes("skipped"), stderr);
  assertEquals(treeOf(pit.root), before);
});

Deno.test("bmc-dhcp says how many are set when it has said it of each", async () => {
  using pit = temporaryPit();
  const { stderr } = await callInProcess(pit, ["bmc-dhcp", "--verbose"]);
  const lines = stderr.split("\n");
  const each = lines.findLastIndex((line) => / changed after \S+ s$/.test(line));
  assertMatch(lines[each + 1] ?? "", /: \S+ UTC 9 of 9 BMCs are switched to DHCP$/, stderr);
});

Deno.test("bmc-dhcp sets one BMC after another with --fanout 1", async () => {
  using pit = temporaryPit();
  const busy = `${pit.directory}/busy`;
  for (const { name } of pit.nodes) {
    changeBmc(pit, name, `mkdir ${busy} || fault=denied; trap 'rmdir ${busy}' EXIT`);
  }
  const { document } = await callInProcess(pit, ["bmc-dhcp", "--fanout", "1"]);
  assertEquals(new Set(Object.values(statesOf(document))), new Set(["changed"]));
});

Deno.test("bmc-dhcp keeps a log that only root can read", async () => {
  using pit = temporaryPit();
  Deno.mkdirSync(`${pit.root}/var/log/pitboot`, { recursive: true });
  Deno.writeTextFileSync(pit.root + LOG, "older\n", { mode: 0o644 });
  assertEquals((await callInProcess(pit, ["bmc-dhcp"])).code, 0);
  assertEquals((Deno.statSync(pit.root + LOG).mode ?? 0) & 0o777, 0o600);
  assertMatch(
    Deno.readTextFileSync(pit.root + LOG),
    /^older\n=== .*\n(\d{4}-\d\d-\d\dT\S+Z ncn-\S+-mgmt 10\..*\n)+$/,
  );
});

Deno.test("bmc-dhcp contacts no BMC where it cannot keep its log", async () => {
  using pit = temporaryPit();
  Deno.mkdirSync(`${pit.root}/var/log`, { recursive: true });
  Deno.writeTextFileSync(`${pit.root}/var/log/pitboot`, "");
  const result = await callInProcess(pit, ["bmc-dhcp"]);
  assertEquals(result.code, 1);
  const { message, hint } = problemOf(result.document, "file-unwritable");
  assertMatch(message, /\/var\/log\/pitboot\/bmc-dhcp\.log cannot be written: /);
  assertMatch(hint ?? "", /--log-dir/);
  assertEquals(result.document.bmcs, undefined);
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
  const again = await callInProcess(pit, ["bmc-dhcp"]);
  assertEquals(again.code, 0);
  assertEquals(statesOf(again.document)["ncn-w002-mgmt"], "changed");
});

Deno.test("bmc-dhcp keeps what the document says of other BMCs", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-s001", "fault=binary");
  const first = await callInProcess(pit, ["bmc-dhcp", "--nodes", "ncn-s[001-002]"]);
  const second = await callInProcess(pit, ["bmc-dhcp", "--nodes", "ncn-s[002-003]"], {
    stdin: first.stdout,
  });
  assertEquals(statesOf(second.document), {
    "ncn-s001-mgmt": "failed",
    "ncn-s002-mgmt": "already",
    "ncn-s003-mgmt": "changed",
  });
});

Deno.test("bmc-dhcp stops asking when the first BMCs all refuse the password", async (t) => {
  const refuseAll = (pit: TemporaryPit): void => {
    for (const { name } of pit.nodes) {
      changeBmc(pit, name, `echo >>${pit.directory}/asked; fault=denied`);
    }
  };
  const asked = (pit: TemporaryPit): number => Deno.statSync(`${pit.directory}/asked`).size;
  await t.step("the rest is left alone", async () => {
    using pit = temporaryPit();
    refuseAll(pit);
    const result = await callInProcess(pit, ["bmc-dhcp"]);
    assertEquals([result.code, asked(pit)], [4, 3]);
    const { message, nodes, hint } = problemOf(result.document, "bmc-denied");
    assertEquals(
      message,
      "ncn-m002, ncn-m003, ncn-s001 refused the password; 6 others were not asked",
    );
    assertEquals(nodes, ["ncn-m002", "ncn-m003", "ncn-s001"]);
    assertMatch(hint ?? "", /IPMI_PASSWORD.*--keep-going/);
    const states = Object.values(statesOf(result.document));
    assertEquals(states.filter((state) => state === "denied").length, 3);
    assertEquals(states.filter((state) => state === "skipped").length, 6);
    checkManners(result, pit);
  });
  await t.step("--keep-going asks all", async () => {
    using pit = temporaryPit();
    refuseAll(pit);
    const { code, document } = await callInProcess(pit, ["bmc-dhcp", "--keep-going"]);
    assertEquals([code, asked(pit)], [4, 9]);
    assertMatch(problemOf(document, "bmc-denied").message, /refused user or password/);
  });
});

Deno.test("bmc-dhcp --reset says which BMCs it has reset", async () => {
  using pit = temporaryPit();
  const args = ["bmc-dhcp", "--nodes", "ncn-w[001-002]"] as const;
  assertEquals((await callInProcess(pit, ["bmc-dhcp", "--nodes", "ncn-w001"])).code, 0);
  const { code, document } = await callInProcess(pit, [...args, "--reset"]);
  assertEquals(code, 0);
  assertEquals(document.bmcs?.map(({ state, message }) => [state, message]), [
    ["reset", "was on DHCP already"],
    ["reset", "switched to DHCP first"],
  ]);
});

Deno.test("bmc-dhcp --reset resets a BMC that does not keep the setting", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w002", "fault=forgets");
  const { code, document } = await callInProcess(pit, [
    "bmc-dhcp",
    "--nodes",
    "ncn-w002",
    "--reset",
  ]);
  const found = document.bmcs?.map(({ state, message }) => [state, message]);
  assertEquals([code, found], [0, [["reset", "did not keep the setting"]]]);
});

Deno.test("bmc-dhcp ends at its deadline what scripts around ipmitool have started", async () => {
  using pit = temporaryPit();
  const path = `${pit.directory}/pid`;
  // It is the child of a child, does not end with them, and holds their standard error.
  const inner = `sleep 3600 & echo $! >${path}.new; mv ${path}.new ${path}; wait`;
  changeBmc(pit, "ncn-w002", `sh -c '${inner}; :' & wait`);
  const { document } = await callUntilLate(pit, ["bmc-dhcp"], { isSo: () => isThere(path) });
  assertEquals(statesOf(document)["ncn-w002-mgmt"], "unreachable");
  const sleeper = Number(Deno.readTextFileSync(path));
  await until(() => !isAlive(sleeper));
});

Deno.test("bmc-dhcp names the signal that ended ipmitool, also below a script", async (t) => {
  const cases: [name: string, bmc: string, message: RegExp][] = [
    ["after words that tell nothing", "echo Loading >&2; kill -KILL $$", /was ended by SIGKILL$/],
    ["below a script", "sh -c 'kill -SEGV $$'; exit $?", /exit status 139, as of signal 11$/],
  ];
  for (const [name, bmc, message] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      changeBmc(pit, "ncn-w002", bmc);
      const args = ["bmc-dhcp", "--nodes", "ncn-w002"] as const;
      const { document } = await callInProcess(pit, args);
      assertMatch(problemOf(document, "bmc-failed").message, message);
    });
  }
});

Deno.test("bmc-dhcp ends an ipmitool that prints without end, and keeps little of it", async (t) => {
  for (
    const [name, words] of [["in lines", "yes >&2"], ["in one line", "cat /dev/zero"]] as const
  ) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      changeBmc(pit, "ncn-w002", `exec ${words}`);
      const { document } = await callInProcess(pit, ["bmc-dhcp"]);
      assertEquals(statesOf(document)["ncn-w002-mgmt"], "failed");
      assertMatch(problemOf(document, "bmc-failed").message, /: ipmitool prints without end$/);
      assert(logOf(pit).length < 128 * 1024, `${logOf(pit).length} bytes of log`);
    });
  }
});

Deno.test("bmc-dhcp leaves no ipmitool behind when it is killed", async () => {
  using pit = temporaryPit();
  // As ipmitool: the end of its input does not end it, but what it writes does.
  changeBmc(
    pit,
    "ncn-w002",
    `echo $$ >${pit.directory}/pid; printf 'ipmitool> '; read -r command; echo "$command"
     [ "$command" = 'set verbose 2' ] || exec sleep 600
     while :; do echo keepalive >&2; sleep 0.1; done`,
  );
  const child = startPitboot(pit, ["bmc-dhcp", "--nodes", "ncn-w002"], { stdin: "null" });
  await until(() => isThere(`${pit.directory}/pid`));
  const ipmitool = Number(Deno.readTextFileSync(`${pit.directory}/pid`));
  child.kill("SIGKILL");
  await child.output();
  await until(() => !isAlive(ipmitool));
});

function logOf(pit: TemporaryPit): string {
  return Deno.readTextFileSync(pit.root + LOG);
}

function statesOf({ bmcs = [] }: Document): Record<string, string> {
  return Object.fromEntries(bmcs.map(({ name, state }) => [name, state]));
}
