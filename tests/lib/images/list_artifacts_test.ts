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
