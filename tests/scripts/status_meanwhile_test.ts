import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { whenStill } from "../../lib/status/still.ts";
import { LockFile } from "../../lib/io/lock.ts";
import { Root } from "../../lib/io/root.ts";
import { change, leasedPit } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { changeBmc, giveLeases, isThere, problemOf, temporaryPit, until } from "../kit.ts";
import { startInProcess } from "../late.ts";

const [FIRST, SECOND] = ["ncn-w001", "ncn-w002"] as const;
const BOTH = `${FIRST},${SECOND}`;

Deno.test("status says of nodes that a run is not done with who works on them, and gives no other hint", async () => {
  using pit = temporaryPit();
  for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
  const run = startInProcess(pit, ["run", "--json", "--nodes", BOTH]);
  await until(() => run.stderr.includes("waiting up to"));
  giveLeases(pit, [FIRST]);
  await until(() => isThere(`${pit.root}/var/www/${FIRST}/script.ipxe`));
  // Half of it is there only: an interrupted run would have left that.
  Deno.mkdirSync(`${pit.root}/var/www/${SECOND}`);
  await until(() =>
    Deno.readTextFileSync(`${pit.root}/var/lib/pitboot/claim-1.json`).includes(
      `"nodes":["${FIRST}"]`,
    )
  );
  const during = await callInProcess(pit, ["status", "--json", "--nodes", BOTH]);
  assertEquals(during.code, 3);
  const { message, hint, nodes } = problemOf(during.document, "running");
  assertMatch(
    message,
    /^pitboot run --json .* \((?:root|uid \d+), process \d+\) has been running since .* UTC; not done with ncn-w002$/,
  );
  assertEquals(
    hint,
    `look again when it has ended; kill ${Deno.pid} ends it, and what it has done so far is kept`,
  );
  assertEquals(nodes, [SECOND]);
  const unready = problemOf(during.document, "node-not-whole");
  assertEquals([unready.message, unready.nodes], ["ncn-w002: not ready yet", [SECOND]]);
  assertEquals(unready.hint, null);
  const history = await callInProcess(pit, ["history"]);
  assertMatch(
    history.stderr,
    /warning: pitboot run .* has been running since .*\n {2}hint: look again/,
  );
  run.interrupt();
  await run.end;
  const after = await callInProcess(pit, ["status", "--json", "--nodes", BOTH]);
  assertEquals(after.document.problems.some(({ code }) => code === "running"), false);
  assertMatch(problemOf(after.document, "node-not-whole").hint ?? "", /pitboot run /);
});

Deno.test("history says of a run that ended before all were ready how many were not", async () => {
  using pit = temporaryPit();
  for (const { name } of pit.nodes) changeBmc(pit, name, "source=dhcp");
  giveLeases(pit, [FIRST]);
  const words = ["run", "--json", "--timeout", "1s", "--nodes", BOTH] as const;
  assertEquals((await callInProcess(pit, words)).code, 124);
  assertMatch((await callInProcess(pit, ["history"])).stdout, / 1 +1 not ready /);
  assertStringIncludes(
    (await callInProcess(pit, ["history", "1"])).stdout,
    "\nnot ready at its end: ncn-w002\n",
  );
  // What status knows of that run, it tells with its time.
  const { stdout } = await callInProcess(pit, ["status"]);
  assertMatch(
    stdout,
    /\nas of \d{4}-\d\d-\d\d \d\d:\d\d UTC:\n {2}ncn-w002 +does not request a lease/,
  );
});

Deno.test("whenStill() looks again where another command is changing something, or has", async (t) => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const [root, state] = [new Root(pit.root), "/var/lib/pitboot"];
  const place = { root, state, context: { signal: new AbortController().signal } };
  await t.step("not before it has ended", async () => {
    const lock = await new LockFile(root, `${state}/lock`, "").hold();
    let looks = 0;
    const seen = whenStill(place, () => Promise.resolve(++looks));
    await new Promise((resolve) => setTimeout(resolve, 30));
    assertEquals(looks, 0);
    lock[Symbol.dispose]();
    assertEquals(await seen, 1);
  });
  await t.step("what it saw meanwhile does not count, an error neither", async () => {
    let looks = 0;
    const look = async (): Promise<number> => {
      looks++;
      if (looks > 2) return looks;
      await change(pit, [looks === 1 ? "offline" : "online", "--nodes", FIRST]);
      if (looks === 2) throw new Error("moved");
      return looks;
    };
    assertEquals(await whenStill(place, look), 3);
  });
  await t.step("but not for ever", async () => {
    using _lock = await new LockFile(root, `${state}/lock`, "").hold();
    const signal = AbortSignal.timeout(50);
    assertEquals(await whenStill({ ...place, context: { signal } }, () => Promise.resolve(1)), 1);
  });
});

Deno.test("status goes on where one boot directory cannot be looked at", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  const { lstatSync } = Deno;
  const path = `${pit.www}/${FIRST}/script.ipxe`;
  const failing = (name: string): Deno.FileInfo => {
    if (name === path) throw new Error("Input/output error (os error 5): lstat");
    return lstatSync(name);
  };
  try {
    Object.assign(Deno, { lstatSync: failing });
    const { code, document } = await callInProcess(pit, ["status", "--json"]);
    assertEquals(code, 3);
    const { message, nodes } = problemOf(document, "node-not-whole");
    assertEquals([message, nodes], [`/var/www/${FIRST}: input/output error`, [FIRST]]);
    assertEquals(document.nodes?.filter(({ links }) => links === "whole").length, 8);
    assert(document.nodes?.some(({ name, links }) => name === FIRST && links === "broken"));
  } finally {
    Object.assign(Deno, { lstatSync });
  }
});
