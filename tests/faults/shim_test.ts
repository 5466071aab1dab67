import { assert, assertEquals } from "@std/assert";
import { SHIM, testWith } from "../needs.ts";
import { execute } from "./execute.ts";
import { nameOf, SCENARIOS } from "./scenarios.ts";
import { makeStart } from "./starts.ts";
import { countAll, countTraced, straceWords } from "./strace.ts";
import { makeBench } from "./try_all.ts";

testWith(
  "the shim sees all calls that change files",
  [...SHIM, "strace", "strace that may trace"],
  async (t) => {
    using bench = await makeBench();
    // Where two commands write, it sees both: whom a fault hits makes no difference here.
    const scenarios = SCENARIOS.filter(({ first, hits }) => !first && hits === undefined);
    for (const [i, scenario] of scenarios.entries()) {
      await t.step(nameOf(scenario), async () => {
        const directory = `${bench.directory}/${i}`;
        Deno.mkdirSync(directory);
        const { pit } = await makeStart(directory, scenario.start);
        const trace = `${bench.directory}/${i}.trace`;
        const wrapper = straceWords(trace);
        const { code, stderr, calls, beside } = await execute(bench, pit, scenario.call, null, {
          wrapper,
          hits: "all",
        });
        for (const each of [{ code, stderr }, ...beside]) assertEquals(each.code, 0, each.stderr);
        assertEquals(beside.length, scenario.call.beside?.length ?? 0);
        assert(calls.length > 0, "the shim saw nothing");
        const traced = countTraced(Deno.readTextFileSync(trace), pit.root);
        assertEquals(countAll(calls.map(({ kind }) => kind)), traced);
      });
    }
  },
);
