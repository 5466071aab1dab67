import { assertEquals } from "@std/assert";
import { evenGroups, reasonsIn, SLOW } from "../tools/test.ts";
import { isThere } from "./kit.ts";
import { leftOut, whyNot } from "./needs.ts";

Deno.test("whyNot() names what is missing, and nothing where nothing is", () => {
  assertEquals(whyNot([]), null);
  assertEquals(whyNot(["root"]), Deno.uid() === 0 ? null : "needs root");
});

Deno.test("leftOut() says in one line what was left out, and what to install", () => {
  assertEquals(leftOut([]), null);
  assertEquals(
    leftOut(["needs zsh, fish", "needs root", "needs root"]),
    "left out: 3 tests, 1 needs zsh, fish; 2 need root; apt-get install fish zsh",
  );
});

Deno.test("reasonsIn() finds them in a report", () => {
  const report = `<testcase name="a &gt; b (needs root)" time="0"><skipped/></testcase>
    <testcase name="c (needs jq)" time="0">
    </testcase>
    <testcase name="d" time="0">
      <skipped/>
    </testcase>`;
  assertEquals(reasonsIn(report), ["needs root"]);
});

Deno.test("evenGroups() leaves no file out, and spreads those that take long", () => {
  const slow = Object.keys(SLOW);
  assertEquals(
    slow.filter((file) => !isThere(new URL(`../${file}`, import.meta.url).pathname)),
    [],
  );
  const files = [...slow, ...Array.from({ length: 99 }, (_, i) => `tests/${i}_test.ts`)];
  const groups = evenGroups(files);
  assertEquals(groups.flat().sort(), files.toSorted());
  const seconds = groups.map((group) => group.reduce((sum, file) => sum + (SLOW[file] ?? 1), 0));
  assertEquals(Math.max(...seconds) - Math.min(...seconds) <= 1, true, seconds.join());
});
