/**
 * Changes of what nodes boot that are cut off: at each kind of change of a file. `deno task
 * faults` has every call, in processes that are killed.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { addNewer, change, leasedPit, NO_PASSWORD, stampedTree } from "../changes.ts";
import { cutOffAfter, withoutSync, worthTrying } from "../faults/cut_off.ts";
import { checkNodes } from "../faults/kill.ts";
import { callInProcess } from "../in_process.ts";
import { succeeds } from "../kit.ts";
import type { Words } from "../refusals.ts";
import { temporaryDirectory } from "../temporary.ts";

const EDITED = "#!ipxe\n# an administrator's\n";
const NODES = ["--nodes", "ncn-w[001-002]"] as const;
type Pit = ReturnType<typeof leasedPit>;

/** Two nodes, one with an edited script, of a release that is no longer the newest. */
async function switching(): Promise<Pit> {
  const pit = leasedPit();
  await change(pit, ["run", ...NODES]);
  Deno.writeTextFileSync(`${pit.www}/ncn-w001/script.ipxe`, EDITED);
  addNewer(pit);
  return pit;
}

async function after(words: Words): Promise<Pit> {
  const pit = await switching();
  await change(pit, words);
  return pit;
}

Deno.test("what nodes boot is whole wherever a change was cut off, and done once more it is done", async (t) => {
  const cases: [words: Words, prepare: () => Promise<Pit>][] = [
    [["run", ...NODES], switching],
    [["run", "--reset-scripts", ...NODES], switching],
    [["rollback", "1"], () => after(["run", ...NODES])],
    [["offline", ...NODES], switching],
    [["online", ...NODES], () => after(["offline", ...NODES])],
  ];
  for (const [words, prepare] of cases) {
    await t.step(words.join(" "), async () => {
      using _quick = withoutSync();
      using before = await prepare();
      const { whole, points } = await undisturbed(words, before);
      for (const allowed of points) {
        using pit = copyOf(before);
        {
          using _cut = cutOffAfter(allowed);
          await callInProcess(pit, words, { env: NO_PASSWORD });
        }
        checkNodes(pit.www);
        await change(pit, words);
        assertEquals(shown(pit), whole, `cut off after ${allowed}`);
      }
    });
  }
});

/** To copy a PIT is quicker than to make another one like it. */
function copyOf(pit: Pit): Pit {
  const temporary = temporaryDirectory();
  const root = `${temporary.directory}/root`;
  assert(succeeds("cp", "-a", pit.root, root));
  return { ...pit, ...temporary, root, www: `${root}/var/www` };
}

/** What comes of it if nothing goes wrong, and where it is worth a try to cut it off. */
async function undisturbed(
  words: Words,
  before: Pit,
): Promise<{ whole: unknown; points: number[] }> {
  using pit = copyOf(before);
  using counted = cutOffAfter(Infinity);
  await change(pit, words);
  assert(counted.changes > 10, `only ${counted.changes} changes`);
  return { whole: shown(pit), points: worthTrying(counted) };
}

/** The tree of the nodes; the time of a script is that of its original, whenever that was made. */
function shown({ www }: Pit): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stampedTree(www)).filter(([path]) => path.startsWith("ncn-"))
      .map(([path, text]) => [path, text.replace(/ \d{4}-\S+$/, "")]),
  );
}
