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

/**
 * The rooms, from the ground up. Imports point down, or stay in the room; rooms
 * on one floor do not know each other.
 */
const FLOORS: readonly (readonly string[])[] = [
  ["lib/text"],
  ["lib/document"],
  ["lib/cli", "lib/io"],
  ["lib/show"],
  ["lib/command"],
  ["lib/nodes"],
  ["lib/images"],
  ["lib/boot"],
  ["lib/history"],
  ["lib/redfish"],
  ["lib/bmc", "lib/leases"],
  ["lib/progress"],
  ["lib/install", "lib/change"],
  ["lib/links", "lib/status"],
  ["lib/check", "lib/report", "lib/run"],
  ["lib/power"],
  ["scripts"],
  ["."],
];

/** Rooms that decide and never do; what mod.ts exports does not either. */
const PURE: readonly string[] = ["lib/text", "lib/document", "lib/cli", "lib/boot", "lib/report"];
/** Those that look for them: at a boot directory, and at the files of a night. */
const LOOKS: readonly string[] = ["lib/boot/observe_node.ts", "lib/report/read_night.ts"];

Deno.test("every room is on a floor, and none is empty", () => {
  const rooms = new Set(sources.map(({ path }) => roomOf(path)));
  assertEquals([...rooms].sort(), FLOORS.flat().sort());
});

Deno.test("withoutComments() leaves the code, and only that", () => {
  const text = 'a; // Deno.x\n/** Deno.y */ b("// no"); `/* no */ ${c}`; "\\"// no";\n';
  assertEquals(withoutComments(text), 'a; \n b("// no"); `/* no */ ${c}`; "\\"// no";\n');
});

Deno.test("imports point down, or stay in the room", () => {
  const wrong = sources.flatMap(({ path, code }) =>
    targetsOf(path, code)
      .filter((target) => roomOf(target) !== roomOf(path) && floorOf(target) >= floorOf(path))
      .map((target) => `${path} imports ${target}`)
  );
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

Deno.test("what decides never reaches Deno, not through an import either", () => {
  const exported = [...codeOf("mod.ts").matchAll(/ from "\.\/(lib\/.+)"/g)]
    .map(([, path = ""]) => path);
  const pure = sources.map(({ path }) => path)
    .filter((path) =>
      exported.includes(path) || PURE.includes(roomOf(path)) && !LOOKS.includes(path)
    );
  assertEquals(pure.flatMap((path) => wayToDeno(path)?.join(" -> ") ?? []), []);
});

Deno.test("one place exits", () => {
  const exits = sources.filter(({ code }) => /\bDeno\.exit\b/.test(code)).map(({ path }) => path);
  assertEquals(exits, ["lib/command/process_context.ts"]);
});

Deno.test("one place has a clock", () => {
  const clocks = sources.filter(({ code }) =>
    /\b(Date|performance)\.now\b|\bnew Date\(\)/.test(code)
  ).map(({ path }) => path);
  assertEquals(clocks, ["lib/command/process_context.ts"]);
});

Deno.test("one room knows where paths really are", () => {
  const real = sources.filter(({ path, code }) =>
    roomOf(path) !== "lib/io" && /\.(real|place)\(/.test(code)
  )
    .map(({ path }) => path);
  assertEquals(real, []);
});

Deno.test("one room touches files", () => {
  const others = sources.filter(({ path, code }) =>
    roomOf(path) !== "lib/io" && /\bDeno\.(\w+Sync|open|watchFs)\(/.test(code)
  ).map(({ path }) => path);
  // They look for programs, which are not of --root.
  assertEquals(others, ["lib/bmc/program_on_path.ts", "lib/install/install.ts"]);
});

Deno.test("a name at the top of a file means one thing", () => {
  // What every command is made of.
  const shared = (path: string): string[] =>
    roomOf(path) === "scripts" ? ["options", "command"] : [];
  const places = new Map<string, string[]>();
  for (const { path, code } of sources) {
    for (const name of namesOf(code)) {
      if (!shared(path).includes(name)) places.set(name, [...places.get(name) ?? [], path]);
    }
  }
  assertEquals([...places].filter(([, paths]) => paths.length > 1), []);
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
  const codeLines = (code: string): number => code.split("\n").filter((line) => line.trim()).length;
  const long = sources.map(({ path, code }) => [path, codeLines(code)] as const)
    .filter(([, lines]) => lines > 200);
  assertEquals(long, []);
});

/** What a file declares at its top. */
function namesOf(code: string): Set<string> {
  const declared =
    /^(?:export )?(?:abstract |async )*(?:class|const|function\*?|interface|let|type) (\w+)/gm;
  return new Set([...code.matchAll(declared)].map(([, name = ""]) => name));
}

/** The directory of a file; `.` for mod.ts. */
function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

/** How high a file is; a room that nobody knows is too high for all. */
function floorOf(path: string): number {
  const floor = FLOORS.findIndex((rooms) => rooms.includes(roomOf(path)));
  return floor < 0 ? FLOORS.length : floor;
}

function codeOf(path: string): string {
  const source = sources.find((each) => each.path === path);
  assert(source, `${path} is imported and does not exist`);
  return source.code;
}

/** The files of ours that a file imports, from the root of the repository. */
function targetsOf(path: string, code: string): string[] {
  return importsOf(code).filter((name) => name.startsWith("."))
    .map((name) => new URL(name, `file:///${path}`).pathname.slice(1))
    // Data is imported from anywhere: the version from deno.json, the build from build.json.
    .filter((target) => target.endsWith(".ts"));
}

/** The chain of imports from a file to one that says `Deno.`; `null` if there is none. */
function wayToDeno(path: string, seen: Set<string> = new Set()): string[] | null {
  if (seen.has(path)) return null;
  seen.add(path);
  const code = codeOf(path);
  if (/\bDeno\./.test(code)) return [path];
  for (const target of targetsOf(path, code)) {
    const way = wayToDeno(target, seen);
    if (way) return [path, ...way];
  }
  return null;
}

function listFiles(directory: string): string[] {
  return [...Deno.readDirSync(ROOT + directory)]
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) => {
      const path = `${directory}/${name}`;
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
