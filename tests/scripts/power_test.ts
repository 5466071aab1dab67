import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "../npm/fast_check.ts";
import type { CommandName } from "../../scripts/commands.ts";
import { callInProcess, chained, chainInProcess, type InProcessOptions } from "../in_process.ts";
import { type CallResult, changeBmc, problemOf, type TemporaryPit, temporaryPit } from "../kit.ts";

const W1 = "ncn-w001";
const LOG = "var/log/apache2/access_log";
const IN_A_MOMENT = ["--timeout", "1s", "--settle", "0s"];

async function readyPit(): Promise<TemporaryPit> {
  const pit = temporaryPit({ leased: true });
  const { code } = await callInProcess(pit, ["run"], { env: { IPMI_PASSWORD: "" } });
  assertEquals(code, 0);
  Deno.mkdirSync(`${pit.root}/var/log/apache2`, { recursive: true });
  Deno.writeTextFileSync(`${pit.root}/${LOG}`, "");
  return pit;
}

async function power(
  pit: TemporaryPit,
  args: readonly string[],
  options: InProcessOptions = {},
): Promise<CallResult> {
  return await callInProcess(pit, ["power", ...args], options);
}

/** How nodes were switched: `off`, or `on` and the boot flags of then. */
function switchedIn({ directory, nodes }: TemporaryPit): Record<string, string[]> {
  return Object.fromEntries(nodes.flatMap(({ name, bmcIp }) => {
    try {
      const text = Deno.readTextFileSync(`${directory}/bmcs/${bmcIp}.power`);
      return [[name, text.trimEnd().split("\n")]];
    } catch {
      return []; // it was not
    }
  }));
}

function statesIn({ document }: CallResult): Record<string, string> {
  return Object.fromEntries(
    (document.power ?? []).map((
      { node, state, reason },
    ) => [node, reason === null ? state : `${state}: ${reason}`]),
  );
}

function fetched(pit: TemporaryPit, node: string, at: Date): void {
  const [, day, month, year, time] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  const stamp = `${day}/${month}/${year}:${time} +0000`;
  const line = `10.252.1.9 - - [${stamp}] "GET /${node}/rootfs HTTP/1.1" 200 9\n`;
  Deno.writeTextFileSync(`${pit.root}/${LOG}`, line, { append: true });
}

Deno.test("power switches the nodes that are named, with the boot device that is asked for", async () => {
  using pit = await readyPit();
  const events = "/var/log/power.jsonl";
  const args = ["on", "--pxe", "--nodes", "ncn-w[001-003]"];
  const on = await power(pit, [...args, `--events=${events}`]);
  assertEquals(on.code, 0, on.stderr);
  const told = Deno.readTextFileSync(pit.root + events).trim().split("\n")
    .map((line) => JSON.parse(line)).filter(({ what }) => what === "powered");
  assertEquals(told.map(({ power, by }) => `${power} by ${by}`), Array(3).fill("on by ipmi"));
  assertEquals(statesIn(on), { "ncn-w001": "on", "ncn-w002": "on", "ncn-w003": "on" });
  assertEquals(Object.values(switchedIn(pit)), Array(3).fill(["on e0 04"]));
  const [first] = on.document.power ?? [];
  assertEquals(first?.boot, { device: "pxe", efi: true, persistent: true, valid: true });
  assertEquals([first?.before, first?.after, first?.by], ["off", "on", "ipmi"]);
  const again = await power(pit, args);
  assertEquals([again.code, statesIn(again)[W1]], [0, "already"]);
  const off = await power(pit, ["off", "--nodes", W1]);
  assertEquals([off.code, statesIn(off)], [0, { [W1]: "off" }]);
  assertEquals(statesIn(await power(pit, ["off", "--nodes", W1])), { [W1]: "already" });
  const once = await power(pit, ["on", "--pxe", "--once", "--nodes", W1]);
  assertEquals(once.code, 0, once.stderr);
  assertEquals(switchedIn(pit)[W1], ["on e0 04", "off e0 04", "on a0 04"]);
});

Deno.test("power status shows a table wherever it goes, and the document if asked", async () => {
  using pit = await readyPit();
  await power(pit, ["on", "--pxe", "--nodes", W1]);
  const { code, stdout } = await power(pit, ["status"], { stdin: "not a document" });
  assertEquals(code, 0);
  assertMatch(stdout, /^POWER +BOOT +AFTER OUTAGE +CLOCK +N +NODES$/m);
  assertMatch(stdout, /^on +pxe UEFI always +previous +right +1 +ncn-w001$/m);
  assertMatch(stdout, /^off +as it is +previous +right +8 +\S+$/m);
  const script = `${pit.root}/var/www/${W1}/script.ipxe`;
  const text = Deno.readTextFileSync(script);
  Deno.writeTextFileSync(script, text.replace("metal.no-wipe=0", "metal.no-wipe=1"));
  const differing = (await power(pit, ["status"])).stdout;
  assertMatch(differing, /^on +pxe UEFI always +previous +right +keep +1 +ncn-w001$/m);
  assertMatch(differing, /^off +as it is +previous +right +wipe +8 +\S+$/m);
  const { document } = await power(pit, ["status", "--json"]);
  assertEquals(document.power?.length, 9);
});

Deno.test("power refuses what cannot be meant, and asks no BMC", async (t) => {
  using pit = await readyPit();
  const cases: [args: string[], words: RegExp][] = [
    [["on"], /--nodes must name the nodes/],
    [["off"], /--nodes must name the nodes/],
    [["off", "--exclude", W1], /--nodes must name the nodes/],
    [[], /status\|on\|off/],
    [["reset", "--nodes", W1], /status|on|off/],
    [["cycle", "--nodes", W1], /status|on|off/],
    [["off", "--pxe", "--nodes", W1], /--pxe goes with on only/],
    [["off", "--wipe", W1, "--nodes", W1], /--wipe goes with on only/],
    [["on", "--once", "--nodes", W1], /--once needs --pxe/],
    [["on", "--nodes", W1, "--wipe", "ncn-w002"], /--wipe names ncn-w002, which --nodes does not/],
    [["on", "--nodes", "ncn-w009"], /has no node ncn-w009/],
  ];
  for (const [args, words] of cases) {
    await t.step(args.join(" ") || "nothing", async () => {
      const { code, stderr } = await power(pit, args);
      assertEquals(code, 2);
      assertMatch(stderr, words);
    });
  }
  assertEquals(switchedIn(pit), {});
});

Deno.test("power without --nodes switches nothing, in any place of a chain, with any document", async () => {
  using pit = await readyPit();
  const whole = await chained(pit);
  const documents = fc.oneof(
    fc.constant(""),
    fc.constant("{}"),
    fc.constant('{"pitboot":1}'),
    fc.constant(whole),
    fc.constant(JSON.stringify({ ...JSON.parse(whole), status: "failed" })),
    fc.json(),
  );
  const verbs = fc.constantFrom("on", "off");
  const options = fc.subarray(["--pxe", "--quiet", "--keep-going", "--exclude=ncn-s*"]);
  await fc.assert(
    fc.asyncProperty(verbs, options, documents, async (verb, options, stdin) => {
      const { code, stdout } = await power(pit, [verb, ...options], { stdin });
      assertEquals(code, 2);
      assertEquals(JSON.parse(stdout).status, "failed");
    }),
    { numRuns: 60 },
  );
  const chains: (readonly (readonly [CommandName, ...string[]])[])[] = [
    [["power", "on", "--pxe"], ["wait-leases", "--timeout=0"]],
    [["wait-leases", "--timeout=0"], ["power", "on", "--pxe"]],
    [["wait-leases", "--timeout=0"], ["power", "off"], ["power", "on", "--nodes", W1]],
  ];
  for (const chain of chains) assertEquals((await chainInProcess(pit, chain)).code, 2);
  assertEquals(switchedIn(pit), {});
});

Deno.test("power without --nodes switches nothing, wherever it stands in whatever chain", async () => {
  using pit = await readyPit();
  const stages: (readonly [CommandName, ...string[]])[] = [
    ["resolve-images"],
    ["wait-leases", "--timeout=0"],
    ["set-links", "--dry-run", "--json"],
    ["power", "status", "--json", "--nodes", W1],
  ];
  const place = fc.subarray(stages, { maxLength: 2 });
  const verb = fc.constantFrom("on", "off");
  await fc.assert(
    fc.asyncProperty(place, verb, place, async (before, verb, after) => {
      const { code } = await chainInProcess(pit, [...before, ["power", verb], ...after]);
      // What only shows something reads no document.
      if (after.at(-1)?.[0] !== "power") assertEquals(code, 2);
    }),
    { numRuns: 12 },
  );
  assertEquals(switchedIn(pit), {});
});

Deno.test("power switches nobody but those of --nodes, whatever a document names", async () => {
  using pit = await readyPit();
  const chain = await chainInProcess(pit, [
    ["wait-leases", "--timeout=0"],
    ["set-links", "--json"],
    ["power", "on", "--nodes", "ncn-s*", "--dry-run", "--json"],
  ]);
  assertEquals(chain.code, 0, chain.stderr);
  const { pitboot, ...whole } = JSON.parse(chain.stdout);
  const keys = fc.subarray(Object.keys(whole));
  await fc.assert(
    fc.asyncProperty(keys, fc.constantFrom("on", "off"), async (keys, verb) => {
      const kept = Object.fromEntries(keys.map((key) => [key, whole[key]]));
      const stdin = JSON.stringify({ pitboot, ...kept });
      await power(pit, [verb, "--nodes", W1], { stdin });
    }),
    { numRuns: 12, examples: [[[], "on"]] },
  );
  assertEquals(Object.keys(switchedIn(pit)), [W1]);
});

Deno.test("power and run need three sessions with a BMC for what the handbook does in eight", async () => {
  // It has fourteen; six of them are for settings of the firmware, which pitboot leaves alone.
  const nodes = ["ncn-m001", W1, "ncn-s001"];
  using pit = temporaryPit({ nodes, behaviour: () => ({ wait: 0 }) });
  for (const node of nodes) changeBmc(pit, node, `echo session >>"$bmc.sessions"`);
  const named = `--nodes=${nodes.slice(1)}`;
  assertEquals((await callInProcess(pit, ["run"])).code, 0);
  Deno.mkdirSync(`${pit.root}/var/log/apache2`, { recursive: true });
  Deno.writeTextFileSync(`${pit.root}/${LOG}`, "");
  // To collect MACs: boot device twice, off, on. To install: boot device, off, on.
  assertEquals((await power(pit, ["on", "--pxe", named])).code, 0);
  const again = await power(pit, ["on", "--pxe", named, "--wipe", "ncn-*", "--settle", "0s"]);
  assertEquals(again.code, 0, again.stderr);
  assertEquals(switchedIn(pit)[W1], ["on e0 04", "off e0 04", "on e0 04"]);
  for (const { name, bmcIp } of pit.nodes.slice(1)) {
    const sessions = Deno.readTextFileSync(`${pit.directory}/bmcs/${bmcIp}.sessions`);
    assertEquals([name, sessions], [name, "session\n".repeat(3)]);
  }
});

Deno.test("power leaves out whom an earlier command left, and never widens", async (t) => {
  using pit = await readyPit();
  await t.step("a document that failed switches nothing", async () => {
    const stdin = '{"pitboot":1,"status":"failed"}';
    const { code } = await power(pit, ["on", "--nodes", "ncn-*"], { stdin });
    assertEquals([code, switchedIn(pit)], [1, {}]);
  });
  await t.step("nor does one whose error somebody has hidden", async () => {
    const problem = { stage: "run", severity: "error", code: "failed", nodes: [], message: "x" };
    const stdin = JSON.stringify({
      pitboot: 1,
      status: "ok",
      problems: [{ ...problem, hint: null }],
    });
    const { code } = await power(pit, ["on", "--nodes", "ncn-*"], { stdin });
    assertEquals([code, switchedIn(pit)], [1, {}]);
  });
  await t.step("an empty pipe switches nothing", async () => {
    const empty = { stdin: { ...(await import("../in_process.ts")).EMPTY_PIPE } };
    const { code } = await power(pit, ["on", "--nodes", "ncn-*"], empty);
    assertEquals([code, switchedIn(pit)], [1, {}]);
  });
  await t.step("a failed check", async () => {
    Deno.removeSync(`${pit.root}/var/www/ncn-w002/kernel`);
    const env = { PATH: `${pit.bin}:/bin:/usr/bin` };
    const run = await callInProcess(pit, ["check", "--nodes", "ncn-w*"], { env: { PATH: "/no" } });
    const args = ["on", "--pxe", "--nodes", "ncn-w[001-003],ncn-s001"];
    const result = await power(pit, args, { stdin: run.stdout, env });
    assertEquals(result.code, 3, result.stderr);
    assertEquals(statesIn(result), {
      "ncn-s001": "skipped: not-in-document",
      "ncn-w001": "on",
      "ncn-w002": "skipped: check-failed",
      "ncn-w003": "on",
    });
    assertEquals(Object.keys(switchedIn(pit)), ["ncn-w001", "ncn-w003"]);
  });
});

Deno.test("power never switches the PIT", async () => {
  using pit = await readyPit();
  const result = await power(pit, ["off", "--nodes", "ncn-m001,ncn-w001"]);
  assertEquals(statesIn(result), { "ncn-m001": "refused: pit", [W1]: "already" });
  assertEquals(result.code, 3);
  // Also where somebody says that another one is.
  Deno.writeTextFileSync(`${pit.root}/etc/hostname`, "eniac-ncn-m001-pit\n");
  const other = await power(pit, ["on", "--nodes", "ncn-m001", "--pit-node", "ncn-w003"]);
  assertEquals(statesIn(other), { "ncn-m001": "refused: pit" });
  assertEquals(switchedIn(pit), {});
});

Deno.test("power wipes nobody unasked", async (t) => {
  using pit = await readyPit();
  const script = `${pit.root}/var/www/${W1}/script.ipxe`;
  const text = Deno.readTextFileSync(script);
  const on = ["on", "--pxe", "--nodes", W1, ...IN_A_MOMENT];
  await t.step("one that is on", async () => {
    changeBmc(pit, W1, "power=on");
    const result = await power(pit, on);
    assertEquals([result.code, statesIn(result)], [3, { [W1]: "refused: would-wipe" }]);
    const { hint } = problemOf(result.document, "power-refused");
    assertEquals(
      hint?.replaceAll(` --root=${pit.root}`, ""),
      "if it may be wiped: pitboot power on --pxe --timeout 1s --settle 0s --nodes ncn-w001 " +
        "--wipe ncn-w001; metal.no-wipe=1 in its script.ipxe keeps its disks",
    );
  });
  await t.step("one that is on, and only shall be", async () => {
    assertEquals(statesIn(await power(pit, ["on", "--nodes", W1])), { [W1]: "already" });
  });
  await t.step("one that is on and may be wiped is switched off first", async () => {
    const result = await power(pit, [...on, "--wipe", W1]);
    assertEquals([result.code, statesIn(result)], [0, { [W1]: "on" }], result.stderr);
    assertEquals(switchedIn(pit)[W1], ["off 00 00", "on e0 04"]);
  });
  await t.step("one that fetched its root filesystem", async () => {
    changeBmc(pit, W1, "power=off");
    fetched(pit, W1, new Date());
    const result = await power(pit, on);
    assertEquals(statesIn(result), { [W1]: "refused: would-wipe" });
    assertMatch(problemOf(result.document, "power-refused").message, /it fetched its root files/);
  });
  await t.step("one that fetched another before it was switched", async () => {
    Deno.removeSync(`${pit.root}/${LOG}`);
    fetched(pit, W1, new Date(Date.now() - 3_600_000));
    const dry = await power(pit, [...on, "--dry-run"]);
    assertEquals(statesIn(dry), { [W1]: "skipped: dry-run" });
    assertEquals(statesIn(await power(pit, on)), { [W1]: "on" });
    changeBmc(pit, W1, "power=off; boot='00 00'");
  });
  await t.step("one that keeps its disks may get the old root filesystem", async () => {
    Deno.writeTextFileSync(script, text.replace("metal.no-wipe=0", "metal.no-wipe=1"));
    const result = await power(pit, on);
    assertEquals([result.code, statesIn(result)], [0, { [W1]: "on" }], result.stderr);
    assertMatch(problemOf(result.document, "rootfs-kept").message, /start the old root filesystem/);
  });
  await t.step("one whose log was compressed, since it was switched or before", async () => {
    changeBmc(pit, W1, "power=off; boot='00 00'");
    Deno.writeTextFileSync(script, text);
    const packed = `${pit.root}/${LOG}-20261128.xz`;
    Deno.writeTextFileSync(packed, "");
    const since = await power(pit, [...on, "--dry-run"]);
    assertEquals(statesIn(since), { [W1]: "refused: would-wipe" });
    assertMatch(problemOf(since.document, "power-refused").message, /28\.xz is compressed/);
    const before = new Date(Date.now() - 3_600_000);
    Deno.utimeSync(packed, before, before);
    assertEquals(statesIn(await power(pit, [...on, "--dry-run"])), { [W1]: "skipped: dry-run" });
    Deno.removeSync(packed);
  });
  await t.step("one whose log does not exist", async () => {
    Deno.removeSync(`${pit.root}/${LOG}`);
    const result = await power(pit, on);
    assertEquals(statesIn(result), { [W1]: "refused: would-wipe" });
    assertMatch(
      problemOf(result.document, "power-refused").message,
      /does not exist, --access-log/,
    );
  });
  await t.step("one whose log cannot be read", async () => {
    Deno.mkdirSync(`${pit.root}/${LOG}`);
    const result = await power(pit, on);
    assertEquals(statesIn(result), { [W1]: "refused: would-wipe" });
    assertMatch(problemOf(result.document, "power-refused").message, /may be installed: /);
  });
});

Deno.test("power says what a BMC did not do", async (t) => {
  using pit = await readyPit();
  const on = ["on", "--pxe", "--nodes", W1, ...IN_A_MOMENT];
  const cases: [name: string, bmc: string, state: string, code: number, words: RegExp][] = [
    ["keeps once", "fault=once", "failed: boot-not-kept", 3, /: told always, keeps once$/],
    ["does nothing", "fault=idle", "failed: no-effect", 3, /: said yes, still off after 1 s$/],
    ["refuses the password", "fault=denied", "denied: refused-password", 4, /refused user or/],
  ];
  for (const [name, bmc, state, code, words] of cases) {
    await t.step(name, async () => {
      changeBmc(pit, W1, bmc);
      const result = await power(pit, on);
      assertEquals([result.code, statesIn(result)], [code, { [W1]: state }], result.stderr);
      assertMatch(result.document.problems[0]?.message ?? "", words);
    });
  }
  await t.step("is dead", async () => {
    changeBmc(pit, W1, "fault=dead");
    const result = await power(pit, [...on, "--bmc-timeout", "2s"]);
    // An ipmitool that stands still is cut off.
    const states = ["unreachable: no-answer", "unreachable: timed-out"];
    assert(states.includes(statesIn(result)[W1] ?? ""), result.stderr);
    assertEquals(result.code, 3);
    assertMatch(result.document.problems[0]?.message ?? "", /: no answer( within 2 s)?$/);
  });
  assertEquals(switchedIn(pit), {});
});

Deno.test("power needs a password, and says so", async () => {
  using pit = await readyPit();
  const env = { IPMI_PASSWORD: "" };
  const { code, stderr } = await power(pit, ["off", "--nodes", W1], { env });
  assertEquals(code, 2);
  assertMatch(stderr, /no BMC password: IPMI_PASSWORD is empty/);
});

Deno.test("power asks a BMC at the address of its lease, and none at that of another", async () => {
  using pit = await readyPit();
  const conman = `${pit.root}/etc/conman.conf`;
  const [w1, w2] = [W1, "ncn-w002"].map((name) => pit.nodes.find((node) => node.name === name));
  const swapped = Deno.readTextFileSync(conman).replaceAll(`${w1?.bmcIp}`, "10.254.9.9");
  Deno.writeTextFileSync(conman, swapped);
  const result = await power(pit, ["status", "--json", "--nodes", W1]);
  assertEquals(result.document.power?.[0]?.address, w1?.bmcIp);
  const leases = `${pit.root}/var/lib/misc/dnsmasq.leases`;
  const others = Deno.readTextFileSync(leases).split("\n").filter((line) =>
    !line.includes(` ${w1?.bmcIp} `)
  );
  Deno.writeTextFileSync(leases, others.join("\n"));
  Deno.writeTextFileSync(conman, swapped.replaceAll("10.254.9.9", `${w2?.bmcIp}`));
  const mistaken = await power(pit, ["on", "--nodes", W1]);
  assertEquals(statesIn(mistaken), { [W1]: "refused: address-of-other" });
  assert(!(W1 in switchedIn(pit)) && !("ncn-w002" in switchedIn(pit)));
});

Deno.test("power says of a BMC whose IPMI is off what goes on by Redfish, and what that needs", async (t) => {
  using pit = await readyPit();
  changeBmc(pit, W1, "fault=ipmi-off");
  await t.step("--redfish never", async () => {
    const words = ["on", "--pxe", "--nodes", W1, "--redfish=never", "--bmc-timeout", "2s"];
    const { document, code } = await power(pit, words);
    assertEquals([code, document.power?.[0]?.state], [3, "unreachable"]);
  });
  await t.step("no curl", async () => {
    const words = ["off", "--nodes", W1, "--redfish", "only"];
    const { document, code } = await power(pit, words, { env: { PATH: "/nowhere" } });
    assertEquals(code, 1);
    assertMatch(problemOf(document, "curl-required").message, /^curl was not found/);
  });
  await t.step("no file of pins", async () => {
    const words = ["off", "--nodes", W1, "--redfish-pin", "/nowhere"];
    const { document, code } = await power(pit, words);
    assertEquals(code, 1);
    assertMatch(problemOf(document, "file-missing").message, /^\/nowhere: does not exist/);
  });
  assertEquals(switchedIn(pit), {});
});
