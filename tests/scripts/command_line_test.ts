import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT_MEANINGS, VERSION } from "../../mod.ts";
import { reply } from "../../lib/cli/overview.ts";
import { type CommandName, manuals } from "../../scripts/commands.ts";
import { callInProcess } from "../in_process.ts";
import { checkDocument, PITBOOT, temporaryPit, treeOf } from "../kit.ts";
import type { Words } from "../refusals.ts";

const COMMANDS: CommandName[] = [
  "resolve-images",
  "bmc-dhcp",
  "wait-leases",
  "set-links",
  "run",
  "status",
];

/** Those whose document goes into a pipe without being asked for. */
const HANDS_ON: ReadonlySet<CommandName> = new Set([
  "resolve-images",
  "bmc-dhcp",
  "wait-leases",
  "set-links",
]);

Deno.test("a command line that is wrong is refused, exit code 2", async (t) => {
  const cases: [args: Words, message: string | RegExp][] = [
    [["wait-leases", "--timout", "5"], "unknown option --timout; did you mean --timeout?"],
    [["status", "-o", "yaml"], "--output yaml: expected json"],
    [["man", "-o", "json"], /^unknown option -o/],
    [["status", "--dry-run"], /^unknown option --dry-run/],
    [["set-links", "--\x1b[31m"], /^unknown option --\\x1b\[31m/],
    [
      ["set-links", "ncn-w001"],
      'unexpected argument "ncn-w001"; did you mean --nodes ncn-w001?',
    ],
    [
      ["offline", "ncn-w001", "ncn-s[001-002]"],
      'unexpected argument "ncn-w001"; did you mean --nodes ncn-w001,ncn-s[001-002]?',
    ],
    [
      ["status", "ncn-w*"],
      `unexpected argument "ncn-w*"; did you mean --nodes 'ncn-w*'?`,
    ],
    [
      ["set-links", "--nodes", "ncn-w001", "ncn-w002", "ncn-w003"],
      'unexpected argument "ncn-w002"; did you mean --nodes ncn-w001,ncn-w002,ncn-w003?',
    ],
    [
      ["status", "x3000c0s1b0n0"],
      'unexpected argument "x3000c0s1b0n0"; did you mean --nodes x3000c0s1b0n0?',
    ],
    [["man", "ncn-w001", "x"], /^unexpected argument "x"/],
    [
      ["run", "--dry-run", "false"],
      /^unexpected argument "false"; did you mean --dry-run=false\?$/,
    ],
    [
      ["set-links", "--dry-run", "true"],
      /^unexpected argument "true"; did you mean --dry-run=true\?$/,
    ],
    [["rollback", "--dry-run", "false"], /^unexpected argument "false"; did you mean/],
    [["run", "--dry-run=no"], "--dry-run=no: expected true or false"],
    [["wait-leases", "--timeout"], "--timeout needs a value: TIME"],
    [["bmc-dhcp", "--fanout", "0"], "--fanout 0: expected a number from 1 to 1024"],
    [["bmc-dhcp", "--channel", "16"], "--channel 16: expected a number from 0 to 15"],
    [["bmc-dhcp", "--cipher", "1e1"], "--cipher 1e1: expected a number from 0 to 255"],
    [["set-links", "--nodes", "ncn-w[001"], /^--nodes ncn-w\[001: .* is not a host or a range/],
    [["resolve-images", "--stream", "beta"], "--stream beta: expected stable or unstable"],
    [["resolve-images", "--arch", "arm"], "--arch arm: expected x86_64 or aarch64"],
    [["resolve-images", "--release", "1.6.2"], /^--release 1\.6\.2: expected ROLE=RELEASE/],
    [
      ["resolve-images", "--release", "1.6.2", "--release", "kubernetes=1.6.2"],
      /^--release 1\.6\.2: /,
    ],
    [
      ["resolve-images", "--release", "kubernetes=1.6.2", "--release", "kubernetes=1.6.1"],
      "--release kubernetes=1.6.2,kubernetes=1.6.1: kubernetes can be 1.6.2 or 1.6.1, not both",
    ],
    [
      ["run", "--release", "storage=1.6.2,storage=1.6.1"],
      "--release storage=1.6.2,storage=1.6.1: storage can be 1.6.2 or 1.6.1, not both",
    ],
    [["status", "--root", "/a"], /^--root is given twice: \/a and \//],
  ];
  using pit = temporaryPit();
  const before = treeOf(pit.root);
  for (const [args, message] of cases) {
    await t.step(args.join(" ").replaceAll("\x1b", "ESC"), async () => {
      const { code, stdout, stderr } = await callInProcess(pit, args);
      const [first = "", second] = stderr.split("\n");
      const prefix = `pitboot ${args[0]}: `;
      assertStringIncludes(first, prefix);
      const said = first.slice(first.indexOf(prefix) + prefix.length);
      if (typeof message === "string") assertEquals(said, message);
      else assertMatch(said, message);
      assertEquals(second, `  hint: pitboot ${args[0]} --help`);
      assertEquals(code, 2);
      // The next command of a chain is told.
      const codes = stdout === "" ? [] : checkDocument(stdout).problems.map(({ code }) => code);
      assertEquals(
        codes,
        HANDS_ON.has(args[0]) || (args[0] === "status" && args.includes("-o")) ? ["usage"] : [],
      );
      assert(!stderr.includes("\x1b"), "an escape sequence");
    });
  }
  assertEquals(treeOf(pit.root), before);
});

Deno.test("pitboot alone shows its help", async () => {
  // Not by pitboot(): that adds --root.
  const [program = "", ...words] = PITBOOT;
  const call = async (...args: string[]): Promise<[number, string, string]> => {
    const child = new Deno.Command(program, { args: [...words, ...args], stdin: "null" });
    const { code, stdout, stderr } = await child.output();
    return [code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
  };
  const [code, help, nothing] = await call("--help");
  assertEquals([code, nothing], [0, ""]);
  assertEquals(await call(), [2, "", help]);

  for (const command of COMMANDS) assertMatch(help, new RegExp(`^ +${command} +\\w`, "m"));
  for (const [code] of EXIT_MEANINGS) assertMatch(help, new RegExp(`^ +${code} {2}\\w`, "m"));
  for (const name of ["IPMI_PASSWORD", "CSM_RELEASE"]) assertStringIncludes(help, `\n  ${name} `);
  assertStringIncludes(help, "Neither powers\non a node");
});

Deno.test("--help is a manual page, --version the version", async (t) => {
  using pit = temporaryPit();
  for (const command of COMMANDS) {
    await t.step(command, async () => {
      const help = await callInProcess(pit, [command, "--help"]);
      assertEquals([help.code, help.stderr], [0, ""]);
      for (const part of ["Usage:", "Options:", "Exit codes:", "Examples:", "--root DIR", "[/]"]) {
        assertStringIncludes(help.stdout, part);
      }
      const exits = await exitsInHeader(command);
      for (const [code, meaning] of EXIT_MEANINGS) {
        const isTold = new RegExp(`^ +${code}  ${meaning.slice(0, 20)}`, "m").test(help.stdout);
        assertEquals(isTold, exits.includes(code), `${code}`);
      }
      assertEquals(help.stdout.split("\n").filter((line) => line.length > 110), []);
      assertEquals((await callInProcess(pit, [command, "-h"])).stdout, help.stdout);
      const version = await callInProcess(pit, [command, "--version"]);
      assertEquals(version.stdout, `pitboot ${VERSION}\n`);
    });
  }
});

/** The exit codes that the file of a command names in its first lines. */
async function exitsInHeader(command: string): Promise<number[]> {
  const source = await Deno.readTextFile(new URL(`../../scripts/${command}.ts`, import.meta.url));
  const [, words = ""] = /^ \* Exit:([^]*?)^ \*$/m.exec(source) ?? [];
  return [...words.matchAll(/\b\d+\b/g)].map(([code]) => Number(code));
}

Deno.test("--version --verbose says where it comes from, in either order", async () => {
  using pit = temporaryPit();
  for (const args of [["--version", "--verbose"], ["--verbose", "--version"]]) {
    const { text, exit } = reply(args, { commands: await manuals(), width: 80 });
    assertEquals([exit, text], [0, `pitboot ${VERSION}\nrun from its sources\n`]);
    const { code, stdout } = await callInProcess(pit, ["run", ...args]);
    assertEquals([code, stdout], [exit, text]);
  }
});

Deno.test("--quiet says nothing but errors", async () => {
  using pit = temporaryPit({ leased: true });
  const quiet = await callInProcess(pit, ["run", "--quiet"]);
  assertEquals([quiet.code, quiet.stdout, quiet.stderr], [0, "", ""]);
  Deno.removeSync(`${pit.root}/var/www/boot/script.ipxe`);
  const failed = await callInProcess(pit, ["run", "--quiet"]);
  assertEquals(failed.code, 1);
  assertMatch(failed.stderr, /^pitboot run: error: .*script\.ipxe: does not exist\n {2}hint: /);
});

Deno.test("--color decides about colours, and NO_COLOR and TERM only where it is auto", async () => {
  using pit = temporaryPit({ leased: true });
  const wait: Words = ["wait-leases", "--timeout", "0", "--nodes", "ncn-m001"];
  const colored = await callInProcess(pit, [...wait, "--color", "always"]);
  assertStringIncludes(colored.stderr, "\x1b[33mwarning:\x1b[0m");
  for (const color of ["auto", "never"]) {
    const { stderr } = await callInProcess(pit, [...wait, "--color", color]);
    assert(!stderr.includes("\x1b"), stderr);
  }
});

Deno.test("pitboot says so if what it prints cannot be written", async (t) => {
  const words = PITBOOT.map((word) => `'${word}'`).join(" ");
  for (const call of ["--version", "man"]) {
    await t.step(call, async () => {
      const child = new Deno.Command("sh", { args: ["-c", `${words} ${call} >/dev/full`] });
      const { code, stderr } = await child.output();
      assertMatch(
        new TextDecoder().decode(stderr),
        /^pitboot[ a-z]*: standard output cannot be written: no space left on device\n {2}hint: free some space .*\n$/,
      );
      assertEquals(code, 1);
    });
  }
});

Deno.test("--pretty indents the document", async () => {
  using pit = temporaryPit();
  const { stdout } = await callInProcess(pit, ["resolve-images", "--pretty"]);
  assertMatch(stdout, /^\{\n {2}"pitboot": 1,\n/);
  const compact = await callInProcess(pit, ["resolve-images"]);
  assertEquals(compact.stdout.trimEnd().split("\n").length, 1);
});

Deno.test("every script runs by itself, and so does mod.ts", async (t) => {
  for (const path of ["mod.ts", "scripts/status.ts"]) {
    await t.step(path, async () => {
      const { code, stdout } = await runScript(path, "--version");
      assertEquals([code, stdout], [0, `pitboot ${VERSION}\n`]);
    });
  }
  for (const command of COMMANDS) {
    await t.step(`${command}, as status.ts does`, () => {
      const text = Deno.readTextFileSync(new URL(`../../scripts/${command}.ts`, import.meta.url));
      assertMatch(text, /\nif \(import\.meta\.main\) main\(command\);\n$/);
    });
  }
});

Deno.test("a script that runs by itself knows the other commands", async () => {
  const { code, stdout } = await runScript("scripts/man.ts", "set-links");
  assertEquals(code, 0);
  assertStringIncludes(stdout, ".TH PITBOOT-SET-LINKS 8");
});

async function runScript(
  path: string,
  ...args: string[]
): Promise<{ code: number; stdout: string }> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", new URL(`../../${path}`, import.meta.url).pathname, ...args],
    stdin: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}
