import { assertEquals, assertThrows } from "@std/assert";
import { FAULTS, SUCCESSES } from "../../lib/show/progress.ts";
import { PAGES, SCREENS, screensOf, withScreens } from "./screens.ts";
import { terminalTest } from "./terminal.ts";

const TEXTS = PAGES.map((page) => Deno.readTextFileSync(page));
const [README = ""] = TEXTS;

terminalTest("the READMEs show screens as they are (deno task screens)", async (t) => {
  const shown = screensOf(TEXTS.join(""));
  assertEquals(Object.keys(shown).sort(), Object.keys(SCREENS).sort());
  // At the same time: what takes time is the wait.
  const taken = Object.entries(SCREENS).map(([name, take]) => [name, take()] as const);
  await Promise.allSettled(taken.map(([, screen]) => screen));
  for (const [name, screen] of taken) {
    await t.step(name, async () => assertEquals(shown[name], await screen));
  }
});

Deno.test("the README explains what the board says of BMCs", () => {
  const [, table = ""] = /^(\| word .*?)\n\n/ms.exec(README) ?? [];
  const words = [...table.matchAll(/^\| ([A-Za-z ]+?) +\| /gm)].map(([, word]) => word);
  assertEquals(words, ["word", ...SUCCESSES, ...FAULTS]);
});

Deno.test("withScreens() puts screens between their marks, and nothing else", () => {
  const text = withScreens(README, { board: "a $& b", ready: "", verdict: "c\nd" });
  assertEquals(screensOf(text), { board: "a $& b", ready: "", verdict: "c\nd" });
  assertEquals(withScreens(text, screensOf(README)), README);
  assertThrows(() => withScreens(README, {}), Error, "nobody takes the screen verdict");
});
