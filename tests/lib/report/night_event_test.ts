import { assertEquals } from "@std/assert";
import { eventLine } from "../../../lib/document/event.ts";
import { readNightEvent } from "../../../lib/report/night_event.ts";

const AT = Date.UTC(2026, 10, 28, 20, 47, 3, 5);

Deno.test("readNightEvent() reads what --events writes", () => {
  const line = eventLine(
    { what: "lease", node: "ncn-w001", ip: "10.254.1.6", leased: 1, expected: 9 },
    "run",
    AT,
  );
  const event = readNightEvent(line);
  assertEquals([event?.what, event?.at, event?.stage], ["lease", AT, "wait-leases"]);
});

Deno.test("readNightEvent() takes what a newer pitboot writes for something else", () => {
  const event = { time: new Date(AT).toISOString(), stage: "power", node: "x", what: "cooled" };
  const other = { at: AT, stage: "power", what: "other" } as const;
  assertEquals(readNightEvent(JSON.stringify(event)), other);
});

Deno.test("readNightEvent() takes nothing else", async (t) => {
  const time = new Date(AT).toISOString();
  const cases: [name: string, line: string][] = [
    ["nothing", ""],
    ["half a line", `{"time":"${time}","sta`],
    ["a line of a log", '10.1.1.2 - - [28/Nov/2026:20:47:55 +0000] "GET / HTTP/1.1" 200 4'],
    ["a list", "[]"],
    ["no time", '{"stage":"run","what":"ready"}'],
    ["another date", '{"time":"28 Nov 2026","stage":"run","what":"ready"}'],
    ["no such day", '{"time":"2026-13-45T00:00:00.000Z","stage":"run","what":"ready"}'],
    ["a stage that is no text", `{"time":"${time}","stage":{},"what":"ready"}`],
    ["no node", `{"time":"${time}","stage":"run","what":"lease","ip":"x"}`],
    ["nodes that are no list", `{"time":"${time}","stage":"run","what":"setting","nodes":7}`],
    ["the name of a method", `{"time":"${time}","stage":"run","what":"problem","problem":null}`],
    ["without measure", "[".repeat(100_000)],
  ];
  for (const [name, line] of cases) {
    await t.step(name, () => assertEquals(readNightEvent(line), null));
  }
  const inherited = `{"time":"${time}","stage":"run","what":"constructor"}`;
  assertEquals(readNightEvent(inherited)?.what, "other");
});
