/**
 * A registry as JSR is one, on this machine: real packages of the texts in
 * tools/std, with a manifest each.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { sha256OfBytes } from "../../lib/text/byte_text.ts";

/** How it answers. */
export type Answers = "well" | "with 503" | "with something else" | "never";

/** A registry that goes away at the end of its block. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
  /** Where Deno keeps what comes from it. */
  readonly directory: string;
  answers: Answers;
}

/** Starts one. */
export async function startRegistry(): Promise<Registry> {
  const files = new Map<string, string>();
  for (const specifier of Object.values(config.imports)) {
    const [, name = "", version = ""] = /^jsr:@std\/(.+)@(.+)$/.exec(specifier) ?? [];
    for (const [path, text] of await packageFiles(name, version)) files.set(path, text);
  }
  const end = new AbortController();
  const server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    signal: end.signal,
    onListen: () => {},
  }, async ({ url }) => {
    if (registry.answers === "never") await aborted(end.signal);
    if (registry.answers === "with 503") return new Response("", { status: 503 });
    if (registry.answers === "with something else") return new Response("<html>Log in</html>");
    const text = files.get(new URL(url).pathname);
    const type = url.endsWith(".ts") ? "application/typescript" : "application/json";
    return new Response(text ?? "", {
      status: text === undefined ? 404 : 200,
      headers: { "content-type": type },
    });
  });
  const { port } = server.addr;
  const registry: Registry = {
    url: `http://127.0.0.1:${port}/`,
    directory: `vendor/http_127.0.0.1_${port}/@std`,
    answers: "well",
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await server.finished;
    },
  };
  return registry;
}

async function packageFiles(
  name: string,
  version: string,
): Promise<[path: string, text: string][]> {
  const text = Deno.readTextFileSync(new URL(`../../tools/std/${name}.ts`, import.meta.url));
  const bytes = new TextEncoder().encode(text);
  const manifest = {
    "/mod.ts": { size: bytes.length, checksum: `sha256-${await sha256OfBytes(bytes)}` },
  };
  const place = `/@std/${name}`;
  return [
    [`${place}/meta.json`, JSON.stringify({ versions: { [version]: {} } })],
    [`${place}/${version}_meta.json`, JSON.stringify({ manifest, exports: { ".": "./mod.ts" } })],
    [`${place}/${version}/mod.ts`, text],
  ];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}
