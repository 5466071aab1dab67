import { assert, assertEquals } from "@std/assert";
import { mapLimited } from "../lab/map_limited.ts";
import { SHIM, testWith } from "../needs.ts";
import { execute, type Execution, type Shimmed } from "./execute.ts";
import { nameOf, type Scenario, SCENARIOS } from "./scenarios.ts";
import { makeStart } from "./starts.ts";
import { countAll, countTraced, straceWords } from "./strace.ts";
import { makeBench, workers } from "./try_all.ts";

interface Traced extends Execution {
  /** What strace saw. */
  readonly byStrace: Record<string, number>;
}

/** Where two commands write, it sees both: whom a fault hits makes no difference here. */
const scenarios = SCENARIOS.filter(({ first, hits }) => !first && hits === undefined);

testWith(
  "the shim sees all calls that change files",
  [...SHIM, "strace", "strace that may trace"],
  async (t) => {
    using bench = await makeBench();
    const all = await mapLimited([...scenarios.entries()], workers(), async ([i, scenario]) => {
      const directory = `${bench.directory}/${i}`;
      return [scenario, await traced(bench, directory, scenario)] as const;
    });
    for (const [scenario, { code, stderr, calls, beside, byStrace }] of all) {
      await t.step(nameOf(scenario), () => {
        for (const each of [{ code, stderr }, ...beside]) assertEquals(each.code, 0, each.stderr);
        assertEquals(beside.length, scenario.call.beside?.length ?? 0);
        assert(calls.length > 0, "the shim saw nothing");
        assertEquals(countAll(calls.map(({ kind }) => kind)), byStrace);
      });
    }
  },
);

/** Runs a command under strace and with the shim. */
async function traced(
  shimmed: Shimmed,
  directory: string,
  { start, call }: Scenario,
): Promise<Traced> {
  Deno.mkdirSync(directory);
  const { pit } = await makeStart(directory, start);
  const file = `${directory}.trace`;
  const options = { wrapper: straceWords(file), hits: "all" } as const;
  const execution = await execute(shimmed, pit, call, null, options);
  return { ...execution, byStrace: countTraced(Deno.readTextFileSync(file), pit.root) };
}
