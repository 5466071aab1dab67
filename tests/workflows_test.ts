/**
 * What a forge runs for us: that it can be read, and does what the README says.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { TARGETS } from "../tools/build/target.ts";
import { parse } from "./npm/yaml.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const DIRECTORY = `${ROOT}.github/workflows`;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, { readonly tags?: readonly string[] } | null>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = Object.fromEntries(
  [...Deno.readDirSync(DIRECTORY)].map(({ name }) => [
    name,
    parse(Deno.readTextFileSync(`${DIRECTORY}/${name}`)) as Workflow,
  ]),
);

Deno.test("the workflows name actions by a version, and files and tasks that there are", async (t) => {
  assertEquals(Object.keys(workflows).sort(), ["ci.yml", "release.yml"]);
  for (const [name, workflow] of Object.entries(workflows)) {
    await t.step(name, () => {
      const used = jobsOf(workflow).flatMap(({ uses, steps = [] }) =>
        [uses, ...steps.map((step) => step.uses)].filter((action) => action !== undefined)
      );
      for (const action of used) {
        if (action.startsWith("./")) Deno.statSync(ROOT + action);
        else assertMatch(action, /^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
      }
      for (const [, task = ""] of scriptOf(workflow).matchAll(/deno task (\w+)/g)) {
        assert(task in config.tasks, task);
      }
      // What a job may do beyond reading, it says itself.
      assertEquals(workflow.permissions, { contents: "read" });
    });
  }
});

Deno.test("ci runs what runs everywhere else, for every change", () => {
  const ci = workflow("ci.yml");
  assertEquals(Object.keys(ci.on), ["push", "pull_request", "workflow_call"]);
  assert(jobsOf(ci).some(({ steps = [] }) => steps.some(({ run }) => run === ".ci/run")));
  const script = Deno.readTextFileSync(`${ROOT}.ci/run`);
  const order = [/^\.ci\/bare make /m, /^\.ci\/bare try /m, /apt-get install/, /task test:\$rest/]
    .map((pattern) => script.search(pattern));
  assert(!order.includes(-1), order.join(" "));
  // A package that is there already hides that something needs it.
  assertEquals(order, order.toSorted((a, b) => a - b));
});

Deno.test("a release is made of a tag, tested first, for every machine, with its provenance", () => {
  const release = workflow("release.yml");
  assertEquals(release.on, { push: { tags: ["v*"] } });
  const { release: job, test } = release.jobs;
  assertEquals(test?.uses, "./.github/workflows/ci.yml");
  assertEquals(job?.needs, "test");
  assertEquals(job?.permissions, {
    "contents": "write",
    "id-token": "write",
    "attestations": "write",
  });
  const script = scriptOf(release);
  for (const { arch } of TARGETS) assert(script.includes(`compile --target ${arch}\n`), arch);
  // Not with stand-ins.
  assertMatch(script, /deno task package (?!.*--allow-stand-ins)/s);
  const steps = job?.steps ?? [];
  const place = (pattern: RegExp): number =>
    steps.findIndex(({ run = "", uses = "" }) => pattern.test(run + uses));
  const order = [/setup-deno/, /task compile/, /task package/, /attest-build-prov/, /gh release/]
    .map(place);
  assert(!order.includes(-1), order.join(" "));
  assertEquals(order, order.toSorted((a, b) => a - b));
  assertEquals(steps[place(/attest-build-prov/)]?.with, { "subject-path": "dist/*" });
  assertMatch(steps[place(/gh release/)]?.run ?? "", / dist\/\*\n$/);
});

function workflow(name: string): Workflow {
  const found = workflows[name];
  assert(found, `there is no ${name}`);
  return found;
}

function jobsOf(workflow: Workflow): Job[] {
  return Object.values(workflow.jobs);
}

/** All that its steps run. */
function scriptOf(workflow: Workflow): string {
  return jobsOf(workflow).flatMap(({ steps = [] }) => steps.map(({ run = "" }) => `${run}\n`))
    .join("");
}
