import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { STAGE_OPTIONS } from "../../../lib/cli/manual.ts";
import { UsageError } from "../../../lib/cli/parse_flags.ts";
import type { Command } from "../../../lib/command/command.ts";
import { type DocumentCommand, documentCommand } from "../../../lib/command/document_command.ts";
import { EXIT } from "../../../lib/document/exit_codes.ts";
import type { Event } from "../../../lib/document/event.ts";
import { Failure, problem } from "../../../lib/document/problems.ts";
import { OutputError } from "../../../lib/io/context.ts";
import { collect, type InProcessOptions, runInProcess } from "../../in_process.ts";
import { type CallResult, checkDocument } from "../../kit.ts";
import { temporaryDirectory } from "../../temporary.ts";
import { TYPED } from "../../typed.ts";

const options = { ...STAGE_OPTIONS };
type Spec = DocumentCommand<typeof options>;

const LEASES = [{ bmc: "ncn-w001-mgmt", mac: "b4:2e:99:0b:0d:04", ip: "10.1.1.1", expires: null }];
const KEPT = "; what was done so far is kept";
const GONE = { message: "/a: does not exist", hint: "mend it" };
/** On a terminal no board is shown. */
const TERMINAL: InProcessOptions = { onTerminal: true, env: { TERM: "dumb" } };

function commandOf(changes: Partial<Spec> = {}): Command<typeof options> {
  return documentCommand<typeof options>({
    name: "wait-leases",
    summary: "do something",
    description: [],
    exits: Object.values(EXIT),
    options,
    examples: [],
    shows: ["leases"],
    stage: (draft) => draft.add({ leases: LEASES, missing: [] }),
    ...changes,
  });
}

async function run(
  changes: Partial<Spec> = {},
  { args = [], ...call }: InProcessOptions & { args?: readonly string[] } = {},
): Promise<CallResult> {
  return await runInProcess(commandOf(changes), args, call);
}

const LINE = "pitboot wait-leases: 1 of 1 BMCs has a lease\n";

Deno.test("documentCommand() writes the document where a program or a person wants it", async (t) => {
  const [compact, indented] = [/^\{"pitboot":1.*\}\n$/, /^\{\n {2}"pitboot": 1,\n[^]*\n\}\n$/];
  const nothing = /^$/;
  const cases: [name: string, spec: Partial<Spec>, args: string[], pipe: RegExp, tty: RegExp][] = [
    ["a stage", {}, [], compact, nothing],
    ["--json", {}, ["--json"], compact, indented],
    ["--pretty", {}, ["--pretty"], indented, indented],
    ["a table", { onlyShows: true }, [], /^1 of 1 BMCs/, /^1 of 1 BMCs/],
    ["a table with --json", { onlyShows: true }, ["--json"], compact, indented],
    ["the handbook's lines", { printsHandbook: true }, [], nothing, nothing],
    ["those with --json", { printsHandbook: true }, ["--json"], compact, indented],
  ];
  for (const [name, spec, args, pipe, tty] of cases) {
    await t.step(name, async () => {
      assertMatch((await run(spec, { args })).stdout, pipe);
      assertMatch((await run(spec, { args, ...TERMINAL })).stdout, tty);
    });
  }
});

Deno.test("documentCommand() says what was done: a line in a chain, a table to a person", async () => {
  assertEquals((await run()).stderr, LINE);
  assertEquals((await run({}, { args: ["--quiet"] })).stderr, "");
  assertEquals((await run({}, TERMINAL)).stderr, "1 of 1 BMCs has a lease\n");
});

Deno.test("documentCommand() sends the handbook's lines to standard error beside a document", async () => {
  const spec: Partial<Spec> = {
    printsHandbook: true,
    stage: (_draft, _flags, { emit }) => emit({ what: "resolving" }),
  };
  const lines = "Resolving images to boot ...\n";
  const [alone, beside] = [await run(spec), await run(spec, { args: ["--json"] })];
  assertEquals([alone.stdout, alone.stderr], [lines, ""]);
  assertEquals([beside.stdout.slice(0, 12), beside.stderr], ['{"pitboot":1', lines]);
  assertEquals((await run(spec, { args: ["--quiet"] })).stdout, "");
});

Deno.test("documentCommand() hands on what is not its own, and settles its problems anew", async () => {
  const old = [problem("wait-leases", "leases-missing", GONE, TYPED)];
  const stdin = JSON.stringify({ pitboot: 1, status: "partial", problems: old, site: { a: [1] } });
  const { code, document } = await run({}, { stdin });
  assertEquals<unknown>([code, document], [EXIT.done, {
    pitboot: 1,
    status: "ok",
    problems: [],
    site: { a: [1] },
    leases: LEASES,
    missing: [],
  }]);
});

Deno.test("documentCommand() passes on a document that failed, and does nothing", async (t) => {
  const codes: [code: string | null, exit: number][] = [
    ["images-missing", 5],
    ["input-missing", 2],
    ["file-invalid", 1],
    ["interrupted", 130],
    ["a-code-of-the-future", 1],
    [null, 1],
  ];
  for (const [code, exit] of codes) {
    await t.step(code ?? "no problem at all", async () => {
      const severity = "error";
      const problems = code ? [{ stage: "x", severity, code, nodes: [], ...GONE }] : [];
      const document = { pitboot: 1, status: "failed", problems, site: { kept: [1, null] } };
      const stage = (): never => {
        throw new Error("it works");
      };
      const result = await run({ stage }, { stdin: JSON.stringify(document) });
      assertEquals([result.code, JSON.parse(result.stdout)], [exit, document]);
    });
  }
});

Deno.test("documentCommand() keeps what a stage did that failed", async () => {
  const { code, document, stderr } = await run({
    stage: (draft) => {
      draft.add({ missing: ["ncn-w001-mgmt"] });
      throw new Failure("images-missing", GONE);
    },
  });
  assertEquals([code, document.status, document.missing], [5, "failed", ["ncn-w001-mgmt"]]);
  assertEquals(document.problems, [problem("wait-leases", "images-missing", GONE, TYPED)]);
  assertEquals(stderr, `pitboot wait-leases: error: ${GONE.message}\n  hint: ${GONE.hint}\n`);
});

Deno.test("documentCommand() ends at ^C with what was done", async (t) => {
  const linked = { what: "linked", node: "ncn-w001", release: "1.6.2" } as const;
  const cases: [name: string, isThrown: boolean, event: Event, kept: string][] = [
    ["which the stage throws", true, { ...linked, change: "created" }, KEPT],
    ["at which the stage ends", false, { ...linked, change: "created" }, KEPT],
    ["that has found all as it should be", false, { ...linked, change: "unchanged" }, ""],
    ["that has only waited", true, { what: "counted", leased: 1 }, ""],
  ];
  for (const [name, isThrown, event, kept] of cases) {
    await t.step(name, async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const { code, document } = await run({
        stage: (draft, _, { emit }) => {
          draft.add({ leases: LEASES, missing: [] });
          emit(event);
          controller.abort(new DOMException("stopped by SIGHUP", "AbortError"));
          if (isThrown) signal.throwIfAborted();
        },
      }, { signal });
      assertEquals([code, document.leases], [EXIT.interrupted, LEASES]);
      assertEquals(document.problems.map(({ code, message }) => [code, message]), [
        ["interrupted", `stopped by SIGHUP${kept}`],
      ]);
    });
  }
});

Deno.test("documentCommand() refuses a command line before it reads anything", async () => {
  const { code, stdout, stderr } = await run({
    check: () => {
      throw new UsageError("--a needs --b");
    },
  }, { stdin: "hello" });
  const { status, problems: [problem] } = checkDocument(stdout);
  assertEquals([code, status, problem?.code], [EXIT.usage, "failed", "usage"]);
  assertEquals(
    stderr,
    "pitboot wait-leases: --a needs --b\n  hint: pitboot wait-leases --help\n",
  );
});

Deno.test("documentCommand() says the verdict last", async () => {
  const events = Deno.makeTempFileSync();
  const { stderr, code } = await run({
    stage: (draft) => draft.report("leases-missing", { ...GONE, nodes: ["ncn-w001"] }),
    verdict: (_document, exit) => ({
      summary: "0 of 1 nodes will boot",
      exit,
      nodes: [{ node: "ncn-w001", code: "no-lease", message: "no lease", hint: null }],
      next: "pitboot run",
    }),
  }, { args: [`--events=${events}`] });
  assertEquals(code, EXIT.timeout);
  assertMatch(
    stderr,
    /^NOT READY {2}0 of 1 nodes will boot \(exit 124\)\n[^]*then: pitboot run\n$/,
  );
  const last = Deno.readTextFileSync(events).trimEnd().split("\n").at(-1) ?? "";
  Deno.removeSync(events);
  assertStringIncludes(last, '"stage":"wait-leases","node":null,"what":"verdict"');
});

Deno.test("documentCommand() tells a stage how long its document took", async () => {
  const times = [1000, 5000];
  const waited: number[] = [];
  await run({
    stage: (_draft, _flags, host) => void waited.push(host.waited),
  }, { elapsed: () => times.shift() ?? 5000 });
  assertEquals(waited, [4000]);
});

Deno.test("documentCommand() does nothing where its root is none", async () => {
  using temporary = temporaryDirectory();
  const args = [`--root=${temporary.directory}/none`];
  const { code, document } = await run({}, { args });
  assertEquals([code, document.leases], [EXIT.usage, undefined]);
  assertEquals(document.problems.map(({ code }) => code), ["input-missing"]);
});

Deno.test("documentCommand() says so where its output is full", async () => {
  const full = {
    ...collect(() => {}),
    write: () => {
      throw new OutputError("standard output cannot be written", null);
    },
  };
  const { code, stderr } = await run({}, { stdout: full });
  assertEquals(code, EXIT.failed);
  assertMatch(stderr, /standard output cannot be written\n {2}hint: \w/);
});
