import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { newName } from "../../../lib/text/new_name.ts";
import { AWAY, LINKS, type Observed, SCRIPT, type Wanted } from "../../../lib/links/boot_tree.ts";
import {
  buildPlace,
  type NodePlan,
  obstacleIn,
  planNode,
  type ScriptHistory,
  type Step,
} from "../../../lib/links/plan_links.ts";

const WEB_ROOT = "/var/www";
const NODE = "ncn-w001";
const DIRECTORY = `${WEB_ROOT}/${NODE}`;
const SAVED = "/var/lib/pitboot/saved/script";

/** A model of the disk: what stands at each path. */
type Entry =
  | { readonly kind: "directory" }
  | { readonly kind: "link"; readonly target: string; readonly uid: number | null }
  | { readonly kind: "file"; readonly text: string; readonly modified: number };
type Disk = ReadonlyMap<string, Entry>;

const wanted: Wanted = {
  name: NODE,
  directory: DIRECTORY,
  role: "kubernetes",
  targets: {
    "kernel": "../new/kernel",
    "initrd.img.xz": "../new/initrd",
    "rootfs": "../new/rootfs",
  },
  owners: { "kernel": 0, "initrd.img.xz": 0, "rootfs": 7 },
  script: { text: "ours", sha256: "sha of ours", mode: 0o644, owner: null, modified: 1000 },
};

/** Any state that runs, cut off or not, and administrators may leave. */
const disks: fc.Arbitrary<Disk> = fc.record({
  exists: fc.boolean(),
  links: fc.tuple(...LINKS.map((name) =>
    fc.constantFrom<Entry | null>(
      null,
      { kind: "link", target: wanted.targets[name], uid: wanted.owners[name] },
      { kind: "link", target: wanted.targets[name], uid: 99 },
      { kind: "link", target: `../old/${name}`, uid: 0 },
    )
  )),
  temporary: fc.subarray([...LINKS, SCRIPT].map(newName)),
  script: fc.constantFrom("", "ours", "ours, older", "edited"),
  modified: fc.constantFrom(1000, 2000),
  away: fc.constantFrom("", "ours", "ours, older", "edited"),
  building: fc.boolean(),
}).map(({ exists, links, temporary, script, modified, away, building }) => {
  const disk = new Map<string, Entry>();
  if (building) {
    disk.set(`${WEB_ROOT}/${newName(NODE)}`, { kind: "directory" });
    disk.set(`${WEB_ROOT}/${newName(NODE)}/kernel`, { kind: "link", target: "x", uid: 0 });
  }
  if (!exists) return disk;
  disk.set(DIRECTORY, { kind: "directory" });
  for (const [i, name] of LINKS.entries()) {
    const link = links[i];
    if (link) disk.set(`${DIRECTORY}/${name}`, link);
  }
  for (const name of temporary) {
    disk.set(`${DIRECTORY}/${name}`, { kind: "file", text: "half", modified: 1 });
  }
  if (script) disk.set(`${DIRECTORY}/${SCRIPT}`, { kind: "file", text: script, modified });
  if (away) disk.set(`${DIRECTORY}/${AWAY}`, { kind: "file", text: away, modified });
  return disk;
});

const histories = fc.record({
  written: fc.constantFrom<readonly string[]>(
    [],
    ["sha of ours"],
    ["sha of ours, older"],
    ["sha of ours, older", "sha of ours"],
  ),
  reset: fc.boolean(),
});

Deno.test("planNode() leads from any state to the wanted one, and then has nothing to do", () => {
  fc.assert(
    fc.property(disks, histories, (before, history) => {
      const { plan, steps } = planFor(before, history);
      const after = steps.reduce(apply, before);
      checkDone(after, plan);
      assertEquals(leftoversOf(after), []);
      const again = planFor(after, history);
      assertEquals(again.steps, []);
      assert(["unchanged", "kept"].includes(again.plan.change), again.plan.change);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("planNode() never lets a node boot links that do not belong together", () => {
  fc.assert(
    fc.property(disks, histories, (before, history) => {
      const { steps } = planFor(before, history);
      let disk = before;
      let hasChanged = false;
      for (const step of steps) {
        disk = apply(disk, step);
        hasChanged ||= step.do === "link" && !step.path.includes(`/${newName(NODE)}/`);
        if (!hasChanged || !disk.has(`${DIRECTORY}/${SCRIPT}`)) continue;
        assert(LINKS.every((name) => isRight(disk, name)), `after ${JSON.stringify(step)}`);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("planNode() converges after a stop at any step", () => {
  const stops = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(disks, histories, stops, (before, history, stops) => {
      let disk = before;
      for (const stop of stops) {
        disk = planFor(disk, history).steps.slice(0, stop).reduce(apply, disk);
      }
      const { plan, steps } = planFor(disk, history);
      const after = steps.reduce(apply, disk);
      checkDone(after, plan);
      assertEquals(leftoversOf(after), []);
      assertEquals(planFor(after, history).steps, []);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("planNode() loses no script that somebody changed, wherever it is stopped", () => {
  const stops = fc.array(fc.nat({ max: 12 }), { maxLength: 3 });
  fc.assert(
    fc.property(disks, histories, stops, (before, history, stops) => {
      // The one that counts: its own place, else where a run that was cut off put it.
      const script = before.get(`${DIRECTORY}/${SCRIPT}`) ?? before.get(`${DIRECTORY}/${AWAY}`);
      if (script?.kind !== "file" || script.text !== "edited") return;
      const isThere = (disk: Disk): boolean =>
        [`${DIRECTORY}/${SCRIPT}`, `${DIRECTORY}/${AWAY}`, SAVED].some((path) => {
          const entry = disk.get(path);
          return entry?.kind === "file" && entry.text === "edited";
        });
      let disk = before;
      for (const stop of [...stops, Infinity]) {
        for (const step of planFor(disk, history).steps.slice(0, stop)) {
          disk = apply(disk, step);
          assert(isThere(disk), `after ${JSON.stringify(step)}`);
        }
      }
      if (history.written.length > 0 && !history.reset) {
        assertEquals(disk.get(`${DIRECTORY}/${SCRIPT}`), { ...script });
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("planNode() builds a new directory aside and renames it in", () => {
  const { plan } = planFor(new Map(), { written: [], reset: false });
  const place = buildPlace(wanted);
  assertEquals(place, "/var/www/.ncn-w001.new");
  assertEquals([plan.change, plan.script], ["created", "written"]);
  assert(plan.prepare.every(({ path }) => path.startsWith(place)));
  assertEquals(plan.publish, [{ do: "rename", path: place, to: DIRECTORY }]);
  assertEquals(plan.sync.includes(place), true);
});

Deno.test("planNode() syncs what it wrote before it shows it", () => {
  fc.assert(fc.property(disks, histories, (before, history) => {
    const { plan } = planFor(before, history);
    for (const step of plan.prepare) {
      if (step.do === "write") assert(plan.sync.includes(step.path), step.path);
    }
    assertEquals(plan.prepare.length > 0, plan.sync.length > 0);
  }));
});

Deno.test("obstacleIn() names what is not ours to remove", async (t) => {
  const clear = observe(new Map());
  const cases: [name: string, observed: Observed, obstacle: string | null][] = [
    ["nothing there", clear, null],
    ["a file", { ...clear, directory: "other" }, DIRECTORY],
    ["a directory", { ...clear, directory: "directory" }, null],
    ["a directory in place of a link", {
      ...clear,
      directory: "directory",
      obstacles: ["rootfs"],
    }, `${DIRECTORY}/rootfs`],
  ];
  for (const [name, observed, obstacle] of cases) {
    await t.step(name, () => assertEquals(obstacleIn(wanted, observed), obstacle));
  }
});

function planFor(
  disk: Disk,
  { written, reset }: Pick<ScriptHistory, "written" | "reset">,
): { plan: NodePlan; steps: Step[] } {
  const observed = observe(disk);
  const sha256 = observed.script ? `sha of ${observed.script.text}` : null;
  const plan = planNode(wanted, observed, { written, reset, sha256, saveTo: SAVED });
  return { plan, steps: [...plan.save, ...plan.prepare, ...plan.publish] };
}

/** What lib/io would see on that disk. */
function observe(disk: Disk): Observed {
  const link = (name: typeof LINKS[number]): Observed["links"]["kernel"] => {
    const entry = disk.get(`${DIRECTORY}/${name}`);
    return entry?.kind === "link" ? { ...entry } : { kind: "absent" };
  };
  const here = disk.get(`${DIRECTORY}/${SCRIPT}`);
  const file = here ?? disk.get(`${DIRECTORY}/${AWAY}`);
  const temporary = [...LINKS, SCRIPT].map(newName);
  return {
    directory: disk.has(DIRECTORY) ? "directory" : "absent",
    links: {
      "kernel": link("kernel"),
      "initrd.img.xz": link("initrd.img.xz"),
      "rootfs": link("rootfs"),
    },
    script: file?.kind === "file"
      ? {
        ...{ text: file.text, modified: file.modified, mode: 0o644, uid: 0, gid: 0 },
        away: !here,
      }
      : null,
    obstacles: LINKS.filter((name) => {
      const entry = disk.get(`${DIRECTORY}/${name}`);
      return entry && entry.kind !== "link";
    }),
    leftovers: [...temporary, ...(here ? [AWAY] : [])].filter((name) =>
      disk.has(`${DIRECTORY}/${name}`)
    ),
  };
}

/** One step, as strict as system calls are. */
function apply(before: Disk, step: Step): Disk {
  const disk = new Map(before);
  const must = (path: string): Entry => {
    const entry = disk.get(path);
    if (!entry) throw new Error(`${JSON.stringify(step)}: ${path} is not there`);
    return entry;
  };
  const removeTree = (path: string): void => {
    for (const inner of before.keys()) {
      if (inner === path || inner.startsWith(`${path}/`)) disk.delete(inner);
    }
  };
  const parent = (path: string): string => path.slice(0, path.lastIndexOf("/"));
  switch (step.do) {
    case "make-directory":
      removeTree(step.path);
      disk.set(step.path, { kind: "directory" });
      break;
    case "link":
      must(parent(step.path));
      // Made under another name beside it, which takes an older one's place.
      disk.delete(`${parent(step.path)}/${newName(step.path.slice(parent(step.path).length + 1))}`);
      disk.set(step.path, { kind: "link", target: step.target, uid: step.uid });
      break;
    case "write":
      must(parent(step.path));
      disk.set(step.path, {
        kind: "file",
        text: step.script.text,
        modified: step.script.modified,
      });
      break;
    case "save":
      disk.set(step.to, must(step.path));
      break;
    case "rename":
      if (must(step.path).kind === "directory") {
        if (disk.has(step.to)) throw new Error(`${step.to} is there already`);
        for (const [path, entry] of before) {
          if (path === step.path || path.startsWith(`${step.path}/`)) {
            disk.delete(path);
            disk.set(step.to + path.slice(step.path.length), entry);
          }
        }
      } else {
        disk.set(step.to, must(step.path));
        disk.delete(step.path);
      }
      break;
    case "remove":
      must(step.path);
      disk.delete(step.path);
      break;
  }
  return disk;
}

function isRight(disk: Disk, name: typeof LINKS[number]): boolean {
  const entry = disk.get(`${DIRECTORY}/${name}`);
  return entry?.kind === "link" && entry.target === wanted.targets[name] &&
    entry.uid === wanted.owners[name];
}

function checkDone(disk: Disk, { script }: NodePlan): void {
  for (const name of LINKS) assert(isRight(disk, name), name);
  const entry = disk.get(`${DIRECTORY}/${SCRIPT}`);
  assert(entry?.kind === "file", "there is no script");
  if (script === "kept") assert(entry.text !== wanted.script.text);
  else assertEquals([entry.text, entry.modified], [wanted.script.text, wanted.script.modified]);
}

/** What should not be there when all is done. */
function leftoversOf(disk: Disk): string[] {
  return [...disk.keys()].filter((path) =>
    path.startsWith(`${DIRECTORY}/.`) ||
    (path.startsWith(buildPlace(wanted)) && !disk.has(DIRECTORY))
  );
}
