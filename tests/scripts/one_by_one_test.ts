import { assert, assertEquals } from "@std/assert";
import { parseGeneration } from "../../lib/history/generation_log.ts";
import { Root } from "../../lib/io/root.ts";
import {
  addNewer,
  change,
  generationFile,
  historyOf,
  leasedPit,
  NO_PASSWORD,
  stampedTree,
} from "../changes.ts";
import { runInProcess } from "../in_process.ts";
import { environment, problemOf } from "../kit.ts";
import { oneByOne } from "../one_by_one.ts";

Deno.test("where leases come one by one, each node is planned once and each image proved once", async () => {
  using pit = leasedPit();
  using expected = leasedPit();
  for (const each of [pit, expected]) {
    await change(each, ["run"]);
    addNewer(each);
  }
  await change(expected, ["run"]);
  const root = new CountingRoot(pit.root);
  const file = generationFile(pit, 2);
  const looks: { readonly inode: number | null; readonly nodes: number }[] = [];
  const served = (): void => {
    const { changes, ended } = parseGeneration(Deno.readTextFileSync(file));
    assertEquals(ended, null);
    const nodes = changes.flatMap(({ nodes }) => nodes).length;
    looks.push({ inode: Deno.statSync(file).ino, nodes });
  };
  const { code, stderr, document } = await serve(pit, { watched: () => root, served });
  assertEquals(code, 0, stderr);
  const { nodes = [] } = document;
  assertEquals(nodes.length, 9);
  for (const { name, change } of nodes) {
    assertEquals(change, "updated");
    // Once for its plan, and once right before its switch.
    assertEquals(root.reads.get(`/var/www/${name}/script.ipxe`), 2, name);
  }
  const proved = [...root.opened].filter(([path]) => path.endsWith(".squashfs"));
  assertEquals(proved.map(([, count]) => count), [1, 1]);
  // The file is written once, and then only added to.
  assertEquals(looks.map(({ nodes }) => nodes), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(new Set(looks.map(({ inode }) => inode)).size, 1);
  // When it ends, it is one object again, as a run with all leases at once writes it.
  assert(JSON.parse(Deno.readTextFileSync(file)).ended);
  const [one, other] = [await historyOf(pit, "2"), await historyOf(expected, "2")];
  assertEquals(one[0]?.changes, other[0]?.changes);
  assertEquals(stampedTree(pit.www), stampedTree(expected.www));
});

Deno.test("an image that changes while leases come is proved again", async () => {
  using pit = leasedPit();
  const root = new CountingRoot(pit.root);
  let count = 0;
  const served = (): void => {
    const [path] = [...root.opened.keys()].filter((path) => path.includes("kubernetes-"));
    assert(path);
    if (++count === 2) Deno.utimeSync(root.real(path), 1, 1);
    // From then on it is no image any more.
    if (count === 8) Deno.truncateSync(root.real(path), 10);
  };
  const { code, stderr, document } = await serve(pit, { watched: () => root, served });
  const { nodes = [], problems } = document;
  const proofs = [...root.opened].filter(([path]) => path.includes("kubernetes-"))
    .map(([, count]) => count);
  assertEquals([code, proofs], [5, [4]], stderr);
  assertEquals(nodes.length, 8);
  assertEquals(problems[0]?.code, "images-unfit");
});

Deno.test("a run that can record nothing says that no node was changed only where none was", async (t) => {
  const moments: [name: string, served: number, state: string][] = [
    ["before the first node", 0, "no node was changed"],
    ["after it", 1, "no further node was changed"],
  ];
  for (const [name, last, state] of moments) {
    await t.step(name, async () => {
      using pit = leasedPit();
      const blockAt = (count: number): void => {
        if (count === last) blockTurns(pit.root);
      };
      let count = 0;
      const { code, document } = await serve(pit, {
        watched: (root) => {
          blockAt(0);
          return root;
        },
        served: () => blockAt(++count),
      });
      assertEquals([code, document.nodes?.length ?? 0], [1, last]);
      const { message, hint } = problemOf(document, "file-unwritable");
      assertEquals(message, "/var/lib/pitboot/lock cannot be written: is a directory");
      assertEquals(hint?.split(";")[0], state);
    });
  }
});

/** Even root cannot lock a directory. */
function blockTurns(root: string): void {
  const lock = `${root}/var/lib/pitboot/lock`;
  Deno.removeSync(lock);
  Deno.mkdirSync(lock);
}

function serve(
  pit: ReturnType<typeof leasedPit>,
  watching: Parameters<typeof oneByOne>[0],
): ReturnType<typeof runInProcess> {
  const env = environment(pit, NO_PASSWORD);
  return runInProcess(oneByOne(watching), ["--json", `--root=${pit.root}`], { env });
}

/** Counts what is read. */
class CountingRoot extends Root {
  readonly reads = new Map<string, number>();
  readonly opened = new Map<string, number>();

  override readSeen(path: string, most: number): ReturnType<Root["readSeen"]> {
    this.reads.set(path, (this.reads.get(path) ?? 0) + 1);
    return super.readSeen(path, most);
  }

  override open(path: string, ...rest: []): Deno.FsFile {
    this.opened.set(path, (this.opened.get(path) ?? 0) + 1);
    return super.open(path, ...rest);
  }
}
