import { assert, assertEquals } from "@std/assert";
import { succeeds } from "../kit.ts";
import { execute } from "./execute.ts";
import { nameOf, SCENARIOS } from "./scenarios.ts";
import { whyNoShim } from "./shim.ts";
import { makeStart } from "./starts.ts";
import { countAll, countTraced, straceWords } from "./strace.ts";
import { makeBench } from "./try_all.ts";

const reason = whyNoShim() ??
  (succeeds("strace", "-qq", "true")
    ? null
    : "needs: apt-get install strace, and to be let use it");
const name = "the shim sees all calls that change files";

Deno.test({
  name: reason ? `${name} (${reason})` : name,
  ignore: reason !== null,
  fn: async (t) => {
    using bench = await makeBench();
    for (const [i, scenario] of SCENARIOS.filter(({ first }) => !first).entries()) {
      await t.step(nameOf(scenario), async () => {
        const directory = `${bench.directory}/${i}`;
        Deno.mkdirSync(directory);
        const { pit } = await makeStart(directory, scenario.start);
        const trace = `${bench.directory}/${i}.trace`;
        const wrapper = straceWords(trace);
        const { code, stderr, calls } = await execute(bench, pit, scenario.call, null, { wrapper });
        assertEquals(code, 0, stderr);
        assert(calls.length > 0, "the shim saw nothing");
        const traced = countTraced(Deno.readTextFileSync(trace), pit.root);
        assertEquals(countAll(calls.map(({ kind }) => kind)), traced);
      });
    }
  },
});
