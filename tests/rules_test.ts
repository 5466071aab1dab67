import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url).pathname;
/** The four packages of the house; `assert` is for tests and examples. */
const PACKAGES = /^@std\/(fs|path|cli)\/[a-z-]+$/;
/** What Deno brings along is no package. */
const BUILT_IN = /^node:[a-z]+$/;

interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  /** The text without its comments. */
  readonly code: string;
}

const sources: readonly Source[] = [
  "mod.ts",
  ...listFiles("scripts"),
  ...listFiles("lib"),
].map((path) => {
  const text = Deno.readTextFileSync(ROOT + path);
  return { path, text, code: withoutComments(text) };
});

/** The rooms, and into which each may look. */
const ROOMS: [room: RegExp, may: RegExp][] = [
  [/^mod\.ts$/, /^(lib|lib\/io|scripts)\/[\w-]+\.ts$/],
  [/^scripts\//, /^lib\/(io\/)?\w+\.ts$/],
  [/^lib\/io\//, /^lib\/(io\/)?\w+\.ts$/],
  [/^lib\//, /^lib\/\w+\.ts$/],
];

Deno.test("there are sources to look at", () => {
  for (const [room] of ROOMS) assert(sources.some(({ path }) => room.test(path)), String(room));
});

Deno.test("withoutComments() leaves the code, and only that", () => {
  const text = 'a; // Deno.x\n/** Deno.y */ b("// no"); `/* no */ ${c}`; "\\"// no";\n';
  assertEquals(withoutComments(text), 'a; \n b("// no"); `/* no */ ${c}`; "\\"// no";\n');
});

Deno.test("imports point one way: mod, scripts, lib/io, lib", () => {
  const wrong = sources.flatMap(({ path, code }) => {
    const may = ROOMS.find(([room]) => room.test(path))?.[1];
    return importsOf(code).filter((name) => name.startsWith("."))
      .map((name) => new URL(name, `file:///${path}`).pathname.slice(1))
      // The version is written once, in deno.json.
      .filter((target) => !may?.test(target) && target !== "deno.json")
      .map((target) => `${path} imports ${target}`);
  });
  assertEquals(wrong, []);
});

Deno.test("at run time nothing is imported but parts of the house's packages", () => {
  const foreign = sources.flatMap(({ path, code }) =>
    importsOf(code)
      .filter((name) => !name.startsWith(".") && !PACKAGES.test(name) && !BUILT_IN.test(name))
      .map((name) => `${path} imports ${name}`)
  );
  assertEquals(foreign, []);
});

Deno.test("the packages of the house are pinned", () => {
  const { imports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  assertEquals(Object.keys(imports), ["@std/assert", "@std/cli", "@std/fs", "@std/path"]);
  for (const value of Object.values<string>(imports)) {
    assert(/^jsr:@std\/\w+@\d+\.\d+\.\d+$/.test(value), value);
  }
});

Deno.test("lib/ never says Deno. outside lib/io/", () => {
  const effects = sources
    .filter(({ path, code }) => /^lib\/\w+\.ts$/.test(path) && /\bDeno\./.test(code))
    .map(({ path }) => path);
  assertEquals(effects, []);
});

Deno.test("only mod.ts and what starts and stops a process exits", () => {
  const exits = sources.filter(({ code }) => /\bDeno\.exit\b/.test(code)).map(({ path }) => path);
  assertEquals(exits, ["mod.ts", "lib/io/main.ts", "lib/io/process_context.ts"]);
});

Deno.test("every file says what it is for", () => {
  const silent = sources.filter(({ text }) =>
    !/^(#!.*\n)?\/\*\*\n(?: \*.*\n)* \* @module\n/.test(text)
  )
    .map(({ path }) => path);
  assertEquals(silent, []);
});

Deno.test("every export has a doc comment", () => {
  const bare = sources.flatMap(({ path, text }) => {
    const lines = text.split("\n");
    return lines.flatMap((line, i) => {
      const [, name] = /^export (?:abstract |async |default |declare )*\w+\*? (\w+)/.exec(line) ??
        [];
      if (!name) return [];
      const before = lines.slice(0, i).findLast((line) => !line.trim().startsWith("// deno-"));
      return /\*\/$/.test(before ?? "") ? [] : [`${path}:${i + 1} ${name}`];
    });
  });
  assertEquals(bare, []);
});

Deno.test("no file is longer than one can hold in the head", () => {
  const long = sources.map(({ path, text }) => [path, text.split("\n").length - 1] as const)
    .filter(([, lines]) => lines > 270);
  assertEquals(long, []);
});

function listFiles(folder: string): string[] {
  return [...Deno.readDirSync(ROOT + folder)]
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      return isDirectory ? listFiles(path) : path.endsWith(".ts") ? [path] : [];
    });
}

/** What a file imports, and re-exports, also when it is first needed. */
function importsOf(code: string): string[] {
  const pattern = /(?:\bfrom|^import|\bimport\()\s*"([^"]+)"/gm;
  return [...code.matchAll(pattern)].map(([, name = ""]) => name);
}

/** Takes comments out of TypeScript; what stands in quotes stays. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[^]*?\*\/|\/\/[^\n]*/g,
    (_, quoted: string | undefined) => quoted ?? "",
  );
}
