import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import type { BootState } from "../../../lib/document/generation.ts";
import { NO_TARGETS, type ScriptState } from "../../../lib/boot/boot_tree.ts";
import { stateOf } from "../../../lib/boot/boot_state.ts";
import {
  changesOf,
  type KeptScript,
  parentFor,
  pastBefore,
  scriptsBefore,
  type StoredGeneration,
  storedGenerationShape,
} from "../../../lib/history/generations.ts";
import { parseJson, ShapeError } from "../../../lib/text/shape.ts";
import { foundScript, plannedNode, wantedScript } from "../../testdata/planned_node.ts";

const GENERATION: StoredGeneration = {
  number: 1,
  parent: 0,
  restores: null,
  who: "root",
  command: "pitboot run",
  begun: "2026-01-01T00:00:00.000Z",
  ended: "2026-01-01T00:00:01.000Z",
  bootScript: null,
  changes: [],
  scripts: {},
};

Deno.test("changesOf() lets nodes share an entry to which the same happens", () => {
  const old = { wrong: { "kernel": "../old/k" }, found: "old" };
  const nodes = [
    plannedNode("ncn-w001", {}, old),
    plannedNode("ncn-w002", {}, { ...old, found: "older" }),
    plannedNode("ncn-w003", {}, old),
    plannedNode("ncn-w005", {}, old),
    plannedNode("ncn-w006", {}, old),
    plannedNode("ncn-w007", {}, old),
  ];
  const failed = new Map([["ncn-w005", "no space left"], ["ncn-w006", null], ["ncn-w007", null]]);
  const changes = changesOf(nodes, failed);
  assertEquals(changes.map(({ nodes, failed }) => [nodes, failed]), [
    [["ncn-w001", "ncn-w003"], null],
    [["ncn-w002"], null],
    [["ncn-w005"], "no space left"],
    [["ncn-w006", "ncn-w007"], "not begun"],
  ]);
  const [first] = changes;
  assertEquals([first?.before?.kernel, first?.after?.kernel], ["../old/k", "../new/k"]);
  assertEquals(
    [first?.before?.script, first?.after?.script],
    [{ sha256: "old", edited: false }, { sha256: "new", edited: false }],
  );
  assertEquals(changesOf([], new Map()), []);
});

Deno.test("scriptsBefore() keeps the script of each node that changes", () => {
  const { links } = plannedNode("ncn-w001", {}).observed;
  const nodes = [
    plannedNode("ncn-w001", {}, { found: "a" }),
    plannedNode("ncn-w002", {}, { found: "a" }),
    plannedNode("ncn-w004", {}, { parked: { links, script: foundScript("parked") } }),
    plannedNode("ncn-w005", {}, {}),
  ];
  const scripts = scriptsBefore(nodes, {
    before: { ...kept("boot"), sha256: "boot" },
    after: wantedScript("new"),
  });
  assertEquals(scripts, { "boot": kept("boot"), "a": kept("a"), "parked": kept("parked") });
});

Deno.test("scriptsBefore() tells scripts of one text apart by all else", () => {
  const node = (name: string, facts: Partial<ScriptState>): ReturnType<typeof plannedNode> => {
    const planned = plannedNode(name, {}, { found: "a" });
    return {
      ...planned,
      observed: { ...planned.observed, script: { ...foundScript("a"), ...facts } },
    };
  };
  const facts: Partial<ScriptState>[] = [{ mode: 0o600 }, { uid: 7 }, { gid: 7 }, { modified: 7 }];
  const nodes = facts.map((each, i) => node(`ncn-w00${i}`, each));
  const generation = {
    ...GENERATION,
    changes: changesOf(nodes, new Map()),
    scripts: scriptsBefore([node("ncn-w009", {}), ...nodes], null),
  };
  const past = pastBefore([generation]).nodes;
  for (const [i, each] of facts.entries()) {
    assertEquals(past.get(`ncn-w00${i}`)?.script, { ...kept("a"), ...each });
  }
});

Deno.test("pastBefore() finds every earlier state again, whatever has happened since", () => {
  const names = fc.constantFrom("ncn-w001", "ncn-w002", "ncn-w003");
  // A script is a number; its time tells those of one text apart.
  const states = fc.option(
    fc.record({ text: fc.nat(2), modified: fc.nat(1), offline: fc.boolean() }),
  );
  const steps = fc.record({
    nodes: fc.dictionary(names, states, { maxKeys: 3 }),
    boot: fc.option(fc.nat(3)),
  });
  fc.assert(fc.property(fc.array(steps, { maxLength: 8 }), (steps) => {
    type Model = { nodes: Record<string, State>; boot: number };
    const models: Model[] = [{ nodes: {}, boot: 0 }];
    const chain = steps.map(({ nodes, boot }, i): StoredGeneration => {
      const now = models[i] ?? { nodes: {}, boot: 0 };
      models.push({ nodes: { ...now.nodes, ...nodes }, boot: boot ?? now.boot });
      const before = Object.keys(nodes).map((name) => [name, now.nodes[name] ?? null] as const);
      return {
        ...GENERATION,
        number: i + 1,
        changes: before.map(([name, state]) => ({
          nodes: [name],
          before: bootState(state),
          failed: null,
          after: bootState(nodes[name] ?? null),
        })),
        bootScript: boot === null ? null : { before: `boot ${now.boot}`, after: `boot ${boot}` },
        scripts: Object.fromEntries([
          ...before.flatMap(([name, state]) =>
            state ? [[`${state.text} ${name}`, script(state)] as const] : []
          ),
          [`boot ${now.boot}`, kept(`boot ${now.boot}`)],
        ]),
      };
    });
    const last = models.at(-1);
    for (const [i, model] of models.entries()) {
      const { nodes, bootScript } = pastBefore(chain.slice(i));
      const restored = { ...last?.nodes };
      for (const [name, past] of nodes) {
        const state = model.nodes[name] ?? null;
        assertEquals(past, { state: bootState(state), script: state && script(state) }, name);
        restored[name] = state;
      }
      // Those that it does not name have not changed.
      for (const name of Object.keys(restored)) {
        assertEquals(restored[name] ?? null, model.nodes[name] ?? null, name);
      }
      assertEquals(bootScript?.text ?? `boot ${last?.boot}`, `boot ${model.boot}`);
    }
  }));
});

type State = { text: number; modified: number; offline: boolean } | null;

function bootState(state: State): BootState | null {
  if (!state) return null;
  const { text, offline } = state;
  return { ...stateOf(NO_TARGETS, { sha256: String(text), edited: false }), offline };
}

function script({ text, modified }: NonNullable<State>): KeptScript {
  return { ...kept(String(text)), modified };
}

Deno.test("parentFor() leads back to the last generation that came to its end", async (t) => {
  const cases: [name: string, ended: boolean[], parent: number][] = [
    ["none yet", [], 0],
    ["the last one", [true, true], 2],
    ["one that was cut off", [true, false], 1],
    ["two that were", [true, true, false, false], 2],
    ["nothing else", [false, false], 0],
  ];
  for (const [name, ended, parent] of cases) {
    await t.step(name, () => {
      const generations = ended.map((isEnded, i) => ({
        ...GENERATION,
        number: i + 1,
        ended: isEnded ? GENERATION.ended : null,
      }));
      assertEquals(parentFor(generations), parent);
    });
  }
});

Deno.test("storedGenerationShape reads what was written, and nothing else", () => {
  const generation: StoredGeneration = {
    ...GENERATION,
    changes: changesOf([plannedNode("ncn-w001", {}, { found: "a" })], new Map()),
    scripts: { a: kept("a\x00\xff\n") },
  };
  const text = JSON.stringify(generation);
  assertEquals(parseJson(text, storedGenerationShape), generation);
  const { scripts: _, ...without } = generation;
  const wrong: [value: unknown, path: string][] = [
    [without, "scripts"],
    [{ ...generation, number: "1" }, "number"],
    [{ ...generation, scripts: { a: "text" } }, "scripts.a"],
    [{ ...generation, changes: [{ nodes: ["a"] }] }, "changes[0].before"],
  ];
  for (const [value, path] of wrong) {
    const error = assertThrows(
      () => parseJson(JSON.stringify(value), storedGenerationShape),
      ShapeError,
    );
    assert(error.path === path, `${error.path}: ${error.message}`);
  }
});

function kept(text: string): KeptScript {
  return { text, mode: 0o644, uid: 0, gid: 0, modified: 0 };
}
