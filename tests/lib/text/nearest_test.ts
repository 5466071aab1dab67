import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { didYouMean, nearest } from "../../../lib/text/nearest.ts";

const COMMANDS = ["resolve-images", "bmc-dhcp", "wait-leases", "set-links", "run", "status"];

Deno.test("nearest() guesses what was meant", async (t) => {
  const cases: [name: string, word: string, guess: string | null][] = [
    ["the word itself", "run", "run"],
    ["a letter too few", "set-link", "set-links"],
    ["a letter too many", "sett-links", "set-links"],
    ["a wrong letter", "statos", "status"],
    ["no dash", "bmcdhcp", "bmc-dhcp"],
    ["letters swapped", "wiat-leases", "wait-leases"],
    ["half of the letters wrong", "abatus", "status"],
    ["more than half of them wrong", "abcdus", null],
    ["a short word, one letter wrong", "ran", "run"],
    ["a short word, two letters wrong", "rat", null],
    ["one letter of many", "r", null],
    ["another word", "reboot", null],
    ["another case", "STATUS", "status"],
  ];
  for (const [name, word, guess] of cases) {
    await t.step(name, () => assertEquals(nearest(word, COMMANDS), guess));
  }
});

Deno.test("nearest() takes the nearest, and the first of the equally near", async (t) => {
  const cases: [name: string, word: string, words: Iterable<string>, guess: string | null][] = [
    ["the nearer one comes first", "nodes", ["node", "none"], "node"],
    ["the nearer one comes last", "nodes", ["none", "node"], "node"],
    ["one that is near, but not nearer", "status", ["statu", "stats", "stat"], "statu"],
    ["equally near", "hat", ["cat", "bat"], "cat"],
    ["equally near, as far as it may be", "xxcd", ["abcd", "efcd"], "abcd"],
    ["no list but a set", "hat", new Set(["cat"]), "cat"],
    ["nothing to choose from", "hat", [], null],
  ];
  for (const [name, word, words, guess] of cases) {
    await t.step(name, () => assertEquals(nearest(word, words), guess));
  }
});

Deno.test("didYouMean() names the guess, and says nothing without one", () => {
  assertStringIncludes(didYouMean("set-link", COMMANDS), " set-links?");
  assertEquals(didYouMean("reboot", COMMANDS), "");
});

const words = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 8 });

Deno.test("nearest() finds every word that is there, and guesses no other than those", () => {
  fc.assert(fc.property(words, fc.array(words), (word, others) => {
    assertEquals(nearest(word, [...others, word]), word);
    const guess = nearest(word, others);
    assert(guess === null || others.includes(guess), String(guess));
  }));
});

Deno.test("nearest() finds a word of which one character was changed", () => {
  const longer = words.filter((word) => word.length > 0);
  fc.assert(fc.property(longer, fc.nat(7), fc.constantFrom("", "x", "xy"), (word, at, insert) => {
    const cut = at % word.length;
    const typed = word.slice(0, cut) + insert + word.slice(cut + 1);
    // Two changes are as many as four letters allow.
    if (insert.length < 2 || typed.length > 3) assertEquals(nearest(typed, [word]), word);
    else assertEquals(nearest(typed, [word]), null);
  }));
});
