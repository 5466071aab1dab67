import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  changeBmc,
  giveLeases,
  isThere,
  leasesOf,
  problemOf,
  resultOf,
  startPitboot,
  type TemporaryPit,
  temporaryPit,
  until,
} from "../kit.ts";
import { historyOf } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { callUntilLate, isSaid, type Running, startInProcess } from "../late.ts";

const FIRST = "ncn-w001";
const SECOND = "ncn-w002";

/** A PIT whose BMCs ask for leases when we write these, and not before. */
function slowPit(): TemporaryPit {
  const pit = temporaryPit();
  for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
  return pit;
}

/** Starts a run of two nodes, and waits until it waits. */
function startRun(pit: TemporaryPit, ...args: string[]): Promise<Running> {
  return startRunOf(pit, `${FIRST},${SECOND}`, ...args);
}

async function startRunOf(pit: TemporaryPit, nodes: string, ...args: string[]): Promise<Running> {
  const run = startInProcess(pit, ["run", "--json", "--nodes", nodes, ...args]);
  await until(() => run.stderr.includes("waiting up to"));
  return run;
}

async function isServed(pit: TemporaryPit, name: string): Promise<void> {
  await until(() => isThere(`${pit.root}/var/www/${name}/script.ipxe`));
}

Deno.test("run says what the matter is where it cannot remember, and of whom it waits for no more", async () => {
  using pit = slowPit();
  const run = await startRun(pit);
  // A file in place of a directory: even root cannot write below it.
  Deno.writeTextFileSync(`${pit.root}/var/lib/pitboot/generations`, "");
  giveLeases(pit, [FIRST]);
  const { code, document, stderr } = await run.end;
  assertEquals(code, 1, stderr);
  const causes = document.nodes?.map(({ name, cause }) => [name, cause?.code, cause?.message]);
  const path = "/var/lib/pitboot/generations";
  assertEquals(causes?.[1], [SECOND, "leases-missing", "has no lease yet"]);
  assertEquals(causes?.[0]?.slice(0, 2), [FIRST, "node-failed"]);
  assertMatch(causes?.[0]?.[2] ?? "", new RegExp(`^${path}`));
  // What was never written is not interrupted either.
  assert(!document.problems.some(({ code }) => code === "history-unfinished"), stderr);
  assertEquals(isThere(`${pit.root}/var/www/${FIRST}`), false);
});

Deno.test("run goes on where the disk of its state is full for a while, or nothing can be opened", async (t) => {
  const faults: [name: string, code: string, call: "openSync" | "symlinkSync", place: RegExp][] = [
    ["the disk is full", "ENOSPC", "openSync", /\/generations\/\.1\.json\.new$/],
    ["too many files are open", "EMFILE", "symlinkSync", /\/kernel$/],
  ];
  for (const [name, code, call, place] of faults) {
    await t.step(name, async () => {
      using pit = slowPit();
      const run = await startRun(pit);
      let count = 0;
      const original = Deno[call];
      const failing = (...words: [string, never]): unknown => {
        const path = words[call === "openSync" ? 0 : 1] as string;
        if (!place.test(path)) return original(...words);
        count++;
        throw Object.assign(new Error(`${name} (os error 1)`), { code });
      };
      Object.assign(Deno, { [call]: failing });
      giveLeases(pit, [FIRST, SECOND]);
      try {
        await until(() =>
          count >= (call === "openSync" ? 2 : 3) || run.stderr.includes("NOT READY")
        );
      } finally {
        Object.assign(Deno, { [call]: original });
      }
      const { code: exit, document, stderr } = await run.end;
      assertEquals(exit, 0, stderr);
      assertEquals(document.nodes?.map(({ change }) => change), ["created", "created"]);
      const [generation, ...others] = await historyOf(pit);
      assertEquals(others, []);
      assertEquals(generation?.changes.map(({ before, failed }) => [before, failed]), [[
        null,
        null,
      ]]);
    });
  }
});

Deno.test("run waits on while the leases cannot be read", async () => {
  using pit = slowPit();
  const run = await startRun(pit);
  const path = leasesOf(pit);
  const text = Deno.readTextFileSync(path);
  Deno.removeSync(path);
  Deno.mkdirSync(path);
  await until(() => run.stderr.includes("is a directory; pitboot looks again"));
  Deno.removeSync(path);
  Deno.writeTextFileSync(path, `${text}no lease\n1 is none\n`);
  await until(() => run.stderr.includes("is not a lease"));
  Deno.writeTextFileSync(path, text);
  giveLeases(pit, [FIRST, SECOND]);
  const { code, stderr } = await run.end;
  assertEquals(code, 0, stderr);
});

Deno.test("run says of a BMC that has given its lease up that it has", async () => {
  using pit = slowPit();
  const nodes = ["--nodes", `${FIRST},${SECOND}`];
  const said = [isSaid("has lost its lease"), isSaid("BMCs are switched")];
  const isSo = (stderr: string): boolean => said.every((is) => is(stderr));
  const end = callUntilLate(pit, ["run", "--json", ...nodes], { isSo });
  giveLeases(pit, [FIRST]);
  await isServed(pit, FIRST);
  Deno.writeTextFileSync(leasesOf(pit), "");
  const { code, document, stderr } = await end;
  assertEquals(code, 124, stderr);
  assertEquals(document.nodes?.map(({ name, change, cause }) => [name, change, cause?.message]), [
    [FIRST, "created", "has lost its lease"],
    [SECOND, "absent", "does not request a lease"],
  ]);
  assertMatch(stderr, /NOT READY +0 of 2 nodes will boot \S+; 2 may not \(exit 124\)/);
});

Deno.test("run warns of a boot script that was changed while it waited", async () => {
  using pit = slowPit();
  const run = await startRun(pit);
  giveLeases(pit, [FIRST]);
  await isServed(pit, FIRST);
  Deno.writeTextFileSync(`${pit.root}/var/www/boot/script.ipxe`, "# mine\n", { append: true });
  giveLeases(pit, [SECOND]);
  const { code, document } = await run.end;
  assertEquals(code, 0);
  assertMatch(problemOf(document, "script-edited").message, /boot\/script\.ipxe was changed while/);
  const [first, second] = [FIRST, SECOND].map((node) =>
    Deno.readTextFileSync(`${pit.root}/var/www/${node}/script.ipxe`)
  );
  assertEquals(first, second);
  const again = await callInProcess(pit, ["run", "--json", "--nodes", `${FIRST},${SECOND}`]);
  assertEquals(again.document.nodes?.map(({ script }) => script), ["written", "written"]);
  assert(!again.document.problems.some(({ code }) => code === "script-edited"));
  assertEquals((await historyOf(pit)).length, 2);
});

Deno.test("run says nothing of a wait that ^C has ended", async () => {
  using pit = slowPit();
  changeBmc(pit, SECOND, `fault=hang; touch ${pit.directory}/hangs`);
  const run = startInProcess(pit, ["run", "--json", "--nodes", `${FIRST},${SECOND}`]);
  await until(() => isThere(`${pit.directory}/hangs`));
  giveLeases(pit, [FIRST]);
  await isServed(pit, FIRST);
  run.interrupt();
  const { code, stderr } = await run.end;
  assertEquals(code, 130);
  assert(!stderr.includes("waiting up to"), stderr);
});

Deno.test("run serves nodes although the images of another role went away, and waits on", async () => {
  using pit = slowPit();
  const run = await startRunOf(pit, `${FIRST},${SECOND},ncn-s[001-002]`);
  giveLeases(pit, ["ncn-s001"]);
  await isServed(pit, "ncn-s001");
  Deno.removeSync(`${pit.root}/var/www/ephemeral/data/ceph`, { recursive: true });
  giveLeases(pit, ["ncn-s002"]);
  giveLeases(pit, [FIRST]);
  await isServed(pit, FIRST);
  giveLeases(pit, [SECOND]);
  const { code, document, stderr } = await run.end;
  assertEquals(code, 5, stderr);
  assertMatch(problemOf(document, "images-missing").message, /ceph.*does not exist/);
  // What was made before boots no more.
  assertEquals(document.nodes?.map(({ name, change, cause }) => [name, change, cause?.code]), [
    ["ncn-s001", "created", "node-failed"],
    ["ncn-s002", "absent", "node-failed"],
    [FIRST, "created", undefined],
    [SECOND, "created", undefined],
  ]);
  assertMatch(stderr, /NOT READY +2 of 4 nodes will boot/);
});

Deno.test("run names all nodes in its verdict although the web root went away", async () => {
  using pit = slowPit();
  const run = await startRun(pit);
  giveLeases(pit, [FIRST]);
  await isServed(pit, FIRST);
  Deno.renameSync(`${pit.root}/var/www`, `${pit.root}/var/elsewhere`);
  giveLeases(pit, [SECOND]);
  const { code, document, stderr } = await run.end;
  assertEquals(code, 5, stderr);
  assertEquals(problemOf(document, "file-missing").message, "/var/www: does not exist");
  assertEquals(document.nodes?.map(({ name, cause }) => [name, cause?.code]), [
    [FIRST, "node-failed"],
    [SECOND, "node-failed"],
  ]);
  assertMatch(stderr, /NOT READY +0 of 2 nodes will boot/);
});

Deno.test("history says that a run is running, and of one that was killed", async () => {
  using pit = slowPit();
  const run = startPitboot(pit, ["run", "--json"], { stdin: "null" });
  giveLeases(pit, [FIRST]);
  await isServed(pit, FIRST);
  const during = await callInProcess(pit, ["history"]);
  assertMatch(during.stdout, / 1 +running /);
  const one = await callInProcess(pit, ["history", "1"]);
  assertMatch(one.stdout, /^generation 1, .*: running\n/);
  run.kill("SIGKILL");
  await resultOf(run);
  // A child that it was starting holds what it held for a moment.
  await until(async () => / 1 +interrupted /.test((await callInProcess(pit, ["history"])).stdout));
});
