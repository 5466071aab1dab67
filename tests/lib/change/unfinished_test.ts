import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Failure } from "../../../lib/document/problems.ts";
import { Root } from "../../../lib/io/root.ts";
import { WritableRoot } from "../../../lib/io/writable_root.ts";
import { removeUnfinished } from "../../../lib/change/unfinished.ts";
import { leasedPit } from "../../changes.ts";
import { callInProcess } from "../../in_process.ts";
import { problemOf, treeOf } from "../../kit.ts";
import { temporaryDirectory } from "../../temporary.ts";

const PLACE = ".ncn-w009.new";
const STATE = "no further node was changed";

Deno.test("removeUnfinished() removes what nobody has used, and nothing else", async (t) => {
  const cases: [name: string, arrange: (www: string) => void, isLeft: boolean][] = [
    ["an empty directory", (www) => Deno.mkdirSync(`${www}/${PLACE}`), false],
    ["a boot directory that was being built", (www) => {
      Deno.mkdirSync(`${www}/${PLACE}`);
      Deno.symlinkSync("../ephemeral/nowhere", `${www}/${PLACE}/kernel`);
      Deno.writeTextFileSync(`${www}/${PLACE}/script.ipxe`, "#!ip");
    }, false],
    ["one of a node that is offline", (www) => {
      Deno.mkdirSync(`${www}/${PLACE}/.offline`, { recursive: true });
    }, false],
    ["something else in it", (www) => {
      Deno.mkdirSync(`${www}/${PLACE}`);
      Deno.symlinkSync("../ephemeral/nowhere", `${www}/${PLACE}/kernel`);
      Deno.writeTextFileSync(`${www}/${PLACE}/notes`, "mine");
    }, true],
    ["a directory in place of a link", (www) => {
      Deno.mkdirSync(`${www}/${PLACE}/rootfs`, { recursive: true });
      Deno.writeTextFileSync(`${www}/${PLACE}/rootfs/file`, "mine");
    }, true],
    ["a file in place of a link", (www) => {
      Deno.mkdirSync(`${www}/${PLACE}`);
      Deno.writeTextFileSync(`${www}/${PLACE}/kernel`, "mine");
    }, true],
    ["a directory in place of the script", (www) => {
      Deno.mkdirSync(`${www}/${PLACE}/script.ipxe`, { recursive: true });
    }, true],
    ["something in its .offline", (www) => {
      Deno.mkdirSync(`${www}/${PLACE}/.offline`, { recursive: true });
      Deno.writeTextFileSync(`${www}/${PLACE}/.offline/script.ipxe`, "mine");
    }, true],
    ["a file of that name", (www) => Deno.writeTextFileSync(`${www}/${PLACE}`, "mine"), true],
    ["a link of that name", (www) => Deno.symlinkSync("ncn-w001", `${www}/${PLACE}`), true],
    ["no name of a node", (www) => Deno.mkdirSync(`${www}/.Not_a_node.new`), true],
    ["another name", (www) => Deno.mkdirSync(`${www}/.ncn-w009.old`), true],
    ["a boot directory", (www) => {
      Deno.mkdirSync(`${www}/ncn-w009`);
      Deno.symlinkSync("../ephemeral/nowhere", `${www}/ncn-w009/kernel`);
    }, true],
  ];
  for (const [name, arrange, isLeft] of cases) {
    await t.step(name, () => {
      using temporary = temporaryDirectory();
      const www = `${temporary.directory}/var/www`;
      Deno.mkdirSync(`${www}/ncn-w001`, { recursive: true });
      const without = treeOf(www);
      arrange(www);
      const before = treeOf(www);
      remove(temporary.directory);
      assertEquals(treeOf(www), isLeft ? before : without);
    });
  }
});

Deno.test("removeUnfinished() removes a boot/script.ipxe that was not finished", () => {
  using temporary = temporaryDirectory();
  const boot = `${temporary.directory}/var/www/boot`;
  Deno.mkdirSync(boot, { recursive: true });
  for (const name of ["script.ipxe", ".script.ipxe.new", ".script.ipxe.old"]) {
    Deno.writeTextFileSync(`${boot}/${name}`, name);
  }
  remove(temporary.directory);
  assertEquals(treeOf(boot), {
    "script.ipxe": "script.ipxe",
    ".script.ipxe.old": ".script.ipxe.old",
  });
});

Deno.test("removeUnfinished() names what it cannot remove", () => {
  using temporary = temporaryDirectory();
  const place = "/var/www/boot/.script.ipxe.new";
  Deno.mkdirSync(`${temporary.directory}${place}/notes`, { recursive: true });
  const error = assertThrows(() => remove(temporary.directory), Failure);
  assertEquals(error.code, "file-unwritable");
  assertMatch(error.message, /^\/var\/www\/boot\/\.script\.ipxe\.new cannot be written: /);
  assertEquals(error.details.hint, `${STATE}; remove it, and run again`);
});

Deno.test("a run says what is in the place where it builds a directory, and leaves it", async () => {
  using pit = leasedPit();
  const place = `${pit.www}/.ncn-w001.new`;
  Deno.mkdirSync(place);
  Deno.writeTextFileSync(`${place}/notes`, "mine");
  const { code, document } = await callInProcess(pit, ["set-links"]);
  assertEquals(code, 3);
  const { message, nodes } = problemOf(document, "node-failed");
  assertMatch(message, /: make directory: \/var\/www\/\.ncn-w001\.new is in the way$/);
  assertEquals(nodes, ["ncn-w001"]);
  assertEquals(treeOf(place), { notes: "mine" });
});

function remove(directory: string): void {
  removeUnfinished(new WritableRoot(new Root(directory)), "/var/www", STATE);
}
