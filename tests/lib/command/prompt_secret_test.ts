import { assertEquals, assertMatch } from "@std/assert";
import { checkDocument, environment, PITBOOT, problemOf, temporaryPit } from "../../kit.ts";
import { testWith } from "../../needs.ts";
import { Terminal, terminalTest } from "../../terminal/terminal.ts";

const ASK = new URL("ask.ts", import.meta.url).pathname;
const QUESTION = "Secret: ";

testWith("promptSecret() takes what is typed, and shows none of it", ["bsdutils"], async (t) => {
  const cases: [name: string, keys: string, secret: string][] = [
    ["a word", "initial0\r", '["initial0"]'],
    ["ended by a line feed", "a b\n", '["a b"]'],
    ["ended by ^D", "ab\x04", '["ab"]'],
    ["nothing", "\r", '[""]'],
    ["letters taken back", "abx\x7fy\bc\r", '["abc"]'],
    ["more taken back than there are", "a\x7f\x7f\x7fb\r", '["b"]'],
    ["a line taken back", "wrong\x15right\r", '["right"]'],
    ["letters of several bytes", "pä€𝄞\x7f\r", '["pä€"]'],
    ["more than one read takes", `${"x".repeat(150)}\r`, `["${"x".repeat(150)}"]`],
    ["what comes after the end", "a\rb", '["a"]'],
    ["^C", "ab\x03", "[Error: stopped]"],
  ];
  for (const [name, keys, secret] of cases) {
    await t.step(name, async () => {
      const { screen } = await atTerminal([Deno.execPath(), "run", "-q", "-A", ASK], {
        question: QUESTION,
        keys,
      });
      assertEquals(screen, `${QUESTION}\r\n${secret}\r\n`);
    });
  }
});

terminalTest(
  "promptSecret() asks anew after ^Z and fg, and shows none of it then either",
  async () => {
    using terminal = await Terminal.open({
      columns: 80,
      rows: 24,
      command: ["/bin/bash", "--norc", "--noprofile", "-i"],
      env: { ...Deno.env.toObject(), PS1: "$ " },
    });
    await terminal.shows("$");
    await terminal.type(`${Deno.execPath()} run -q -A ${ASK}`);
    await terminal.press("Enter");
    await terminal.shows((screen) => asked(screen) === 1);
    await terminal.type("wrong");
    await terminal.press("C-z");
    await terminal.shows("Stopped");
    await terminal.type("fg");
    await terminal.press("Enter");
    await terminal.shows((screen) => asked(screen) === 2);
    await terminal.type("right");
    await terminal.press("Enter");
    const screen = await terminal.shows('["right"]');
    assertEquals(screen.match(/wrong|right/g), ["right"], screen);
  },
);

testWith("bmc-dhcp asks for the password where nobody gave one", ["bsdutils"], async (t) => {
  const question = "BMC password (empty: leave the BMCs alone): ";
  const cases: [name: string, keys: string, code: number, problem: string | null][] = [
    ["the right one", "initial0\r", 0, null],
    ["none", "\r", 0, "password-missing"],
    ["one that IPMI cannot carry", `${"x".repeat(21)}\r`, 1, "password-unfit"],
    ["^C", "initial0\x03", 130, "interrupted"],
    ["^\\", "initial0\x1c", 130, "interrupted"],
  ];
  for (const [name, keys, expected, problem] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      const { IPMI_PASSWORD: _, ...env } = environment(pit);
      const file = `${pit.directory}/document`;
      const words = [
        "trap : INT QUIT;",
        ...PITBOOT,
        "bmc-dhcp",
        "--json",
        `--root=${pit.root}`,
        `>${file}`,
        "; code=$?; stty -a; exit $code",
      ];
      const { code, screen } = await atTerminal(words, { question, keys, env });
      assertEquals(code, expected, screen);
      // The terminal shows again what is typed.
      assertMatch(screen, /(?:^|\n)[^]* echo /);
      assertEquals(/initial0|xx/.test(screen), false, screen);
      const document = checkDocument(Deno.readTextFileSync(file));
      if (problem) problemOf(document, problem);
      else assertMatch(document.bmcs?.[0]?.state ?? "", /^(changed|already)$/);
    });
  }
});

testWith("bmc-dhcp says how else where it cannot ask", ["bsdutils"], async () => {
  using pit = temporaryPit();
  const { IPMI_PASSWORD: _, ...env } = environment(pit);
  const words = [...PITBOOT, "bmc-dhcp", `--root=${pit.root}`, "</dev/null", ">/dev/null"];
  const { code, screen } = await atTerminal(words, { question: "", keys: "", env });
  assertEquals(code, 0, screen);
  const text = screen.replace(/\r\n +(?!hint:)/g, " ");
  const [said, ...others] = text.match(/no BMC password[^]*?hint: .*/g) ?? [];
  assertEquals(others, []);
  assertMatch(
    said ?? "",
    /IPMI_PASSWORD is not set, and standard input is not a terminal to ask at/,
  );
  assertMatch(said ?? "", /hint: .*set IPMI_PASSWORD, or name a --password-file/);
});

/** How often it has asked. */
function asked(screen: string): number {
  return screen.split(QUESTION.trim()).length - 1;
}

/** Runs a program at a terminal, and types when it asks. */
async function atTerminal(
  words: readonly string[],
  { question, keys, env = Deno.env.toObject() }: {
    question: string;
    keys: string;
    env?: Record<string, string>;
  },
): Promise<{ code: number; screen: string }> {
  const child = new Deno.Command("script", {
    args: ["-qefc", words.join(" "), "/dev/null"],
    env: { ...env, NO_COLOR: "1" },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  let screen = "";
  let hasTyped = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    screen += text;
    if (hasTyped || !screen.includes(question)) continue;
    hasTyped = true;
    await writer.write(new TextEncoder().encode(keys));
  }
  const { code } = await child.status;
  await writer.close().catch(() => {}); // it has ended before
  return { code, screen };
}
