import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { remedyFor } from "../../../lib/io/remedies.ts";

const PATH = "/var/www/boot/script.ipxe";

Deno.test("remedyFor() says what helps against the reason", async (t) => {
  const cases: [code: string, isRoot: boolean, remedy: RegExp][] = [
    ["EACCES", false, /^run as root$/],
    ["EPERM", false, /^run as root$/],
    ["EACCES", true, /lsattr .*findmnt/],
    ["EPERM", true, /lsattr .*findmnt/],
    ["EROFS", true, /mounted read-only.*dmesg/],
    ["EROFS", false, /mounted read-only.*dmesg/],
    ["ENOSPC", true, /^make room on the disk of .*df/],
    ["EDQUOT", true, /^make room .*quota/],
    ["EMFILE", true, /ulimit -n/],
    ["ENFILE", true, /ulimit -n/],
    ["EIO", true, /dmesg/],
  ];
  for (const [code, isRoot, remedy] of cases) {
    await t.step(`${code} ${isRoot ? "of root" : "of somebody else"}`, () => {
      const said = remedyFor({ code, path: PATH, isRoot });
      assert(said);
      assertMatch(said, remedy);
      // Nobody is told to do what is done already.
      if (isRoot) assert(!said.includes("as root"), said);
    });
  }
});

Deno.test("remedyFor() names the file where that helps", () => {
  for (const code of ["EACCES", "EROFS", "ENOSPC", "EDQUOT"]) {
    assertStringIncludes(remedyFor({ code, path: PATH, isRoot: true }) ?? "", PATH);
  }
});

Deno.test("remedyFor() leaves the rest to those who wanted the file", () => {
  for (const code of ["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", undefined]) {
    assertEquals(remedyFor({ code, path: PATH, isRoot: true }), null);
  }
});
