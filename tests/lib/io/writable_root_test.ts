import { assert, assertEquals, assertThrows } from "@std/assert";
import { Root } from "../../../lib/io/root.ts";
import { WritableRoot } from "../../../lib/io/writable_root.ts";
import { newName } from "../../../lib/text/new_name.ts";
import { treeOf } from "../../kit.ts";
import { temporaryDirectory } from "../../temporary.ts";

/** Of the machine itself: paths are real ones. */
const disk = new WritableRoot(new Root("/"));
const ours = new TextEncoder().encode("ours");

/** Works in an empty directory that goes away. */
function inDirectory(work: (directory: string) => void): void {
  using temporary = temporaryDirectory();
  work(temporary.directory);
}

Deno.test("WritableRoot.replace() puts a new file in the place of whatever is there", async (t) => {
  const cases: [name: string, arrange: (path: string, directory: string) => void][] = [
    ["nothing", () => {}],
    ["a file", (path) => Deno.writeTextFileSync(path, "theirs")],
    ["a file that nobody may write", (path) => {
      Deno.writeTextFileSync(path, "theirs", { mode: 0o400 });
    }],
    ["a link to nothing", (path) => Deno.symlinkSync("/missing/x", path)],
    ["what a run left that was killed", (_, directory) => {
      Deno.writeTextFileSync(`${directory}/${newName("file")}`, "half");
    }],
    ["a link that such a run left", (_, directory) => {
      Deno.symlinkSync("/missing/x", `${directory}/${newName("file")}`);
    }],
  ];
  for (const [name, arrange] of cases) {
    await t.step(name, () =>
      inDirectory((directory) => {
        arrange(`${directory}/file`, directory);
        disk.replace(`${directory}/file`, ours);
        assertEquals(treeOf(directory), { file: "ours" });
      }));
  }
});

Deno.test("WritableRoot.replace() does not write through a link", () =>
  inDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/other`, "theirs");
    Deno.symlinkSync("other", `${directory}/file`);
    Deno.symlinkSync("other", `${directory}/${newName("file")}`);
    disk.replace(`${directory}/file`, ours);
    assertEquals(treeOf(directory), { file: "ours", other: "theirs" });
  }));

Deno.test("WritableRoot.replace() leaves everything as it is if it fails", () =>
  inDirectory((directory) => {
    Deno.mkdirSync(`${directory}/file/inner`, { recursive: true });
    assertThrows(() => disk.replace(`${directory}/file`, ours));
    assertEquals(treeOf(directory), { "file/": "", "file/inner/": "" });
  }));

Deno.test("WritableRoot.replace() removes no directory in the place of the new file", () =>
  inDirectory((directory) => {
    const place = newName("file");
    Deno.mkdirSync(`${directory}/${place}/inner`, { recursive: true });
    assertThrows(
      () => disk.replace(`${directory}/file`, ours),
      Error,
      ".file.new beside it cannot be removed: directory not empty",
    );
    assertEquals(treeOf(directory), { [`${place}/`]: "", [`${place}/inner/`]: "" });
  }));

Deno.test("WritableRoot.create() gives a file its mode and time, whatever the umask", () =>
  inDirectory((directory) => {
    const path = `${directory}/file`;
    const modified = Date.UTC(2024, 1, 29);
    disk.create(path, ours, { mode: 0o666, modified });
    const { mode, mtime } = Deno.statSync(path);
    assertEquals([(mode ?? 0) & 0o7777, mtime?.getTime()], [0o666, modified]);
  }));

Deno.test("WritableRoot.replaceLink() puts a link in the place of another, changed before it is seen", () =>
  inDirectory((directory) => {
    const path = `${directory}/kernel`;
    const given: string[] = [];
    disk.link(path, "../old", (place) => given.push(place));
    disk.replaceLink(path, "../new", (place) => {
      assertEquals(Deno.readLinkSync(path), "../old");
      given.push(place);
    });
    assertEquals(treeOf(directory), { kernel: "-> ../new" });
    assertEquals(given, [path, `${directory}/.kernel.new`]);
  }));

Deno.test("WritableRoot.makeDirectory() makes one with its mode, where nothing is", () =>
  inDirectory((directory) => {
    const path = `${directory}/.ncn-w001.new`;
    disk.makeDirectory(path, 0o777);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o7777, 0o777);
    Deno.writeTextFileSync(`${path}/notes`, "mine");
    assertThrows(() => disk.makeDirectory(path, 0o777), Deno.errors.AlreadyExists);
    assertEquals(treeOf(path), { notes: "mine" });
  }));

Deno.test("WritableRoot.replaceDirectory() makes a directory with its mode, and takes nothing away", async (t) => {
  const cases: [name: string, arrange: (path: string) => void][] = [
    ["nothing is there", () => {}],
    ["a run that was killed left one", (path) => Deno.mkdirSync(path.replace("bin", ".bin.new"))],
    ["another run was faster", (path) => Deno.mkdirSync(path)],
  ];
  for (const [name, arrange] of cases) {
    await t.step(name, () =>
      inDirectory((directory) => {
        arrange(`${directory}/bin`);
        disk.replaceDirectory(`${directory}/bin`, 0o775);
        assertEquals(treeOf(directory), { "bin/": "" });
        assertEquals((Deno.statSync(`${directory}/bin`).mode ?? 0) & 0o7777, 0o775);
      }));
  }
  await t.step("one with something in it", () =>
    inDirectory((directory) => {
      Deno.mkdirSync(`${directory}/bin/inner`, { recursive: true });
      assertThrows(() => disk.replaceDirectory(`${directory}/bin`, 0o755));
      assertEquals(treeOf(directory), { "bin/": "", "bin/inner/": "" });
    }));
});

Deno.test("WritableRoot.removeIfThere() removes what is there, and nothing with something in it", () =>
  inDirectory((directory) => {
    Deno.mkdirSync(`${directory}/full/inner`, { recursive: true });
    Deno.symlinkSync("full", `${directory}/link`);
    disk.removeIfThere(`${directory}/link`);
    disk.removeIfThere(`${directory}/link`);
    assertThrows(() => disk.removeIfThere(`${directory}/full`));
    assert(Deno.statSync(`${directory}/full/inner`).isDirectory);
  }));
