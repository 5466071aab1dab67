import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  changeBmc,
  giveLeases,
  isThere,
  leasesOf,
  problemOf,
  resultOf,
  startPitboot,
  temporaryPit,
  until,
} from "../kit.ts";
import { historyOf } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { startInProcess } from "../late.ts";
import type { Words } from "../refusals.ts";
import { leaseLine } from "../../tools/pit/system.ts";

Deno.test("run serves whoever has a lease while another BMC is still being asked, and ^C loses nothing", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w003", `fault=hang; touch ${pit.directory}/hangs`);
  const run = startInProcess(pit, ["run", "--json", "--bmc-timeout", "5m"]);
  const hasScript = (node: string): boolean => isThere(`${pit.root}/var/www/${node}/script.ipxe`);
  const others = pit.nodes.slice(1).map(({ name }) => name).filter((name) => name !== "ncn-w003")
    .sort();
  await until(() => isThere(`${pit.directory}/hangs`) && others.every(hasScript));
  assert(!hasScript("ncn-w003"));
  run.interrupt();
  const { code, document, stderr } = await run.end;
  assertEquals(code, 130, stderr);
  assertEquals(document.bmcs?.find(({ node }) => node === "ncn-w003")?.state, "skipped");
  assertMatch(stderr, /NOT READY +8 of 9 nodes are ready; ncn-w003 is not \(exit 130\)/);
  assertMatch(stderr, /then: pitboot run --json --bmc-timeout 5m .*--nodes ncn-w003\n$/s);
  const changed = document.nodes?.filter(({ change }) => change === "created");
  assertEquals(changed?.map(({ name }) => name), others);
  assertEquals(
    document.nodes?.find(({ name }) => name === "ncn-w003")?.cause?.code,
    "leases-missing",
  );
  // However many batches there were, it is one change, and one step back undoes it.
  const history = await historyOf(pit);
  assertEquals(history.map(({ number, ended }) => [number, ended !== null]), [[1, true]]);
  assertEquals(history[0]?.changes.flatMap(({ nodes }) => nodes).sort(), others);
  assertEquals((await callInProcess(pit, ["rollback"])).code, 0);
  assertEquals(others.filter(hasScript), []);
});

Deno.test("run comes to its end although a terminal that is closed hangs up twice", async () => {
  using pit = temporaryPit();
  const { directory } = pit;
  const deaf =
    `(trap 'touch ${directory}/told' INT; while [ -e ${directory} ]; do sleep 0.1; done)`;
  changeBmc(pit, "ncn-w003", `touch ${directory}/hangs; ${deaf}`);
  const child = startPitboot(pit, ["run", "--json", "--bmc-timeout", "5m"], { stdin: "null" });
  await until(() => isThere(`${directory}/hangs`));
  child.kill("SIGHUP");
  await until(() => isThere(`${directory}/told`));
  child.kill("SIGHUP");
  const { code, document } = await resultOf(child);
  assertEquals(code, 130);
  assertEquals(document.bmcs?.find(({ node }) => node === "ncn-w003")?.state, "skipped");
});

Deno.test("run links a node as soon as its BMC has a lease, in one generation", async () => {
  using pit = temporaryPit();
  for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
  const { end } = startInProcess(pit, ["run", "--json"]);
  for (const node of pit.nodes.slice(1)) {
    giveLeases(pit, [node.name]);
    await until(() => isThere(`${pit.root}/var/www/${node.name}/script.ipxe`));
  }
  const { code, document, stderr } = await end;
  assertEquals([code, document.status], [0, "ok"], stderr);
  assertEquals(document.nodes?.length, 9);
  assert(!stderr.includes("NOT READY"), stderr);
  const history = await historyOf(pit);
  assertEquals(
    history.map(({ ended, changes }) => [
      ended !== null,
      changes.flatMap(({ nodes }) => nodes).length,
    ]),
    [
      [true, 9],
    ],
  );
});

Deno.test("run names what keeps it from setting up more nodes, and those that wait for it", async () => {
  using pit = temporaryPit();
  const [first = "", second = ""] = pit.nodes.slice(1).map(({ name }) => name);
  for (const node of [first, second]) changeBmc(pit, node, "source=dhcp");
  const run = startInProcess(pit, ["run", "--json", "--nodes", `${first},${second}`]);
  giveLeases(pit, [first]);
  await until(() => isThere(`${pit.root}/var/www/${first}/script.ipxe`));
  await until(() => run.stderr.includes(`${first} is ready`));
  const lock = `${pit.root}/var/lib/pitboot/lock`;
  Deno.removeSync(lock);
  Deno.mkdirSync(lock);
  giveLeases(pit, [second]);
  const { code, document } = await run.end;
  assertEquals(code, 1);
  const { message, hint } = problemOf(document, "file-unwritable");
  assertMatch(message, /^\/var\/lib\/pitboot\/lock /);
  assertMatch(hint ?? "", /^no further node was changed; /);
  const causes = document.nodes?.map(({ name, cause }) => [name, cause?.message]);
  assertEquals(causes, [[first, undefined], [second, message]]);
});

Deno.test("run gives up early on BMCs that cannot come", async () => {
  using pit = temporaryPit({ leased: true });
  const [, ...nodes] = pit.nodes;
  const lines = nodes.filter(({ name }) => name !== "ncn-w003").map((node) => leaseLine(node));
  Deno.writeTextFileSync(leasesOf(pit), lines.join(""));
  changeBmc(pit, "ncn-w003", "fault=dead");
  const args = ["run", "--timeout", "1h", "--grace", "1s", "--bmc-timeout", "5s"] as const;
  const { code, stdout, stderr } = await callInProcess(pit, args);
  assertEquals(code, 124);
  assertMatch(stderr, /giving up on ncn-w003 after 1 s without a change: no answer/);
  assertMatch(stderr, /NOT READY +8 of 9 nodes will boot \S+; 1 will not \(exit 124\)\n/);
  assert(!stdout.includes("is ready"), stdout);
  assert(stdout.includes("is creating boot directories"), stdout);
});

Deno.test("run restarts no BMC where dnsmasq writes no leases", async () => {
  using pit = temporaryPit();
  // They are on DHCP already: the simulated ones write no lease, and no file of them.
  for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
  Deno.removeSync(leasesOf(pit));
  const { code, stderr } = await callInProcess(pit, ["run", "--timeout", "1s"]);
  assertEquals(code, 124, stderr);
  assertMatch(stderr, /\/var\/lib\/misc\/dnsmasq\.leases does not exist/);
  assertMatch(stderr, /systemctl status dnsmasq\n(?=then: )/);
  assert(!stderr.includes("--reset"), stderr);
});

Deno.test("a second run is refused before it contacts a BMC", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w003", `fault=hang; echo >>${pit.directory}/sessions`);
  const first = startPitboot(pit, ["run", "--json", "--bmc-timeout=10m"], { stdin: "null" });
  await until(() => isThere(`${pit.directory}/sessions`));
  for (const args of [["run", "--json"], ["bmc-dhcp"]] satisfies Words[]) {
    const { code, document, stderr } = await callInProcess(pit, args);
    assertEquals([code, document.bmcs], [1, undefined]);
    assertMatch(stderr, /^pitboot \S+: pitboot run .*process \d+\) is running: waiting for it /);
    const { message, hint, nodes } = problemOf(document, "locked");
    assertMatch(
      message,
      /^pitboot run .* \((?:root|uid \d+), process \d+\) has been running since .* UTC and/,
    );
    assertMatch(message, / is not done with (the BMC of )?ncn-w003$/);
    assertMatch(hint ?? "", new RegExp(`; kill ${first.pid} ends it, and what it has done`));
    assertEquals(nodes, ["ncn-w003"]);
  }
  first.kill("SIGINT");
  assertEquals((await resultOf(first)).code, 130);
  assertEquals(Deno.readTextFileSync(`${pit.directory}/sessions`), "\n");
});

Deno.test("status remembers why a node was not served, until it is", async () => {
  using pit = temporaryPit({ leased: true });
  const [, first, ...others] = pit.nodes;
  assert(first);
  Deno.writeTextFileSync(leasesOf(pit), others.map((node) => leaseLine(node)).join(""));
  changeBmc(pit, first.name, "fault=dead");
  const args = ["run", "--timeout", "1s", "--bmc-timeout", "5s"] as const;
  assertEquals((await callInProcess(pit, [...args, "--json"])).code, 124);
  const causes = async (): Promise<string[]> =>
    (await callInProcess(pit, ["status", "--json"])).document.nodes
      // An ipmitool that stands still is cut off.
      ?.flatMap(({ name, cause }) =>
        cause ? [`${name} ${cause.message.replace(" within 5 s", "")} ${cause.address}`] : []
      ) ?? [];
  assertEquals(await causes(), [`${first.name} no answer ${first.bmcIp}`]);
  // Work on others does not make it forgotten.
  assertEquals((await callInProcess(pit, ["run", "--json", "--nodes", "ncn-w001"])).code, 0);
  assertEquals((await causes()).length, 1);
  giveLeases(pit, [first.name]);
  assertEquals(await causes(), []);
});
