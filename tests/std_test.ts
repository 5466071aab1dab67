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
import { temporaryDirectory } from "./temporary.ts";

Deno.test("parseArgs() reads declared flags", async (t) => {
  const cases: [args: string[], flags: Record<string, unknown>][] = [
    [[], { on: false }],
    [["--on"], { on: true }],
    [["-o"], { on: true }],
    [["--on=false"], { on: false }],
    [["--name", "x"], { on: false, name: "x" }],
    [["--name=x=y"], { on: false, name: "x=y" }],
    [["--name", "0012"], { on: false, name: "0012" }],
    [["--name", "-"], { on: false, name: "" }],
    [["--name"], { on: false, name: "" }],
    [["--name="], { on: false, name: "" }],
    [["--name", "--on"], { on: true, name: "" }],
    [["--name", "a", "--name", "b"], { on: false, name: "b" }],
    [["--on", "--on", "-o"], { on: true }],
    [["--all", "a"], { on: false, all: ["a"] }],
    [["--all", "b", "--on", "--all=a", "--all"], { on: true, all: ["b", "a", ""] }],
    [["--all=", "--all", "0012"], { on: false, all: ["", "0012"] }],
  ];
  for (const [args, expected] of cases) {
    await t.step(args.join(" ") || "nothing", () => {
      // Typed as what both have: the names of the flags are known to one only.
      const flags: Record<string, unknown> = parseArgs(args, {
        boolean: ["on"],
        string: ["name", "all"],
        collect: ["all"],
        alias: { on: "o" },
        unknown: (arg: string) => {
          if (arg !== "-") throw new Error(`unknown ${arg}`);
        },
      });
      const { _, o: _alias, ...named } = flags;
      assertEquals({ on: false, ...named }, { all: [], ...expected });
    });
  }
});

Deno.test("parseArgs() hands everything else to the hook", () => {
  const seen: string[] = [];
  parseArgs(["word", "--on", "-x", "--name", "v", "--dryrun"], {
    boolean: ["on"],
    string: ["name"],
    unknown: (arg: string) => {
      seen.push(arg);
      return false;
    },
  });
  assertEquals(seen, ["word", "-x", "--dryrun"]);
});

Deno.test("paths are taken apart and put together", () => {
  assertEquals(basename("/var/lib/misc/dnsmasq.leases"), "dnsmasq.leases");
  assertEquals(dirname("/var/lib/misc/dnsmasq.leases"), "/var/lib/misc");
  assertEquals(join("/var/www/ncn-w001", "../ephemeral/x"), "/var/www/ephemeral/x");
  assertEquals(relative("/var/www/node", "/var/www/ephemeral/x"), "../ephemeral/x");
});

Deno.test("ensureDirSync() makes directories, and may find them there", () => {
  using temporary = temporaryDirectory();
  const path = `${temporary.directory}/a/b`;
  ensureDirSync(path);
  ensureDirSync(path);
  assert(Deno.statSync(path).isDirectory);
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
