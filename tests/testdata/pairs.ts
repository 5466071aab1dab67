/**
 * Pairs of statics.conf and conman.conf as real sites have them: by a generator, and
 * then edited by people.
 *
 * @module
 */

import fc from "../npm/fast_check.ts";

/** A BMC as it stands in the rack, whatever the files say of it. */
export interface RackBmc {
  /** For instance `ncn-w001-mgmt`. */
  readonly name: string;
  readonly mac: string;
  readonly ip: string;
}

/** Two files of one site. */
export interface Pair {
  readonly bmcs: readonly RackBmc[];
  readonly statics: string;
  readonly conman: string;
}

/** In each password, and in nothing else. */
export const MARK = "Zq7";

const NAMES = ["ncn-m002", "ncn-w001", "ncn-w002", "ncn-s001", "fmn001"] as const;
const BMCS: readonly RackBmc[] = NAMES.map((node, i) => ({
  name: `${node}-mgmt`,
  mac: `b4:2e:99:00:0c:0${i + 1}`,
  ip: `10.254.1.${10 + 2 * i}`,
}));
const PLACEHOLDER = "de:ad:be:ef:00:00";

/** Any pair of files. */
export function pairs(): fc.Arbitrary<Pair> {
  const count = fc.integer({ min: 2, max: BMCS.length });
  return count.chain((count) => {
    const bmcs = BMCS.slice(0, count);
    return fc.record({
      bmcs: fc.constant(bmcs),
      statics: fileOf(bmcs.map(staticsLines), { between: staticsNoise() }),
      conman: conmanFile(bmcs),
    });
  });
}

/** Any conman.conf with consoles of some BMCs. */
export function conmanFile(bmcs: readonly RackBmc[]): fc.Arbitrary<string> {
  const ofBmcs = bmcs.map((bmc, i) => conmanLines(bmc, i, bmcs[(i + 1) % bmcs.length] ?? bmc));
  return fileOf(ofBmcs, { between: conmanNoise(), head: conmanHead() });
}

/** Mostly the first of them, and each other one now and then. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 4 * others.length, arbitrary: fc.constant(usual) }, {
    weight: others.length,
    arbitrary: fc.constantFrom(...others),
  });
}

/** A file of the lines of each BMC, and others between them. */
function fileOf(
  ofBmcs: readonly fc.Arbitrary<readonly string[]>[],
  { between, head = fc.constant([]) }: {
    between: fc.Arbitrary<readonly string[]>;
    head?: fc.Arbitrary<readonly string[]>;
  },
): fc.Arbitrary<string> {
  const groups = fc.tuple(...ofBmcs.map((lines) => fc.tuple(lines, between)));
  return fc.tuple(head, groups, mostly("\n", "\r\n"), mostly(true, false)).map(
    ([head, groups, eol, hasEnd]) => {
      const lines = [...head, ...groups.flat(2)];
      // What joins lines stands before their end.
      return (lines.join("\n") + (hasEnd ? "\n" : "")).replaceAll("\n", eol);
    },
  );
}

function staticsLines({ name, mac, ip }: RackBmc, index: number): fc.Arbitrary<string[]> {
  const node = name.replace("-mgmt", "");
  const next = BMCS[(index + 1) % BMCS.length] ?? fail();
  const last = mac.slice(-2);
  return fc.record({
    mac: mostly(
      mac,
      mac.toUpperCase(),
      `01-${mac}`,
      mac.replaceAll(":", "-"),
      mac.replaceAll(":", ""),
      mac.replaceAll(":0", ":"),
      `${mac},b4:2e:99:00:0d:${last}`,
      `b4:2e:99:00:0d:${last},${mac}`,
      `"${mac}"`,
      "TBD",
      "",
      next.mac,
      PLACEHOLDER,
      `${mac}:`,
      `06-${mac}`,
    ),
    ip: mostly(ip, `"${ip}"`, "", next.ip, "10.254.1.99", `[fd00::${index}]`),
    name: mostly(
      name,
      name.toUpperCase(),
      `${name}.hmn`,
      `${name}.`,
      `"${name}"`,
      `${node},${name}`,
      `${name},x3000c0s${index}b0`,
      `NCN${name.slice(3)}.HMN`,
      node,
      "",
    ),
    time: mostly("20m", "infinite", "1h", "", "20 m", "20x"),
    tag: mostly("", "set:hmn", `id:x3000c0s${index}b0`, "id:*", "set:hmn,set:bmc", "tag:none"),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
    isShuffled: mostly(false, true),
    comma: mostly(",", ", ", " , ", ",\t"),
    equals: mostly("=", " = ", " =", "=\t"),
    before: mostly("", " ", "\t"),
    comment: mostly(" #HMN", "", " # it's", "\t#HMN", "#HMN", ' # "open', " \\"),
    extra: mostly([], ...extraLines({ name, mac, ip }, index)),
    extraFirst: fc.boolean(),
    record: mostly(
      `host-record=${name},${name}.hmn,${ip}`,
      "",
      `host-record = ${name} , ${ip}`,
      `host-record=${name.toUpperCase()},${ip}`,
    ),
    nodeMac: mostly(PLACEHOLDER, `b8:59:9f:00:00:0${index}`),
  }).map((it) => {
    const inOrder = [it.tag, it.mac, it.ip, it.name, it.time];
    const words = it.isShuffled ? it.order.map((i) => inOrder[i] ?? "") : inOrder;
    const value = words.filter((word, i) => word !== "" || it.isShuffled && i === 1).join(",")
      .replaceAll(",", it.comma);
    const own = `${it.before}dhcp-host${it.equals}${value}${it.comment}`;
    return [
      `dhcp-host=id:x3000c0s${index}b0n0,set:${node},${it.nodeMac},10.1.1.${index + 2},${node},20m`,
      ...it.extraFirst ? it.extra : [],
      own,
      ...it.extraFirst ? [] : it.extra,
      ...it.record ? [it.record] : [],
    ];
  });
}

/** A second line for a BMC: one that was exchanged, or that somebody copied. */
function extraLines({ name, mac, ip }: RackBmc, index: number): string[][] {
  return [
    `b4:2e:99:00:0e:0${index},10.254.1.10${index},${name},20m`,
    `b4:2e:99:00:0e:0${index},${ip},${name}`,
    `${mac},10.254.1.10${index},${name}`,
    `${mac},10.254.1.10${index},uan0${index}-mgmt`,
    `${mac},${name}`,
    `${mac},ignore`,
    `${mac},set:gigabyte`,
    "b4:2e:99:*:*:*,set:gigabyte",
    `${mac},10.1.1.10${index},ncn-x00${index}`,
  ].map((value) => [`dhcp-host=${value}`]);
}

function staticsNoise(): fc.Arbitrary<string[]> {
  return mostly<string[]>(
    [],
    [""],
    ["# DHCP Entries"],
    ["#dhcp-host=b4:2e:99:00:0f:01,10.254.1.77,ncn-w077-mgmt"],
    ["\t# it's \"open"],
    ["dhcp-option-force=tag:ncn-w001,17,x3000c0s1b0n0"],
    ["host-record=kubeapi-vip,kubeapi-vip.nmn,10.252.1.3 # k8s-virtual-ip"],
    [" "],
    ["dhcp-host=b8:59:9f:aa:00:01,set:known"],
    ['txt-record=example,"a # b"'],
  );
}

const SECRET = `${MARK}pass`;
/** The options of a console, in quotes; the first are those of the generator. */
export const IPMIOPTS: readonly [string, ...string[]] = [
  `"U:root,P:${SECRET},W:solpayloadsize"`,
  `"P:${SECRET},U:root"`,
  `"u:root,p:${SECRET}"`,
  `"U:root, P:${SECRET}"`,
  `" U:root,P:${SECRET}"`,
  `"U: root,P:${SECRET}"`,
  `"U:root ,P:${SECRET}"`,
  `"root,${SECRET}"`,
  `"root"`,
  `"root,${SECRET},k0"`,
  `"U:admin@site,P:${SECRET}"`,
  `"U:root,P:${SECRET},K:key"`,
  `"U:root,P:${SECRET},K:0x6b6579"`,
  `"U:root,P:0x${[...SECRET].map((c) => c.charCodeAt(0).toString(16)).join("")}"`,
  `"U:root,P:${SECRET},C:17,L:admin"`,
  `"U:root,P:${SECRET},C:3,L:op,W:solpayloadsize,W:authcap"`,
  `"U:root,P:${SECRET},W:0x1"`,
  `"U:root,P:${SECRET},w0rd"`,
  `"U:,P:${SECRET}"`,
  `"P:${SECRET}"`,
  `"U:root,P:"`,
  `"U:root,,P:${SECRET}"`,
  `"U:root,P:${SECRET},"`,
  `"U:first,U:root,P:${SECRET}"`,
  `"-,${SECRET}"`,
  `""`,
  `'U:root,P:${SECRET}"#'`,
  `"U:root;P:${SECRET}"`,
  `"U:root P:${SECRET}"`,
  `"L:admin,${SECRET}"`,
  `"U:sixteen-letters-1,P:${SECRET}"`,
  `"U:seventeen-letters,P:${SECRET}"`,
  `"U:a b,P:${SECRET}"`,
];

function conmanLines(
  { name, ip }: RackBmc,
  index: number,
  next: RackBmc,
): fc.Arbitrary<string[]> {
  return fc.record({
    name: mostly(
      `"${name}"`,
      `'${name}'`,
      name,
      `"${name.toUpperCase()}"`,
      `"${name}.hmn"`,
      `"${next.name}"`,
      `""`,
      `" ${name}"`,
    ),
    dev: mostly(
      `"ipmi:${ip}"`,
      `'ipmi:${ip}'`,
      `ipmi:${ip}`,
      `"IPMI:${ip}"`,
      `"ipmi:${ip}:623"`,
      `"ipmi:${ip}:6230"`,
      `"ipmi:%N"`,
      `"ipmi:%N.hmn"`,
      `"ipmi: ${ip}"`,
      `" ipmi:${ip}"`,
      `"ipmi:${ip} "`,
      `"ipmi:${next.ip}"`,
      `""`,
      `"ipmi:"`,
      `"${ip}:4001"`,
      `"/dev/ttyS${index}"`,
      `"ipmi:${ip}`,
    ),
    ipmiopts: mostly(...IPMIOPTS, null),
    order: fc.shuffledSubarray(["name", "dev", "ipmiopts"] as const, { minLength: 3 }),
    keyword: mostly("console", "CONSOLE", "Console", "consoles", '"console"'),
    keyCase: mostly(false, true),
    equals: mostly("=", " = ", "\t=", "= "),
    gap: mostly(" ", "  ", "\t", " \\\n  ", "\\\n"),
    before: mostly("", " ", "\t"),
    comment: mostly("", " # it's", "#", ' # "x', " \\", " ;"),
    extra: mostly<string[]>(
      [],
      [`console name="uan0${index}-mgmt" dev="ipmi:10.254.1.20${index}"`],
      [
        `console name="${name}" dev="ipmi:10.254.1.20${index}"`,
      ],
      [`console name="${name}" dev="ipmi:${ip}"`],
      [`console name="other${index}" dev="ipmi:${ip}"`],
    ),
    extraFirst: fc.boolean(),
  }).map((it) => {
    const keys = it.order.filter((key) => it[key] !== null).map((key) =>
      `${it.keyCase ? key.toUpperCase() : key}${it.equals}${it[key]}`
    );
    const own = it.before + [it.keyword, ...keys].join(it.gap) + it.comment;
    return [...it.extraFirst ? it.extra : [], own, ...it.extraFirst ? [] : it.extra];
  });
}

function conmanHead(): fc.Arbitrary<string[]> {
  return fc.record({
    server: mostly<string[]>(
      ["SERVER keepalive=ON", "SERVER timestamp=1h"],
      ["SERVER timestamp = 30 m"],
      ["server keepalive=on loopback=on"],
      ['SERVER resetcmd="powerman -0 %N; sleep 3; powerman -1 %N"'],
      [],
    ),
    global: mostly<string[]>(
      ['GLOBAL seropts="115200,8n1"', 'GLOBAL log="console.%N"'],
      [`GLOBAL ipmiopts="U:root,P:${MARK}all"`],
      [`global ipmiopts = "admin,${MARK}all"`],
      [`GLOBAL ipmiopts="U:admin,P:${MARK}all,K:all"`],
      [`GLOBAL ipmiopts="U:root, P:${MARK}all"`],
      [`GLOBAL log="%N" ipmiopts='P:${MARK}all'`],
    ),
  }).map(({ server, global }) => [...server, ...global]);
}

function conmanNoise(): fc.Arbitrary<string[]> {
  return mostly<string[]>(
    [],
    [""],
    ["# consoles"],
    ['#console name="ncn-w077-mgmt" dev="ipmi:10.254.1.77"'],
    ["# joined? \\"],
    ['include "/etc/conman.d/*"'],
    ['console dev="ipmi:10.254.1.88"'],
    ['console name="ts" dev="ts1:4001"'],
    ['"'],
    ["console"],
    ["\t "],
    [`GLOBAL ipmiopts="U:later,P:${MARK}later"`],
    ["GLOBAL ipmiopts="],
    ["GLOBAL nothing=1"],
    ['console name="s" dev="unix:/run/s" nothing="1"'],
  );
}

function fail(): never {
  throw new RangeError("there are BMCs");
}
