import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { eachOfThree } from "../../../lib/images/each_of_three.ts";
import { withParked } from "../../../lib/boot/boot_state.ts";
import {
  AWAY,
  LINKS,
  OFFLINE,
  SCRIPT,
  type Targets,
  targetsOf,
  type Wanted,
} from "../../../lib/boot/boot_tree.ts";
import { planNode } from "../../../lib/boot/plan_links.ts";
import { newPath } from "../../../lib/text/new_name.ts";
import { planOffline } from "../../../lib/boot/plan_offline.ts";
import {
  apply,
  DIRECTORY,
  type Disk,
  disks,
  hasText,
  histories,
  type Known,
  observe,
  planFor,
  WANTED,
} from "../../testdata/boot_disk.ts";

const PLACE = `${DIRECTORY}/${OFFLINE}`;
const stops = fc.array(fc.nat({ max: 16 }), { maxLength: 3 });

Deno.test("planOffline() leads from any state to one that boots nothing, and keeps what was there", () => {
  fc.assert(
    fc.property(disks, histories, (before, history) => {
      const { plan, steps } = plans(before, history);
      const after = steps.reduce(apply, before);
      assertEquals([plan.change, plan.script], ["offline", "missing"]);
      checkOffline(after);
      assertEquals(waiting(after), waiting(before));
      assertEquals(plans(after, history), { plan: { ...plan, save: [], phases: [] }, steps: [] });
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planOffline() takes the script away before any link", () => {
  fc.assert(
    fc.property(disks, histories, (before, history) => {
      let disk = before;
      for (const step of plans(before, history).steps) {
        disk = apply(disk, step);
        if (!disk.has(`${DIRECTORY}/${SCRIPT}`)) continue;
        assertEquals(linksOf(disk), linksOf(before), `after ${JSON.stringify(step)}`);
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planOffline() marks the node before it takes anything away", () => {
  fc.assert(fc.property(disks, histories, (before, history) => {
    let disk = before;
    for (const step of plans(before, history).steps) {
      const isMarked = disk.has(PLACE);
      disk = apply(disk, step);
      const isWhole = disk.has(`${DIRECTORY}/${SCRIPT}`) === before.has(`${DIRECTORY}/${SCRIPT}`) &&
        JSON.stringify(linksOf(disk)) === JSON.stringify(linksOf(before));
      assert(isMarked || isWhole, `after ${JSON.stringify(step)}`);
    }
  }));
});

Deno.test("planOffline() converges after a stop at any step", () => {
  fc.assert(
    fc.property(disks, histories, stops, (before, history, stops) => {
      let disk = before;
      for (const stop of stops) {
        disk = plans(disk, history).steps.slice(0, stop).reduce(apply, withoutBuildPlace(disk));
        assertEquals(waiting(disk), waiting(before));
      }
      disk = withoutBuildPlace(disk);
      const after = plans(disk, history).steps.reduce(apply, disk);
      checkOffline(after);
      assertEquals(waiting(after), waiting(before));
      assertEquals(plans(after, history).steps, []);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planOffline() loses no script that somebody changed, wherever it is stopped", () => {
  fc.assert(
    fc.property(disks, histories, stops, (before, history, stops) => {
      if (!hasText(before, "edited")) return;
      let disk = before;
      for (const stop of [...stops, Infinity]) {
        disk = withoutBuildPlace(disk);
        for (const step of plans(disk, history).steps.slice(0, stop)) {
          disk = apply(disk, step);
          assert(hasText(disk, "edited"), `after ${JSON.stringify(step)}`);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planOffline() loses no script that somebody saves while it is at work", () => {
  const places = fc.constantFrom(SCRIPT, AWAY, `${OFFLINE}/${SCRIPT}`);
  fc.assert(
    fc.property(disks, histories, fc.nat({ max: 12 }), places, (before, history, when, place) => {
      let disk = before;
      let isSaved = false;
      for (const [i, step] of plans(before, history).steps.entries()) {
        const path = `${DIRECTORY}/${place}`;
        const now = disk.get(path);
        if (i === when && now?.kind === "file") {
          disk = new Map([...disk, [path, { ...now, text: "saved meanwhile" }]]);
          isSaved = true;
        }
        disk = apply(disk, step);
      }
      if (isSaved) assert(hasText(disk, "saved meanwhile"));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("planOffline() syncs the directories between which it moves things", () => {
  fc.assert(fc.property(disks, histories, (before, history) => {
    for (const { steps, sync } of plans(before, history).plan.phases) {
      const isMoved = steps.some((step) => "to" in step && step.to.startsWith(PLACE));
      const isMarked = steps.some((step) => step.do === "make-directory");
      if (isMoved) assertEquals(sync, [DIRECTORY, PLACE]);
      if (isMarked) assert(sync.length > 0);
    }
  }));
});

Deno.test("planOffline() gives a node without a directory one with the mark, built aside", () => {
  const { plan, steps } = plans(new Map(), { written: [], reset: false });
  const [prepare, publish] = plan.phases;
  const place = newPath(WANTED.directory);
  assert(prepare?.steps.every(({ path }) => path.startsWith(place)));
  assertEquals(publish?.steps, [{ do: "rename", path: place, to: DIRECTORY }]);
  assertEquals([prepare?.sync, publish?.sync], [[place], ["/var/www"]]);
  assertEquals([...steps.reduce(apply, new Map()).keys()], [DIRECTORY, PLACE]);
  const modes = prepare?.steps.map((step) => step.do === "make-directory" ? step.mode : null);
  assertEquals(modes, [0o755, 0o700]);
});

Deno.test("planNode() gives a node back what waited while it was offline", () => {
  fc.assert(
    fc.property(disks, histories, (before, { written }) => {
      // Where a script takes the place of a parked one, and both are there: the former waits.
      const history = { written, reset: false };
      const offline = plans(before, history).steps.reduce(apply, before);
      const { links, script } = waiting(offline);
      const wanted: Wanted = {
        ...WANTED,
        targets: links,
        owners: eachOfThree(() => null),
        script: script && {
          text: script.text,
          sha256: `sha of ${script.text}`,
          modified: script.modified,
          mode: 0o644,
          owner: null,
        },
        isEdited: script !== null && !written.includes(`sha of ${script.text}`),
      };
      const { steps } = planFor(offline, history, { decide: planNode, wanted });
      const after = steps.reduce(apply, offline);
      const { parked, script: now, stray, links: nowLinks } = observe(after);
      assertEquals([parked, stray], [null, null]);
      assertEquals([now?.text, now?.modified], [script?.text, script?.modified]);
      assertEquals(targetsOf(nowLinks), links);
      assertEquals(planFor(after, history, { decide: planNode, wanted }).steps, []);
    }),
    { numRuns: 3000 },
  );
});

function plans(disk: Disk, history: Known): ReturnType<typeof planFor> {
  return planFor(disk, history, { decide: planOffline });
}

function checkOffline(disk: Disk): void {
  assertEquals(disk.get(PLACE), { kind: "directory" });
  const entries = [...disk.keys()].filter((path) => path.startsWith(`${DIRECTORY}/`));
  assertEquals(entries.filter((path) => path !== PLACE && !path.startsWith(`${PLACE}/`)), []);
}

/** What a node had, or has waiting; what it boots now counts more than what waits. */
function waiting(
  disk: Disk,
): { links: Targets; script: { text: string; modified: number } | null } {
  const { links, script, parked } = observe(disk);
  const found = script ?? parked?.script ?? null;
  return {
    links: targetsOf(parked ? withParked(parked.links, links) : links),
    script: found && { text: found.text, modified: found.modified },
  };
}

function linksOf(disk: Disk): unknown {
  return LINKS.map((name) => disk.get(`${DIRECTORY}/${name}`) ?? null);
}

/** What a run does before it looks at any node. */
function withoutBuildPlace(disk: Disk): Disk {
  return new Map([...disk].filter(([path]) => !path.startsWith(newPath(WANTED.directory))));
}
