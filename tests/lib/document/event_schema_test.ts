import { assertEquals } from "@std/assert";
import { type Event, eventLine } from "../../../lib/document/event.ts";
import { EVENT_SCHEMA } from "../../../lib/document/event_schema.ts";
import { Ajv2020 } from "../../npm/ajv.ts";

const ajv = new Ajv2020({ allowUnionTypes: true });
const validate = ajv.compile(EVENT_SCHEMA);

Deno.test("EVENT_SCHEMA tells events from what is none", async (t) => {
  assertEquals(ajv.validateSchema(EVENT_SCHEMA), true);
  const head = { time: "2026-11-25T08:00:00.000Z", stage: "wait-leases", node: "ncn-w001" };
  const lease = { ...head, what: "lease", ip: "10.254.1.8", leased: 1, expected: 9 };
  const cases: [name: string, line: unknown, isEvent: boolean][] = [
    ["a lease", lease, true],
    ["a key that was added", { ...lease, more: 1 }, true],
    ["no address", { ...lease, ip: undefined }, false],
    ["another kind", { ...lease, what: "leese" }, false],
    ["no node", { ...lease, node: null }, false],
    ["no milliseconds", { ...lease, time: "2026-11-25T08:00:00Z" }, false],
    ["no object", "lease", false],
  ];
  for (const [name, line, isEvent] of cases) {
    await t.step(name, () => {
      const value = JSON.parse(JSON.stringify(line));
      assertEquals(validate(value), isEvent, JSON.stringify(validate.errors));
    });
  }
});

Deno.test("eventLine() writes what EVENT_SCHEMA describes", () => {
  const events: Event[] = [
    { what: "no-password" },
    { what: "refused", failed: 2, checks: 9 },
    { what: "asking", node: "ncn-w001", address: "10.254.1.8" },
    { what: "waiting", missing: ["ncn-w001"], leased: 8, expected: 9, left: null },
    { what: "lease-ended", node: "ncn-w001", leased: 8, expected: 9 },
    { what: "leases-gone", leases: "/leases", isThere: false },
    { what: "hopeless", nodes: ["ncn-w001"], seconds: 60 },
    { what: "linked", node: "ncn-w001", change: "created", release: "1.6.2" },
    {
      what: "verdict",
      summary: "1 of 2 nodes will boot",
      exit: 124,
      nodes: [{ node: "ncn-w001", code: "bmc-unreachable", message: "no answer", hint: null }],
      next: "pitboot run --nodes ncn-w001",
    },
  ];
  for (const event of events) {
    const line = JSON.parse(eventLine(event, "set-links", 0));
    assertEquals(validate(line) ? null : validate.errors, null, JSON.stringify(line));
    assertEquals(line.time, "1970-01-01T00:00:00.000Z");
    assertEquals(line.node, "node" in event ? event.node : null);
  }
});

Deno.test("eventLine() names the stage, or the command where an event is of no stage", () => {
  const problem = {
    stage: "bmc-dhcp",
    severity: "warning",
    code: "release-unset",
    nodes: [],
    message: "",
    hint: null,
  } as const;
  const cases: [event: Event, stage: string][] = [
    [{ what: "refused", failed: 1, checks: 2 }, "set-links"],
    [{ what: "verdict", summary: "", exit: 3, nodes: [], next: "" }, "set-links"],
    [{ what: "resolving" }, "resolve-images"],
    [{ what: "problem", problem }, "bmc-dhcp"],
  ];
  for (const [event, stage] of cases) {
    assertEquals(JSON.parse(eventLine(event, "set-links", 0)).stage, stage, event.what);
  }
});

Deno.test("eventLine() lets nothing through that a terminal obeys", () => {
  const event: Event = { what: "linking", leases: "/\u202e\x9b31m", release: "\u2028" };
  const line = eventLine(event, "run", 0);
  assertEquals(/[\u202e\x9b\u2028]/.test(line), false, line);
  assertEquals(JSON.parse(line).leases, event.leases);
});
