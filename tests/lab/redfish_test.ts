/**
 * BMCs whose IPMI is off: what pitboot makes of each by Redfish, beside plain
 * curl; and that it ends well however it was cut off.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Fault } from "./fault.ts";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { mapLimited } from "./map_limited.ts";
import { byHandbook } from "./plain_curl.ts";
import { BIN, type Call, pitboot, shell, start } from "./pitboot.ts";
import { CASES, LASTING_CASES } from "./redfish_cases.ts";
import { askedWords, hasIpmi, workersWith, writesTo } from "./redfish_lab.ts";
import { huntFor } from "./secret_hunt.ts";
import { until } from "./wait.ts";

const NEEDS = { needs: ["curl"] } as const;
/** As long as what never ends is given. */
const HASTY = ["--bmc-timeout", "15s"];
/** And where it has to be seen what it is that never ends, or how far it gets before. */
const LONG = ["--bmc-timeout", "45s"];
/** Pages that are followed at the same time: they mostly wait. */
const AT_ONCE = 24;

labTest("pitboot serves by Redfish what plain curl does, and more", async (t) => {
  const cases = [...CASES, ...LASTING_CASES];
  const plain = workersWith(cases.map(({ faults }) => isOnPage(faults) ? faults : ["dead"]));
  const ours = workersWith(cases.map(({ faults }) => faults), cases.length + 1);
  await using lab = await Lab.start({
    nodes: [...plain.nodes, ...ours.nodes],
    faults: { ...plain.faults, ...ours.faults },
  });
  const set = (nodes: readonly string[], ...args: readonly string[]): Promise<Call> =>
    pitboot(lab, ["bmc-dhcp", "--keep-going", "--nodes", nodes.join(), ...args]);
  const lasting = ours.nodes.slice(CASES.length);
  const state = ["--state", "/run/lab/hasty"];
  const [patient, hasty] = await Promise.all([
    // Many a curl for each: more at once would have to wait for this machine.
    set(ours.nodes.slice(0, CASES.length), "--fanout", "16"),
    set(lasting, ...HASTY, ...state),
    mapLimited(
      plain.nodes.filter((_, i) => isOnPage(cases[i]?.faults ?? [])),
      AT_ONCE,
      (node) => byHandbook(lab, lab.bmc(node)),
    ),
  ]);
  for (const [i, expected] of cases.entries()) {
    const [first = "", second = ""] = [plain.nodes[i], ours.nodes[i]];
    await t.step(expected.faults.join(), async () => {
      const call = lasting.includes(second) ? hasty : patient;
      const words = wordsOf(call, second);
      const seen = {
        plain: lab.isDhcp(first) ? "dhcp" : "static",
        ours: call === hasty ? words.replace(/ .*/, "") : words,
      };
      const line = `curl: ${seen.plain}; pitboot: ${words}, ${askedWords(lab, second)}`;
      const { message } = call.bmc(second);
      const oneOf = expected.ours.split(" or ");
      const ours = oneOf.includes(seen.ours) ? seen.ours : expected.ours;
      const plain = expected.plain === "either" ? seen.plain : expected.plain;
      assertEquals(seen, { plain, ours }, `${line}: ${message}`);
      // A reset takes a while, and the lease has the last word.
      const isSet = /^(changed|already|reset)$/.test(seen.ours);
      if (isSet && !expected.faults.includes("forgets")) await leaseOf(lab, second);
      // What refuses DHCP, and nothing else, has its IPMI from now on.
      if (expected.faults.includes("on:dhcp:fips")) {
        await until(() => hasIpmi(lab, second), { what: line });
      }
      return line;
    });
  }
}, NEEDS);

/** Whether it depends on the fault how far the page leads: that of other kinds leads nowhere. */
function isOnPage(faults: readonly Fault[]): boolean {
  return faults.length === 1 || faults.some((fault) => fault.startsWith("redfish:ilo"));
}

/** State and reason of a BMC. */
function wordsOf(call: Call, node: string): string {
  const { state, reason } = call.bmc(node);
  return [state, ...reason ? [reason] : []].join(" ");
}

async function leaseOf(lab: Lab, node: string): Promise<void> {
  const { mac } = lab.bmc(node);
  await until(async () => (await lab.leases()).some((lease) => lease.startsWith(mac)), {
    what: `a lease of ${node}: ${askedWords(lab, node)}`,
  });
}

const READS = ["root", "managers", "manager", "interfaces", "interface", "protocol"] as const;
const LOSSES = ["error", "lost", "cut", "half", "silence", "away"] as const;
/** The writes of each kind. */
const WRITES = {
  ilo: ["ipmi", "dhcp", "reset"],
  ami: ["ipmi", "dhcp"],
  openbmc: ["ipmi", "dhcp"],
  intel: ["dhcp"],
} as const;
const KINDS = ["ilo", "ami", "openbmc", "intel"] as const;

/** A request of a kind, and what becomes of its answer, once. */
interface Loss {
  readonly kind: keyof typeof WRITES;
  readonly step: string;
  readonly way: typeof LOSSES[number];
}

/** Whether it has left its address for good: an iLO acts only when it is reset. */
function isGone({ kind, step, way }: Loss): boolean {
  return way === "away" && step !== "reset" && (step !== "dhcp" || kind === "ilo");
}

/**
 * Each write of an iLO in each way, and of others where they differ; each read in one way,
 * or, with all tests, all of each.
 */
function allLosses(): Loss[] {
  const isAll = Deno.env.get("PITBOOT_TESTS") === "all";
  const writes = KINDS.flatMap((kind) =>
    WRITES[kind].flatMap((step) =>
      LOSSES.filter((way) => isAll || kind === "ilo" || way === "cut" || way === "away")
        .map((way) => ({ kind, step, way }))
    )
  );
  const reads = READS.flatMap((step, i) =>
    LOSSES.map((way, j) => ({ kind: KINDS[(i + j) % KINDS.length] ?? "ilo", step, way }))
      .filter((_, j) => isAll || i === j)
  );
  return [...writes, ...reads];
}

labTest(
  "a request by Redfish that is lost, once: the next run ends as an undisturbed one",
  async (t) => {
    const losses = allLosses();
    const password = "geheim-7'$%";
    const { nodes, faults } = workersWith(
      losses.map((
        { kind, step, way },
      ): Fault[] => [`redfish:${kind}`, `on:${step as "any"}:${way}:1`]),
    );
    await using lab = await Lab.start({ nodes, faults, password });
    const env = { IPMI_PASSWORD: password };
    await using hunt = huntFor(lab, password);
    const [gone, living] = [true, false].map((wanted) =>
      nodes.filter((_, i) => losses[i] && isGone(losses[i]) === wanted)
    ) as [string[], string[]];
    const set = (list: readonly string[], ...args: readonly string[]): Promise<Call> =>
      pitboot(lab, ["bmc-dhcp", "--nodes", list.join(), ...args], { env });
    const [first, away] = await Promise.all([
      set(living),
      set(gone, ...LONG, "--state", "/run/lab/hasty"),
    ]);
    // Where it was told to, it asks for its lease by itself, and is found there.
    for (const node of living) if (lab.isDhcp(node)) await leaseOf(lab, node);
    const second = await set(living);
    for (const [i, loss] of losses.entries()) {
      const node = nodes[i] ?? "";
      await t.step(Object.values(loss).join(), async () => {
        if (isGone(loss)) {
          // Where it was told to before, nobody can say whether it heard that.
          const isTold = lab.asked(node).some(({ step }) => step === "dhcp");
          // Of a request that was under way when its time was over, neither.
          const may = isTold ? ["unknown"] : ["unreachable", "unknown"];
          assert(may.includes(away.bmc(node).state), wordsOf(away, node));
          return `${wordsOf(away, node)}; ${askedWords(lab, node)}`;
        }
        const states = [first, second].map((call) => wordsOf(call, node));
        const line = `${states.join(", then ")}; ${askedWords(lab, node)}`;
        assert(/^(already|changed|reset)$/.test(states[1] ?? ""), line);
        await leaseOf(lab, node);
        if (loss.kind !== "intel") await until(() => hasIpmi(lab, node), { what: line });
        return line;
      });
    }
    await t.step("the password is nowhere", async () => {
      for (const call of [first, second, away]) {
        assert(!(call.stdout + call.stderr).includes(password));
      }
      const { seen, found } = await hunt.end();
      assertEquals(found, []);
      assert(seen > 0, "no curl was seen");
      return `${seen} times a curl was seen, and all files of the lab`;
    });
  },
  NEEDS,
);

labTest("killed after a write by Redfish, and run again: as an undisturbed run", async (t) => {
  const pairs = KINDS.flatMap((kind) => WRITES[kind].map((step) => ({ kind, step })));
  const { nodes, faults } = workersWith(
    pairs.map(({ kind }): Fault[] => [`redfish:${kind}`, "slow:500"]),
  );
  const cases = pairs.map((pair, i) => ({ ...pair, node: nodes[i] ?? "" }));
  await using lab = await Lab.start({ nodes, faults });
  const seen = await mapLimited(cases, cases.length, async ({ step, node }) => {
    const args = ["bmc-dhcp", "--nodes", node, "--state", `/run/lab/state/${node}`];
    const abort = new AbortController();
    const run = start(lab, [...args, "--redfish", "only"], {
      signal: abort.signal,
      kill: "SIGKILL",
    });
    await until(() => lab.asked(node).some((asked) => asked.step === step));
    abort.abort();
    await run.end.catch(() => {});
    return await pitboot(lab, [...args]);
  });
  for (const [i, { kind, step, node }] of cases.entries()) {
    await t.step(`${kind}, ${step}`, async () => {
      const words = seen[i] ? wordsOf(seen[i], node) : "";
      const line = `then: ${words}, ${askedWords(lab, node)}`;
      assert(/^(already|changed|reset)$/.test(words), line);
      await leaseOf(lab, node);
      if (kind !== "intel") await until(() => hasIpmi(lab, node), { what: line });
      const twice = WRITES[kind].filter((each) =>
        writesTo(lab, node).filter((asked) => asked.step === each).length > 1
      );
      assertEquals(twice, [], line);
      return line;
    });
  }
}, NEEDS);

labTest(
  "a BMC that speaks IPMI is asked nothing by Redfish, and Redfish never without --redfish",
  async (t) => {
    const { nodes, faults } = workersWith([
      ["redfish:ilo", "ipmi"],
      ["redfish:ilo", "ipmi", "badpass"],
      ["redfish:ilo"],
      ["redfish:openbmc"],
      ["redfish:ilo"],
      ["redfish:ilo"],
    ]);
    const [
      speaks = "",
      refuses = "",
      never = "",
      proxied = "",
      without = "",
      only = "",
    ] = nodes;
    await using lab = await Lab.start({ nodes, faults });
    const set = async (node: string, ...args: readonly string[]): Promise<string> =>
      wordsOf(await pitboot(lab, ["bmc-dhcp", "--nodes", node, ...args]), node);
    await t.step("IPMI on", async () => {
      assertEquals(await set(speaks), "changed");
      assertEquals(await set(refuses), "denied refused-password");
      const asked = [speaks, refuses].flatMap((node) => lab.asked(node));
      // On a machine that is busy IPMI may be silent for a second: it may be looked for, then.
      assertEquals(asked.filter(({ step, login }) => step !== "root" || login !== "none"), []);
      return `${asked.length} requests`;
    });
    await t.step("--redfish never", async () => {
      assertEquals(await set(never, "--redfish", "never", ...LONG), "unreachable ipmi-off");
      const asked = lab.asked(never);
      assertEquals([...new Set(asked.map(({ step, login }) => `${step} ${login}`))], ["root none"]);
      return askedWords(lab, never);
    });
    await t.step("--enable-ipmi", async () => {
      assertEquals(await set(only, "--enable-ipmi"), "reset");
      await until(() => hasIpmi(lab, only));
      assertEquals(writesTo(lab, only).map(({ step }) => step), ["ipmi", "reset"]);
      assertEquals(lab.isDhcp(only), false);
      return askedWords(lab, only);
    });
    await t.step("a proxy in the environment, and ~/.curlrc", async () => {
      await lab.sh(
        "mkdir /run/lab/home && echo 'proxy = http://127.0.0.1:9' >/run/lab/home/.curlrc",
      );
      const proxy = "http://127.0.0.1:9";
      const env = {
        "https_proxy": proxy,
        ALL_PROXY: proxy,
        HOME: "/run/lab/home",
        CURL_HOME: "/run/lab/home",
      };
      const call = await pitboot(lab, ["bmc-dhcp", "--nodes", proxied], { env });
      assertEquals(wordsOf(call, proxied), "changed", call.stderr);
    });
    await t.step("no curl", async () => {
      await lab.sh("mkdir /run/lab/few && ln -s $(command -v ipmitool) /run/lab/few/");
      const call = await shell(
        lab,
        `PATH=/run/lab/few ${BIN}/pitboot bmc-dhcp --nodes ${without} ${LONG.join(" ")}`,
      );
      assertEquals(wordsOf(call, without), "unreachable no-answer", call.stderr);
      assert(call.stderr.includes("curl"), call.stderr);
      return call.stderr.split("\n").find((line) => line.includes("curl")) ?? "";
    });
  },
  NEEDS,
);
