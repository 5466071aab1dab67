import { assert, assertEquals, assertThrows } from "@std/assert";
import type { GenerationChange } from "../../../mod.ts";
import { type Addition, parseGeneration } from "../../../lib/history/generation_log.ts";
import {
  type KeptScript,
  pastBefore,
  type StoredGeneration,
} from "../../../lib/history/generations.ts";

const BEGUN: StoredGeneration = {
  number: 1,
  parent: 0,
  restores: null,
  who: "root",
  command: "pitboot run",
  begun: "2026-01-01T00:00:00.000Z",
  ended: null,
  bootScript: null,
  ...part("a", "ncn-w001", "ncn-w002"),
};

const ADDITIONS = [part("a", "ncn-s001"), part("b", "ncn-w002"), part("ü", "ncn-w003")];

Deno.test("parseGeneration() joins what was added, and counts the last word on each node", () => {
  const { changes, scripts, ...rest } = parseGeneration(linesOf(BEGUN, ...ADDITIONS));
  assertEquals(changes.map(({ nodes, before }) => [nodes, before?.release]), [
    [["ncn-w001", "ncn-s001"], "a"],
    [["ncn-w002"], "b"],
    [["ncn-w003"], "ü"],
  ]);
  assertEquals(Object.keys(scripts), ["a", "b", "ü"]);
  const { changes: _, scripts: __, ...begun } = BEGUN;
  assertEquals(rest, begun);
});

Deno.test("parseGeneration() reads one object, however it is laid out", () => {
  const ended = { ...BEGUN, ended: "2026-01-01T00:00:01.000Z" };
  for (const text of [JSON.stringify(ended), linesOf(ended), JSON.stringify(ended, null, 2)]) {
    assertEquals(parseGeneration(text), ended);
  }
});

Deno.test("parseGeneration() loses and forges nothing, wherever its file was cut", () => {
  const bytes = new TextEncoder().encode(linesOf(BEGUN, ...ADDITIONS));
  const decoder = new TextDecoder();
  // By how many of the lines are there, with the last one's end or without.
  const whole = [0, 1, 2, 3].map((count) =>
    parseGeneration(linesOf(BEGUN, ...ADDITIONS.slice(0, count)))
  );
  const head = new TextEncoder().encode(linesOf(BEGUN)).length;
  let seen = 0;
  for (let length = head - 1; length <= bytes.length; length++) {
    for (const tail of [[], [0, 0, 0, 0], [0xff, 0x7b]]) {
      const text = decoder.decode(Uint8Array.from([...bytes.subarray(0, length), ...tail]));
      if (length < head && tail.length > 0) continue;
      const complete = text.split("\n").slice(1).filter(isJson).length;
      assertEquals(parseGeneration(text), whole[complete], `${length} bytes and ${tail}`);
      seen++;
    }
  }
  assert(seen > 2000, `${seen}`);
});

Deno.test("parseGeneration() refuses a line that is damaged and not the last", () => {
  const [first, second] = ADDITIONS.map((each) => JSON.stringify(each));
  for (
    const lines of [
      [first?.slice(0, -5), second],
      [`{"changes":[]}`, second],
      [first, `{"changes":1,"scripts":{}}`],
    ]
  ) {
    assertThrows(() => parseGeneration(linesOf(BEGUN) + lines.join("\n")), SyntaxError);
  }
});

Deno.test("a node that was looked at again goes back to what was seen last", () => {
  const shared = { ...kept("a"), mode: 0o600 };
  const again: Addition = {
    changes: [changeOf("a", "ncn-w002")],
    scripts: { "a ncn-w002": shared },
  };
  const past = pastBefore([parseGeneration(linesOf(BEGUN, again))]).nodes;
  assertEquals(past.get("ncn-w001")?.script, kept("a"));
  assertEquals(past.get("ncn-w002")?.script, shared);
});

/** The file, as a run writes it. */
function linesOf(...values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

function part(script: string, ...nodes: readonly string[]): Addition {
  return { changes: [changeOf(script, ...nodes)], scripts: { [script]: kept(script) } };
}

/** Nodes that had a script. */
function changeOf(script: string, ...nodes: readonly string[]): GenerationChange {
  const before = {
    release: script,
    kernel: null,
    initrd: null,
    rootfs: null,
    script: { sha256: script, edited: false },
    offline: false,
  };
  return { nodes, before, after: null, failed: null };
}

function kept(text: string): KeptScript {
  return { text, mode: 0o644, uid: 0, gid: 0, modified: 0 };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
