import { assertEquals, assertThrows } from "@std/assert";
import { UnfitFile } from "../../../lib/io/failures.ts";
import { Root } from "../../../lib/io/root.ts";
import { treeOf } from "../../kit.ts";
import { temporaryDirectory } from "../../temporary.ts";

Deno.test("Root.append() opens no file through what is not a file of ours", async (t) => {
  const cases: [name: string, arrange: (directory: string) => void, message: string][] = [
    ["a link", (directory) => {
      Deno.writeTextFileSync(`${directory}/other`, "theirs", { mode: 0o644 });
      Deno.symlinkSync("other", `${directory}/log`);
    }, "is not a regular file but a link"],
    ["a link to nothing", (directory) => {
      Deno.symlinkSync("other", `${directory}/log`);
    }, "is not a regular file but a link"],
    ["a file that has a second name", (directory) => {
      Deno.writeTextFileSync(`${directory}/other`, "theirs", { mode: 0o644 });
      Deno.linkSync(`${directory}/other`, `${directory}/log`);
    }, "has a second name (a hard link)"],
    ["a directory that anybody may write to", (directory) => {
      Deno.chmodSync(directory, 0o777);
    }, "may be written by anybody (mode 777)"],
  ];
  for (const [name, arrange, message] of cases) {
    await t.step(name, () => {
      using temporary = temporaryDirectory();
      const { directory } = temporary;
      arrange(directory);
      const before = treeOf(directory);
      assertThrows(() => new Root(directory).append("/log", { mode: 0o600 }), UnfitFile, message);
      assertEquals(treeOf(directory), before);
      const other = `${directory}/other`;
      if (other in before) assertEquals((Deno.statSync(other).mode ?? 0) & 0o777, 0o644);
    });
  }
});

Deno.test("Root.append() gives a log its mode whatever the umask, also in a shared directory", () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  Deno.chmodSync(directory, 0o1777);
  const usual = Deno.umask(0);
  try {
    const root = new Root(directory);
    root.append("/log", { mode: 0o600 }).close();
    Deno.chmodSync(`${directory}/log`, 0o666);
    root.append("/log", { mode: 0o600 }).close();
  } finally {
    Deno.umask(usual);
  }
  assertEquals((Deno.statSync(`${directory}/log`).mode ?? 0) & 0o777, 0o600);
});
