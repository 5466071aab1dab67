import { assertEquals } from "@std/assert";
import { addRelease } from "../../tools/pit/make_pit.ts";
import { shell, type TemporaryPit, temporaryPit, treeOf } from "../kit.ts";

/** Ways in which the command before ends without a word for the next one. */
const ENDS: readonly (readonly [name: string, script: string])[] = [
  ["an option that does not exist", "pitboot resolve-images --relaese kubernetes=1.6.1"],
  ["a value that cannot be", "pitboot resolve-images --release kubernetes"],
  ["a command that does not exist", "pitboot resolve-imgaes"],
  ["a program that does not exist", "pitbot resolve-images"],
  ["killed", "sh -c 'kill -9 $$'"],
  ["terminated", "sh -c 'kill -15 $$'"],
  ["a full disk", "pitboot resolve-images >/dev/full"],
  ["a closed output", "pitboot resolve-images >&-"],
  ["an empty file", "cat /dev/null"],
  ["blanks", "echo"],
];

function pitWithLinks(): TemporaryPit {
  const pit = temporaryPit({ leased: true });
  addRelease(pit.root, "k8s", { release: "1.6.2" });
  addRelease(pit.root, "ceph", { release: "1.6.2" });
  return pit;
}

Deno.test("a chain in which a command fails changes nothing behind it", async (t) => {
  for (const [name, script] of ENDS) {
    await t.step(name, async () => {
      using pit = pitWithLinks();
      const before = treeOf(`${pit.root}/var/www`);
      const first = await shell(pit, `${script} 2>/dev/null | pitboot set-links`);
      assertEquals(first.document.status, "failed");
      const later = await shell(
        pit,
        `pitboot resolve-images | { cat >/dev/null; ${script} 2>/dev/null; } |
         pitboot wait-leases --timeout 0 | pitboot set-links`,
      );
      assertEquals(later.document.status, "failed");
      assertEquals([first.code !== 0, later.code !== 0], [true, true]);
      assertEquals(treeOf(`${pit.root}/var/www`), before);
    });
  }
});

Deno.test("set-links begins anew where standard input is nothing", async (t) => {
  for (const nothing of ["</dev/null", "<&-"]) {
    await t.step(nothing, async () => {
      using pit = temporaryPit({ leased: true });
      const { code, document } = await shell(pit, `pitboot set-links ${nothing}`);
      assertEquals([code, document.nodes?.length], [0, 9]);
    });
  }
});

Deno.test("a refused command line whose document cannot be written is an expected error", async () => {
  using pit = temporaryPit();
  const { code, stderr } = await shell(pit, "pitboot resolve-images --relaese x >/dev/full");
  assertEquals(code, 1);
  assertEquals(/standard output cannot be written/.test(stderr), true, stderr);
  assertEquals(/Uncaught|^ +at /m.test(stderr), false, stderr);
});
