import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { helpOf } from "../../lib/cli/help.ts";
import { overview, reply } from "../../lib/cli/overview.ts";
import { VERSION } from "../../mod.ts";
import { type CommandName, manuals } from "../../scripts/commands.ts";
import { callInProcess } from "../in_process.ts";
import { call, callHere } from "../installation.ts";
import { problemOf, temporaryPit, treeOf } from "../kit.ts";
import type { Words } from "../refusals.ts";

const COMMANDS = await manuals();

Deno.test("options may stand in front of the command", async (t) => {
  using pit = temporaryPit({ leased: true });
  const root = `--root=${pit.root}`;
  const cases: [before: string[], behind: Words][] = [
    [["-o", "json", root, "status"], ["status", "-o", "json", root]],
    [["--root", pit.root, "--json", "status"], ["status", root, "--json"]],
    [["--json", "status", root, "--nodes", "ncn-w001"], [
      "status",
      "--json",
      root,
      "--nodes",
      "ncn-w001",
    ]],
    // The first word that could be a command is the value of an option.
    [["--nodes", "status", "status", root], ["status", "--nodes", "status", root]],
    // What a command does not know, it refuses itself.
    [["--dry-run", "status"], ["status", "--dry-run"]],
    [["--help", "history"], ["history", "--help"]],
    [["-V", "run"], ["run", "--version"]],
  ];
  for (const [before, behind] of cases) {
    await t.step(before.join(" ").replaceAll(pit.root, "…"), async () => {
      assertEquals(await call(...before), await callHere(...behind));
    });
  }
  await t.step("-n run changes nothing", async () => {
    const before = treeOf(`${pit.root}/var/www`);
    const { code, stderr } = await call("-n", root, "run");
    assertEquals(code, 0, stderr);
    assertEquals(treeOf(`${pit.root}/var/www`), before);
  });
});

Deno.test("what is no command is refused, also behind options", async (t) => {
  const cases: [args: string[], message: string][] = [
    [["-n", "stauts"], "unknown command stauts; did you mean status?"],
    [["--root", "/x", "frobnicate"], "unknown command frobnicate"],
    [["--rot", "/x"], "unknown option --rot; did you mean --root?"],
    [["--root", "run"], "no command given after --root run"],
    [["-q"], "no command given after -q"],
    [["frob", "status"], "unknown command frob"],
  ];
  for (const [args, message] of cases) {
    await t.step(args.join(" "), () => {
      const { text, exit } = reply(args, { commands: COMMANDS, width: 80 });
      assertEquals([text, exit], [`pitboot: ${message}\n  hint: pitboot --help\n`, 2]);
    });
  }
  await t.step("as a process", async () => {
    for (const args of [["-n", "stauts"], ["frob", "status"]]) {
      const { text, exit } = reply(args, { commands: COMMANDS, width: 80 });
      assertEquals(await call(...args), { code: exit, stdout: "", stderr: text });
    }
  });
});

Deno.test("help and version are commands, too", async (t) => {
  const same: [one: Words, other: string[]][] = [
    [["help"], ["--help"]],
    [["help", "run"], ["run", "--help"]],
    [["version"], ["--version"]],
    [["version"], ["-V"]],
    [["version", "-v"], ["--version", "--verbose"]],
  ];
  for (const [one, other] of same) {
    await t.step(one.join(" "), async () => {
      const printed = await callHere(...one);
      assertEquals(printed, await call(...other));
      assertEquals([printed.code, printed.stderr], [0, ""]);
    });
  }
  await t.step("help of what is no command", async () => {
    const { code, stderr } = await callHere("help", "histry");
    assertEquals(code, 2);
    assertMatch(stderr, /^pitboot help: unknown command histry; did you mean history\?\n/);
  });
  await t.step("the version is what it says", async () => {
    assertEquals((await callHere("version")).stdout, `pitboot ${VERSION}\n`);
  });
});

Deno.test("help opens with what is needed most, and fits 80 and 40 columns", async (t) => {
  for (const width of [40, 80]) {
    await t.step(`overview, ${width}`, () => {
      const text = overview(COMMANDS, width);
      const [head, first = ""] = text.split("\n\n");
      assertMatch(head ?? "", /^pitboot - /);
      assertStringIncludes(first.replaceAll("\n", " "), "pitboot run, then pitboot status");
      assertEquals(tooLong(text, width), []);
    });
    for (const command of COMMANDS) {
      await t.step(`${command.name}, ${width}`, () => {
        const text = helpOf(command, width);
        const examples = command.examples.map(([line]) => line).join(" | ").split(" | ");
        // An example is to be copied: only behind a pipe it goes on in another line.
        const others = tooLong(text, width)
          .filter((line) => !examples.includes(line.trim().replace(/ \|$/, "")));
        assertEquals(others, []);
      });
    }
  }
});

Deno.test("an example that goes on in another line is still one command", () => {
  const [chain = ""] = /^ {2}pitboot resolve-images \|$[^]*?set-links$/m.exec(overview([], 40)) ??
    [];
  assert(chain.split("\n").length > 2, chain);
  assertEquals(
    chain.split(/\s+/).filter(Boolean).join(" "),
    "pitboot resolve-images | pitboot bmc-dhcp | pitboot wait-leases | pitboot set-links",
  );
});

const WITH_NODES: readonly [CommandName, ...string[]][] = [
  ["bmc-dhcp"],
  ["wait-leases", "--timeout", "0"],
  ["set-links"],
  ["run", "--json"],
  ["status", "--json"],
  ["offline", "--json"],
  ["online", "--json"],
];

Deno.test("every command that takes nodes takes patterns of names, and xnames", async (t) => {
  const choices = [
    ["--nodes", "ncn-w*,ncn-m*", "--exclude", "ncn-?003"],
    ["--nodes", "x3000c0s2b0n0,ncn-w*", "--exclude", "X3000c0s6b0"],
  ] as const;
  for (
    const [words, args] of WITH_NODES.flatMap((each) =>
      choices.map((args) => [each, args] as const)
    )
  ) {
    await t.step(`${words[0]} ${args[1]}`, async () => {
      using pit = temporaryPit({ leased: true });
      const { document, stderr } = await callInProcess(pit, [...words, ...args]);
      assert(document.status !== "failed", stderr);
      const { bmcs = [], leases = [], nodes = [] } = document;
      const named = new Set([
        ...bmcs.map(({ node }) => node),
        ...leases.map(({ bmc }) => bmc.replace("-mgmt", "")),
        ...nodes.map(({ name }) => name),
      ]);
      assertEquals([...named].sort(), ["ncn-m002", "ncn-w001", "ncn-w002", "ncn-w004"]);
    });
  }
});

Deno.test("every command that takes nodes refuses a choice that cannot be meant", async (t) => {
  const cases: [choice: string[], message: RegExp][] = [
    [
      ["--nodes", "ncn-w001", "--exclude", "ncn-w001"],
      /no node is selected by --nodes and --exclude/,
    ],
    [["--nodes", "ncn-x*"], /no node in \S+ matches ncn-x\*/],
    [["--nodes", "x9000c0s1b0n0"], /\S+ has no node with the xname x9000c0s1b0n0$/],
  ];
  for (const words of WITH_NODES) {
    for (const [choice, message] of cases) {
      await t.step([words[0], ...choice].join(" "), async () => {
        using pit = temporaryPit({ leased: true });
        const { code, document } = await callInProcess(pit, [...words, ...choice]);
        assertEquals([code, document.status], [2, "failed"]);
        assertMatch(problemOf(document, "input-missing").message, message);
      });
    }
  }
});

/** Lines that are longer than they need be. */
function tooLong(text: string, width: number): string[] {
  return text.split("\n").filter((line) => line.length > width && line.trim().includes(" "));
}
