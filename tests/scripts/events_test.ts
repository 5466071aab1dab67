import { assert, assertEquals, assertMatch } from "@std/assert";
import { EVENT_SCHEMA } from "../../mod.ts";
import type { CommandName } from "../../scripts/commands.ts";
import { callInProcess } from "../in_process.ts";
import {
  changeBmc,
  environment,
  giveLeases,
  isThere,
  PITBOOT,
  problemOf,
  resultOf,
  shell,
  startPitboot,
  succeeds,
  type TemporaryPit,
  temporaryPit,
  until,
} from "../kit.ts";
import { callUntilLate } from "../late.ts";
import { testWith } from "../needs.ts";
import { Ajv2020 } from "../npm/ajv.ts";
import { checkManners } from "../refusals.ts";

const validate = new Ajv2020({ allowUnionTypes: true }).compile(EVENT_SCHEMA);

/** A line of a file of events. */
interface Line extends Readonly<Record<string, unknown>> {
  readonly time: string;
  readonly stage: string;
  readonly node: string | null;
  readonly what: string;
}

/** Reads a file of events; each line is held against the schema. */
function eventsIn(path: string): Line[] {
  const text = Deno.readTextFileSync(path);
  assert(text === "" || text.endsWith("\n"), "the last line has no end");
  return text.split("\n").slice(0, -1).map((line) => {
    const event = JSON.parse(line);
    assertEquals(validate(event) ? null : validate.errors, null, line);
    return event;
  });
}

/** The nodes whose lease is among the events. */
function leasedIn(pit: TemporaryPit): (string | null)[] {
  return eventsIn(pathIn(pit)).filter(({ what }) => what === "lease").map(({ node }) => node);
}

function pathIn(pit: TemporaryPit): string {
  return `${pit.root}/var/log/events.jsonl`;
}

const EVENTS = "--events=/var/log/events.jsonl";

Deno.test("--events writes what happens in a run, and no password", async () => {
  using pit = temporaryPit();
  Deno.mkdirSync(`${pit.root}/var/log`, { recursive: true });
  // They ask for no lease: each comes when it is waited for, and so is an event.
  for (const { name } of pit.nodes) changeBmc(pit, name, "wait=never");
  changeBmc(pit, "ncn-w003", "fault=denied");
  const left = pit.nodes.slice(1).map(({ name }) => name).filter((name) => name !== "ncn-w003");
  const isSo = (stderr: string): boolean => {
    if (left.length > 0 && stderr.includes("waiting up to")) giveLeases(pit, left.splice(0));
    return isThere(pathIn(pit)) && leasedIn(pit).length === 8 &&
      eventsIn(pathIn(pit)).filter(({ what }) => what === "asked").length === 9;
  };
  const { code, stderr } = await callUntilLate(pit, ["run", EVENTS, "--fanout=64"], { isSo });
  assertEquals(code, 4, stderr);
  const events = eventsIn(pathIn(pit));
  const seen = new Set(events.map(({ what }) => what));
  for (
    const what of [
      "resolving",
      "resolved",
      "setting",
      "asked",
      "waiting",
      "lease",
      "linking",
      "problem",
    ]
  ) assert(seen.has(what), `no ${what}: ${[...seen]}`);
  const leased = leasedIn(pit);
  assertEquals([leased.length, leased.includes("ncn-w003")], [8, false]);
  const times = events.map(({ time }) => time);
  assertEquals(times, [...times].sort());
  assertEquals((Deno.statSync(pathIn(pit)).mode ?? 0) & 0o777, 0o666 & ~Deno.umask());
  assert(!Deno.readTextFileSync(pathIn(pit)).includes("initial0"));
});

Deno.test("--events writes the events of every stage of a chain to one file", async () => {
  using pit = temporaryPit();
  Deno.mkdirSync(`${pit.root}/var/log`, { recursive: true });
  const { code, stderr } = await shell(
    pit,
    ["resolve-images", "bmc-dhcp", "wait-leases", "set-links"]
      .map((stage) => `pitboot ${stage} ${EVENTS}`).join(" | "),
  );
  assertEquals(code, 0, stderr);
  const stages = eventsIn(pathIn(pit)).map(({ stage }) => stage);
  assertEquals([...new Set(stages)].sort(), [
    "bmc-dhcp",
    "resolve-images",
    "set-links",
    "wait-leases",
  ]);
  const before = stages.length;
  await callInProcess(pit, ["resolve-images", EVENTS]);
  assert(eventsIn(pathIn(pit)).length > before, "what was there is gone");
});

Deno.test("--events makes the directory of pitboot's logs, and no other", async () => {
  using pit = temporaryPit();
  const path = "/var/log/pitboot/events.jsonl";
  assert(!isThere(`${pit.root}/var/log`));
  const { code } = await callInProcess(pit, ["run", "--dry-run", `--events=${path}`]);
  assertEquals(code, 0);
  assert(eventsIn(pit.root + path).length > 0);
  assertEquals(Deno.statSync(`${pit.root}/var/log/pitboot`).mode, 0o40755);
});

Deno.test("--events refuses what is no regular file, before anything is done", async (t) => {
  const commands: CommandName[] = ["run", "resolve-images", "bmc-dhcp", "wait-leases", "set-links"];
  const cases: [name: string, arrange: (path: string) => void, why: RegExp][] = [
    ["a FIFO", (path) => assert(succeeds("mkfifo", path)), /is not a regular file but a FIFO/],
    ["a directory", (path) => Deno.mkdirSync(path), /is a directory/],
    ["nothing to put it in", (path) => {
      Deno.removeSync(path.replace(/\/[^/]+$/, ""), { recursive: true });
    }, /does not exist/],
  ];
  for (const [name, arrange, why] of cases) {
    await t.step(name, async () => {
      for (const command of commands) {
        using pit = temporaryPit();
        Deno.mkdirSync(`${pit.root}/var/log`, { recursive: true });
        arrange(pathIn(pit));
        const result = await callInProcess(pit, [command, "--json", EVENTS]);
        assertEquals(result.code, 1, command);
        const { message, hint } = problemOf(result.document, "file-unwritable");
        assertMatch(message, why);
        assertMatch(message, /^\/var\/log\/events\.jsonl cannot be written: /);
        assert(hint, "no hint");
        assertEquals([result.document.images, result.document.bmcs], [undefined, undefined]);
        checkManners(result, pit);
      }
    });
  }
});

testWith("--events on a full disk stops nothing, and says so once", ["mounts"], async () => {
  using pit = temporaryPit({ leased: true });
  const log = `${pit.root}/var/log`;
  Deno.mkdirSync(log, { recursive: true });
  // There is room for the beginning of a line.
  const script = `mount -t tmpfs -o size=8k tmpfs "$0"
      yes '' | head -c 4000 >"$0/events.jsonl"
      cat /dev/zero 2>/dev/null >"$0/full"
      "$@"
      code=$?
      cp "$0/events.jsonl" "$0.copy"
      exit $code`;
  const words = [...PITBOOT, "wait-leases", EVENTS, `--root=${pit.root}`];
  const child = new Deno.Command("unshare", {
    args: ["-m", "sh", "-c", script, log, ...words],
    env: environment(pit),
    clearEnv: true,
    ...{ stdin: "null", stdout: "piped", stderr: "piped" } as const,
  }).spawn();
  const { code, document, stderr } = await resultOf(child);
  assertEquals([code, document.leases?.length], [0, 9], stderr);
  const { message, severity } = problemOf(document, "log-unwritable");
  assertMatch(
    message,
    /^\/var\/log\/events\.jsonl cannot be written: no space left on device: the last events/,
  );
  assertEquals(severity, "warning");
  assertEquals(stderr.split("cannot be written").length - 1, 1, stderr);
  // Half a line would be the beginning of the next one.
  assertEquals(Deno.readTextFileSync(`${log}.copy`), "\n".repeat(4000));
});

testWith("jq and tail -f read events while they happen", ["jq"], async () => {
  using pit = temporaryPit();
  Deno.mkdirSync(`${pit.root}/var/log`, { recursive: true });
  const path = pathIn(pit);
  Deno.writeTextFileSync(path, "");
  const script = `tail -n +1 -f "$0" | jq --unbuffered -r 'select(.what=="lease")|.node'`;
  const reader = new Deno.Command("setsid", {
    args: ["sh", "-c", script, path],
    ...{ stdin: "null", stdout: "piped", stderr: "inherit" } as const,
  }).spawn();
  const child = startPitboot(pit, ["wait-leases", EVENTS], { stdin: "null" });
  const result = resultOf(child);
  const lines = reader.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    await until(() => isThere(path) && Deno.readTextFileSync(path).includes('"waiting"'));
    for (const node of pit.nodes.slice(1)) {
      giveLeases(pit, [node.name]);
      // It comes while pitboot still waits for the others.
      let heard = "";
      while (!heard.endsWith("\n")) heard += (await lines.read()).value ?? "";
      assertEquals(heard, `${node.name}\n`);
    }
    assertEquals((await result).code, 0);
  } finally {
    Deno.kill(-reader.pid, "SIGTERM");
    await lines.cancel();
    await reader.status;
  }
});
