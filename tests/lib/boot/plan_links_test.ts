import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { PARTS } from "../../../lib/images/each_of_three.ts";
import {
  AWAY,
  LINKS,
  NO_TARGETS,
  type Observed,
  SCRIPT,
  type Wanted,
} from "../../../lib/boot/boot_tree.ts";
import { obstacleIn, planNode } from "../../../lib/boot/plan_links.ts";
import type { NodePlan, SaveStep, Step } from "../../../lib/boot/plan_steps.ts";
import { newPath } from "../../../lib/text/new_name.ts";
import {
  apply,
  DIRECTORY,
  type Disk,
  disks,
  hasText,
  histories,
  isRight,
  type Known,
  observe,
  planFor,
  WANTED,
} from "../../testdata/boot_disk.ts";

/** A node that is to have nothing. */
const NOTHING: Wanted = { ...WANTED, targets: NO_TARGETS, script: null };

/** A node whose script somebody took away, to keep it from booting. */
const LINKS_ONLY: Wanted = { ...WANTED, script: null };

const wishes = fc.constantFrom(WANTED, NOTHING, LINKS_ONLY);
const stops = fc.array(fc.nat({ max: 16 }), { maxLength: 3 });

Deno.test("planNode() leads from any state to the wanted one, and then has nothing to do", () => {
  fc.assert(
    fc.property(disks, histories, (before, history) => {
      const { plan, steps } = plans(before, history);
      const after = steps.reduce(apply, before);
      checkDone(after, plan);
      const again = plans(after, history);
      assertEquals(again.steps, []);
      assert(["unchanged", "kept"].includes(again.plan.change), again.plan.change);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planNode() removes what a node is not to have, but no edited script", () => {
  fc.assert(
    fc.property(disks, histories, (before, history) => {
      const { plan, steps } = plans(before, history, NOTHING);
      const after = steps.reduce(apply, before);
      if (plan.change === "kept") assertEquals(after, before);
      else assertEquals([...after.keys()].filter((path) => path.startsWith(DIRECTORY)), []);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planNode() makes links without a script, but removes no edited one for that", () => {
  fc.assert(
    fc.property(disks, histories, (before, history) => {
      const { plan, steps } = plans(before, history, LINKS_ONLY);
      const after = steps.reduce(apply, before);
      if (plan.change === "kept") return assertEquals(after, before);
      for (const part of PARTS) assert(isRight(after, part), part);
      assert(!after.has(`${DIRECTORY}/${SCRIPT}`));
      assertEquals([...after.keys()].filter((path) => path.includes("/.")), []);
      const again = plans(after, history, LINKS_ONLY);
      assertEquals([again.plan.change, again.steps], ["unchanged", []]);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planNode() never lets a node boot links that do not belong together", () => {
  fc.assert(
    fc.property(disks, histories, wishes, (before, history, wanted) => {
      const { steps } = plans(before, history, wanted);
      let disk = before;
      let hasChanged = false;
      for (const step of steps) {
        const links = JSON.stringify(linksOf(disk));
        disk = apply(disk, step);
        hasChanged ||= links !== JSON.stringify(linksOf(disk));
        if (!hasChanged || !disk.has(`${DIRECTORY}/${SCRIPT}`)) continue;
        assert(PARTS.every((part) => isRight(disk, part)), `after ${JSON.stringify(step)}`);
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planNode() converges after a stop at any step", () => {
  fc.assert(
    fc.property(disks, histories, stops, (before, history, stops) => {
      let disk = before;
      for (const stop of stops) {
        disk = plans(disk, history).steps.slice(0, stop).reduce(apply, withoutBuildPlace(disk));
      }
      disk = withoutBuildPlace(disk);
      const { plan, steps } = plans(disk, history);
      const after = steps.reduce(apply, disk);
      checkDone(after, plan);
      assertEquals(plans(after, history).steps, []);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planNode() loses no script that somebody changed, wherever it is stopped", () => {
  fc.assert(
    fc.property(disks, histories, wishes, stops, (before, history, wanted, stops) => {
      if (!hasText(before, "edited")) return;
      let disk = before;
      for (const stop of [...stops, Infinity]) {
        disk = withoutBuildPlace(disk);
        for (const step of plans(disk, history, wanted).steps.slice(0, stop)) {
          disk = apply(disk, step);
          assert(hasText(disk, "edited"), `after ${JSON.stringify(step)}`);
        }
      }
      const script = before.get(`${DIRECTORY}/${SCRIPT}`) ?? before.get(`${DIRECTORY}/${AWAY}`);
      const isKept = script?.kind === "file" && script.text === "edited" &&
        history.written.length > 0 && !history.reset;
      if (isKept) assertEquals(disk.get(`${DIRECTORY}/${SCRIPT}`) ?? script, script);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planNode() loses no script that somebody saves while it is at work", () => {
  const places = fc.constantFrom(SCRIPT, AWAY);
  fc.assert(
    fc.property(disks, histories, fc.nat({ max: 12 }), places, (before, history, when, place) => {
      const { steps } = plans(before, history);
      let disk = before;
      let isSaved = false;
      for (const [i, step] of steps.entries()) {
        // Into a file that is there: as an editor does that keeps it open.
        const path = `${DIRECTORY}/${place}`;
        const now = disk.get(path);
        if (i === when && now?.kind === "file") {
          disk = new Map([...disk, [path, { ...now, text: "saved meanwhile" }]]);
          isSaved = true;
        }
        disk = apply(disk, step);
      }
      if (isSaved) assert(hasText(disk, "saved meanwhile"), JSON.stringify(steps));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planNode() never writes over a script that somebody puts there", () => {
  const publishing = (steps: readonly (Step | SaveStep)[]): Step[] =>
    steps.flatMap((step) => "do" in step && "to" in step && step.to.endsWith(SCRIPT) ? [step] : []);
  fc.assert(fc.property(disks, histories, (before, history) => {
    const { plan, steps } = plans(before, history);
    if (plan.change === "created") return;
    for (const step of publishing(steps)) assertEquals(step.do, "publish");
  }));
});

Deno.test("planNode() builds a new directory aside and renames it in", () => {
  const { plan } = plans(new Map(), { written: [], reset: false });
  const place = newPath(WANTED.directory);
  assertEquals(place, "/var/www/.ncn-w001.new");
  assertEquals([plan.change, plan.script], ["created", "written"]);
  const [prepare, publish] = plan.phases;
  assert(prepare?.steps.every(({ path }) => path.startsWith(place)));
  assertEquals(publish?.steps, [{ do: "rename", path: place, to: DIRECTORY }]);
  assertEquals(prepare?.sync, [`${place}/${SCRIPT}`, place]);
  assertEquals(publish?.sync, ["/var/www"]);
});

Deno.test("planNode() syncs what it wrote before it shows it, and the links before the script", () => {
  fc.assert(fc.property(disks, histories, wishes, (before, history, wanted) => {
    const { plan: { phases } } = plans(before, history, wanted);
    for (const [i, { steps, sync }] of phases.entries()) {
      for (const step of steps) {
        if (step.do === "write") assert(sync.includes(step.path), step.path);
        const isPublished = step.do === "publish" || step.do === "discard";
        const changesLinks = phases[i]?.steps.some(({ do: what, path }) =>
          what === "rename" && LINKS.some((name) => path.endsWith(`.${name}.new`))
        );
        assert(!(isPublished && changesLinks), "the script in one phase with the links");
      }
      if (i > 0 && steps.length > 0) assert(sync.length > 0, JSON.stringify(steps));
    }
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
    await t.step(name, () => assertEquals(obstacleIn(WANTED, observed), obstacle));
  }
});

function plans(
  disk: Disk,
  history: Known,
  wanted: Wanted = WANTED,
): ReturnType<typeof planFor> {
  return planFor(disk, history, { decide: planNode, wanted });
}

function linksOf(disk: Disk): unknown {
  return LINKS.map((name) => disk.get(`${DIRECTORY}/${name}`) ?? null);
}

/** What a run does before it looks at any node. */
function withoutBuildPlace(disk: Disk): Disk {
  return new Map([...disk].filter(([path]) => !path.startsWith(newPath(WANTED.directory))));
}

function checkDone(disk: Disk, { script }: NodePlan): void {
  for (const part of PARTS) assert(isRight(disk, part), part);
  const entry = disk.get(`${DIRECTORY}/${SCRIPT}`);
  assert(entry?.kind === "file", "there is no script");
  const { text, modified } = WANTED.script ?? {};
  if (script === "kept") assert(entry.text !== text);
  else assertEquals([entry.text, entry.modified], [text, modified]);
  assertEquals([...disk.keys()].filter((path) => path.includes("/.")), []);
}
