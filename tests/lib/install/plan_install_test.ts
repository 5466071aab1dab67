import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { type InstallRecord, NOTHING_INSTALLED } from "../../../lib/install/install_record.ts";
import { describeStep, type InstallStep } from "../../../lib/install/install_step.ts";
import { DIRECTORY, PROGRAM_ITSELF, type WantedItem } from "../../../lib/install/plan_install.ts";
import {
  directoriesAbove,
  type Disk,
  file,
  install,
  link,
  LOCK,
  plan,
  STATE,
  type System,
} from "../../testdata/install_model.ts";

const OLD = "/bin/set-sqfs-links.sh";
const PAGE = "/share/man/page";
const V1 = [link("/bin/a", "v1"), link(OLD, "v1"), file(PAGE, "v1")];
const V2 = [link("/bin/a", "v2"), link(OLD, "v2"), file(PAGE, "v2"), file("/share/new", "v2")];
const MOVED = [link("/opt/bin/a", "v1"), link("/opt/bin/set-sqfs-links.sh", "v1")];
const NOTHING: WantedItem[] = [];
const wishes = fc.constantFrom(V1, V2, MOVED, NOTHING);

/** What may be there before the first installation: mostly nothing is in the way. */
const disks: fc.Arbitrary<Disk> = fc.record({
  directories: fc.subarray([
    "/bin",
    "/share",
    "/share/man",
    "/opt",
    "/opt/bin",
    "/var",
    "/other",
  ]),
  others: fc.subarray(["/bin/other", "/share/man/other", "/var/state/other", "/opt/bin/other"]),
  old: fc.constantFrom("", "", "old", "-> ../tools/old", PROGRAM_ITSELF),
  kept: fc.constantFrom("", "", "", "older"),
  link: fc.constantFrom("", "", "", "-> v1", PROGRAM_ITSELF, "foreign", DIRECTORY),
  page: fc.constantFrom("", "", "", "v1", "foreign"),
}).map(({ directories, others, old, kept, link, page }) => {
  const there = Object.entries({ "/bin/a": link, [OLD]: old, [`${OLD}.orig`]: kept, [PAGE]: page })
    .filter(([, found]) => found !== "");
  const files: (readonly [string, string])[] = [
    ...there,
    ...others.map((path) => [path, "foreign"] as const),
    // Where a run has left something, it has left the lock.
    ...others.includes(`${STATE}/other`) ? [[LOCK, "lock"] as const] : [],
  ];
  const above = [...directories, ...files.map(([path]) => path)].flatMap(directoriesAbove);
  return new Map([
    ...[...directories, ...above].map((path) => [path, DIRECTORY] as const),
    ...files,
  ]);
});

Deno.test("planInstall() leads to what is wanted, and then has nothing to do", () => {
  fc.assert(
    fc.property(disks, fc.array(wishes, { minLength: 1, maxLength: 4 }), (disk, all) => {
      let system: System = { disk, record: NOTHING_INSTALLED };
      for (const wanted of all) {
        if (plan(wanted, system).blocked.length > 0) continue;
        system = install(wanted, system);
        for (const { item: { path }, fingerprint } of wanted) {
          const found = system.disk.get(path);
          assert(found === fingerprint || found === PROGRAM_ITSELF, `${path} is ${found}`);
        }
        const { steps, blocked, changed, record } = plan(wanted, system);
        assertEquals([steps, blocked, changed], [[], [], []]);
        assertEquals(record, system.record);
        for (const path of Object.keys(record.originals)) assert(path in record.items, path);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("planInstall() undoes all that it did, wherever it was cut off", () => {
  const runs = fc.array(fc.tuple(wishes, fc.option(fc.nat({ max: 60 }))), { maxLength: 4 });
  fc.assert(
    fc.property(disks, runs, (disk, runs) => {
      let system: System = { disk, record: NOTHING_INSTALLED };
      for (const [wanted, cut] of runs) {
        if (plan(wanted, system).blocked.length === 0) {
          system = install(wanted, system, cut ?? Infinity);
        }
      }
      const end = install(NOTHING, system);
      assertEquals(sorted(withoutLeft(end.disk, disk)), sorted(disk));
      assertEquals(end.record, NOTHING_INSTALLED);
    }),
    { numRuns: 500 },
  );
});

Deno.test("planInstall() goes on wherever it was cut off, to the same end", () => {
  const cuts = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(disks, wishes, wishes, cuts, (disk, first, second, cuts) => {
      const before = { disk, record: NOTHING_INSTALLED };
      if (plan(first, before).blocked.length > 0) return;
      const installed = install(first, before);
      if (plan(second, installed).blocked.length > 0) return;
      const whole = install(second, installed);
      let system = installed;
      for (const cut of cuts) system = install(second, system, cut);
      assertEquals(plan(second, system).blocked, []);
      const end = install(second, system);
      assertEquals(sorted(withoutLeft(end.disk, whole.disk)), sorted(whole.disk));
      // A run that was killed at its begin may have made the directory above.
      const folders = (record: InstallRecord): string[] =>
        record.folders.filter((path) => !directoriesAbove(STATE).includes(path)).toSorted();
      assertEquals({ ...end.record, folders: folders(end.record) }, {
        ...whole.record,
        folders: folders(whole.record),
      });
    }),
    { numRuns: 500 },
  );
});

Deno.test("planInstall() neither removes nor replaces what is not ours", () => {
  const edits = fc.array(
    fc.tuple(
      fc.constantFrom("/bin/a", OLD, `${OLD}.orig`, PAGE, "/share/new", "/opt/bin/a"),
      fc.constantFrom(null, "edited", "-> v1"),
    ),
    { maxLength: 3 },
  );
  const runs = fc.array(fc.tuple(wishes, edits), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(disks, runs, (disk, runs) => {
      let system: System = { disk, record: NOTHING_INSTALLED };
      for (const [wanted, edits] of runs) {
        const { disk } = system;
        const possible = edits.filter(([path]) =>
          disk.get(path) !== DIRECTORY && directoriesAbove(path).every((above) => disk.has(above))
        );
        system = { ...system, disk: edit(disk, possible) };
        const { blocked } = plan(wanted, system);
        for (const path of blocked) assert(isForeign(path, system), `${path} is in nobody's way`);
        // apply() refuses to lose what is not ours.
        if (blocked.length === 0) system = install(wanted, system);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("planInstall() names what is in the way", async (t) => {
  const cases: [name: string, disk: Record<string, string>, blocked: string[]][] = [
    ["nothing", {}, []],
    ["a link that is as it should be", { "/bin/a": "-> v1" }, []],
    ["the program itself", { "/bin/a": PROGRAM_ITSELF }, []],
    ["a directory behind a link", { "/share": "-> /usr/share" }, []],
    ["an old script", { [OLD]: "old" }, []],
    ["a file", { "/bin/a": "foreign" }, ["/bin/a"]],
    ["a directory", { "/bin/a": DIRECTORY }, ["/bin/a"]],
    ["a directory in the place of the script", { [OLD]: DIRECTORY }, [OLD]],
    ["two old scripts", { [OLD]: "old", [`${OLD}.orig`]: "old" }, [OLD]],
    ["a file in the place of a directory", { "/share": "foreign" }, ["/share"]],
    ["a file in the place of the state directory", { [STATE]: "foreign" }, [STATE]],
    ["three", { "/bin/a": "x", [PAGE]: "x", [STATE]: "x" }, ["/bin/a", PAGE, STATE]],
    ["a directory in the place of something new", { "/bin/.a.new": DIRECTORY }, ["/bin/.a.new"]],
  ];
  for (const [name, disk, blocked] of cases) {
    await t.step(name, () => {
      const system = { disk: new Map(Object.entries(disk)), record: NOTHING_INSTALLED };
      assertEquals(plan(V1, system).blocked, blocked);
    });
  }
});

Deno.test("planInstall() removes what a run that was killed left, and no directory of others", async (t) => {
  const { disk, record } = install(V1, { disk: new Map(), record: NOTHING_INSTALLED });
  const cases: [name: string, left: Record<string, string>, removed: string[]][] = [
    ["nothing", {}, []],
    ["half a page, and a link", { "/share/man/.page.new": "half", "/bin/.a.new": "-> v1" }, [
      "/bin/.a.new",
      "/share/man/.page.new",
    ]],
    ["half a record", { [`${STATE}/.install.json.new`]: "half" }, [`${STATE}/.install.json.new`]],
    ["a name that is not ours", { "/bin/.b.new": "half" }, []],
    ["a directory in the place of half a page", { "/share/man/.page.new": DIRECTORY }, []],
    ["a directory beside one that is made", { "/.share.new": DIRECTORY }, []],
  ];
  for (const [name, left, removed] of cases) {
    await t.step(name, () => {
      for (const wanted of [V1, NOTHING]) {
        const { steps, blocked } = plan(wanted, {
          disk: edit(disk, Object.entries(left)),
          record,
        });
        const paths = steps.map(({ path }) => path).filter((path) => path.endsWith(".new"));
        assertEquals([paths, blocked], [removed, []]);
      }
    });
  }
});

Deno.test("planInstall() takes the place of an old script that has come again", async (t) => {
  const disk = new Map([["/bin", DIRECTORY], [OLD, "old"]]);
  const installed = install(V1, { disk, record: NOTHING_INSTALLED });
  const kept = `${OLD}.orig`;
  const cases: [name: string, edits: [string, string | null][], kept: string | null][] = [
    ["the same", [[OLD, "old"]], "old"],
    ["a newer one", [[OLD, "newer"]], null],
    ["a newer one, and nothing is kept", [[OLD, "newer"], [kept, null]], "newer"],
    ["the same, moved back", [[OLD, "old"], [kept, null]], "old"],
  ];
  for (const [name, edits, original] of cases) {
    await t.step(name, () => {
      const system = { ...installed, disk: edit(installed.disk, edits) };
      assertEquals(plan(V1, system).blocked, original === null ? [OLD] : []);
      if (original === null) return;
      const again = install(V1, system);
      assertEquals([again.disk.get(OLD), again.disk.get(kept)], ["-> v1", original]);
      assertEquals(sorted(install(NOTHING, again).disk), [["/bin", DIRECTORY], [OLD, original]]);
    });
  }
});

Deno.test("planInstall() leaves what was changed since, and says so", async (t) => {
  const disk = new Map([["/bin", DIRECTORY], [OLD, "old"]]);
  const installed = install(V1, { disk, record: NOTHING_INSTALLED });
  const kept = `${OLD}.orig`;
  const cases: [name: string, edits: Record<string, string | null>, changed: string[]][] = [
    ["nothing", {}, []],
    ["a page", { [PAGE]: "edited" }, [PAGE]],
    ["a page that is gone", { [PAGE]: null }, []],
    ["a link, and a directory for another", { "/bin/a": "-> x", [PAGE]: DIRECTORY }, [
      "/bin/a",
      PAGE,
    ]],
    ["another script", { [OLD]: "edited" }, [OLD]],
    ["the old script, put back", { [OLD]: "old", [kept]: null }, []],
    ["the old script in both places", { [OLD]: "old" }, []],
    ["the old script, and another one kept", { [OLD]: "old", [kept]: "edited" }, [OLD]],
    ["another script, and nothing kept", { [OLD]: "edited", [kept]: null }, [OLD]],
  ];
  for (const [name, edits, changed] of cases) {
    await t.step(name, () => {
      const edited = edit(installed.disk, Object.entries(edits));
      const system = { ...installed, disk: edited };
      assertEquals(plan(NOTHING, system).changed, changed);
      const left = install(NOTHING, system).disk;
      for (const path of changed) assertEquals(left.get(path), edited.get(path));
      assertEquals(left.get(kept), changed.includes(OLD) ? edited.get(kept) : undefined);
    });
  }
});

Deno.test("describeStep() names what changes", async (t) => {
  const cases: [step: InstallStep, facts: string[]][] = [
    [{ do: "make-directory", path: "/bin" }, ["/bin/"]],
    [{ do: "put", path: "/bin/a", item: link("/bin/a", "/opt/p").item }, ["/bin/a", "/opt/p"]],
    [{ do: "put", path: PAGE, item: file(PAGE, "v1").item }, [PAGE]],
    [{ do: "keep", path: OLD, to: "/kept" }, [OLD, "/kept"]],
    [{ do: "restore", path: OLD, from: "/kept" }, [OLD, "/kept"]],
    [{ do: "remove", path: PAGE }, [PAGE]],
    [{ do: "forget", path: "/record" }, ["/record"]],
    [{ do: "remove-directory", path: "/bin" }, ["/bin/"]],
  ];
  const lines = new Set<string>();
  for (const [step, facts] of cases) {
    await t.step(step.do, () => {
      const line = describeStep(step);
      for (const fact of facts) assertStringIncludes(line, fact);
      assert(!line.includes("\n") && !line.includes("undefined"), line);
      lines.add(line.split(" ")[0] + step.path);
    });
  }
  assertEquals(lines.size, cases.length);
});

/** Whether something is there that we did not put there. */
function isForeign(path: string, { disk, record }: System): boolean {
  const found = disk.get(path);
  return found !== undefined && !record.items[path]?.includes(found);
}

/** What somebody else puts at some paths; `null` for nothing. */
function edit(disk: Disk, edits: readonly (readonly [string, string | null])[]): Disk {
  const edited = new Map(disk);
  for (const [path, found] of edits) {
    if (found === null) edited.delete(path);
    else edited.set(path, found);
  }
  return edited;
}

/** A disk without an empty directory that a run that was killed may leave. */
function withoutLeft(disk: Disk, expected: Disk): Disk {
  return edit(
    disk,
    directoriesAbove(STATE)
      .filter((path) =>
        !expected.has(path) && ![...disk.keys()].some((p) => p.startsWith(`${path}/`))
      )
      .map((path) => [path, null]),
  );
}

function sorted(disk: Disk): [string, string][] {
  return [...disk].sort(([a], [b]) => a < b ? -1 : 1);
}

Deno.test("planInstall() leaves an old script that is back in its place, though it looks like ours", () => {
  const record = {
    ...NOTHING_INSTALLED,
    items: { [OLD]: ["-> v1"] },
    originals: { [OLD]: "-> v1" },
  };
  const disk = new Map([["/bin", DIRECTORY], [OLD, "-> v1"]]);
  assertEquals(plan(NOTHING, { disk, record }).steps, []);
});
