import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RELEASE } from "../../tools/pit/make_pit.ts";
import { leaseLine } from "../../tools/pit/system.ts";
import {
  addNewer,
  change,
  changeOf,
  generationFile,
  historyOf,
  leasedPit,
  NO_PASSWORD,
  storedGeneration,
} from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import {
  changeBmc,
  giveLeases,
  isThere,
  problemOf,
  resultOf,
  startPitboot,
  type TemporaryPit,
  temporaryPit,
  treeOf,
  until,
} from "../kit.ts";
import { isSaid, type Running, startInProcess } from "../late.ts";
import type { Words } from "../refusals.ts";

const [FIRST, SECOND, STORAGE] = ["ncn-w001", "ncn-w002", "ncn-s001"] as const;
const SINCE = "has been running since \\d\\d:\\d\\d UTC";

/** A PIT whose storage node is set up, and where a run waits for two workers. */
async function pitWithRun(
  ...args: string[]
): Promise<TemporaryPit & { readonly run: Running; readonly www: string }> {
  const pit = temporaryPit();
  for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
  giveLeases(pit, [STORAGE]);
  await change(pit, ["set-links", "--nodes", STORAGE]);
  const words: Words = ["run", "--json", "--nodes", `${FIRST},${SECOND}`, ...args];
  const run = startInProcess(pit, words);
  await until(() => run.stderr.includes("waiting up to"));
  return { ...pit, run, www: `${pit.root}/var/www` };
}

async function untilServed({ www }: { www: string }, node: string): Promise<void> {
  await until(() => isThere(`${www}/${node}/script.ipxe`));
}

Deno.test("while a run waits, others work on nodes that it does not work on, or is done with", async () => {
  using pit = await pitWithRun();
  giveLeases(pit, [FIRST]);
  await untilServed(pit, FIRST);
  const others: Words[] = [
    ["offline", "--nodes", STORAGE],
    ["online", "--nodes", STORAGE],
    ["set-links", "--exclude", "ncn-m*,ncn-w00[2-4],ncn-s00[2-3]"],
    ["offline", "--nodes", FIRST],
    ["rollback"],
    // Its BMC has been switched to DHCP: the run asks it nothing any more.
    ["bmc-dhcp", "--reset", "--nodes", SECOND],
  ];
  for (const words of others) {
    const { code, stderr } = await callInProcess(pit, words);
    assertEquals(code, 0, `${words.join(" ")}: ${stderr}`);
  }
  giveLeases(pit, [SECOND]);
  const { code, document, stderr } = await pit.run.end;
  assertEquals(code, 0, stderr);
  assertEquals(document.nodes?.map(({ name }) => name), [FIRST, SECOND]);
  // What was added after others came is a generation of its own.
  const history = await historyOf(pit);
  assertEquals(
    history.map(({ changes, parent, ended }) => [
      changes.flatMap(({ nodes }) => nodes).join(),
      parent,
      ended !== null,
    ]),
    [
      [STORAGE, 0, true],
      [FIRST, 1, true],
      [STORAGE, 2, true],
      [STORAGE, 3, true],
      [FIRST, 4, true],
      // It went back to the fourth, from which the third is next.
      [FIRST, 3, true],
      [SECOND, 6, true],
    ],
  );
  assertEquals(isThere(`${pit.root}/var/lib/pitboot/claim-1.json`), false);
});

Deno.test("a command is told who works on its nodes, and how to end that", async (t) => {
  using pit = await pitWithRun();
  const others: Words[] = [
    ["offline", "--nodes", `${SECOND},${STORAGE}`],
    ["run", "--nodes", SECOND],
  ];
  for (const [name, ...args] of others) {
    await t.step([name, ...args].join(" "), async () => {
      const { code, document } = await callInProcess(pit, [name, "--json", ...args]);
      assertEquals(code, 1);
      const { message, hint, nodes } = problemOf(document, "locked");
      const [who] = message.split(" has been");
      assertMatch(
        who ?? "",
        /^pitboot run --json --nodes ncn-w001,ncn-w002 .*\((?:root|uid \d+), process \d+\)$/,
      );
      assertMatch(message, new RegExp(`${SINCE} and is not done with ncn-w002$`));
      assertEquals(
        hint,
        `wait until it is; kill ${Deno.pid} ends it, and what it has done so far is kept`,
      );
      assertEquals(nodes, [SECOND]);
    });
  }
  pit.run.interrupt();
  assertEquals((await pit.run.end).code, 130);
  await change(pit, ["offline", "--nodes", `${SECOND},${STORAGE}`]);
});

Deno.test("dry runs and looks claim nothing, and are not kept from looking", async () => {
  using pit = await pitWithRun();
  for (const words of [["run", "-n"], ["status"], ["history"], ["bmc-dhcp", "-n"]] as Words[]) {
    const { code, stderr } = await callInProcess(pit, words);
    assert(code !== 1, stderr);
    assert(!stderr.includes("waiting for it"), stderr);
  }
  pit.run.interrupt();
  await pit.run.end;
});

Deno.test("two commands never ask one BMC at the same time", async () => {
  using pit = temporaryPit({ leased: true });
  const [first] = pit.nodes.slice(1);
  assert(first);
  changeBmc(pit, first.name, `fault=hang; echo $$ >>${pit.directory}/sessions`);
  const one = startPitboot(pit, ["bmc-dhcp", "--nodes", first.name], { stdin: "null" });
  await until(() => isThere(`${pit.directory}/sessions`));
  const { code, document } = await callInProcess(pit, ["bmc-dhcp", "--nodes", first.name]);
  assertEquals(code, 1);
  const { message } = problemOf(document, "locked");
  assertMatch(message, new RegExp(`${SINCE} and is not done with the BMC of ${first.name}$`));
  // Nodes are something else than their BMCs.
  await change(pit, ["offline", "--nodes", first.name]);
  one.kill("SIGKILL");
  await resultOf(one);
  const [session = "", ...others] = Deno.readTextFileSync(`${pit.directory}/sessions`)
    .trim().split("\n");
  assertEquals(others, []);
  Deno.kill(Number(session), "SIGKILL");
  changeBmc(pit, first.name, "source=dhcp\nfault=");
  // What a killed command has left says nothing.
  assertEquals((await callInProcess(pit, ["bmc-dhcp", "--nodes", first.name])).code, 0);
  assertEquals(isThere(`${pit.root}/var/lib/pitboot/claim-1.json`), false);
});

Deno.test("a run lets go a node whose BMC it cannot switch, and leaves what others made of it", async (t) => {
  const others: [name: string, words: Words, code: number, change: string][] = [
    [
      "set-links",
      [
        "set-links",
        "--nodes",
        FIRST,
        "--release",
        `kubernetes=${RELEASE}`,
        "--leases=/other.leases",
      ],
      3,
      "unchanged",
    ],
    ["offline", ["offline", "--nodes", FIRST], 0, "offline"],
    ["nobody", ["history"], 0, "created"],
  ];
  for (const [name, words, code, what] of others) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
      changeBmc(pit, FIRST, "fault=dead");
      addNewer(pit);
      const run = startInProcess(pit, [
        "run",
        "--json",
        "--bmc-timeout=1s",
        "--nodes",
        `${FIRST},${SECOND}`,
      ]);
      await until(() => isSaid(`BMC of ${FIRST}`)(run.stderr) || run.stderr.includes("no answer"));
      // Its lease comes all the same, and another command sees it first.
      const [lease = ""] = pit.nodes.filter(({ name }) => name === FIRST).map((node) =>
        leaseLine(node)
      );
      Deno.writeTextFileSync(`${pit.root}/other.leases`, lease);
      const result = await callInProcess(pit, words);
      assertEquals(result.code, 0, result.stderr);
      giveLeases(pit, [FIRST, SECOND]);
      const { code: exit, document, stderr } = await run.end;
      assertEquals([exit, changeOf(document, FIRST)], [code, what], stderr);
      if (code === 3) assertStringIncludes(stderr, "another pitboot has changed it meanwhile");
    });
  }
});

Deno.test("rollback does not undo what a run has not ended, nor what is older by that", async () => {
  using pit = await pitWithRun();
  giveLeases(pit, [FIRST]);
  await untilServed(pit, FIRST);
  await until(() => storedFirst(pit));
  const refused = await callInProcess(pit, ["rollback", "--json"]);
  assertEquals(refused.code, 1);
  const { message, hint } = problemOf(refused.document, "locked");
  assertMatch(
    message,
    new RegExp(`^pitboot run .*${SINCE}: its generation 2 cannot be undone yet$`),
  );
  assertMatch(hint ?? "", /^wait until it ends; kill \d+ ends it/);
  await change(pit, ["offline", "--nodes", STORAGE]);
  await change(pit, ["rollback"]);
  assertEquals(isThere(`${pit.www}/${STORAGE}/script.ipxe`), true);
  assertEquals(isThere(`${pit.www}/${FIRST}/script.ipxe`), true);
  // The next one would undo what the run has done.
  assertEquals((await callInProcess(pit, ["rollback"])).code, 1);
  assertEquals((await callInProcess(pit, ["rollback", "0"])).code, 1);
  pit.run.interrupt();
  await pit.run.end;
  await change(pit, ["rollback"]);
  assertEquals(isThere(`${pit.www}/${FIRST}/script.ipxe`), false);
  assertEquals(isThere(`${pit.www}/${STORAGE}/script.ipxe`), true);
});

Deno.test("a generation of a run is not forgotten before it has ended", async () => {
  using pit = await pitWithRun();
  giveLeases(pit, [FIRST]);
  await untilServed(pit, FIRST);
  await change(pit, ["offline", "--nodes", STORAGE, "--keep", "1"]);
  assertEquals(isThere(generationFile(pit, 2)), true);
  giveLeases(pit, [SECOND]);
  const { code, stderr } = await pit.run.end;
  assertEquals(code, 0, stderr);
  assertEquals((await historyOf(pit)).map(({ number, ended }) => [number, ended !== null]), [
    [2, true],
    [3, true],
    [4, true],
  ]);
});

Deno.test("install goes on beside a run, and --uninstall does not", async () => {
  using pit = await pitWithRun();
  Deno.mkdirSync(`${pit.root}/opt`);
  Deno.writeTextFileSync(`${pit.root}/opt/pitboot`, "#!/bin/sh\n", { mode: 0o755 });
  const install = async (...args: string[]): Promise<[number, string]> => {
    const { code, stderr } = await callInProcess(pit, ["install", ...args]);
    return [code, stderr];
  };
  assertEquals((await install("--binary=/opt/pitboot"))[0], 0);
  const [code, stderr] = await install("--uninstall");
  assertEquals(code, 1);
  assertMatch(stderr, new RegExp(`pitboot run .*${SINCE}\\n  hint: wait until it ends; kill`));
  pit.run.interrupt();
  await pit.run.end;
  assertEquals((await install("--uninstall"))[0], 0);
});

function storedFirst(pit: TemporaryPit): boolean {
  return isThere(generationFile(pit, 2)) && storedGeneration(pit, 2).number === 2;
}

Deno.test("a change that others could not be told of is not made", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const before = treeOf(pit.www);
  {
    using _full = withoutWriting('{"generation":2}');
    const words = ["offline", "--json", "--nodes", "ncn-w001"] as const;
    const { code, document } = await callInProcess(pit, words, { env: NO_PASSWORD });
    assertEquals(code, 1);
    assertMatch(
      problemOf(document, "file-unwritable").message,
      /\/claim-1\.json cannot be written: /,
    );
  }
  assertEquals(treeOf(pit.www), before);
  assertEquals((await historyOf(pit)).length, 1);
});

/** Until the end of its block, lets a text be written to no file. */
function withoutWriting(text: string): Disposable {
  const { writeSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.writeSync = function (bytes: Uint8Array): number {
    if (new TextDecoder().decode(bytes).includes(text)) throw new Error("no space left on device");
    return writeSync.call(this, bytes);
  };
  return { [Symbol.dispose]: () => Object.assign(Deno.FsFile.prototype, { writeSync }) };
}
