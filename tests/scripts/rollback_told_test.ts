import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { OutputError } from "../../lib/io/context.ts";
import { LockFile } from "../../lib/io/lock.ts";
import { Root } from "../../lib/io/root.ts";
import { RELEASE } from "../../tools/pit/make_pit.ts";
import {
  addNewer,
  change,
  changeOf,
  clockThat,
  generationFile,
  historyOf,
  leasedPit,
  storedGeneration,
} from "../changes.ts";
import { callInProcess, collect, type InProcessOptions } from "../in_process.ts";
import { problemOf, withoutRoot } from "../kit.ts";

type Pit = ReturnType<typeof leasedPit>;

/** A PIT with three generations, each with a newer release. */
async function threeReleases(): Promise<Pit> {
  const pit = leasedPit();
  await change(pit, ["run"]);
  for (const release of ["1.6.1", "1.6.2"]) {
    addNewer(pit, release);
    await change(pit, ["run"]);
  }
  assertEquals(releaseOf(pit), "1.6.2");
  return pit;
}

/** What a node boots; `null` if it has no links. */
function releaseOf({ www }: Pit): string | null {
  try {
    return Deno.readLinkSync(`${www}/ncn-w001/kernel`).split("/").at(-2) ?? "";
  } catch {
    return null;
  }
}

/** A standard output that takes nothing. */
const FULL = {
  stdout: collect(() => {
    throw new OutputError("standard output: No space left on device", null);
  }),
};

/** Told to stop once everything is done and recorded, while it says so. */
function stoppedAtEnd(): InProcessOptions {
  const controller = new AbortController();
  // The time of the end of the generation is the last that it asks for, after those of its
  // begin, of that of the generation, and of who is booting.
  const now = clockThat(() => controller.abort(new Error("stopped by SIGINT")), { at: 4 });
  return { signal: controller.signal, now };
}

Deno.test("rollback that could not say that it was done goes to the same generation again", async (t) => {
  const ends: [name: string, optionsFor: () => InProcessOptions, code: number][] = [
    ["stopped at its very end", stoppedAtEnd, 130],
    ["its output is full", () => FULL, 1],
  ];
  for (const [name, optionsFor, code] of ends) {
    for (const number of [[], ["2"]]) {
      await t.step(`${name}: rollback ${number}`, async () => {
        using pit = await threeReleases();
        const words = ["rollback", ...number, "--json"] as const;
        assertEquals((await callInProcess(pit, words, optionsFor())).code, code);
        assertEquals(releaseOf(pit), "1.6.1");
        const again = await callInProcess(pit, ["rollback", "--json"]);
        assertEquals([again.code, releaseOf(pit)], [0, "1.6.1"]);
        assertEquals(changeOf(again.document, "ncn-w001"), "unchanged");
        assertStringIncludes(again.stderr, "could not say that it was done");
        // It has been said now: the next one goes further.
        const further = await callInProcess(pit, ["rollback", "--json"]);
        assertEquals([further.code, releaseOf(pit)], [0, RELEASE]);
        assertEquals(further.stderr.includes("could not say"), false);
      });
    }
  }
});

Deno.test("rollback that was killed after its end was recorded goes to the same generation again", async () => {
  using pit = await threeReleases();
  await change(pit, ["rollback"]);
  const told = `${pit.root}/var/lib/pitboot/generations/told.json`;
  for (const spoil of [() => Deno.removeSync(told), () => Deno.writeTextFileSync(told, "{")]) {
    spoil();
    await change(pit, ["rollback", "-n"]);
    await change(pit, ["rollback"]);
    assertEquals([releaseOf(pit), (await historyOf(pit)).length], ["1.6.1", 4]);
  }
  await change(pit, ["rollback"]);
  assertEquals(releaseOf(pit), RELEASE);
});

Deno.test("two rollbacks at the same moment go one generation back", async () => {
  using pit = await threeReleases();
  const both = await Promise.all([1, 2].map(() => callInProcess(pit, ["rollback", "--json"])));
  assertEquals(both.map(({ code }) => code), [0, 0], both.map(({ stderr }) => stderr).join());
  assertEquals([releaseOf(pit), (await historyOf(pit)).length], ["1.6.1", 4]);
});

Deno.test("rollback that waited for another change does not undo that, too", async () => {
  using pit = await threeReleases();
  const lock = new LockFile(new Root(pit.root), "/var/lib/pitboot/lock", "");
  const held = await lock.hold();
  const stderr = collect((text) => {
    if (!text.includes("waiting for it")) return;
    // The other one ends.
    const generation = { ...storedGeneration(pit, 3), number: 4, parent: 3 };
    Deno.writeTextFileSync(generationFile(pit, 4), JSON.stringify(generation));
    held[Symbol.dispose]();
  });
  const { code, document } = await callInProcess(pit, ["rollback", "--json"], { stderr });
  assertEquals([code, releaseOf(pit), (await historyOf(pit)).length], [1, "1.6.2", 4]);
  const { message, hint } = problemOf(document, "generation-changed");
  assertMatch(message, /\(generation 4\): nothing was undone$/);
  assertMatch(withoutRoot(pit, hint), /pitboot rollback 2 /);
});
