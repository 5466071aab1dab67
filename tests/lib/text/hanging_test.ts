import { assertEquals } from "@std/assert";
import { hanging, hangingList } from "../../../lib/text/hanging.ts";

Deno.test("hanging() breaks lines between words", async (t) => {
  const cases: [name: string, lines: string[], expected: string[]][] = [
    ["that fit", hanging("head: ", "a few words", { width: 40 }), ["head: a few words"]],
    [
      "that do not",
      hanging("head: ", "a few words more than fit", { width: 22 }),
      ["head: a few words more", "      than fit"],
    ],
    [
      "with an indent of their own",
      hanging("head: ", "a few words more than fit", { width: 22, indent: 2 }),
      ["head: a few words more", "  than fit"],
    ],
    [
      "below a head that leaves no room",
      hanging("a head that is long: ", "a few words", { width: 30 }),
      ["a head that is long:", "    a few words"],
    ],
    [
      "that are too long",
      hanging("head: ", "ncn-m001,ncn-s001,ncn-w001 fail", { width: 23 }),
      ["head: ncn-m001,ncn-s001,ncn-w001", "      fail"],
    ],
    [
      "and after commas of those that are too long",
      hanging("head: ", "ncn-m001,ncn-s001,ncn-w001 fail", { width: 24, breaksLists: true }),
      ["head: ncn-m001,ncn-s001,", "      ncn-w001 fail"],
    ],
    ["without a limit", hanging("", "a few words", { width: Infinity }), ["a few words"]],
  ];
  for (const [name, lines, expected] of cases) {
    await t.step(name, () => assertEquals(lines, expected));
  }
});

Deno.test("hangingList() breaks lines after commas", () => {
  assertEquals(hangingList("nodes: ", "ncn-m001,ncn-s001", 17), [
    "nodes: ncn-m001,",
    "       ncn-s001",
  ]);
});
