import { assert, assertEquals, assertMatch } from "@std/assert";
import { RELEASE } from "../../tools/pit/make_pit.ts";
import {
  addNewer,
  change,
  changeOf,
  clockThat,
  cutOff,
  generationFile,
  historyOf,
  leasedPit,
  storedGeneration,
} from "../changes.ts";
import { callInProcess, chained } from "../in_process.ts";
import { isThere, problemOf, treeOf } from "../kit.ts";
import { checkManners, refuse } from "../refusals.ts";
import { sha256 } from "../../lib/text/byte_text.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

Deno.test("a run writes a generation: what each node booted before and after", async () => {
  using pit = leasedPit();
  const env = { CSM_RELEASE: "1.6.2", SUDO_USER: "jane" };
  await change(pit, ["run", "--exclude", "ncn-s003", "--keep", "7"], env);
  const [generation, ...others] = await historyOf(pit);
  assertEquals(others, []);
  assert(generation);
  const { begun, ended, changes, bootScript, ...rest } = generation;
  const command =
    `CSM_RELEASE=1.6.2 pitboot run --json --exclude ncn-s003 --keep 7 --root=${pit.root}`;
  assertEquals(rest, { number: 1, parent: 0, restores: null, who: "jane", command });
  assertMatch(begun, ISO);
  assertMatch(ended ?? "", ISO);
  assertEquals(
    bootScript?.after,
    await sha256(Deno.readTextFileSync(`${pit.www}/boot/script.ipxe`)),
  );
  assert(bootScript?.before !== bootScript?.after);
  assertEquals(changes.map(({ nodes }) => nodes), [
    ["ncn-m002", "ncn-m003"],
    ["ncn-s001", "ncn-s002"],
    ["ncn-w001", "ncn-w002", "ncn-w003", "ncn-w004"],
  ]);
  for (const { nodes: [node = ""], before, after, failed } of changes) {
    assertEquals([before, failed], [null, null]);
    const directory = `${pit.www}/${node}`;
    const text = Deno.readTextFileSync(`${directory}/script.ipxe`);
    assertEquals(after, {
      release: RELEASE,
      kernel: Deno.readLinkSync(`${directory}/kernel`),
      initrd: Deno.readLinkSync(`${directory}/initrd.img.xz`),
      rootfs: Deno.readLinkSync(`${directory}/rootfs`),
      script: { sha256: await sha256(text), edited: false },
      offline: false,
    });
  }
});

Deno.test("a generation begins with what the one before it ended with", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  addNewer(pit);
  await change(pit, ["run", "--nodes", "ncn-w[001-002]"]);
  const [first, second] = await historyOf(pit);
  assertEquals([second?.number, second?.parent, second?.bootScript], [2, 1, null]);
  const [workers] = second?.changes ?? [];
  assertEquals(second?.changes.length, 1);
  assertEquals(workers?.nodes, ["ncn-w001", "ncn-w002"]);
  assertEquals(
    workers?.before,
    first?.changes.find(({ nodes }) => nodes.includes("ncn-w001"))?.after,
  );
  assertEquals(workers?.after?.release, "1.6.2");
});

Deno.test("the state directory is its owner's alone", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;
  assertEquals(modeOf(generationFile(pit, 1)), 0o600);
  assertEquals(modeOf(generationFile(pit, 1).replace("/1.json", "")), 0o700);
});

Deno.test("a run with nothing to do writes no generation", async (t) => {
  using pit = leasedPit();
  const numbers = async (): Promise<number[]> => (await historyOf(pit)).map((each) => each.number);
  assertEquals(await numbers(), []);
  await change(pit, ["run", "--dry-run"]);
  assert(!isThere(`${pit.root}/var/lib/pitboot`));
  await change(pit, ["run"]);
  const idle: Parameters<typeof change>[1][] = [
    ["run"],
    ["set-links"],
    ["set-links", "--reset-scripts"],
    ["online", "--nodes", "ncn-w001"],
    ["rollback", "1"],
    ["rollback", "--dry-run"],
    ["offline", "--dry-run", "--nodes", "ncn-w001"],
  ];
  for (const words of idle) {
    await t.step(words.join(" "), async () => {
      await change(pit, words);
      assertEquals(await numbers(), [1]);
    });
  }
});

Deno.test("a generation tells which nodes failed, and why", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  addNewer(pit);
  const kernel = `${pit.www}/ncn-w001/kernel`;
  const stdin = await chained(pit);
  // When the generation begins, everything is planned and nothing has changed.
  const now = clockThat(() => {
    Deno.removeSync(kernel);
    Deno.mkdirSync(kernel);
  }, { at: 2 });
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin, now });
  assertEquals(code, 3);
  assertEquals(problemOf(document, "node-failed").nodes, ["ncn-w001"]);
  const [, generation] = await historyOf(pit);
  const failed = generation?.changes.filter((change) => change.failed !== null);
  assertEquals(failed?.map(({ nodes }) => nodes), [["ncn-w001"]]);
  assertMatch(
    failed?.[0]?.failed ?? "",
    /\/var\/www\/ncn-w001\/kernel has appeared and is in the way/,
  );
  assertEquals(failed?.[0]?.before?.release, RELEASE);
  assert(generation?.ended);
  const { stdout } = await callInProcess(pit, ["history"]);
  assertMatch(stdout, /^2 .* 9 +1 failed +1\.6\.2 /m);
  // The others were switched; with the obstacle gone it is repaired.
  Deno.removeSync(kernel);
  assertEquals(changeOf(await change(pit, ["run"]), "ncn-w001"), "updated");
});

Deno.test("a run is done although its end cannot be remembered", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const before = await historyOf(pit);
  addNewer(pit);
  const stdin = await chained(pit);
  const place = generationFile(pit, 2).replace("/2.json", "");
  // The clock is asked at the begin, of who is booting, when the generation begins and ends.
  const now = clockThat(() => {
    Deno.renameSync(place, `${place}.away`);
    Deno.writeTextFileSync(place, "");
  }, { at: 4 });
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin, now });
  assertEquals([code, changeOf(document, "ncn-w001")], [0, "updated"]);
  assertMatch(
    problemOf(document, "history-unfinished").message,
    /generation 2 will look interrupted$/,
  );
  Deno.removeSync(place);
  Deno.renameSync(`${place}.away`, place);
  assertEquals((await historyOf(pit)).map(({ ended }) => ended !== null), [true, false]);
  // It can be undone all the same.
  await change(pit, ["rollback"]);
  assertEquals(
    (await historyOf(pit)).at(-1)?.changes.map(({ after }) => after),
    before[0]?.changes.map(({ after }) => after),
  );
});

Deno.test("--keep bounds what is remembered", async () => {
  using pit = leasedPit();
  for (const CSM_RELEASE of ["1", "2", "3", "4"]) {
    await change(pit, ["run", "--keep", "2"], { CSM_RELEASE });
  }
  assertEquals((await historyOf(pit)).map(({ number }) => number), [3, 4]);
  assertEquals((await historyOf(pit, "4")).map(({ number }) => number), [4]);
  const gone = await callInProcess(pit, ["history", "2"]);
  assertEquals([gone.code, gone.stdout], [1, ""]);
  assertMatch(gone.stderr, /there is no generation 2 in \/var\/lib\/pitboot/);
});

Deno.test("without --keep the history gets no shorter than it is", async () => {
  using pit = leasedPit();
  for (const CSM_RELEASE of ["1", "2", "3"]) await change(pit, ["run"], { CSM_RELEASE });
  // As if somebody had kept a hundred.
  for (const [from, to] of [[3, 100], [2, 40]] as const) {
    const generation = { ...storedGeneration(pit, from), number: to };
    Deno.writeTextFileSync(generationFile(pit, to), JSON.stringify(generation));
    Deno.removeSync(generationFile(pit, from));
  }
  await change(pit, ["run"], { CSM_RELEASE: "4" });
  assertEquals((await historyOf(pit)).map(({ number }) => number), [40, 100, 101]);
  await change(pit, ["run", "--keep", "2"], { CSM_RELEASE: "5" });
  assertEquals((await historyOf(pit)).map(({ number }) => number), [101, 102]);
});

Deno.test("history --json holds no script, and rollback has them all the same", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  await change(pit, ["run"], { CSM_RELEASE: "1.6.2" });
  const { stdout } = await callInProcess(pit, ["history", "--json"]);
  assert(!stdout.includes("#!ipxe") && !stdout.includes('"scripts"'), stdout);
  const { scripts } = storedGeneration(pit, 2);
  assertEquals(Object.keys(scripts).length, 2);
  for (const [digest, { text }] of Object.entries(scripts)) {
    assertEquals(await sha256(text), digest);
  }
});

Deno.test("history shows lines for people, and all of one", async () => {
  using pit = leasedPit();
  const none = await callInProcess(pit, ["history"]);
  assertEquals([none.code, none.stdout], [0, ""]);
  assertMatch(none.stderr, /has not changed any node yet/);
  await change(pit, ["run"]);
  await change(pit, ["offline", "--nodes", "ncn-w003"]);
  cutOff(pit, 2);
  const before = treeOf(pit.root);
  const all = await callInProcess(pit, ["history"]);
  assertEquals([all.code, all.stderr], [0, ""]);
  const rows = all.stdout.trimEnd().split("\n").map((line) => line.split(/ {2,}/));
  assertEquals(rows.map(([number]) => number), ["GEN", "1", "2"]);
  assertEquals(rows.map((cells) => cells.slice(3, 6)), [
    ["N", "RESULT", "RELEASE"],
    ["9", "done", "fe775c6-1659395320990"],
    ["1", "interrupted", "offline"],
  ]);
  const ofOne = await callInProcess(pit, ["history", "--nodes", "ncn-w003"]);
  assertEquals(ofOne.stdout.match(/^\d.*? {2}1 {2}\w+/gm)?.length, 2, ofOne.stdout);
  const ofNone = await callInProcess(pit, ["history", "--nodes", "ncn-x001"]);
  assertEquals([ofNone.code, ofNone.stdout], [0, ""]);
  assertMatch(ofNone.stderr, /no change of ncn-x001 is recorded/);
  const one = await callInProcess(pit, ["history", "2"]);
  assertMatch(one.stdout, /^generation 2, .*: interrupted\n/);
  assertMatch(one.stdout, /^ncn-w003\n {4}state +online -> offline$/m);
  for (const result of [all, one]) checkManners(result, pit);
  assertEquals(treeOf(pit.root), before);
});

Deno.test("history and what changes nodes name a damaged generation", async (t) => {
  const damages: [name: string, text: string][] = [
    ["cut short", '{"number":1,'],
    ["empty", ""],
    ["of another shape", '{"number":"one"}'],
    ["no object", "[]"],
  ];
  for (const [name, text] of damages) {
    await t.step(name, async (t) => {
      const arrange = ({ root }: { root: string }): void => {
        Deno.mkdirSync(`${root}/var/lib/pitboot/generations`, { recursive: true });
        Deno.writeTextFileSync(`${root}/var/lib/pitboot/generations/1.json`, text);
      };
      const refusal = {
        arrange,
        code: 1,
        problem: "file-invalid",
        message: /^\/var\/lib\/pitboot\/generations\/1\.json: \w/,
        hint: /^move it away/,
      };
      await refuse(t, ["rollback"], [
        { ...refusal, name: "rollback" },
        { ...refusal, name: "set-links", args: ["set-links"] },
        { ...refusal, name: "offline", args: ["offline", "--nodes", "ncn-w001"] },
      ]);
      using pit = leasedPit();
      arrange(pit);
      const { code, stdout, stderr } = await callInProcess(pit, ["history"]);
      assertEquals([code, stdout], [1, ""]);
      assertMatch(stderr, /^pitboot history: error: \/var\/lib\/pitboot\/generations\/1\.json: /);
      assertMatch(stderr, /hint: move it away/);
    });
  }
});

Deno.test("history refuses what is not a number", async (t) => {
  for (const word of ["one", "1.5", "1e3", "1234567890", ""]) {
    await t.step(JSON.stringify(word), async () => {
      using pit = leasedPit();
      const { code, stdout, stderr } = await callInProcess(pit, ["history", word]);
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, /^pitboot history: .* is not the number of a generation/);
    });
  }
});
