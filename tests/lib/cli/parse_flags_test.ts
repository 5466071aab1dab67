import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import {
  choice,
  count,
  directory,
  duration,
  flag,
  hosts,
  type Operand,
  optionalChoice,
  optionalFile,
} from "../../../lib/cli/options.ts";
import { parseCommandLine, UsageError } from "../../../lib/cli/parse_flags.ts";
import { anyText } from "../../testdata/texts.ts";

const options = {
  "dry-run": flag("Only show."),
  help: flag("Show this."),
  quiet: flag("Say less."),
  verbose: flag("Say more."),
  version: flag("Show the version."),
  color: choice(["auto", "never"], "Colour.", "auto"),
  fanout: count("N", "At once.", { min: 1, max: 64, initial: 8 }),
  input: optionalFile("A document."),
  json: flag("As JSON."),
  nodes: hosts("Which."),
  output: { ...optionalChoice(["json"], "As what."), turnsOn: "json" },
  root: directory("Below it.", "/"),
  timeout: duration("How long.", "15m"),
};
const shell: Operand = {
  placeholder: "SHELL",
  kind: "choice",
  help: "Of whom.",
  isOptional: false,
};
const DEFAULTS = {
  "dry-run": false,
  help: false,
  quiet: false,
  verbose: false,
  version: false,
  color: "auto",
  fanout: 8,
  input: null,
  json: false,
  nodes: null,
  output: null,
  root: "/",
  timeout: 900,
};

Deno.test("parseCommandLine() gives every option a value", async (t) => {
  const cases: [args: string[], given: Record<string, unknown>][] = [
    [[], {}],
    [["--dry-run"], { "dry-run": true }],
    [["-v"], { verbose: true }],
    [["-q", "-h"], { quiet: true, help: true }],
    [["-qv"], { quiet: true, verbose: true }],
    [["--timeout", "90s"], { timeout: 90 }],
    [["--timeout=90s", "--dry-run"], { timeout: 90, "dry-run": true }],
    [["--quiet", "--fanout", "3", "--color=never"], { quiet: true, fanout: 3, color: "never" }],
    [["--nodes", "ncn-w[001-002]"], { nodes: ["ncn-w001", "ncn-w002"] }],
    [["--root", "0012"], { root: "0012" }],
    [["--root", "a=b"], { root: "a=b" }],
    [["--root=--a=b"], { root: "--a=b" }],
    [["--input", "-"], { input: "-" }],
    [["-o", "json"], { json: true, output: "json" }],
    [["--output=json", "--json"], { json: true, output: "json" }],
    [["--quiet=true", "--verbose=false"], { quiet: true }],
    [["--help=false", "--version=false"], {}],
    [["--nodes", "a", "--nodes", "b"], { nodes: ["a", "b"] }],
    [["--nodes", "a,b", "--quiet", "--nodes=c"], { quiet: true, nodes: ["a", "b", "c"] }],
    [["--nodes", "b", "--nodes", "a[1-2],b", "--nodes", "a1"], { nodes: ["b", "a1", "a2"] }],
    [["--quiet", "--input", "-", "--root", "/a"], { quiet: true, input: "-", root: "/a" }],
  ];
  for (const [args, given] of cases) {
    await t.step(args.join(" ") || "nothing", () => {
      const parsed = parseCommandLine({ options }, args);
      assertEquals<unknown>(parsed, { flags: { ...DEFAULTS, ...given }, operand: null, words: [] });
    });
  }
});

Deno.test("parseCommandLine() refuses an unknown option, and names the nearest", async (t) => {
  const cases: [args: string[], option: string, guess: string | null][] = [
    [["--timout", "5"], "--timout", "--timeout"],
    [["--timout=5"], "--timout", "--timeout"],
    [["--node=ncn-w001"], "--node", "--nodes"],
    [["--no-verbose"], "--no-verbose", "--verbose"],
    [["--root=/a", "-"], "-", null],
    [["--quiet", "-"], "-", null],
    [["-qx"], "-qx", null],
    [["-verbose"], "-verbose", "--verbose"],
    [["--Root", "/"], "--Root", "--root"],
    [["-x"], "-x", null],
    [["--zzzzzzzzzzzz"], "--zzzzzzzzzzzz", null],
    [["--\x1b[31m"], "--\\x1b[31m", null],
  ];
  for (const [args, option, guess] of cases) {
    await t.step(JSON.stringify(args), () => {
      const message = refusal(args);
      assertStringIncludes(message, option);
      const named = Object.keys(options).map((name) => `--${name}`)
        .filter((each) => message.replace(option, "").includes(each));
      assertEquals(named, guess === null ? [] : [guess]);
    });
  }
  await t.step("a letter whose option the command does not have", () => {
    const { root } = options;
    const error = assertThrows(() => parseCommandLine({ options: { root } }, ["-q"]), UsageError);
    assertStringIncludes(error.message, "-q");
  });
});

Deno.test("parseCommandLine() refuses a value that is missing or wrong", async (t) => {
  const cases: [args: string[], facts: string[]][] = [
    [["--timeout"], ["--timeout", "TIME"]],
    [["--timeout="], ["--timeout", "TIME"]],
    [["--root", "--quiet"], ["--root", "DIR"]],
    [["--timeout", "soon"], ["--timeout", "soon"]],
    [["--fanout=65"], ["--fanout", "65", "64"]],
    [["--color", "red"], ["--color", "red", "never"]],
    [["--nodes", "ncn-w[003-001]"], ["--nodes", "003-001"]],
    [["--color", "\x1b[31m"], ["--color", "\\x1b[31m"]],
  ];
  for (const [args, facts] of cases) {
    await t.step(JSON.stringify(args), () => {
      const message = refusal(args);
      for (const fact of facts) assertStringIncludes(message, fact);
      assert(!message.includes("\x1b"), message);
    });
  }
});

Deno.test("parseCommandLine() refuses what is given twice and does not add up", async (t) => {
  const cases: [args: string[], message: string][] = [
    [["--timeout", "1m", "--timeout", "2m"], "--timeout is given twice: 1m and 2m"],
    [["--timeout=1m", "--quiet", "--timeout=1m"], "--timeout is given twice: 1m and 1m"],
    [["--root", "/a", "--root=/b", "--root=/c"], "--root is given twice: /a and /b"],
    [["--input", "-", "--input", "-"], "--input is given twice: - and -"],
    [["--color=auto", "--color", "\x1b[31m"], "--color is given twice: auto and \\x1b[31m"],
    [["--timeout=soon", "--timeout=1m"], "--timeout is given twice: soon and 1m"],
    [["--timeout=1m", "--timeout="], "--timeout needs a value: TIME"],
    [["--nodes=", "--nodes", "a"], "--nodes needs a value: RANGE"],
    [["--nodes", "a", "--nodes"], "--nodes needs a value: RANGE"],
    [["--quiet=false", "--quiet"], "--quiet is given twice: false and true"],
    [["--nodes", "a,,b", "--nodes", "c"], "--nodes a,,b: an empty host name"],
    [["--nodes", "c", "--nodes", "a,"], "--nodes a,: an empty host name"],
  ];
  for (const [args, message] of cases) {
    await t.step(JSON.stringify(args), () => assertEquals(refusal(args), message));
  }
  await t.step("a bracket that reaches into the next", () => {
    assertStringIncludes(refusal(["--nodes", "a[1", "--nodes", "2]"]), "--nodes a[1: ");
  });
});

Deno.test("parseCommandLine() takes lists one by one as it takes them in one", () => {
  const lists = fc.array(fc.constantFrom("a", "b,c", "a[1-3]", "a[2,4],b"), { minLength: 1 });
  fc.assert(fc.property(lists, (lists) => {
    const apart = lists.flatMap((list) => ["--nodes", list]);
    const parse = (args: string[]): unknown => parseCommandLine({ options }, args);
    assertEquals(parse(apart), parse(["--nodes", lists.join(",")]));
  }));
});

Deno.test("parseCommandLine() reads an operand", async (t) => {
  const choices = ["bash", "zsh"];
  const cases: [name: string, operand: Operand, args: string[], word: string | null][] = [
    ["given", shell, ["bash"], "bash"],
    ["as text", shell, ["0012"], "0012"],
    ["behind --", shell, ["--quiet", "--", "--root"], "--root"],
    ["before an option", shell, ["bash", "--quiet"], "bash"],
    ["behind the value of an option", shell, ["--root", "/a", "bash"], "bash"],
    ["one of few", { ...shell, choices }, ["zsh"], "zsh"],
    ["optional and given", { ...shell, isOptional: true }, ["bash"], "bash"],
    ["optional and missing", { ...shell, isOptional: true }, [], null],
    ["missing, with --help", { ...shell, choices }, ["--help"], null],
    ["missing, with -h", shell, ["-h"], null],
    ["missing, with --version", shell, ["--version"], null],
  ];
  for (const [name, operand, args, word] of cases) {
    await t.step(name, () => {
      assertEquals(parseCommandLine({ options, operand }, args).operand, word);
    });
  }
});

Deno.test("parseCommandLine() refuses an operand that is missing, wrong or too much", async (t) => {
  const few = { ...shell, choices: ["bash", "zsh"] };
  const cases: [name: string, operand: Operand | null, args: string[], facts: string[]][] = [
    ["none is taken", null, ["ncn-w001"], ["ncn-w001"]],
    ["none is taken behind --", null, ["--", "x1"], ["x1"]],
    ["missing", shell, ["--quiet"], ["SHELL"]],
    ["missing, with --help=false", shell, ["--help=false"], ["SHELL"]],
    ["too much behind --", shell, ["bash", "--", "more"], ["more"]],
    ["the value of a switch", shell, ["--quiet", "false"], ["false", "--quiet=false"]],
    ["the value of the last letter", null, ["-qv", "true"], ["true", "--verbose=true"]],
    ["missing, one of few", few, [], ["SHELL", "bash", "zsh"]],
    ["wrong", few, ["fi\x1bsh"], ["SHELL", "fi\\x1bsh", "bash", "zsh"]],
    ["too much", shell, ["bash", "more"], ["more"]],
    ["too much, optional", { ...shell, isOptional: true }, ["bash", "more"], ["more"]],
    ["an unknown option beside it", shell, ["bash", "--rot"], ["--rot", "--root"]],
  ];
  for (const [name, operand, args, facts] of cases) {
    await t.step(name, () => {
      const message = refusal(args, operand);
      for (const fact of facts) assertStringIncludes(message, fact);
    });
  }
});

Deno.test("parseCommandLine() throws nothing but UsageError", () => {
  const known = Object.keys(options).map((name) => `--${name}`);
  const words = fc.oneof(
    fc.constantFrom(...known, "-", "--", "-q", "-qv", "-=", "--=", "--=x", "---", "--no-quiet", ""),
    fc.tuple(fc.constantFrom(...known, "-v", "--x"), anyText(8)).map((parts) => parts.join("=")),
    fc.constantFrom("5", "auto", "ncn-w001", "true", "__proto__", "--__proto__", "--toString=1"),
    anyText(8),
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 5 }), fc.boolean(), (args, takesOperand) => {
      const command = { options, ...(takesOperand ? { operand: shell } : {}) };
      try {
        const { flags } = parseCommandLine(command, args);
        assertEquals(Object.keys(flags).sort(), Object.keys(DEFAULTS).sort());
      } catch (error) {
        assert(error instanceof UsageError, `${error}`);
        assertEquals(error.name, "UsageError");
      }
    }),
    { numRuns: 500 },
  );
});

function refusal(args: string[], operand: Operand | null = null): string {
  const command = { options, ...(operand ? { operand } : {}) };
  return assertThrows(() => parseCommandLine(command, args), UsageError).message;
}
