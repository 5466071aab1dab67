import { assertEquals } from "@std/assert";
import { listArtifacts } from "../../../lib/images/list_artifacts.ts";
import { Root } from "../../../lib/io/root.ts";
import type { Stat } from "../../../lib/io/stat.ts";
import { temporaryDirectory } from "../../temporary.ts";

/** A file system in which somebody removes a path as soon as it is looked at. */
class Fleeting extends Root {
  constructor(directory: string, readonly path: string) {
    super(directory);
  }

  override list(...args: Parameters<Root["list"]>): Deno.DirEntry[] {
    this.#lose(args[0]);
    return super.list(...args);
  }

  override stat(...args: Parameters<Root["stat"]>): Stat {
    this.#lose(args[0]);
    return super.stat(...args);
  }

  #lose(path: string): void {
    if (path === this.path) Deno.removeSync(this.real(path), { recursive: true });
  }
}

Deno.test("listArtifacts() passes over what goes away while it lists", async (t) => {
  for (const path of ["/data/b", "/data/a/1.kernel"]) {
    await t.step(path, () => {
      using temporary = temporaryDirectory();
      for (const name of ["a", "b", "c"]) {
        Deno.mkdirSync(`${temporary.directory}/data/${name}`, { recursive: true });
        Deno.writeTextFileSync(`${temporary.directory}/data/${name}/1.kernel`, "");
      }
      const { files, dangling, lost } = listArtifacts(
        new Fleeting(temporary.directory, path),
        "/data",
      );
      assertEquals([dangling, lost], [[], [path]]);
      assertEquals(
        files.map(({ path }) => path).sort(),
        ["/data/a/1.kernel", "/data/b/1.kernel", "/data/c/1.kernel"]
          .filter((each) => !each.startsWith(path)),
      );
    });
  }
});

Deno.test("listArtifacts() takes no name of two lines, and shows it", () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  for (const name of ["a", "b\npitboot run: error: x"]) {
    Deno.mkdirSync(`${directory}/data/${name}`, { recursive: true });
    Deno.writeTextFileSync(`${directory}/data/${name}/1.kernel`, "");
  }
  Deno.writeTextFileSync(`${directory}/data/a/2\n.kernel`, "");
  const { files, lost } = listArtifacts(new Root(directory), "/data");
  assertEquals(files.map(({ path }) => path), ["/data/a/1.kernel"]);
  assertEquals([...lost].sort(), [
    "/data/a/2\\x0a.kernel",
    "/data/b\\x0apitboot run: error: x",
  ]);
});
