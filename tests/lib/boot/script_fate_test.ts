import { assertEquals } from "@std/assert";
import { type KnownScripts, type ScriptFate, scriptFate } from "../../../lib/boot/script_fate.ts";

const KEEPS = { text: "set a metal.no-wipe=1", sha256: "keeps" };
const HAND = { text: "set a mine", sha256: "hand" };
const NEW = { text: "set a metal.no-wipe=0", sha256: "new" };

Deno.test("scriptFate() decides what becomes of the script of a node", async (t) => {
  const unknown: KnownScripts = { written: [], reset: false };
  const known: KnownScripts = { written: ["old"], reset: false };
  const cases: [
    name: string,
    script: typeof KEEPS,
    wanted: typeof NEW | null,
    scripts: KnownScripts,
    fate: ScriptFate,
  ][] = [
    ["what it should be", NEW, NEW, known, "right"],
    ["ours", { text: "old", sha256: "old" }, NEW, known, "replaced"],
    ["ours, which keeps disks", { ...KEEPS, sha256: "old" }, NEW, known, "replaced"],
    ["changed since it was written", HAND, NEW, known, "edited"],
    ["changed, and to be replaced", HAND, NEW, { ...known, reset: true }, "saved"],
    ["nothing is recorded", HAND, NEW, unknown, "saved"],
    ["nothing is recorded, and it keeps disks", KEEPS, NEW, unknown, "guarded"],
    [
      "the new one keeps them, too",
      KEEPS,
      { ...KEEPS, text: `${KEEPS.text} b`, sha256: "b" },
      unknown,
      "saved",
    ],
    ["it keeps disks, and is to be replaced", KEEPS, NEW, { ...unknown, reset: true }, "saved"],
    ["there is to be none, and nothing is recorded", KEEPS, null, unknown, "saved"],
    ["there is to be none, and it was changed", KEEPS, null, known, "edited"],
  ];
  for (const [name, script, wanted, scripts, fate] of cases) {
    await t.step(name, () => assertEquals(scriptFate(script, wanted, scripts), fate));
  }
});
