import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import {
  bootsWithoutLuks,
  BUILT_IN_ROLES,
  parseRoles,
  type Role,
  roleOf,
} from "../../../lib/nodes/roles.ts";
import { FormatError } from "../../../lib/text/format_error.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";

const HYPERVISOR: Role = { name: "hv", data: "hv", rootfs: "hypervisor", nodes: ["ncn-h*"] };
const SITE = JSON.stringify({ roles: [{ ...HYPERVISOR, withoutLuks: ["ncn-h001"] }] });

/** The file of a site with one role that differs from a good one. */
function siteWith(change: Record<string, unknown>): string {
  return JSON.stringify({ roles: [{ ...HYPERVISOR, ...change }] });
}

Deno.test("parseRoles() puts the roles of the site before the built-in ones", async (t) => {
  const [kubernetes, storage] = BUILT_IN_ROLES;
  const mine = { ...HYPERVISOR, name: "kubernetes" };
  const second = { ...HYPERVISOR, name: "f-m_2", data: "fm-1.x_2", withoutLuks: ["fmn*"] };
  const cases: [name: string, site: unknown, roles: unknown[]][] = [
    ["no key", {}, [kubernetes, storage]],
    ["no roles", { roles: [] }, [kubernetes, storage]],
    ["keys that are not known", { a: 1 }, [kubernetes, storage]],
    ["one more", { roles: [HYPERVISOR] }, [HYPERVISOR, kubernetes, storage]],
    ["two, in their order", { roles: [second, mine] }, [second, mine, storage]],
    ["one in place of a built-in one", { roles: [mine] }, [mine, storage]],
  ];
  for (const [name, site, roles] of cases) {
    await t.step(name, () => {
      assertEquals<unknown>(parseRoles(JSON.stringify(site)), roles);
    });
  }
});

Deno.test("parseRoles() says in which file what is wrong", async (t) => {
  const cases: [name: string, json: string, facts: string[]][] = [
    ["an empty file", "", []],
    ["half a file", SITE.slice(0, -1), []],
    ["no object", "[]", []],
    ["null", "null", []],
    ["roles that are null", '{"roles":null}', ["roles"]],
    ["a role that is a name", '{"roles":["storage"]}', ["roles[0]", "storage"]],
    ["no name", siteWith({ name: undefined }), ["roles[0].name"]],
    ["no data", siteWith({ data: undefined }), ["roles[0].data"]],
    ["no rootfs", siteWith({ rootfs: undefined }), ["roles[0].rootfs"]],
    ["no nodes", siteWith({ nodes: undefined }), ["roles[0].nodes"]],
    ["nodes as a text", siteWith({ nodes: "ncn-h*" }), ["roles[0].nodes", "ncn-h*"]],
    ["a node that is a number", siteWith({ nodes: ["a", 7] }), ["roles[0].nodes[1]", "7"]],
    ["luks as a switch", siteWith({ withoutLuks: true }), ["roles[0].withoutLuks"]],
    ["a wrong second role", JSON.stringify({ roles: [HYPERVISOR, {}] }), ["roles[1].name"]],
    ["a name given twice", JSON.stringify({ roles: [HYPERVISOR, HYPERVISOR] }), ["two roles"]],
    ["an empty name", siteWith({ name: "" }), []],
    ["a path as name", siteWith({ name: "../x" }), ["../x"]],
    ["a blank in the name", siteWith({ name: "h v" }), ["h v"]],
    ["no directory", siteWith({ data: "" }), ["hv"]],
    ["this directory", siteWith({ data: "." }), ["hv"]],
    ["the directory above", siteWith({ data: ".." }), ["hv"]],
    ["a hidden directory", siteWith({ data: ".x" }), ["hv"]],
    ["a directory below, and out", siteWith({ data: "a/../../b" }), ["hv"]],
    ["a directory from the root", siteWith({ data: "/etc" }), ["hv"]],
    ["a directory with a line end", siteWith({ data: "a\n" }), ["hv"]],
    ["every node", siteWith({ nodes: ["ncn-h*", "*"] }), ["hv", '"*"', "boot"]],
    ["nodes such as boot", siteWith({ nodes: ["bo*t"] }), ["hv", '"bo*t"', "boot"]],
    ["nodes such as ephemeral", siteWith({ nodes: ["e*"] }), ["hv", '"e*"', "ephemeral"]],
  ];
  const file = "/etc/site.json";
  for (const [name, json, facts] of cases) {
    await t.step(name, () => {
      const error = assertThrows(() => parseRoles(json, { file }), FormatError);
      assertEquals(error.place, { file });
      for (const fact of [file, ...facts]) assertStringIncludes(error.message, fact);
    });
  }
});

Deno.test("parseRoles() calls the file by its name unless told another", () => {
  const error = assertThrows(() => parseRoles("{"), FormatError);
  assertEquals(error.place.file, "pitboot.json");
});

Deno.test("parseRoles() throws nothing but FormatError", () => {
  const any = fc.jsonValue({ maxDepth: 1 });
  const word = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom("hv", "..", "a/b", "storage") },
    any,
  );
  const nodes = fc.oneof(fc.constantFrom<unknown>(["ncn-*"], [], [1], {}), any);
  const role = fc.record({ name: word, data: word, rootfs: word, nodes });
  const sites = fc.record({ roles: fc.oneof(any, fc.array(role, { maxLength: 2 })) });
  const tokens = ["{", "}", "[", "]", '"', ",", ":", '"roles"', '"name"', "..", "\\u0000", "1e9"];
  const texts = fc.oneof(
    anyText(),
    wordsOf(tokens),
    edited(SITE, tokens),
    sites.map((site) => JSON.stringify(site)),
  );
  fc.assert(fc.property(texts, isReadOrRefused), { numRuns: 500 });
});

function isReadOrRefused(json: string): void {
  try {
    const roles = parseRoles(json);
    for (const { name } of BUILT_IN_ROLES) assert(roles.some((role) => role.name === name), name);
    for (const { data } of roles) {
      assertEquals(new URL(`file:///data/${encodeURI(data)}`).pathname, `/data/${data}`);
    }
  } catch (error) {
    assert(error instanceof FormatError, String(error));
  }
}

Deno.test("roleOf() and bootsWithoutLuks() know the nodes of every system", async (t) => {
  const cases: [node: string, role: string | null, withoutLuks: boolean][] = [
    ["ncn-m002", "kubernetes", false],
    ["ncn-w001", "kubernetes", true],
    ["fmn001", "kubernetes", true],
    ["ncn-s001", "storage", false],
    ["ncn-h001", null, false],
    ["ncn-", null, false],
    ["xncn-w001", null, false],
    ["pit", null, false],
  ];
  for (const [node, name, withoutLuks] of cases) {
    await t.step(node, () => {
      const role = roleOf(node, BUILT_IN_ROLES);
      assertEquals(role?.name ?? null, name);
      assertEquals(role !== null && bootsWithoutLuks(node, role), withoutLuks);
    });
  }
});

Deno.test("roleOf() takes the first role that has such nodes", () => {
  const roles = parseRoles(siteWith({ nodes: ["pit", "ncn-w9*"] }));
  const names = ["pit", "ncn-w901", "ncn-w001"].map((node) => roleOf(node, roles)?.name);
  assertEquals(names, ["hv", "hv", "kubernetes"]);
});

Deno.test("roleOf() has no role for what all nodes boot from", () => {
  const roles = [{ ...HYPERVISOR, nodes: ["*"] }];
  for (const name of ["boot", "ephemeral"]) assertEquals(roleOf(name, roles), null);
  assertEquals(roleOf("boot1", roles)?.name, "hv");
});

Deno.test("roleOf() takes no character but * for a pattern", async (t) => {
  const cases: [pattern: string, fitting: string[], others: string[]][] = [
    ["ncn-w001", ["ncn-w001"], ["ncn-w0011", "xncn-w001", "ncn-w00"]],
    ["*", ["", "a", "ncn-w001"], []],
    ["", [""], ["a"]],
    ["ncn-*-*1", ["ncn-a-1", "ncn--1", "ncn-a-b-1"], ["ncn-1", "ncn-a-12"]],
    ["a.c", ["a.c"], ["abc"]],
    ["a+", ["a+"], ["aa"]],
    ["a|b", ["a|b"], ["a", "b"]],
    ["[ab]", ["[ab]"], ["a"]],
    ["(a)?", ["(a)?", "(a)b"], ["", "a", "(a)"]],
    ["\\w", ["\\w"], ["a"]],
    ["^a$", ["^a$"], ["a"]],
    ["a{2}*", ["a{2}", "a{2}b"], ["aa"]],
  ];
  for (const [pattern, fitting, others] of cases) {
    await t.step(pattern || "nothing", () => {
      const roles = [{ ...HYPERVISOR, nodes: ["x", pattern], withoutLuks: [pattern] }];
      for (const node of fitting) assertEquals(roleOf(node, roles)?.name, "hv", node);
      for (const node of others) assertEquals(roleOf(node, roles), null, node);
    });
  }
});

Deno.test("bootsWithoutLuks() lets a star stand for any text, and all else for itself", () => {
  const part = fc.string({ unit: fc.constantFrom(..."ab-.+()[]{}|^$\\/"), maxLength: 4 });
  fc.assert(fc.property(part, part, part, (head, tail, middle) => {
    const role = { ...HYPERVISOR, withoutLuks: [`${head}*${tail}`] };
    assert(bootsWithoutLuks(head + middle + tail, role));
    const isAlike = middle.length >= head.length + tail.length &&
      middle.startsWith(head) && middle.endsWith(tail);
    assertEquals(bootsWithoutLuks(middle, role), isAlike);
    assertEquals(bootsWithoutLuks(head, { ...role, withoutLuks: [tail] }), head === tail);
  }));
});
