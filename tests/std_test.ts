/**
 * What we rely on of the @std packages, whichever are installed: the real ones
 * or the stand-ins of tools/std.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { ensureDirSync } from "@std/fs/ensure-dir";
import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import { flag, optionalFile } from "../lib/cli/options.ts";
import { parseCommandLine, UsageError } from "../lib/cli/parse_flags.ts";
import { temporaryDirectory } from "./temporary.ts";

Deno.test("parseArgs() collects declared flags written --name=value", async (t) => {
  const cases: [args: string[], flags: Record<string, unknown>][] = [
    [[], {}],
    [["--on=true"], { on: [true] }],
    [["--on=false"], { on: [false] }],
    [["--on=false", "--on=true", "--on=false"], { on: [false, true, false] }],
    [["--dry-run=true", "--on=false"], { "dry-run": [true], on: [false] }],
    [["--name=x"], { name: ["x"] }],
    [["--name="], { name: [""] }],
    [["--name=", "--name=x", "--name="], { name: ["", "x", ""] }],
    [["--name=b", "--on=true", "--name=a"], { on: [true], name: ["b", "a"] }],
    ...["0012", "1e1", "true", "false", "-", "--", "-5", "--on", "x=y", "=", " ", "a\nb", "\0", "é"]
      .map((
        value,
      ): [string[], Record<string, unknown>] => [[`--name=${value}`], { name: [value] }]),
  ];
  for (const [args, expected] of cases) {
    await t.step(JSON.stringify(args), () => {
      const boolean = ["on", "dry-run"];
      const string = ["name"];
      // Typed as what both have: the names of the flags are known to one only.
      const flags: Record<string, unknown> = parseArgs(args, {
        boolean,
        string,
        collect: [...boolean, ...string],
      });
      const { _, ...named } = flags;
      assertEquals(named, { on: [], "dry-run": [], name: [], ...expected });
      assertEquals(_, []);
    });
  }
});

Deno.test("words that parseArgs() could take in one way or another never reach it", async (t) => {
  const cases: [words: string[], read: Record<string, unknown> | string][] = [
    [["--dry-run", "false"], 'unexpected argument "false"; did you mean --dry-run=false?'],
    [["--dry-run", "true"], 'unexpected argument "true"; did you mean --dry-run=true?'],
    [["-q", "false"], 'unexpected argument "false"; did you mean --quiet=false?'],
    [["--dry-run", "no"], { "dry-run": true, operand: "no" }],
    [["--dry-run", "-"], "unknown option -"],
    [["--dry-run=false"], {}],
    [["--dry-run=true"], { "dry-run": true }],
    [["--dry-run=no"], "--dry-run=no: expected true or false"],
    [["--dry-run=0"], "--dry-run=0: expected true or false"],
    [["--dry-run=FALSE"], "--dry-run=FALSE: expected true or false"],
    [["--dry-run="], "--dry-run=: expected true or false"],
    [["--no-dry-run"], "unknown option --no-dry-run; did you mean --dry-run?"],
    [["--dry-run=false", "--dry-run"], "--dry-run is given twice: false and true"],
    [["--dry-run", "--dry-run"], { "dry-run": true }],
    [["-qq"], { quiet: true }],
    [["-q5"], "unknown option -q5"],
    [["-q="], "unknown option -q="],
    [["-q=1"], "unknown option -q=1"],
    [["-q=true"], "unknown option -q=true"],
    [["-q-"], "unknown option -q-"],
    [["-q.x"], "unknown option -q.x"],
    [["--name", "0012"], { name: "0012" }],
    [["--name", "1e1"], { name: "1e1" }],
    [["--name", "false"], { name: "false" }],
    [["--name", "-"], { name: "-" }],
    [["--name", "--", "x"], "--name needs a value: FILE"],
    [["--name", "-5"], "unknown option -5"],
    [["--name=-5"], { name: "-5" }],
    [["--name", "a", "--name", "a"], "--name is given twice: a and a"],
    [["--name.a=b"], "unknown option --name.a=b; did you mean --name?"],
    [["0012"], { operand: "0012" }],
    [["true"], { operand: "true" }],
    [["--", "0012"], { operand: "0012" }],
    [["--", "-5"], { operand: "-5" }],
    [["--", "-"], { operand: "-" }],
    [["--", "--"], { operand: "--" }],
    [["-", "x"], "unknown option -"],
    [["--=x"], "unknown option --=x"],
    [["--__proto__=x"], "unknown option --__proto__=x"],
    [["--constructor"], "unknown option --constructor"],
  ];
  const options = {
    "dry-run": flag("Only show."),
    quiet: flag("Say less."),
    name: optionalFile("A text."),
  };
  const operand = { placeholder: "N", kind: "text", help: "A word.", isOptional: true } as const;
  for (const [words, expected] of cases) {
    await t.step(words.join(" "), () => {
      const read = (): unknown => {
        const { flags, operand: word } = parseCommandLine({ options, operand }, words);
        return { ...flags, operand: word };
      };
      if (typeof expected === "string") {
        assertEquals(assertThrows(read, UsageError).message, expected);
      } else {
        const defaults = { "dry-run": false, quiet: false, name: null, operand: null };
        assertEquals(read(), { ...defaults, ...expected });
      }
    });
  }
});

Deno.test("paths are taken apart and put together", () => {
  assertEquals(basename("/var/lib/misc/dnsmasq.leases"), "dnsmasq.leases");
  assertEquals(dirname("/var/lib/misc/dnsmasq.leases"), "/var/lib/misc");
  assertEquals(join("/var/www/ncn-w001", "../ephemeral/x"), "/var/www/ephemeral/x");
  assertEquals(join("/var", "../../x/./y//z"), "/x/y/z");
  assertEquals(join("a/..", "../b/", ""), "../b/");
  assertEquals(join("", "a/.."), ".");
  assertEquals(relative("/var/www/node", "/var/www/ephemeral/x"), "../ephemeral/x");
  assertEquals(relative("/a/b", "/a/b/c"), "c");
  assertEquals(relative("/a/b/c", "/x"), "../../../x");
  assertEquals(relative("/a", "/a"), "");
});

Deno.test("paths with slashes where few expect them are taken apart, too", async (t) => {
  const cases: [path: string, directory: string, name: string][] = [
    ["/", "/", "/"],
    ["//", "/", "/"],
    ["/a", "/", "a"],
    ["///a", "/", "a"],
    ["/a/", "/", "a"],
    ["/a//b", "/a", "b"],
    ["a//b//", "a", "b"],
    ["a", ".", "a"],
    ["", ".", ""],
  ];
  for (const [path, directory, name] of cases) {
    await t.step(JSON.stringify(path), () => {
      assertEquals([dirname(path), basename(path)], [directory, name]);
    });
  }
});

Deno.test("ensureDirSync() makes directories, and may find them there", () => {
  using temporary = temporaryDirectory();
  const path = `${temporary.directory}/a/b`;
  ensureDirSync(path);
  ensureDirSync(path);
  assert(Deno.statSync(path).isDirectory);
});

Deno.test("ensureDirSync() fails where something else is", async (t) => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  Deno.writeTextFileSync(`${directory}/file`, "");
  Deno.symlinkSync("file", `${directory}/link`);
  Deno.symlinkSync("nowhere", `${directory}/broken`);
  const isFile = "Failed to ensure directory exists: expected 'dir', got 'file'";
  const cases: [path: string, error: new () => Error, message: string][] = [
    ["file", Error, isFile],
    ["link", Error, isFile],
    ["file/below", Deno.errors.NotADirectory, "Not a directory"],
    ["broken", Deno.errors.NotFound, "No such file"],
  ];
  for (const [path, error, message] of cases) {
    await t.step(path, () => {
      assertThrows(() => ensureDirSync(`${directory}/${path}`), error, message);
    });
  }
});

Deno.test("assertions fail where they should", async () => {
  assertThrows(() => assertEquals({ a: [1] }, { a: [2] }));
  assertThrows(() => assertThrows(() => {}));
  assertThrows(() =>
    assertThrows(() => {
      throw new TypeError("a");
    }, SyntaxError)
  );
  await assertRejects(() => assertRejects(() => Promise.resolve()));
});
