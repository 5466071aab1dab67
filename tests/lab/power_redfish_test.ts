/**
 * `pitboot power` where IPMI is off: real curl, and Redfish services that say yes and do
 * otherwise, each with a node behind it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { NodePower } from "../../lib/document/document.ts";
import type { Fault } from "./fault.ts";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { mapLimited } from "./map_limited.ts";
import { type Call, pitboot, start } from "./pitboot.ts";
import { workersWith } from "./redfish_lab.ts";
import { huntFor } from "./secret_hunt.ts";
import { until } from "./wait.ts";

const NEEDS = { needs: ["curl"] } as const;
/** Where nginx has it. */
const LOG = ["--access-log", "/var/log/nginx/access.log"];
/** Longer than anything takes here. */
const PATIENT = ["--timeout", "10m", "--settle", "1s", ...LOG];
const ON = ["on e004"];

/** What is wrong with a node, and what `power on --pxe` makes of it. */
interface Accident {
  readonly faults: string;
  readonly state: string;
  readonly words?: RegExp;
}

const ACCIDENTS: readonly Accident[] = [
  ...["ilo", "ilo6", "ami", "intel", "openbmc"].map((kind) => ({ faults: kind, state: "on" })),
  { faults: "ilo,slowpower:3", state: "on" },
  { faults: "openbmc,slowpower:3", state: "on" },
  { faults: "ilo,once", state: "failed", words: /^told always, keeps once$/ },
  { faults: "intel,nomode", state: "failed", words: /^told UEFI, keeps BIOS$/ },
  { faults: "openbmc,needsmode", state: "on" },
  { faults: "ami,settings", state: "on" },
  { faults: "ami,bare", state: "on" },
  { faults: "ami,star", state: "on" },
  { faults: "ami,drop", state: "on" },
  { faults: "openbmc,on:boot:428:1", state: "on" },
  { faults: "ilo,on:boot:post:1", state: "on" },
  { faults: "ilo,on:power:busy:1", state: "on" },
  { faults: "openbmc,on:any:503:2", state: "on" },
  { faults: "ilo,on:boot:cut:1", state: "on" },
  { faults: "ami,on:power:cut:1,strictpower", state: "on" },
  { faults: "openbmc,on:power:silence:1", state: "on" },
  { faults: "ilo,noboot", state: "failed", words: /^it refused the boot device \(400 / },
  { faults: "ami,twins", state: "failed", words: /^cannot tell its node from other systems/ },
  { faults: "ilo,badpass", state: "denied", words: /refused user or password by Redfish/ },
  { faults: "ilo,started", state: "refused", words: /may wipe its disks, and it is on$/ },
];
/** One that never does what it says, which is given no long time. */
const IDLE: Fault[] = ["redfish:ami", "idlepower"];

labTest("power by Redfish makes of each accident what is true", async (t) => {
  const password = "geheim-7'$%";
  const all = [...ACCIDENTS.map(({ faults }) => `redfish:${faults}`.split(",") as Fault[]), IDLE];
  const { nodes, faults } = workersWith(all);
  const idle = nodes.at(-1) ?? "";
  await using lab = await Lab.start({ nodes, faults, password });
  await using hunt = huntFor(lab, password);
  const power = (...args: readonly string[]): Promise<Call> =>
    pitboot(lab, ["power", ...args], { env: { IPMI_PASSWORD: password } });
  const args = ["--keep-going", "--fanout", "16", "--exclude", idle];
  const on = await power("on", "--pxe", "--nodes", "ncn-w*", ...args, ...PATIENT);
  for (const [i, { faults, state, words }] of ACCIDENTS.entries()) {
    await t.step(faults, () => {
      const found = powerOf(on, nodes[i] ?? "");
      assertEquals([found.state, found.by], [state, "redfish"], found.message ?? "");
      if (words) assertMatch(found.message ?? "", words);
      assertEquals(lab.switched(found.node), state === "on" ? ON : []);
      return found.message ?? found.state;
    });
  }
  const [first = ""] = nodes;
  await t.step("yes without deed", async () => {
    const call = await power("on", "--nodes", idle, "--timeout", "2s", ...LOG);
    assertEquals(powerOf(call, idle).message, "said yes, still off after 2 s");
  });
  await t.step("again: what is on is on, and that is success", async () => {
    const again = await power("on", "--pxe", "--nodes", first, ...PATIENT);
    assertEquals([again.code, powerOf(again, first).state], [0, "already"]);
  });
  await t.step("status", async () => {
    const { stdout } = await power("status", "--nodes", first);
    assertMatch(stdout, /^on by Redfish +pxe UEFI always +right +1 +ncn-w001$/m);
  });
  await t.step("off, and on once", async () => {
    const range = nodes.slice(0, 5).join();
    const off = await power("off", "--nodes", range, ...PATIENT);
    assertEquals(off.document.power?.map(({ state }) => state), Array(5).fill("off"));
    for (const node of nodes.slice(0, 5)) assertEquals(lab.isOn(node), false, node);
    const once = await power("on", "--pxe", "--once", "--nodes", range, ...PATIENT);
    assertEquals(once.code, 0, once.stderr);
    for (const node of nodes.slice(0, 5)) {
      assertEquals(lab.switched(node), [...ON, "off", "on a004"], node);
    }
  });
  await t.step("off, on: a node that may be wiped is seen off before", async () => {
    const node = nodes[ACCIDENTS.length - 1] ?? "";
    const wiped = await power("on", "--pxe", "--nodes", node, "--wipe", node, ...PATIENT);
    assertEquals(wiped.code, 0, wiped.stderr);
    assertEquals(lab.switched(node), ["off", ...ON]);
  });
  await t.step("--redfish never: nobody is told the password", async () => {
    const before = lab.asked(first).length;
    const never = ["--redfish", "never", "--bmc-timeout", "8s"];
    const call = await power("status", "--json", "--nodes", first, ...never);
    assertEquals(powerOf(call, first).state, "unreachable");
    const asked = lab.asked(first).slice(before);
    assertEquals(asked.filter(({ login }) => login !== "none"), []);
  });
  await t.step("the password is nowhere", async () => {
    assert(!(on.stdout + on.stderr).includes(password));
    const { seen, found } = await hunt.end();
    assertEquals(found, []);
    assert(seen > 0, "no curl was seen");
  });
}, NEEDS);

/** The requests after which it is killed. */
const KILLS = ["systems", "system", "boot", "power"] as const;
const KINDS = ["ilo", "ami", "intel", "openbmc"] as const;

labTest(
  "power by Redfish, killed at each step, starts no node without its boot device",
  async (t) => {
    const cases = KINDS.flatMap((kind) => KILLS.map((step) => ({ kind, step })));
    const { nodes, faults } = workersWith(
      cases.map(({ kind }): Fault[] => [`redfish:${kind}`, "slow:300"]),
    );
    await using lab = await Lab.start({ nodes, faults });
    const ends = await mapLimited([...cases.entries()], 4, async ([i, { step }]) => {
      const node = nodes[i] ?? "";
      const state = ["--state", `/run/lab/state/${node}`];
      const words = [
        "power",
        "on",
        "--pxe",
        "--redfish",
        "only",
        "--nodes",
        node,
        ...PATIENT,
        ...state,
      ];
      const abort = new AbortController();
      const run = start(lab, words, { signal: abort.signal, kill: "SIGKILL" });
      await until(() => lab.asked(node).some((asked) => asked.step === step), { what: step });
      abort.abort();
      await run.end.catch(() => {});
      const starts = lab.switched(node);
      return { starts, again: await pitboot(lab, words) };
    });
    for (const [i, { kind, step }] of cases.entries()) {
      await t.step(`${kind}, ${step}`, () => {
        const { starts = [], again } = ends[i] ?? {};
        assert(again && starts.every((each) => each === "on e004"), starts.join());
        const { state, message } = powerOf(again, nodes[i] ?? "");
        assertMatch(state, /^(on|already)$/, message ?? "");
        assertEquals(lab.switched(nodes[i] ?? ""), ON);
        return `then: ${state}`;
      });
    }
  },
  NEEDS,
);

function powerOf(call: Call, node: string): NodePower {
  const found = call.document.power?.find((each) => each.node === node);
  assert(found, call.stderr);
  return found;
}
