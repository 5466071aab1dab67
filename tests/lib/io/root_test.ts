import { assert, assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../../lib/document/problems.ts";
import { ifThere, UnfitFile } from "../../../lib/io/failures.ts";
import { readPart } from "../../../lib/io/read_file.ts";
import { Root } from "../../../lib/io/root.ts";
import { statOf } from "../../../lib/io/stat.ts";
import { WritableRoot } from "../../../lib/io/writable_root.ts";
import { treeOf } from "../../kit.ts";
import { temporaryDirectory } from "../../temporary.ts";

/** Works in an empty root that goes away. */
function inRoot(work: (root: WritableRoot, directory: string) => void): void {
  using temporary = temporaryDirectory();
  work(new WritableRoot(new Root(temporary.directory)), temporary.directory);
}

const bytes = new TextEncoder().encode("ours");

Deno.test("Root names what cannot be read, as seen from inside", async (t) => {
  const cases: [name: string, read: (root: Root) => unknown][] = [
    ["stat", (root) => root.stat("/none", "look")],
    ["list", (root) => root.list("/none", "look")],
    ["checkDirectory", (root) => root.checkDirectory("/none", "look")],
    ["read", (root) => root.read("/none", "look")],
    ["readText", (root) => root.readText("/none", "look")],
  ];
  for (const [name, read] of cases) {
    await t.step(name, () =>
      inRoot((root) => {
        const { code, details } = assertThrows(() => read(root), Failure);
        const { message, hint } = details;
        assertEquals({ code, message, hint }, {
          code: "file-missing",
          message: "/none: does not exist",
          hint: "look",
        });
      }));
  }
});

Deno.test("WritableRoot names what cannot be written, as seen from inside", async (t) => {
  const advice = { state: "nothing was changed", hint: "look" };
  const cases: [name: string, write: (root: WritableRoot) => unknown][] = [
    ["replace", (root) => root.replace("/none/file", bytes, { advice })],
    ["append", (root) => root.append("/none/file", { advice })],
  ];
  for (const [name, write] of cases) {
    await t.step(name, () =>
      inRoot((root) => {
        const { code, details } = assertThrows(() => write(root), Failure);
        const { message, hint } = details;
        assertEquals({ code, message, hint }, {
          code: "file-unwritable",
          message: "/none/file cannot be written: does not exist",
          hint: "nothing was changed; look",
        });
      }));
  }
});

Deno.test("Root throws what Deno does where nobody advises", () =>
  inRoot((root, directory) => {
    assertThrows(() => root.stat("/none"), Deno.errors.NotFound);
    assertThrows(() => root.remove("/none"), Deno.errors.NotFound);
    Deno.mkdirSync(`${directory}/folder`);
    assertThrows(() => root.read("/folder"), Deno.errors.IsADirectory);
    assertThrows(() => root.append("/folder"), Deno.errors.IsADirectory);
  }));

Deno.test("Root.read() refuses a file that is too large, which Root.open() opens", () =>
  inRoot((root, directory) => {
    Deno.writeFileSync(`${directory}/image`, bytes);
    Deno.truncateSync(`${directory}/image`, 64 * 1024 * 1024 + 1);
    assertThrows(() => root.read("/image"), UnfitFile, "is larger than 64 MiB");
    using file = root.open("/image");
    assertEquals(readPart(file, 0, 4), bytes);
    assertEquals(readPart(file, 64 * 1024 * 1024, 10), Uint8Array.of(0));
  }));

Deno.test("WritableRoot.append() adds to what is there, and takes rights of others", () =>
  inRoot((root, directory) => {
    Deno.writeTextFileSync(`${directory}/log`, "theirs, ", { mode: 0o644 });
    using file = root.append("/log", { mode: 0o600 });
    file.writeSync(bytes);
    assertEquals(treeOf(directory), { log: "theirs, ours" });
    assertEquals(root.stat("/log").mode, 0o600);
  }));

Deno.test("statOf() has the permissions alone, and one id for two names", () =>
  inRoot((root, directory) => {
    Deno.writeFileSync(`${directory}/one`, bytes, { mode: 0o640 });
    Deno.utimeSync(`${directory}/one`, 1.5, 1.5);
    Deno.linkSync(`${directory}/one`, `${directory}/two`);
    const { mode, modified, size, uid, gid, id } = root.stat("/one");
    const own = { uid: Deno.uid(), gid: Deno.gid() };
    assertEquals({ mode, modified, size, uid, gid }, {
      mode: 0o640,
      modified: 1500,
      size: 4,
      ...own,
    });
    assertEquals(statOf(Deno.statSync(`${directory}/two`)).id, id);
    assert(root.stat("/").id !== id);
  }));

Deno.test("statOf() has a time for every file, also for one that is no date", () => {
  const info = { ...Deno.statSync("/"), mtime: new Date(NaN) };
  assertEquals([statOf(info).modified, statOf({ ...info, mtime: null }).modified], [0, 0]);
  assertEquals(statOf({ ...info, mtime: new Date(-1000) }).modified, -1000);
});

Deno.test("Root follows absolute links inside it, whatever it does with them", () =>
  inRoot((root, directory) => {
    for (const name of ["disk", "etc"]) Deno.mkdirSync(`${directory}/${name}`);
    Deno.writeTextFileSync(`${directory}/disk/leases`, "ours");
    // The machine has an /etc/hosts, too.
    Deno.symlinkSync("/disk/leases", `${directory}/etc/hosts`);
    Deno.symlinkSync("/disk", `${directory}/var`);
    assertEquals(root.readText("/etc/hosts"), "ours");
    assertEquals(root.stat("/etc/hosts").size, 4);
    assertEquals(root.follow("/etc/hosts"), "/disk/leases");
    assertEquals(root.list("/var").map(({ name }) => name), ["leases"]);
    root.replace("/var/state", bytes);
    root.append("/var/log").close();
    root.makePrivateDirectory("/var/private");
    root.rename("/var/leases", "/var/moved");
    assertEquals(Object.keys(treeOf(`${directory}/disk`)).sort(), [
      "log",
      "moved",
      "private/",
      "state",
    ]);
  }));

Deno.test("ifThere() has null for what does not exist, and nothing else", () =>
  inRoot((root, directory) => {
    assertEquals(ifThere(() => root.stat("/none")), null);
    assertEquals(ifThere(() => root.stat("/none", "look")), null);
    assertEquals(ifThere(() => root.stat("/"))?.isDirectory, true);
    Deno.writeFileSync(`${directory}/file`, bytes);
    assertThrows(() => ifThere(() => root.stat("/file/none")), Deno.errors.NotADirectory);
  }));
