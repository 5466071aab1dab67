import { assertEquals } from "@std/assert";
import { whoElse, whoSwaps } from "../../../lib/io/keepers.ts";

const [us, group] = [Deno.uid() ?? 0, Deno.gid() ?? 0];
/** Neither root nor ours. */
const [stranger, strangers] = [us + 7, group + 7];

Deno.test("whoElse() names who may change something besides root and us", async (t) => {
  const cases: [uid: number, gid: number, mode: number, words: string | null][] = [
    [0, 0, 0o755, null],
    [us, group, 0o755, null],
    [0, strangers, 0o755, null],
    [0, 0, 0o775, null],
    [stranger, 0, 0o755, `belongs to user ${stranger}`],
    [0, strangers, 0o775, `may be written by group ${strangers} (mode 775)`],
    [0, 0, 0o757, "may be written by anybody (mode 757)"],
    [0, 0, 0o1777, "may be written by anybody (mode 1777)"],
  ];
  for (const [uid, gid, mode, words] of cases) {
    await t.step(`${words}`, () => assertEquals(whoElse({ uid, gid, mode }), words));
  }
});

Deno.test("whoElse() takes a site at its word, but never anybody", () => {
  const trusted = { users: [stranger], groups: [strangers] };
  assertEquals(whoElse({ uid: stranger, gid: strangers, mode: 0o775 }, trusted), null);
  assertEquals(
    whoElse({ uid: stranger, gid: strangers, mode: 0o777 }, trusted),
    "may be written by anybody (mode 777)",
  );
});

Deno.test("whoSwaps() lets others have their own entries in a sticky directory of root's", () => {
  assertEquals(whoSwaps({ uid: 0, gid: strangers, mode: 0o1777 }), null);
  assertEquals(whoSwaps({ uid: stranger, gid: 0, mode: 0o1777 }), `belongs to user ${stranger}`);
  assertEquals(
    whoSwaps({ uid: 0, gid: 0, mode: 0o777 }),
    "may be written by anybody (mode 777)",
  );
});
