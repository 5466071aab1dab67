import { assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Failure } from "../../../lib/document/problems.ts";
import type { BootScripts, WantedScript } from "../../../lib/boot/boot_tree.ts";
import { csmRelease, digestOf, scriptFor } from "../../../lib/change/wanted_scripts.ts";
import { BUILT_IN_ROLES, type Role, roleOf } from "../../../lib/nodes/roles.ts";

const PLAIN: WantedScript = {
  text: "rd.luks=1",
  sha256: "digest of plain",
  mode: 0o644,
  owner: null,
  modified: 0,
};
const BARE: WantedScript = { ...PLAIN, text: "rd.luks=0", sha256: "digest of bare" };
const SCRIPTS: BootScripts = {
  path: "/var/www/boot/script.ipxe",
  plain: PLAIN,
  withoutLuks: BARE,
  hasLuks: true,
  release: null,
  differs: false,
};

Deno.test("csmRelease() reads CSM_RELEASE", async (t) => {
  const cases: [value: string | undefined, release: string | null][] = [
    [undefined, null],
    ["", null],
    ["1.6.2", "1.6.2"],
    ["1.7.0-alpha.3", "1.7.0-alpha.3"],
    ["1.7.0+build_1", "1.7.0+build_1"],
    ["csm", "csm"],
    ["0", "0"],
  ];
  for (const [value, release] of cases) {
    await t.step(value ?? "not set", () => {
      const env = (name: string): string | undefined => name === "CSM_RELEASE" ? value : "other";
      assertEquals(csmRelease({ env }), release);
    });
  }
});

Deno.test("csmRelease() refuses what is no name of a directory", async (t) => {
  const values = [".", "..", "../1.6.2", "/1.6.2", "1.6/2", "1.6.2 quiet", "-1", " 1.6.2"];
  const others = ["1.6.2\n", "1.6.2\0", "$CSM", "1.6.2\x1b[2J", "1;reboot", "é"];
  for (const value of [...values, ...others]) {
    await t.step(JSON.stringify(value), () => {
      const { code, message } = assertThrows(() => csmRelease({ env: () => value }), Failure);
      assertEquals(code, "release-unfit");
      assertStringIncludes(message, `CSM_RELEASE=${JSON.stringify(value)}`);
    });
  }
});

Deno.test("scriptFor() switches disk encryption off where the role says so", async (t) => {
  const site: Role = { name: "kubernetes", data: "k8s", rootfs: "k", nodes: ["ncn-w*"] };
  const cases: [node: string, roles: readonly Role[], script: WantedScript][] = [
    ["ncn-m002", BUILT_IN_ROLES, PLAIN],
    ["ncn-w001", BUILT_IN_ROLES, BARE],
    ["fmn001", BUILT_IN_ROLES, BARE],
    ["ncn-s001", BUILT_IN_ROLES, PLAIN],
    ["ncn-w001", [site], PLAIN],
    ["ncn-w001", [{ ...site, withoutLuks: ["ncn-w001"] }], BARE],
    ["ncn-w002", [{ ...site, withoutLuks: ["ncn-w001"] }], PLAIN],
  ];
  for (const [i, [node, roles, script]] of cases.entries()) {
    await t.step(`${i} ${node}`, () => {
      const role = roleOf(node, roles);
      assertNotEquals(role, null);
      assertEquals(role && scriptFor(node, role, SCRIPTS), script);
    });
  }
});

Deno.test("digestOf() computes SHA-256 over bytes, one for each character", async (t) => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const ff = "a8100ae6aa1940d0b663bb31cd466142ebbdbd5187131b92d93818987832eb89";
  const cases: [name: string, text: string, wanted: WantedScript | null, digest: string][] = [
    ["a text", "abc", null, abc],
    ["a byte that is no ASCII", "\xff", null, ff],
    ["another than is wanted", "abc", PLAIN, abc],
    ["what is wanted, whose digest is known", PLAIN.text, PLAIN, PLAIN.sha256],
  ];
  for (const [name, text, wanted, digest] of cases) {
    await t.step(name, async () => assertEquals(await digestOf(text, wanted), digest));
  }
});
