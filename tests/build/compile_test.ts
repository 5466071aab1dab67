/**
 * tools/compile.ts itself: which runtime it takes, and what it refuses. What
 * it makes is tested elsewhere.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { runtimeFile, unpack } from "../../tools/build/runtime.ts";
import { sha256Of } from "../../tools/package/program.ts";
import {
  artifact,
  builderOf,
  buildTest,
  bundlerOnly,
  compile,
  type Form,
  HOST,
  NO_NETWORK,
} from "./binary_kit.ts";
import { execute } from "../installation.ts";
import { zipSync } from "../npm/fflate.ts";
import { temporaryDirectory } from "../temporary.ts";

const NAME = `pitboot-${config.version}-${HOST?.arch}`;

test("compiled", "compile takes the runtime in Deno's cache", async (work) => {
  assert(HOST);
  const deno = await builderOf("compiled", HOST);
  const { stdout: version } = await execute([deno, "eval", "console.log(Deno.version.deno)"]);
  const runtime = runtimeFile(HOST, version.trim());
  if (runtime) await unpack(runtime, `${work}/denort`);
  else Deno.copyFileSync(Deno.env.get("DENORT_BIN") ?? "", `${work}/denort`);
  const made = await artifact("compiled", HOST);
  // As Deno keeps what it has downloaded.
  const directory = `${work}/dl/release/v${version.trim()}`;
  Deno.mkdirSync(directory, { recursive: true });
  const zip = zipSync({ denort: [Deno.readFileSync(`${work}/denort`), { level: 0 }] });
  Deno.writeFileSync(`${directory}/denort-${HOST.triple}.zip`, zip);
  const result = await compile(deno, [`--out=${work}`], {
    env: await bundlerOnly(work),
  });
  assertEquals([result.code, result.stdout], [0, `${work}/${NAME}\n`], result.stderr);
  assertMatch(result.stderr, /^compile: \d+ MB\n$/);
  assertEquals(await sha256Of(`${work}/${NAME}`), await sha256Of(made));
});

Deno.test("compile refuses what it cannot build, and makes nothing", async (t) => {
  using temporary = temporaryDirectory();
  const work = temporary.directory;
  const file = (name: string, content: Uint8Array): string => {
    Deno.writeFileSync(`${work}/${name}`, content);
    return `${work}/${name}`;
  };
  const text = file("text", new TextEncoder().encode("no program\n"));
  const program = file("program", executable("no Deno"));
  const older = file("older", executable("notes on Deno/0.80.0", "Deno/2.3.7"));
  const newer = file("newer", executable("Deno/2.9.2"));
  const files = [...Deno.readDirSync(work)].map(({ name }) => name);
  const cases: [name: string, args: string[], env: Record<string, string>, code: number, RegExp][] =
    [
      ["an unknown option", ["--fast"], {}, 2, /^compile: Unknown option '--fast'/],
      ["another machine", ["--target=riscv64"], {}, 2, /riscv64; --target is x86_64 or aarch64\n$/],
      [
        "a runtime that is missing",
        [],
        { DENORT_BIN: `${work}/x` },
        1,
        /DENORT_BIN \S+x cannot be/,
      ],
      ["a runtime that is none", [], { DENORT_BIN: text }, 1, /text is no executable for Linux on/],
      ["a runtime of another program", [], { DENORT_BIN: program }, 1, /program is no Deno\n$/],
      ["a runtime of another Deno", [], { DENORT_BIN: older }, 1, /older is of Deno 2\.3\.7, and /],
      ["a time that is none", [], { SOURCE_DATE_EPOCH: "now" }, 1, /SOURCE_DATE_EPOCH is no time/],
      ["a Deno that is none", ["--self-extracting", `--deno=${text}`], {}, 1, /text is no executa/],
      [
        "a Deno with a debugger for everybody",
        ["--self-extracting", `--deno=${newer}`],
        {},
        1,
        /newer is Deno 2\.9\.2, which opens a debugger .* SIGUSR1; take 2\.9\.1 or older\n$/,
      ],
      [
        "a Deno of old",
        ["--self-extracting", `--deno=${older}`],
        {},
        1,
        /2\.3\.7; pitboot needs 2\./,
      ],
    ];
  for (const [name, args, env, code, message] of cases) {
    await t.step(name, async () => {
      const result = await compile(Deno.execPath(), [`--out=${work}/out`, ...args], {
        env: { ...NO_NETWORK, ...env },
      });
      assertEquals([result.code, result.stdout], [code, ""], result.stderr);
      assertMatch(result.stderr, message);
      assertMatch(result.stderr.trim(), /^compile: [^\n]*$/m);
      assertEquals([...Deno.readDirSync(work)].map(({ name }) => name), files);
    });
  }
});

/** A test that builds in a directory of its own. */
function test(form: Form, name: string, fn: (work: string) => Promise<void>): void {
  buildTest(name, { form }, async () => {
    using temporary = temporaryDirectory();
    await fn(temporary.directory);
  });
}

/** As much of an executable for this machine as anybody looks at. */
function executable(...texts: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(256);
  bytes.set(new TextEncoder().encode(`\x7fELF`));
  new DataView(bytes.buffer).setUint16(18, HOST?.elfMachine ?? 0, true);
  bytes.set(new TextEncoder().encode(texts.join("\0")), 64);
  return bytes;
}
