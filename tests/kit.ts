/**
 * What tests of whole commands share: throw-away PITs, pitboot as a process,
 * and a look at every document that comes out.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Document, DOCUMENT_SCHEMA, parseDocument } from "../mod.ts";
import { makePit, type Pit, type PitOptions } from "../tools/pit/make_pit.ts";
import { Ajv2020 } from "./npm/ajv.ts";

const MOD = new URL("../mod.ts", import.meta.url).pathname;
const CONFIG = new URL("../deno.json", import.meta.url).pathname;
const validate = new Ajv2020({ allowUnionTypes: true }).compile(DOCUMENT_SCHEMA);

/** A PIT that goes away at the end of its block. */
export type TemporaryPit = Pit & Disposable & { readonly folder: string };

/** Makes a PIT in a temporary folder. */
export function temporaryPit(options: PitOptions = {}): TemporaryPit {
  const folder = Deno.makeTempDirSync({ prefix: "pitboot-test-" });
  const pit = makePit(folder, options);
  return { ...pit, folder, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

/** How to call pitboot. */
export interface CallOptions {
  /** Standard input; nothing is `/dev/null`. */
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  /** Aborted: the process gets SIGINT. */
  readonly interrupt?: AbortSignal;
}

/** What came of a call. */
export interface CallResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The document on standard output, checked against the schema. */
  readonly document: Document;
}

/** What a shell would type for pitboot, as a list. */
export const PITBOOT: readonly string[] = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--no-prompt",
  `--config=${CONFIG}`,
  "--permission-set=pitboot",
  MOD,
];

/** The environment that pitboot gets from a PIT's administrator. */
export function environment(pit: Pit, env: Record<string, string> = {}): Record<string, string> {
  const home = { HOME: Deno.env.get("HOME") ?? "/", DENO_DIR: Deno.env.get("DENO_DIR") ?? "" };
  const kept = Object.fromEntries(Object.entries(home).filter(([, value]) => value));
  return { ...kept, PATH: `${pit.bin}:/usr/bin:/bin`, IPMI_PASSWORD: "initial0", ...env };
}

/** Runs `pitboot ARGS --root=…` as a process of its own. */
export async function pitboot(
  pit: Pit,
  args: readonly string[],
  { stdin, env, interrupt }: CallOptions = {},
): Promise<CallResult> {
  const [program = "", ...before] = PITBOOT;
  const child = new Deno.Command(program, {
    args: [...before, ...args, `--root=${pit.root}`],
    env: environment(pit, env),
    clearEnv: true,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  interrupt?.addEventListener("abort", () => child.kill("SIGINT"));
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  return new Result(code, decode(stdout), decode(stderr));
}

class Result implements CallResult {
  constructor(readonly code: number, readonly stdout: string, readonly stderr: string) {
    // Every document that any test sees is held against the schema.
    if (stdout.startsWith("{")) void this.document;
  }

  get document(): Document {
    return checkDocument(this.stdout);
  }
}

/** Reads a document and holds it against the JSON Schema with a real validator. */
export function checkDocument(json: string): Document {
  const document = parseDocument(json);
  assertEquals(validate(document) ? null : validate.errors, null);
  return document;
}

/** The tree below a folder: links with their targets, files with their text. */
export function treeOf(folder: string): Record<string, string> {
  const tree: Record<string, string> = {};
  const visit = (path: string): void => {
    for (const { name, isDirectory, isSymlink } of Deno.readDirSync(`${folder}/${path}`)) {
      const inner = path ? `${path}/${name}` : name;
      if (isSymlink) tree[inner] = `-> ${Deno.readLinkSync(`${folder}/${inner}`)}`;
      else if (isDirectory) {
        tree[`${inner}/`] = "";
        visit(inner);
      } else {
        tree[inner] = Array.from(
          Deno.readFileSync(`${folder}/${inner}`),
          (byte) => String.fromCharCode(byte),
        ).join("");
      }
    }
  };
  visit("");
  return tree;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
