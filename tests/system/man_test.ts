import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT_MEANINGS } from "../../lib/document/exit_codes.ts";
import { FORMATS } from "../../lib/cli/formats.ts";
import { helpOf, spelling } from "../../lib/cli/help.ts";
import { addsUp } from "../../lib/cli/options.ts";
import { overview } from "../../lib/cli/overview.ts";
import { PITBOOT } from "../../lib/cli/program.ts";
import { VERSION } from "../../mod.ts";
import { manuals } from "../../scripts/commands.ts";
import { callHere, install, printedBy, temporaryRoot } from "../installation.ts";
import { environment, PITBOOT as WORDS, temporaryPit } from "../kit.ts";
import { testWith } from "../needs.ts";

const COMMANDS = await manuals();
const MANUALS = [PITBOOT, ...COMMANDS];

Deno.test("man prints a page with every option of the command, as its help has it", async (t) => {
  for (const manual of MANUALS) {
    await t.step(manual.name, async () => {
      const isWhole = manual === PITBOOT;
      const { code, stdout, stderr } = await callHere("man", ...isWhole ? [] : [manual.name]);
      assertEquals([code, stderr], [0, ""]);
      const page = plain(stdout);
      const help = helpOf(manual, 80);
      for (const [name, option] of Object.entries(manual.options)) {
        assertStringIncludes(page, `\n.TP\n${spelling(name, option)}\n`);
        if (!isWhole) assertStringIncludes(help, `\n  ${spelling(name, option)}`);
        const [, words = ""] = page.split(`\n.TP\n${spelling(name, option)}\n`);
        const [own = ""] = words.split("\n.TP\n");
        assertEquals(own.includes("May be given more than once."), addsUp(option), name);
      }
      // And not one that the command does not have.
      assertEquals(
        [...page.matchAll(/^\.TP\n(?:-\w, )?--([\w-]+)/gm)].map(([, name]) => name),
        Object.keys(manual.options),
      );
      for (const [code, meaning] of EXIT_MEANINGS) {
        const isTold = page.includes(`.TP\n.B ${code}\n${meaning}\n`);
        assertEquals(isTold, manual.exits.includes(code), `${code}`);
      }
      assertMatch(page, /^\.TH PITBOOT\S* 8 \d{4}-\d\d-\d\d "pitboot [\d.]+"\n/);
      assertStringIncludes(page, ` "pitboot ${VERSION}"\n`);
    });
  }
});

Deno.test("man names every command on the page of pitboot", async () => {
  const page = plain((await callHere("man")).stdout);
  for (const { name, summary } of COMMANDS) {
    assertStringIncludes(page, `.TP\n.B ${name}\n${summary}\n`);
    assertMatch(page, new RegExp(`^\\.BR pitboot-${name} \\(8\\),?$`, "m"));
  }
});

Deno.test("man prints the page of a format", async (t) => {
  for (const { name, summary, parts } of FORMATS) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await callHere("man", name);
      assertEquals([code, stderr], [0, ""]);
      const page = plain(stdout);
      assertMatch(page, /^\.TH PITBOOT-[A-Z]+ 5 \d{4}-\d\d-\d\d "pitboot [\d.]+"\n/);
      assertStringIncludes(page, `.SH NAME\npitboot-${name} - ${summary}\n`);
      for (const { heading } of parts) assertStringIncludes(page, `\n.SH ${heading}\n`);
    });
  }
});

Deno.test("man refuses what is no command, exit code 2, with the nearest one", async () => {
  assertEquals(await callHere("man", "set-lonks"), {
    code: 2,
    stdout: "",
    stderr: "pitboot man: unknown command set-lonks; did you mean set-links?\n" +
      "  hint: pitboot man --help\n",
  });
});

testWith("man shows the page at a terminal", ["man-db", "bsdutils"], async (t) => {
  using pit = temporaryPit();
  const at = async (words: readonly string[], env: Record<string, string>): Promise<string> => {
    const [program = "", ...args] = ["/usr/bin/script", "-qefc", words.join(" "), "/dev/null"];
    const { code, stdout } = await new Deno.Command(program, {
      args,
      env: { ...environment(pit, env), MANPAGER: "cat", LC_ALL: "C", TERM: "dumb", MANWIDTH: "80" },
      clearEnv: true,
      stdin: "null",
    }).output();
    const screen = new TextDecoder().decode(stdout).replaceAll("\r", "").replace(/.[\b]/g, "");
    assertEquals(code, 0, screen);
    return screen;
  };
  const PATH = "/usr/bin:/bin";
  await t.step("by man", async () => {
    const screen = await at([...WORDS, "man", "status"], { PATH });
    assertMatch(screen, /^NAME\n {7}pitboot-status - show what/m);
    assert(!screen.includes(".TH"), screen);
  });
  await t.step("without man, a command", async () => {
    using system = temporaryRoot();
    const screen = await at([...WORDS, "man", "status"], { PATH: system.root });
    assertEquals(screen, (await callHere("status", "--help")).stdout);
  });
  await t.step("without man, a format", async () => {
    using system = temporaryRoot();
    const screen = await at([...WORDS, "man", "events"], { PATH: system.root });
    assertMatch(screen, /^pitboot-events - .*\n\nDESCRIPTION\n/);
    assert(
      screen.split("\n").every((line) => line.length <= 80 || line.startsWith("    ")),
      screen,
    );
  });
  await t.step("without man, pitboot", async () => {
    using system = temporaryRoot();
    const screen = await at([...WORDS, "man"], { PATH: system.root });
    assertEquals(screen, overview(COMMANDS, 80));
  });
});

testWith("mandoc finds nothing to complain about in any page", ["mandoc"], async (t) => {
  using system = temporaryRoot();
  await install(system.root);
  const formats = FORMATS.map(({ name }) => `../man5/pitboot-${name}.5`);
  for (const name of [...pagesOf(system.root), ...formats]) {
    await t.step(name, async () => {
      await printedBy(["mandoc", "-Tlint", "-Wwarning", `${man8(system.root)}/${name}`]);
    });
  }
});

testWith("man finds the pages that were installed, and shows them", ["man-db"], async (t) => {
  using system = temporaryRoot();
  await install(system.root);
  // Without a locale: a page must be readable on any console.
  const env = { MANPATH: `${system.root}/usr/local/share/man`, MANWIDTH: "100", LC_ALL: "C" };
  const pages = pagesOf(system.root).map((name) => name.replace(/\.8$/, ""));
  for (const page of pages) {
    await t.step(page, async () => {
      const shown = await printedBy(["man", "8", page], { env });
      const name = page.startsWith("pitboot") ? page : null;
      if (name) assertStringIncludes(shown, `\n       ${name} - `);
      for (const part of ["SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SEE ALSO"]) {
        assert(shown.split("\n").includes(part), part);
      }
      assert(!/\\f|\\-|\\\[/.test(shown), "roff is left over");
    });
  }
  for (const { name, summary } of FORMATS) {
    await t.step(name, async () => {
      const shown = await printedBy(["man", "5", `pitboot-${name}`], { env });
      assertStringIncludes(shown, `\n       pitboot-${name} - ${summary}\n`);
      assert(!/\\f|\\-|\\\[/.test(shown), "roff is left over");
    });
  }
  await t.step("an example can be copied", async () => {
    const shown = await printedBy(["man", "8", "pitboot-status"], { env });
    for (const [line] of COMMANDS.find(({ name }) => name === "status")?.examples ?? []) {
      assertStringIncludes(shown, `           ${line}\n`);
    }
  });
});

/** A page without the escapes and fonts of roff. */
function plain(roff: string): string {
  return roff.replace(/\\f[BIR]/g, "").replaceAll("\\-", "-");
}

function man8(root: string): string {
  return `${root}/usr/local/share/man/man8`;
}

function pagesOf(root: string): string[] {
  const names = [...Deno.readDirSync(man8(root))].map(({ name }) => name).sort();
  assert(names.length > COMMANDS.length, "too few pages");
  return names;
}
