import { assert, assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { parseStatics, type StaticBmc } from "../../../lib/nodes/statics.ts";
import { csiSystems } from "../../testdata/csi.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";

const MAC = "b4:2e:99:0b:0d:04";
const IP = "10.254.1.6";
const W001: StaticBmc = {
  name: "ncn-w001-mgmt",
  node: "ncn-w001",
  mac: MAC,
  ip: IP,
  line: 1,
};

Deno.test("parseStatics() reads every kind of line", async (t) => {
  const cases: [name: string, text: string, bmcs: StaticBmc[]][] = [
    ["an empty file", "", []],
    ["comments", "# Static\n#\n  # more\n", []],
    ["other settings", "dhcp-option-force=tag:a,17,b\ncname=a,b\nx\n", []],
    ["a BMC", `dhcp-host=${MAC},${IP},ncn-w001-mgmt,20m #HMN\n`, [W001]],
    ["no final line end", `dhcp-host=${MAC},${IP},ncn-w001-mgmt`, [W001]],
    ["any order", `dhcp-host=20m,ncn-w001-mgmt,${IP},${MAC}`, [W001]],
    [
      "upper case",
      `dhcp-host=${MAC.toUpperCase()},${IP},NCN-W001-mgmt`,
      [W001],
    ],
    ["blanks", `  dhcp-host = ${MAC} , ${IP} , ncn-w001-mgmt , 20m`, [W001]],
    ["CRLF", `\r\ndhcp-host=${MAC},${IP},ncn-w001-mgmt\r\n`, [
      { ...W001, line: 2 },
    ]],
    ["no MAC", `dhcp-host=id:x,${IP},ncn-w001-mgmt`, [{ ...W001, mac: null }]],
    ["no address", `dhcp-host=${MAC},ncn-w001-mgmt`, [{ ...W001, ip: null }]],
    ["a commented BMC", `#dhcp-host=${MAC},${IP},ncn-w001-mgmt`, []],
    ["a node", `dhcp-host=id:x,set:a,${MAC},${IP},ncn-w001,20m # MTL`, []],
    ["a tag for a MAC", `dhcp-host=${MAC},set:known`, []],
    ["a MAC to ignore", `dhcp-host=${MAC},ignore`, []],
    ["a MAC pattern", "dhcp-host=b4:2e:99:*:*:*,set:gigabyte", []],
    ["IPv6", `dhcp-host=${MAC},[fd00::6],ncn-w001-mgmt,infinite`, [
      { ...W001, ip: null },
    ]],
    ["a record only", `host-record=ncn-w001-mgmt,ncn-w001-mgmt.hmn,${IP}`, [
      { ...W001, mac: null },
    ]],
    [
      "an address in the record only",
      `host-record=ncn-w001-mgmt,${IP}\ndhcp-host=${MAC},ncn-w001-mgmt`,
      [{ ...W001, line: 2 }],
    ],
    [
      "a record of IPv6 before the one of IPv4",
      `host-record=ncn-w001-mgmt,fd00::6\nhost-record=ncn-w001-mgmt,${IP}`,
      [{ ...W001, mac: null }],
    ],
    ["a record in upper case", `host-record=NCN-W001-MGMT,${IP}`, [{ ...W001, mac: null }]],
    [
      "sorted by name",
      "host-record=b-mgmt,10.0.0.2\nhost-record=a-mgmt,10.0.0.1",
      [
        { name: "a-mgmt", node: "a", mac: null, ip: "10.0.0.1", line: 2 },
        { name: "b-mgmt", node: "b", mac: null, ip: "10.0.0.2", line: 1 },
      ],
    ],
    [
      "a comment with a Unicode line end",
      `dhcp-host=${MAC},${IP},ncn-w001-mgmt # by\u2028hand`,
      [W001],
    ],
  ];
  for (const [name, text, bmcs] of cases) {
    await t.step(name, () => assertEquals(parseStatics(text).bmcs, bmcs));
  }
});

Deno.test("parseStatics() knows whose MAC is whose", () => {
  const text = [
    "dhcp-host=id:x,b8:59:9f:00:00:01,B8:59:9F:00:00:02,10.1.1.1,ncn-w001",
    "dhcp-host=id:x,b8:59:9f:00:00:01,b8:59:9f:00:00:02,10.252.1.1,ncn-w001",
    `dhcp-host=${MAC},${IP},ncn-w001-mgmt`,
    "dhcp-host=b8:59:9f:00:00:03,set:known",
  ].join("\n");
  assertEquals([...parseStatics(text).macs], [
    ["b8:59:9f:00:00:01", "ncn-w001"],
    ["b8:59:9f:00:00:02", "ncn-w001"],
    [MAC, "ncn-w001-mgmt"],
  ]);
});

Deno.test("parseStatics() takes the names and MACs that dnsmasq takes", async (t) => {
  const cases: [name: string, line: string][] = [
    ["a domain", `dhcp-host=${MAC},${IP},ncn-w001-mgmt.hmn`],
    ["a final dot", `dhcp-host=${MAC},${IP},NCN-w001-MGMT.`],
    ["the type of Ethernet", `dhcp-host=01-${MAC},${IP},ncn-w001-mgmt`],
    ["two names: the last counts", `dhcp-host=x3000c0s1b0,${MAC},${IP},ncn-w001-mgmt`],
    ["a domain that is none", `dhcp-host=${MAC},${IP},ncn-w001-mgmt.hmn#HMN`],
    ["a name in quotes", `dhcp-host=${MAC},${IP},"ncn-w001-mgmt",20m #"HMN`],
    ["a number sign in quotes", `dhcp-host=set:"a #",${MAC},${IP},ncn-w001-mgmt`],
    ["a colon behind the MAC", `dhcp-host=${MAC}:,${IP},ncn-w001-mgmt`],
    ["a blank in a lease time", `dhcp-host=${MAC},${IP},ncn-w001-mgmt,20 m`],
  ];
  for (const [name, line] of cases) {
    await t.step(name, () => {
      const { bmcs, faults } = parseStatics(line);
      assertEquals([bmcs, faults], [[W001], []]);
    });
  }
});

Deno.test("parseStatics() lets a bad line stop no other BMC", async (t) => {
  const bmc = `dhcp-host=${MAC},${IP},ncn-w001-mgmt`;
  const record = `host-record=ncn-w002-mgmt,ncn-w002-mgmt.hmn,10.254.1.8`;
  const [W2, MAC2, IP2] = ["ncn-w002-mgmt", "b4:2e:99:00:00:01", "10.254.1.8"];
  const refused = "in a dhcp-host line is not a MAC, address, tag, host name or lease time";
  const noMac = `no MAC for ${W2}: its lease is known by its address or name alone`;
  const notStarted = "dnsmasq does not start with that";
  const of2 = ["ncn-w002"];
  const both = ["ncn-w001", "ncn-w002"];
  const cases: [
    name: string,
    lines: string[],
    w001: Partial<StaticBmc>,
    w002: Partial<StaticBmc> | null,
    faults: [line: number, message: string, nodes: string[]][],
  ][] = [
    ["a word of no kind", ["dhcp-host=b4:2e:99:0b:0d,a b"], {}, null, [
      [2, `"b4:2e:99:0b:0d" ${refused}`, []],
    ]],
    ["an escape sequence", ["dhcp-host=\x1b[31m"], {}, null, [[2, `"\\\\x1b[31m" ${refused}`, []]]],
    ["a comment without a blank before it", [`dhcp-host=${MAC2},${IP2},${W2}#HMN`], {}, null, [
      [2, `"${W2}#HMN" ${refused}`, []],
    ]],
    ["a name that cannot be one", [`dhcp-host=${MAC2}/,${IP2},${W2}`, record], {}, { mac: null }, [
      [2, `"${MAC2}/" ${refused}`, of2],
    ]],
    ["no MAC yet", [`dhcp-host=TBD,${IP2},${W2}`], {}, { mac: null }, [[2, noMac, of2]]],
    ["dashes", [`dhcp-host=b4-2e-99-00-00-01,${IP2},${W2}`], {}, { mac: null }, [[2, noMac, of2]]],
    ["no colons", [`dhcp-host=b42e99000001,${IP2},${W2}`], {}, { mac: null }, [[2, noMac, of2]]],
    ["an empty MAC", [`dhcp-host=,${IP2},${W2}`], {}, { mac: null }, [[2, noMac, of2]]],
    ["a MAC of two BMCs", [`dhcp-host=${MAC},${IP2},${W2}`], { mac: null }, { mac: null }, [
      [2, `MAC ${MAC} is given to ncn-w001-mgmt, ${W2}: none of them is known by it`, both],
    ]],
    ["a MAC of a BMC and a node", [`dhcp-host=${MAC},10.1.1.9,ncn-w002`], { mac: null }, null, [
      [2, `MAC ${MAC} is given to ncn-w001-mgmt, ncn-w002: none of them is known by it`, [
        "ncn-w001",
      ]],
    ]],
    ["an address of two BMCs", [`dhcp-host=${MAC2},${IP},${W2}`], { ip: null }, { ip: null }, [
      [2, `address ${IP} is given to ncn-w001-mgmt, ${W2}: dnsmasq does not start with that`, both],
    ]],
    ["an address of a line without a name", [`dhcp-host=${MAC2},${IP}`], {}, null, [
      [2, `address ${IP} is given to a host without a name, ncn-w001-mgmt: ${notStarted}`, [
        "ncn-w001",
      ]],
    ]],
    [
      "an address of two nodes",
      [`dhcp-host=${MAC2},10.1.1.2,ncn-w002`, "dhcp-host=10.1.1.2,ncn-w003"],
      {},
      null,
      [[3, `address 10.1.1.2 is given to ncn-w002, ncn-w003: ${notStarted}`, []]],
    ],
    [
      "an address in two lines for one BMC",
      [`dhcp-host=b4:2e:99:00:00:99,${IP2},${W2}`, `dhcp-host=${MAC2},${IP2},${W2}`],
      {},
      { line: 3 },
      [
        [3, `${W2} has a dhcp-host line already, line 2; the last one counts`, of2],
        [3, `address ${IP2} is given to ${W2} twice: ${notStarted}`, of2],
      ],
    ],
    ["an open quote", [`dhcp-host=${MAC2},${IP2},"${W2}`, record], {}, { mac: null }, [
      [2, `a quote is not closed: ${notStarted}`, []],
    ]],
    ["a MAC in quotes", [`dhcp-host="${MAC2}",${IP2},${W2}`, record], {}, { mac: null }, [
      [2, `"${MAC2}" ${refused}`, of2],
    ]],
    ["an address in quotes: a name", [`dhcp-host=${MAC2},${W2},"${IP2}"`, record], {}, {
      mac: null,
    }, []],
    ["something behind an IPv6 address", [`dhcp-host=${MAC2},[fd00::1]#HMN,${W2}`, record], {}, {
      mac: null,
    }, [[2, `"[fd00::1]#HMN" ${refused}`, of2]]],
    ["an address of a BMC and of a record", [`host-record=${W2},${IP}`], {}, {
      mac: null,
      ip: null,
    }, []],
    [
      "two lines for one BMC: the last counts",
      [`dhcp-host=b4:2e:99:00:00:99,10.254.1.99,${W2}`, `dhcp-host=${MAC2},${IP2},${W2}`],
      {},
      { line: 3 },
      [[3, `${W2} has a dhcp-host line already, line 2; the last one counts`, of2]],
    ],
  ];
  for (const [name, lines, w001, w002, faults] of cases) {
    await t.step(name, () => {
      const read = parseStatics([bmc, ...lines].join("\n"));
      assertEquals(read.faults.map(({ line, message, nodes }) => [line, message, nodes]), faults);
      const second = { name: W2, node: "ncn-w002", mac: MAC2, ip: IP2, line: 2 };
      assertEquals(read.bmcs, [
        { ...W001, ...w001 },
        ...w002 ? [{ ...second, ...lines.at(-1) === record ? { line: 3 } : {}, ...w002 }] : [],
      ]);
    });
  }
});

Deno.test("parseStatics() takes one placeholder for the ports of all nodes", () => {
  const placeholder = "de:ad:be:ef:00:00";
  const { bmcs, macs, faults } = parseStatics([
    `dhcp-host=id:x,${placeholder},10.1.1.1,ncn-w001`,
    `dhcp-host=id:y,${placeholder},10.1.1.2,ncn-w002`,
    `dhcp-host=${MAC},${IP},ncn-w001-mgmt`,
  ].join("\n"));
  assertEquals([bmcs, [...macs], faults], [[{ ...W001, line: 3 }], [[MAC, "ncn-w001-mgmt"]], []]);
});

Deno.test("parseStatics() reads what cray-site-init writes", async (t) => {
  const expected: Record<string, { nodes: number; fabric: number }> = {
    eniac: { nodes: 9, fabric: 0 },
    tower: { nodes: 15, fabric: 3 },
  };
  for (const { name, statics } of csiSystems()) {
    await t.step(name, () => {
      const { bmcs, macs, faults } = parseStatics(statics);
      assertEquals(faults, []);
      const nodes = new Set(bmcs.map(({ node }) => node));
      const fabric = [...nodes].filter((node) => node.startsWith("fmn")).length;
      assertEquals({ nodes: nodes.size, fabric }, expected[name]);
      assertEquals(bmcs.length, nodes.size);
      assert(bmcs.every(({ mac, ip }) => mac !== null && ip !== null));
      // Two of the node and one of its BMC.
      assertEquals(macs.size, nodes.size * 3);
    });
  }
});

/** A node as the generator of statics.conf sees it. */
interface Node {
  readonly name: string;
  readonly index: number;
  readonly upper: boolean;
}

const systems: fc.Arbitrary<Node[]> = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^(ncn-[mws]|fmn)\d{3}$/),
    index: fc.nat(60_000),
    upper: fc.boolean(),
  }),
  { maxLength: 12, comparator: (a, b) => overlaps(a, b) },
);

function overlaps(a: Node, b: Node): boolean {
  return a.name === b.name || a.index === b.index;
}

function macOf({ index }: Node, kind: string): string {
  const hex = index.toString(16).padStart(4, "0");
  return `b4:2e:99:${kind}:${hex.slice(0, 2)}:${hex.slice(2)}`;
}

function ipOf({ index }: Node, network: string): string {
  return `10.${network}.${index >> 8}.${index & 255}`;
}

function linesOf(node: Node): string[] {
  const { name, index, upper } = node;
  const macs = `${macOf(node, "0a")},${macOf(node, "0b")}`;
  const bmc = upper ? macOf(node, "0c").toUpperCase() : macOf(node, "0c");
  const host = `dhcp-host=id:x${index},set:${name},${macs}`;
  return [
    `# DHCP Entries for ${name}`,
    `${host},${ipOf(node, "1")},${name},20m # MTL`,
    `${host},${ipOf(node, "252")},${name},20m # Bond0 Mac0/Mac1`,
    `dhcp-host=${bmc},${ipOf(node, "254")},${name}-mgmt,20m #HMN`,
    `host-record=${name},${name}.nmn,${ipOf(node, "252")}`,
    `host-record=${name}-mgmt,${name}-mgmt.hmn,${ipOf(node, "254")}`,
    `dhcp-option-force=tag:${name},17,x${index}`,
    "",
  ];
}

Deno.test("parseStatics() reads any system", () => {
  fc.assert(fc.property(systems, (nodes) => {
    const { bmcs, macs } = parseStatics(nodes.flatMap(linesOf).join("\n"));
    const expected = nodes.map((node, i) => ({
      name: `${node.name}-mgmt`,
      node: node.name,
      mac: macOf(node, "0c"),
      ip: ipOf(node, "254"),
      line: i * 8 + 4,
    }));
    assertEquals(bmcs, expected.sort((a, b) => a.name < b.name ? -1 : 1));
    assertEquals(
      macs,
      new Map(nodes.flatMap((node) => [
        [macOf(node, "0a"), node.name],
        [macOf(node, "0b"), node.name],
        [macOf(node, "0c"), `${node.name}-mgmt`],
      ])),
    );
  }));
});

Deno.test("parseStatics() reads anything, and names each BMC once", () => {
  const tokens = ["dhcp-host=", "host-record", "=", ",", "ncn-w001-mgmt", "#"];
  tokens.push("ncn-w001", MAC, IP, "20m", "id:", " ", "\n", "\r", "[::]", "*");
  const texts = fc.oneof(
    fc.string({ unit: "grapheme" }),
    anyText(),
    wordsOf(tokens),
    ...csiSystems().map(({ statics }) => edited(statics, tokens)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const { bmcs, faults } = parseStatics(text);
      assertEquals(new Set(bmcs.map(({ name }) => name)).size, bmcs.length);
      assert(faults.every(({ line }) => line >= 1 && line <= text.split(/\r\n|\r|\n/).length));
      const macs = bmcs.flatMap(({ mac }) => mac ?? []);
      assertEquals(new Set(macs).size, macs.length);
    }),
    { numRuns: 300 },
  );
});
