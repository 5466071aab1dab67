import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { type ConmanFault, type IpmiConsole, parseConman } from "../../../lib/bmc/conman.ts";
import { csiSystems } from "../../testdata/csi.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";

const OPTS = 'ipmiopts="U:root,P:secret,W:solpayloadsize"';
const NAME = 'name="ncn-w001-mgmt"';
const DEV = 'dev="ipmi:10.254.1.6"';
const W001: IpmiConsole = {
  name: "ncn-w001-mgmt",
  address: "10.254.1.6",
  port: null,
  user: "root",
  key: null,
  line: 1,
};

/** The consoles of a file in which nothing is wrong. */
function consolesOf(text: string): readonly IpmiConsole[] {
  const { consoles, faults } = parseConman(text);
  assertEquals(faults, []);
  return consoles;
}

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
    ["a name in upper case with a domain", `console name="NCN-W001-mgmt.hmn" ${DEV} ${OPTS}`],
    ["% N", `console ${NAME} dev="ipmi:10.254.1.6" log="%N" ${OPTS}`],
  ];
  for (const [name, text] of cases) {
    await t.step(name, () => assertEquals(consolesOf(text), [W001]));
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
    ["U:root, P:secret", "root"],
    ["P:secret , U: root ,W:x", "root"],
    [" U:root,P:secret", "root"],
    ["root,secret", "root"],
    ["root", "root"],
    ["-,secret", null],
    [",secret", null],

    ["U:first,U:root,P:secret", "root"],
    ["U:root,P:a,U:b", "root"],
    ["U:root,P:a,P:b,U:c", "root"],
    ["P:a,U:b,U:root", "root"],
    ["P:secret", null],
    ["U:,P:secret", null],
    ["", null],
  ];
  for (const [ipmiopts, user] of cases) {
    await t.step(ipmiopts || "nothing", () => {
      const text = `console ${NAME} ${DEV} ipmiopts="${ipmiopts}"`;
      assertEquals(consolesOf(text), [{ ...W001, user }]);
    });
  }
});

Deno.test("parseConman() finds the K_g key, the own one or that of all", () => {
  const text = [
    'console name="a" dev="ipmi:10.1.1.1" ipmiopts="U:root,P:x"',
    'GLOBAL ipmiopts="U:root,P:x,K:all"',
    'console name="b" dev="ipmi:10.1.1.2"',
    'console name="c" dev="ipmi:10.1.1.3" ipmiopts="K:own,U:root"',
    'console name="d" dev="ipmi:10.1.1.4" ipmiopts="root,x"',
    'console name="e" dev="ipmi:10.1.1.5" ipmiopts="root,x,own"',
    'console name="f" dev="ipmi:10.1.1.6" ipmiopts="U:root,K:"',
  ].join("\n");
  const keys = [null, "all", "own", "all", "own", null];
  assertEquals(consolesOf(text).map(({ key }) => key), keys);
});

Deno.test("parseConman() passes over what is no BMC", async (t) => {
  const cases: [name: string, text: string][] = [
    ["an empty file", ""],
    ["comments", "# console\n\t#\n\r\n"],
    ["server settings", "SERVER keepalive=ON\nserver port = 7890 timestamp=1h"],
    ["global settings", 'GLOBAL seropts="115200,8n1" log="console.%N"'],
    ["a bare keyword", "SERVER"],
    ["server settings that a reader of assignments would not take", "SERVER timestamp = 30 m"],
    ["a terminal server", 'console name="a" dev="ts1:4001"'],
    ["a serial line", "console name='a' dev='/dev/ttyS0'"],
    ["a socket", 'console name="a" dev="unix:/run/a"'],
    ["a program", 'console name="a" dev="/usr/bin/x ipmi:10.1.1.1"'],
    ["an empty address", 'console name="a" dev="ipmi:"'],
    ["a commented console", `#console ${NAME} ${DEV}`],
  ];
  for (const [name, text] of cases) {
    await t.step(name, () => assertEquals(consolesOf(text), []));
  }
});

Deno.test("parseConman() gives later consoles the global user", () => {
  const text = [
    'console name="a" dev="ipmi:10.1.1.1"',
    'GLOBAL ipmiopts="U:admin,P:x"',
    'console name="b" dev="ipmi:10.1.1.2"',
    'console name="c" dev="ipmi:10.1.1.3" ipmiopts="U:root,P:y"',
    'console name="d" dev="ipmi:10.1.1.4" ipmiopts="P:y"',
    'global log="x"',
    'global ipmiopts="C:3"',
    'console name="e" dev="ipmi:10.1.1.5"',
    "global ipmiopts='U:last'",
    'console name="f" dev="ipmi:10.1.1.6"',
  ].join("\n");
  assertEquals(
    consolesOf(text).map(({ name, user }) => [name, user]),
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
  for (const name of ["ncn-w001-mgmt", "x3000c0s1b0", "NCN-w001-mgmt"]) {
    await t.step(name, () => {
      const text = `console dev="ipmi:%N.hmn" name="${name}"`;
      assertEquals(consolesOf(text).map(({ address }) => address), [`${name}.hmn`]);
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
      "\nconsole \\\n name=a \\\ndev='ipmi:10.1.1.1'",
      [
        2,
      ],
    ],
  ];
  for (const [name, text, lines] of cases) {
    await t.step(name, () => {
      const file = text.replace(/@(\d)/g, "console name='$1' dev='ipmi:10.1.1.$1'");
      assertEquals(consolesOf(file).map(({ line }) => line), lines);
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
      assertEquals(consolesOf(text), [{ ...W001, line: 2 }]);
    });
  }
});

Deno.test("parseConman() reads the place of a BMC", async (t) => {
  const cases: [dev: string, address: string, port: number | null][] = [
    ["ipmi:10.254.1.6", "10.254.1.6", null],
    ["ipmi:10.254.1.6:6230", "10.254.1.6", 6230],
    [" ipmi: 10.254.1.6 ", "10.254.1.6", null],
    ["ipmi:ncn-w001-mgmt.hmn.", "ncn-w001-mgmt.hmn.", null],
    ["ipmi:ncn-w001-mgmt:623", "ncn-w001-mgmt", 623],
  ];
  for (const [dev, address, port] of cases) {
    await t.step(dev, () => {
      assertEquals(consolesOf(`console ${NAME} dev="${dev}" ${OPTS}`), [{
        ...W001,
        address,
        port,
      }]);
    });
  }
});

Deno.test("parseConman() names a statement that is of no use, and goes on", async (t) => {
  const assignments = 'expected assignments such as name="ncn-w001-mgmt" after the keyword';
  const keyword = "expected a line that begins with SERVER, GLOBAL or CONSOLE";
  const user =
    "the user (U:) in ipmiopts cannot be one: a user has up to 16 letters, digits or ._@$#+-";
  const device = "dev does not name the address or the host name of a BMC behind ipmi:";
  const W9 = "ncn-w009-mgmt";
  const W9_NAME = `name="${W9}"`;
  const cases: [name: string, text: string, fault: Omit<ConmanFault, "line">][] = [
    ["no name", "console dev='ipmi:10.1.1.9'", {
      message: 'a console without name="…"',
      console: null,
    }],
    ["an empty name", "console name='' dev='ipmi:10.1.1.9'", {
      message: 'a console without name="…"',
      console: "",
    }],
    ["no device", `console ${W9_NAME}`, { message: 'a console without dev="…"', console: W9 }],
    ["an empty device", `console ${W9_NAME} dev=""`, {
      message: 'a console without dev="…"',
      console: W9,
    }],
    ["a name twice", `console ${NAME} dev="ipmi:10.1.1.9"`, {
      message: "this console name is already used at line 1",
      console: "ncn-w001-mgmt",
    }],
    ["a name twice in other letters", `console name="NCN-w001-mgmt" dev="ipmi:10.1.1.9"`, {
      message: "this console name is already used at line 1",
      console: "ncn-w001-mgmt",
    }],
    ["an address twice", `console ${W9_NAME} ${DEV}`, {
      message: "its address is also that of the console at line 1",
      console: W9,
    }],
    ["an open quote", `console ${W9_NAME} dev="ipmi:10.1.1.9`, {
      message: "a quote is not closed",
      console: W9,
    }],
    ["only an open quote", '"', { message: keyword, console: null }],
    ["no equals sign", `console ${W9_NAME} dev "a"`, { message: assignments, console: W9 }],
    ["no value", `console ${W9_NAME} dev=`, { message: assignments, console: W9 }],
    ["no key", 'console ="a"', { message: assignments, console: null }],
    ["two equals signs", "console name==a", { message: assignments, console: null }],
    ["another keyword", `consoles ${W9_NAME}`, { message: keyword, console: W9 }],
    ["an include", 'include "/etc/conman.d/*"', { message: keyword, console: null }],
    ["only an equals sign", "=", { message: keyword, console: null }],
    ["a user with a blank", `console ${W9_NAME} dev="ipmi:10.1.1.9" ipmiopts="U:root P:secret"`, {
      message: user,
      console: W9,
    }],
    ["a user with a colon", `console ${W9_NAME} dev="ipmi:10.1.1.9" ipmiopts="root:secret"`, {
      message: user,
      console: W9,
    }],
    ["a user of all consoles", 'global ipmiopts="U:root;P:secret"', {
      message: user,
      console: null,
    }],
    ["no address", `console ${W9_NAME} dev="ipmi:10.1.1"`, { message: device, console: W9 }],
    ["an option", `console ${W9_NAME} dev="ipmi:-f"`, { message: device, console: W9 }],
    ["a word behind it", `console ${W9_NAME} dev="ipmi:a P:b"`, { message: device, console: W9 }],
  ];
  for (const [name, text, fault] of cases) {
    await t.step(name, () => {
      const after = `console name="ncn-w002-mgmt" dev="ipmi:10.254.1.7" ${OPTS}`;
      const { consoles, faults } = parseConman(
        `console ${NAME} ${DEV} ${OPTS}\n${text}\n${after}\n`,
      );
      assertEquals(faults, [{ line: 2, ...fault }]);
      assertEquals(consoles.map(({ name, line }) => [name, line]), [
        ["ncn-w001-mgmt", 1],
        ["ncn-w002-mgmt", 3],
      ]);
    });
  }
});

Deno.test("parseConman() reads what cray-site-init writes", async (t) => {
  const expected: Record<string, { consoles: number; fabric: number }> = {
    eniac: { consoles: 9, fabric: 0 },
    tower: { consoles: 15, fabric: 3 },
  };
  for (const { name, conman } of csiSystems()) {
    await t.step(name, () => {
      const consoles = consolesOf(conman);
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
  assert(!JSON.stringify(consolesOf(tower)).includes("w0rd"));
});

/** One console and how it is spelled. */
interface Spelling {
  readonly user: string;
  readonly password: string;
  readonly key: string | null;
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
  key: fc.option(fc.stringMatching(/^k[A-Za-z0-9#= @\\$%]{0,19}$/)),
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
  const { user, password, key, userFirst, order, between } = spelling;
  const login = [`U:${user}`, `P:${password}`];
  const values = {
    name: `n${index}-mgmt`,
    dev: `ipmi:10.1.1.${index}`,
    ipmiopts: [...userFirst ? login : login.reverse(), ...key ? [`K:${key}`] : [], "W:x"].join(","),
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
    const expected = file.map(({ user, key }, i) => ({
      name: `n${i}-mgmt`,
      address: `10.1.1.${i}`,
      port: null,
      user,
      key,
      line: 1 + heights.slice(0, i).reduce((sum, height) => sum + height, 0),
    }));
    const text = statements.join("\n").replaceAll("\n", eol);
    assertEquals(consolesOf(text), expected);
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

Deno.test("parseConman() never tells a password, whatever is wrong", () => {
  const files = fc.array(spellings, { minLength: 1, maxLength: 3 })
    .map((file) => file.map(spell).join("\n"))
    .chain((text) => edited(text, TOKENS));
  let faulty = 0;
  fc.assert(
    fc.property(files, (text) => {
      const { faults } = parseConman(text);
      if (faults.length > 0) faulty++;
      const told = faults.map(({ message }) => message).join("\n");
      assert(!told.includes("Zq7"), told);
    }),
    { numRuns: 500 },
  );
  assert(faulty > 50, `only ${faulty} of 500 files had a fault`);
});

Deno.test("parseConman() hands on nothing but names, addresses and users", () => {
  const texts = fc.oneof(
    fc.string({ unit: "grapheme" }),
    anyText(),
    wordsOf(TOKENS),
    ...csiSystems().map(({ conman }) => edited(conman, TOKENS)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const { address, port, user, key } of parseConman(text).consoles) {
        assertMatch(address, /^[\w.-]+$/);
        assert(port === null || Number.isInteger(port));
        assertMatch(user ?? "root", /^[\w.@$#+-]{1,16}$/);
        assertMatch(key ?? "k", /^[\x20-\x7e]{1,20}$/);
      }
    }),
    { numRuns: 300 },
  );
});
