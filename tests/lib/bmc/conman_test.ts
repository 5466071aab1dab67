import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { type IpmiConsole, parseConman } from "../../../lib/bmc/conman.ts";
import { FormatError } from "../../../lib/text/format_error.ts";
import { csiSystems } from "../../testdata/csi.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";

const OPTS = 'ipmiopts="U:root,P:secret,W:solpayloadsize"';
const NAME = 'name="ncn-w001-mgmt"';
const DEV = 'dev="ipmi:10.254.1.6"';
const W001: IpmiConsole = {
  name: "ncn-w001-mgmt",
  address: "10.254.1.6",
  user: "root",
  line: 1,
};

Deno.test("parseConman() reads a console in every spelling", async (t) => {
  const cases: [name: string, text: string][] = [
    ["dev last", `console ${NAME} ${OPTS} ${DEV}`],
    ["dev before ipmiopts", `console ${NAME} ${DEV} ${OPTS}`],
    ["name last", `console ${OPTS} ${DEV} ${NAME}`],
    [
      "upper case",
      `CONSOLE NAME="ncn-w001-mgmt" DEV="IPMI:10.254.1.6" ${OPTS}`,
    ],
    ["mixed case", `Console ${NAME} Dev="ipmi:10.254.1.6" ${OPTS}`],
    ["single quotes", `console ${NAME} ${DEV} ${OPTS}`.replaceAll('"', "'")],
    [
      "blanks round =",
      `console ${NAME} ${DEV} ${OPTS}`.replaceAll("=", " =\t"),
    ],
    ["no blanks between", `console ${NAME}${DEV}${OPTS}`],
    ["blanks in front", ` \t console ${NAME} ${DEV} ${OPTS} `],
    ["other keys", `console ${NAME} log="a" logopts='b' ${DEV} ${OPTS}`],
    ["a comment behind", `console ${NAME} ${DEV} ${OPTS} # "it's`],
    ["a comment without a blank", `console ${NAME} ${DEV} ${OPTS}#x`],
    ["a key twice: the last counts", `console name="x" ${NAME} ${DEV} ${OPTS}`],
    ["a final CRLF", `console ${NAME} ${DEV} ${OPTS}\r\n`],
    ["joined lines", `console ${NAME} \\\n${DEV} \\\n  ${OPTS}\n`],
    ["lines joined without a blank", `console\\\n${NAME}\\\n${DEV} ${OPTS}\n`],
    ["joined CRLF lines", `console ${NAME} \\\r\n${DEV} ${OPTS}\r\n`],
    ["% N", `console ${NAME} dev="ipmi:10.254.1.6" log="%N" ${OPTS}`],
  ];
  for (const [name, text] of cases) {
    await t.step(name, () => assertEquals(parseConman(text), [W001]));
  }
});

Deno.test("parseConman() finds the user", async (t) => {
  const cases: [ipmiopts: string, user: string | null][] = [
    ["U:root,P:secret", "root"],
    ["P:secret,U:root", "root"],
    ["u:root,p:secret", "root"],
    ["W:solpayloadsize,U:root", "root"],
    ["U:root", "root"],
    ["U:root,P:a,b#c=d,W:x", "root"],
    ["P:a,b,U:root,W:x", "root"],
    ["U:a b,P:c", "a b"],
    ["P:secret", null],
    ["U:,P:secret", null],
    ["", null],
  ];
  for (const [ipmiopts, user] of cases) {
    await t.step(ipmiopts || "nothing", () => {
      const text = `console ${NAME} ${DEV} ipmiopts="${ipmiopts}"`;
      assertEquals(parseConman(text), [{ ...W001, user }]);
    });
  }
});

Deno.test("parseConman() passes over what is no BMC", async (t) => {
  const cases: [name: string, text: string][] = [
    ["an empty file", ""],
    ["comments", "# console\n\t#\n\r\n"],
    ["server settings", "SERVER keepalive=ON\nserver port = 7890 timestamp=1h"],
    ["global settings", 'GLOBAL seropts="115200,8n1" log="console.%N"'],
    ["a bare keyword", "SERVER"],
    ["a terminal server", 'console name="a" dev="ts1:4001"'],
    ["a serial line", "console name='a' dev='/dev/ttyS0'"],
    ["a socket", 'console name="a" dev="unix:/run/a"'],
    ["a program", 'console name="a" dev="/usr/bin/x ipmi:10.1.1.1"'],
    ["an empty address", 'console name="a" dev="ipmi:"'],
    ["a commented console", `#console ${NAME} ${DEV}`],
  ];
  for (const [name, text] of cases) {
    await t.step(name, () => assertEquals(parseConman(text), []));
  }
});

Deno.test("parseConman() gives later consoles the global user", () => {
  const text = [
    'console name="a" dev="ipmi:1"',
    'GLOBAL ipmiopts="U:admin,P:x"',
    'console name="b" dev="ipmi:2"',
    'console name="c" dev="ipmi:3" ipmiopts="U:root,P:y"',
    'console name="d" dev="ipmi:4" ipmiopts="P:y"',
    'global log="x"',
    'global ipmiopts="C:3"',
    'console name="e" dev="ipmi:5"',
    "global ipmiopts='U:last'",
    'console name="f" dev="ipmi:6"',
  ].join("\n");
  assertEquals(
    parseConman(text).map(({ name, user }) => [name, user]),
    [
      ["a", null],
      ["b", "admin"],
      ["c", "root"],
      ["d", "admin"],
      ["e", "admin"],
      ["f", "last"],
    ],
  );
});

Deno.test("parseConman() puts the name in the place of %N", async (t) => {
  for (const name of ["ncn-w001-mgmt", "a b", "a$$b", "$&"]) {
    await t.step(name, () => {
      const text = `console dev="ipmi:%N.hmn/%N" name="${name}"`;
      assertEquals(
        parseConman(text).map(({ address }) => address),
        [`${name}.hmn/${name}`],
      );
    });
  }
});

Deno.test("parseConman() counts lines", async (t) => {
  const cases: [name: string, text: string, lines: number[]][] = [
    ["LF", "#\n#\n@1\n@2\n", [3, 4]],
    ["CRLF", "#\r\n\r\n@1\r\n@2\r\n", [3, 4]],
    ["CR", "#\r\r@1\r@2\r", [3, 4]],
    ["joined lines", "SERVER \\\n \\\n x=y\n@1\n@2", [4, 5]],
    [
      "the first of a joined console",
      "\nconsole \\\n name=a \\\ndev='ipmi:1'",
      [
        2,
      ],
    ],
  ];
  for (const [name, text, lines] of cases) {
    await t.step(name, () => {
      const file = text.replace(/@(\d)/g, "console name='$1' dev='ipmi:$1'");
      assertEquals(parseConman(file).map(({ line }) => line), lines);
    });
  }
});

Deno.test("parseConman() ends a comment at the end of its line", async (t) => {
  const cases: [name: string, comment: string][] = [
    ["an ordinary comment", "# console"],
    ["a backslash joins no comment", "# C:\\old\\"],
    ["a Unicode line end is none", "# a\u2028b\u2029c"],
  ];
  for (const [name, comment] of cases) {
    await t.step(name, () => {
      const text = `${comment}\nconsole ${NAME} ${DEV} ${OPTS}\n`;
      assertEquals(parseConman(text), [{ ...W001, line: 2 }]);
    });
  }
});

Deno.test("parseConman() refuses what it cannot read", async (t) => {
  const assignments = 'expected assignments such as name="ncn-w001-mgmt" after the keyword';
  const keyword = "expected a line that begins with SERVER, GLOBAL or CONSOLE";
  const cases: [name: string, text: string, message: string][] = [
    ["no name", `\nconsole ${DEV}`, '2: a console without name="…"'],
    [
      "an empty name",
      `console name="" ${DEV}`,
      '1: a console without name="…"',
    ],
    ["no device", `console ${NAME}`, '1: a console without dev="…"'],
    [
      "a name twice",
      `console ${NAME} ${DEV}\n#\nconsole ${NAME} dev="ipmi:2"`,
      "3: this console name is already used at line 1",
    ],
    [
      "a name twice, once without a BMC",
      `console ${NAME} dev="/dev/ttyS0"\nconsole ${NAME} ${DEV}`,
      "2: this console name is already used at line 1",
    ],
    [
      "an open quote",
      'console name="a',
      "1: a quote at column 14 is not closed",
    ],
    ["mixed quotes", "SERVER a='b\"", "1: a quote at column 10 is not closed"],
    [
      "a quote over two lines",
      'SERVER a="b\nc"',
      "1: a quote at column 10 is not closed",
    ],
    ["no equals sign", 'console name "a"', `1: ${assignments}`],
    ["no value", "console name=", `1: ${assignments}`],
    ["no key", 'console ="a"', `1: ${assignments}`],
    ["two equals signs", "console name==a", `1: ${assignments}`],
    ["another keyword", `consoles ${NAME}`, `1: ${keyword}`],
    ["an equals sign first", "= a", `1: ${keyword}`],
    ["only an equals sign", "=", `1: ${keyword}`],
  ];
  for (const [name, text, message] of cases) {
    await t.step(name, () => {
      const error = assertThrows(() => parseConman(text), FormatError);
      assertEquals(error.message, `conman.conf:${message}`);
    });
  }
});

Deno.test("parseConman() names the file it was told", () => {
  const file = "/etc/conman.conf";
  const error = assertThrows(() => parseConman("x", { file }), FormatError);
  assertEquals(error.place, { file, line: 1 });
});

Deno.test("parseConman() reads what cray-site-init writes", async (t) => {
  const expected: Record<string, { consoles: number; fabric: number }> = {
    eniac: { consoles: 9, fabric: 0 },
    tower: { consoles: 15, fabric: 3 },
  };
  for (const { name, conman } of csiSystems()) {
    await t.step(name, () => {
      const consoles = parseConman(conman);
      const fabric = consoles.filter(({ name }) => name.startsWith("fmn"));
      assertEquals(
        { consoles: consoles.length, fabric: fabric.length },
        expected[name],
      );
      assertEquals(
        new Set(consoles.map(({ user }) => user)),
        new Set(["root"]),
      );
      assertEquals(
        consoles.map(({ address }) => `dev="ipmi:${address}"`),
        conman.match(/dev="ipmi:[0-9.]+"/g),
      );
    });
  }
});

Deno.test("parseConman() meets a password with a comma in tower", () => {
  const tower = csiSystems().find(({ name }) => name === "tower")?.conman ?? "";
  assert(tower.includes("P:p@ss,w0rd,"));
  assert(!JSON.stringify(parseConman(tower)).includes("w0rd"));
});

/** One console and how it is spelled. */
interface Spelling {
  readonly user: string;
  readonly password: string;
  readonly userFirst: boolean;
  readonly order: readonly ("name" | "dev" | "ipmiopts")[];
  readonly keyword: string;
  readonly around: string;
  readonly between: string;
  readonly comment: string;
}

const spellings: fc.Arbitrary<Spelling> = fc.record({
  user: fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/),
  // The mark makes sure that no word of a message is a password by chance.
  password: fc.stringMatching(/^[A-Za-z0-9,#= @\\'$%]{0,12}$/)
    .map((text) => `Zq7${text}`),
  userFirst: fc.boolean(),
  order: fc.shuffledSubarray(["name", "dev", "ipmiopts"] as const, {
    minLength: 3,
  }),
  keyword: fc.mixedCase(fc.constant("console")),
  around: fc.constantFrom("", " ", "\t", "  "),
  between: fc.constantFrom(" ", "\t ", " \\\n", "\\\n "),
  comment: fc.constantFrom("", "#", " # it's", ' #"x"'),
});

function spell(spelling: Spelling, index: number): string {
  const { user, password, userFirst, order, between } = spelling;
  const login = [`U:${user}`, `P:${password}`];
  const values = {
    name: `n${index}-mgmt`,
    dev: `ipmi:10.1.1.${index}`,
    ipmiopts: [...userFirst ? login : login.reverse(), "W:x"].join(","),
  };
  const assignments = order.map((key) =>
    key + spelling.around + "=" + spelling.around + quoted(values[key])
  );
  return [spelling.keyword, ...assignments].join(between) + spelling.comment;
}

function quoted(value: string): string {
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

Deno.test("parseConman() reads every spelling the same", () => {
  const eols = fc.constantFrom("\n", "\r\n", "\r");
  const files = fc.array(spellings, { maxLength: 6 });
  fc.assert(fc.property(files, eols, (file, eol) => {
    const statements = file.map(spell);
    const heights = statements.map((text) => text.split("\n").length);
    const expected = file.map(({ user }, i) => ({
      name: `n${i}-mgmt`,
      address: `10.1.1.${i}`,
      user,
      line: 1 + heights.slice(0, i).reduce((sum, height) => sum + height, 0),
    }));
    const text = statements.join("\n").replaceAll("\n", eol);
    assertEquals(parseConman(text), expected);
  }));
});

Deno.test("parseConman() never returns a password", () => {
  fc.assert(fc.property(spellings, (spelling) => {
    const consoles = JSON.stringify(parseConman(spell(spelling, 1)));
    assert(!consoles.includes("Zq7"), consoles);
  }));
});

const TOKENS = ["console", "GLOBAL", "server", "name", "dev", "ipmiopts", "="];
TOKENS.push('"', "'", " ", "\n", "\r", "\\\n", "#", "ipmi:", "%N", "U:a,P:b");

Deno.test("parseConman() never tells a password in an error", () => {
  const files = fc.array(spellings, { minLength: 1, maxLength: 3 })
    .map((file) => file.map(spell).join("\n"))
    .chain((text) => edited(text, TOKENS));
  let refused = 0;
  fc.assert(
    fc.property(files, (text) => {
      const error = refusal(text);
      if (!error) return;
      refused++;
      assert(!error.message.includes("Zq7"), error.message);
    }),
    { numRuns: 500 },
  );
  assert(refused > 50, `only ${refused} of 500 files were refused`);
});

Deno.test("parseConman() throws nothing but FormatError", () => {
  const texts = fc.oneof(
    fc.string({ unit: "grapheme" }),
    anyText(),
    wordsOf(TOKENS),
    ...csiSystems().map(({ conman }) => edited(conman, TOKENS)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const error = refusal(text);
      if (error) assert(error.place.line, "a complaint names its line");
    }),
    { numRuns: 300 },
  );
});

function refusal(text: string): FormatError | null {
  try {
    parseConman(text);
    return null;
  } catch (error) {
    assert(error instanceof FormatError, String(error));
    return error;
  }
}
