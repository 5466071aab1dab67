/**
 * `deno task setup`, in a checkout of its own.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { whyNotDeno } from "../../tools/setup/deno_version.ts";
import { joinLocks, readLock } from "../../tools/setup/lock.ts";
import { reasonOf, vendorDirectory } from "../../tools/setup/registry.ts";
import { execute } from "../installation.ts";
import { isThere, treeOf } from "../kit.ts";
import { type Registry, startRegistry } from "./registry.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../temporary.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PATH = `path/${config.imports["@std/path"].replace(/.*@/, "")}`;
const NPM = `${ROOT}tests/npm`;

Deno.test("setup takes the packages of the registry, and asks it once", async () => {
  await using registry = await startRegistry();
  using checkout = temporaryCheckout();
  assertEquals(await setUp(checkout, registry), []);
  assertEquals(kindOf(checkout, registry), "package");
  registry.answers = "with 503";
  assertEquals(await setUp(checkout, registry), []);
  assertEquals(kindOf(checkout, registry), "package");
});

Deno.test("setup says why the registry does not do, and takes stand-ins", async (t) => {
  const cases: [answers: Registry["answers"], why: RegExp][] = [
    ["with 503", /it answers with HTTP 503/],
    ["with something else", /it answers, but has no @std\/\w+ [\d.]+/],
    ["never", /no answer within 3 s/],
  ];
  for (const [answers, why] of cases) {
    await t.step(`it answers ${answers}`, async () => {
      await using registry = await startRegistry();
      using checkout = temporaryCheckout();
      registry.answers = answers;
      const [first = "", ...others] = await setUp(checkout, registry);
      assertMatch(first, why);
      assertEquals(others, ["setup: vendor/ holds the stand-ins of tools/std"]);
      assertEquals(kindOf(checkout, registry), "stand-in");
      registry.answers = "well";
      assertEquals(await setUp(checkout, registry), [], "they stay");
      assertEquals(kindOf(checkout, registry), "stand-in");
    });
  }
});

const AGAIN = /^setup: vendor\/.* is not what it was; it is downloaded again$/;
/** What may have become of packages, and what setup says when it has repaired them. */
const DAMAGE: readonly [name: string, damage: (directory: string) => void, said: RegExp][] = [
  ["a file is another", (at) => Deno.writeTextFileSync(`${at}/${PATH}/mod.ts`, "x"), AGAIN],
  ["a file is cut off", (at) => Deno.truncateSync(`${at}/${PATH}/mod.ts`, 9), AGAIN],
  ["a list of files is cut off", (at) => Deno.truncateSync(`${at}/${PATH}_meta.json`, 9), AGAIN],
  ["a list of files is missing", (at) => Deno.removeSync(`${at}/${PATH}_meta.json`), /^$/],
];

Deno.test("setup repairs packages", async (t) => {
  for (const [name, damage, said] of DAMAGE) {
    await t.step(name, async () => {
      await using registry = await startRegistry();
      using checkout = temporaryCheckout();
      await setUp(checkout, registry);
      const before = filesOf(checkout, registry);
      damage(`${checkout.directory}/${registry.directory}`);
      assertMatch((await setUp(checkout, registry)).join("\n"), said);
      assertEquals(filesOf(checkout, registry), before);
    });
  }
});

Deno.test("setup goes on where it was killed", async () => {
  await using registry = await startRegistry();
  using checkout = temporaryCheckout();
  await setUp(checkout, registry);
  const before = filesOf(checkout, registry);
  const { directory } = checkout;
  Deno.removeSync(`${directory}/${registry.directory}/${PATH}/mod.ts`);
  Deno.removeSync(`${directory}/vendor/jsr.lock`);
  Deno.removeSync(`${directory}/vendor/deno.lock`);
  assertEquals(await setUp(checkout, registry), []);
  assertEquals(filesOf(checkout, registry), before);
  assert(isThere(`${directory}/vendor/deno.lock`));
});

Deno.test("setup takes stand-ins for all where packages cannot be repaired", async () => {
  await using registry = await startRegistry();
  using checkout = temporaryCheckout();
  await setUp(checkout, registry);
  Deno.writeTextFileSync(`${checkout.directory}/${registry.directory}/${PATH}/mod.ts`, "x");
  registry.answers = "with 503";
  assertEquals((await setUp(checkout, registry)).length, 2);
  const { isFile } = Deno.statSync(`${checkout.directory}/vendor/deno.lock`);
  assertEquals([isFile, kindOf(checkout, registry)], [true, "stand-in"]);
});

Deno.test("setup does not believe a lock of packages that are gone", async () => {
  await using registry = await startRegistry();
  using checkout = temporaryCheckout();
  await setUp(checkout, registry);
  Deno.removeSync(`${checkout.directory}/${registry.directory}`, { recursive: true });
  registry.answers = "with 503";
  assertEquals((await setUp(checkout, registry)).length, 2);
  assertEquals(kindOf(checkout, registry), "stand-in");
});

Deno.test("setup repairs stand-ins", async (t) => {
  for (const [name, damage] of DAMAGE) {
    await t.step(name, async () => {
      await using registry = await startRegistry();
      using checkout = temporaryCheckout();
      registry.answers = "with 503";
      await setUp(checkout, registry);
      const before = filesOf(checkout, registry);
      damage(`${checkout.directory}/${registry.directory}`);
      assertEquals(await setUp(checkout, registry), []);
      assertEquals(filesOf(checkout, registry), before);
    });
  }
});

Deno.test("setup adds to a lock of npm what is installed", async () => {
  await using registry = await startRegistry();
  using checkout = temporaryCheckout();
  await setUp(checkout, registry);
  const lock = readLock(`${checkout.directory}/vendor/deno.lock`);
  const { npm = {}, specifiers = {} } = readLock(`${NPM}/deno.lock`) ?? {};
  assertEquals(lock?.npm, npm);
  assertEquals(
    Object.keys(lock?.specifiers ?? {}).sort(),
    [...Object.values(config.imports), ...Object.keys(specifiers)].sort(),
  );
});

Deno.test("joinLocks() sorts what is asked for", () => {
  const npm = { version: "5", specifiers: { "npm:a@1": "1" }, npm: { "a@1": {} } };
  const jsr = { version: "5", specifiers: { "jsr:@std/b@2": "2" }, jsr: {}, workspace: {} };
  assertEquals(Object.keys(joinLocks(npm, jsr).specifiers ?? {}), ["jsr:@std/b@2", "npm:a@1"]);
});

Deno.test("the lock of npm names every package of the tests, and no registry", () => {
  const text = Deno.readTextFileSync(`${NPM}/deno.lock`);
  const { specifiers, npm } = JSON.parse(text);
  const asked = [...Deno.readDirSync(NPM)].filter(({ name }) => name.endsWith(".ts"))
    .flatMap(({ name }) => [
      ...Deno.readTextFileSync(`${NPM}/${name}`).matchAll(/"(npm:(?:@\w+\/)?[^@]+@[\d.]+)/g),
    ])
    .map(([, specifier]) => specifier);
  assertEquals(Object.keys(specifiers).sort(), [...new Set(asked)].sort());
  for (const [name, { integrity }] of Object.entries<{ integrity: string }>(npm)) {
    assertMatch(integrity, /^sha512-/, name);
  }
  assertEquals(text.includes("://"), false);
});

Deno.test("whyNotDeno() refuses what is too old", async (t) => {
  const sentence = (version: string): string =>
    `pitboot needs Deno 2.6.8 or newer, this is ${version}`;
  const cases: [version: string, why: string | null][] = [
    ["2.4.4", sentence("2.4.4")],
    ["2.6.7", sentence("2.6.7")],
    ["2.6.8", null],
    ["2.6.10", null],
    ["2.10.0", null],
    ["3.0.0", null],
  ];
  for (const [version, why] of cases) {
    await t.step(version, () => assertEquals(whyNotDeno(version), why));
  }
});

Deno.test("reasonOf() says what kept an answer from coming", async (t) => {
  const sent = "error sending request for url (https://jsr.io/@std/path/meta.json): ";
  const cases: [name: string, error: Error, reason: string][] = [
    [
      "nobody",
      new TypeError(`${sent}client error (Connect): tcp connect error`),
      "tcp connect error",
    ],
    [
      "a proxy",
      new TypeError(`${sent}client error (Connect): invalid peer certificate: UnknownIssuer`),
      "invalid peer certificate: UnknownIssuer; if a proxy signs what comes through, DENO_TLS_CA_STORE=system or DENO_CERT=FILE makes its certificate known",
    ],
    [
      "no name",
      new TypeError("fetch failed", {
        cause: new Error(`${sent}client error (Connect): dns error`),
      }),
      "dns error",
    ],
    ["silence", new DOMException("Signal timed out.", "TimeoutError"), "no answer within 3 s"],
  ];
  for (const [name, error, reason] of cases) {
    await t.step(name, () => assertEquals(reasonOf(error), reason));
  }
});

Deno.test("vendorDirectory() is where Deno keeps what comes from a registry", async (t) => {
  const cases: [url: string, directory: string][] = [
    ["https://jsr.io/", "vendor/jsr.io"],
    ["https://mirror.site:8443/", "vendor/mirror.site_8443"],
    ["http://mirror.site/", "vendor/http_mirror.site"],
  ];
  for (const [url, directory] of cases) {
    await t.step(url, () => assertEquals(vendorDirectory(new URL(url)), directory));
  }
});

/** What set-up needs of a checkout. */
function temporaryCheckout(): TemporaryDirectory {
  const temporary = temporaryDirectory();
  Deno.copyFileSync(`${ROOT}deno.json`, `${temporary.directory}/deno.json`);
  for (const name of ["lib", "tools", "tests"]) {
    Deno.symlinkSync(`${ROOT}${name}`, `${temporary.directory}/${name}`);
  }
  return temporary;
}

/** Runs it; what it says. */
async function setUp({ directory }: TemporaryDirectory, { url }: Registry): Promise<string[]> {
  const { code, stdout, stderr } = await execute(
    [
      "/bin/sh",
      "-c",
      'cd "$0" && exec "$@"',
      directory,
      Deno.execPath(),
      "task",
      "--quiet",
      "setup",
    ],
    { env: { JSR_URL: url, DENO_DIR: `${directory}/deno`, NO_COLOR: "1" } },
  );
  assertEquals({ code, stdout }, { code: 0, stdout: "" }, stderr);
  return stderr.split("\n").filter((line) => line !== "");
}

/** What it has installed, by the list of the files of a package. */
function kindOf({ directory }: TemporaryDirectory, registry: Registry): "package" | "stand-in" {
  const meta = Deno.readTextFileSync(`${directory}/${registry.directory}/${PATH}_meta.json`);
  return Object.keys(JSON.parse(meta).manifest).length > 0 ? "package" : "stand-in";
}

function filesOf({ directory }: TemporaryDirectory, registry: Registry): Record<string, string> {
  return treeOf(`${directory}/${registry.directory}`);
}
