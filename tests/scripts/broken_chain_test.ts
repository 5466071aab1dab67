import { assertEquals } from "@std/assert";
import { addRelease } from "../../tools/pit/make_pit.ts";
import type { Input } from "../../lib/io/context.ts";
import { callInProcess, EMPTY_PIPE } from "../in_process.ts";
import { shell, type TemporaryPit, temporaryPit, treeOf } from "../kit.ts";
import { checkManners, type Words } from "../refusals.ts";

/** Ways in which the command before ends without a word for the next one. */
const ENDS: readonly (readonly [name: string, script: string])[] = [
  ["an option that does not exist", "pitboot resolve-images --relaese kubernetes=1.6.1"],
  ["a command that does not exist", "pitboot resolve-imgaes"],
  ["killed", "sh -c 'kill -9 $$'"],
  ["a full disk", "pitboot resolve-images >/dev/full"],
  ["a closed output", "pitboot resolve-images >&-"],
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
      const { code, document } = await shell(pit, `${script} 2>/dev/null | pitboot set-links`);
      assertEquals([code !== 0, document.status], [true, "failed"]);
      assertEquals(treeOf(`${pit.root}/var/www`), before);
    });
  }
});

Deno.test("what a command that fails leaves is handed on as a failure", async (t) => {
  using pit = pitWithLinks();
  const before = treeOf(`${pit.root}/var/www`);
  const saidBy = async (...words: Words): Promise<string> =>
    (await callInProcess(pit, words)).stdout;
  const ends: [name: string, stdin: string | Input][] = [
    ["of a wrong option", await saidBy("resolve-images", "--relaese", "kubernetes=1.6.1")],
    ["of a wrong value", await saidBy("resolve-images", "--release", "kubernetes")],
    ["nothing", EMPTY_PIPE],
    ["blanks", "\n"],
  ];
  for (const [name, stdin] of ends) {
    await t.step(name, async () => {
      const wait = await callInProcess(pit, ["wait-leases", "--timeout", "0"], { stdin });
      const last = await callInProcess(pit, ["set-links"], { stdin: wait.stdout });
      const alone = await callInProcess(pit, ["set-links"], { stdin });
      for (const { code, document } of [wait, last, alone]) {
        assertEquals([code !== 0, document.status], [true, "failed"]);
      }
      assertEquals(treeOf(`${pit.root}/var/www`), before);
    });
  }
});

Deno.test("set-links begins anew where standard input is nothing", async (t) => {
  for (const nothing of ["</dev/null", "<&-"]) {
    await t.step(nothing, async () => {
      using pit = temporaryPit({ leased: true });
      const { directory } = pit;
      const result = await shell(pit, `pitboot set-links ${nothing}`, { TMPDIR: directory });
      assertEquals([result.code, result.document.nodes?.length], [0, 9], result.stderr);
      checkManners(result, pit);
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
