import { assertEquals, assertThrows } from "@std/assert";
import { makePrivateDirectory } from "../../../lib/io/private_directory.ts";
import { treeOf } from "../../kit.ts";
import { temporaryDirectory } from "../../temporary.ts";

Deno.test("makePrivateDirectory() keeps others out, whatever the umask", async (t) => {
  for (const umask of [0o000, 0o022, 0o077, 0o177]) {
    await t.step(umask.toString(8), () => {
      using temporary = temporaryDirectory();
      const real = `${temporary.directory}/lib/pitboot`;
      const usual = Deno.umask(umask);
      try {
        makePrivateDirectory(real);
      } finally {
        Deno.umask(usual);
      }
      assertEquals([modeOf(real), modeOf(`${real}/..`)], ["700", "755"]);
    });
  }
});

Deno.test("makePrivateDirectory() lets others enter directories that it makes above", () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  Deno.mkdirSync(`${directory}/var`, { mode: 0o711 });
  makePrivateDirectory(`${directory}/var/lib/site/pitboot`);
  const modes = ["var", "var/lib", "var/lib/site", "var/lib/site/pitboot"]
    .map((path) => modeOf(`${directory}/${path}`));
  assertEquals(modes, ["711", "755", "755", "700"]);
});

Deno.test("makePrivateDirectory() takes what is there, if nobody else may write to it", async (t) => {
  const cases: [name: string, arrange: (real: string) => void, mayBeLink: boolean][] = [
    ["a private one", (real) => makeWith(real, 0o700), false],
    ["one that others may read", (real) => makeWith(real, 0o755), false],
    ["a link to one", (real) => {
      makeWith(`${real}-disk`, 0o750);
      Deno.symlinkSync(`${real}-disk`, real);
    }, true],
  ];
  for (const [name, arrange, mayBeLink] of cases) {
    await t.step(name, () => {
      using temporary = temporaryDirectory();
      const real = `${temporary.directory}/pitboot`;
      arrange(real);
      const before = modeOf(real);
      makePrivateDirectory(real, { mayBeLink });
      assertEquals(modeOf(real), before);
    });
  }
});

Deno.test("makePrivateDirectory() refuses what is not private, and leaves it as it is", async (t) => {
  const cases: [name: string, arrange: (real: string) => void, mayBeLink: boolean][] = [
    ["a file", (real) => Deno.writeTextFileSync(real, ""), false],
    ["a link where none may be", (real) => {
      makeWith(`${real}-disk`, 0o700);
      Deno.symlinkSync(`${real}-disk`, real);
    }, false],
    ["a link to nothing", (real) => Deno.symlinkSync(`${real}-disk`, real), true],
    ["a link to nothing above it", (real) => {
      Deno.removeSync(real.replace(/\/[^/]*$/, ""));
      Deno.symlinkSync("missing", real.replace(/\/[^/]*$/, ""));
    }, true],
    ["one that its group may write to", (real) => makeWith(real, 0o775), false],
    ["one that anybody may write to", (real) => makeWith(real, 0o1777), false],
  ];
  for (const [name, arrange, mayBeLink] of cases) {
    await t.step(name, () => {
      using temporary = temporaryDirectory();
      const real = `${temporary.directory}/lib/pitboot`;
      Deno.mkdirSync(`${temporary.directory}/lib`);
      arrange(real);
      const before = modes(temporary.directory);
      assertThrows(() => makePrivateDirectory(real, { mayBeLink }));
      assertEquals(modes(temporary.directory), before);
    });
  }
});

function makeWith(real: string, mode: number): void {
  Deno.mkdirSync(real);
  Deno.chmodSync(real, mode);
}

function modeOf(real: string): string {
  return ((Deno.statSync(real).mode ?? 0) & 0o7777).toString(8);
}

/** The tree with the mode of everything. */
function modes(directory: string): [string, number | null][] {
  return Object.keys(treeOf(directory)).map((path) => {
    return [path, Deno.lstatSync(`${directory}/${path.replace(/\/$/, "")}`).mode];
  });
}
