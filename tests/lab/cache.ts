/**
 * What the lab builds once and keeps, outside of the source tree: the plug-in
 * of the BMC simulator, the relay that stands for a bad line, the shim of conmand, the clock of
 * recorded nights, and the kernel and initrd of a node that boots.
 *
 * @module
 */

import { sha256OfBytes } from "../../lib/text/byte_text.ts";

/** The files that a node boots. */
export interface NodeFiles {
  readonly kernel: string;
  readonly initrd: string;
  /** What `uname -r` says in it. */
  readonly version: string;
}

/**
 * Compiles the plug-in of `ipmi_sim`.
 *
 * @returns The path of the shared object.
 */
export async function pluginFile(): Promise<string> {
  const out = "plugin.so";
  return await compiled("ipmi_sim_plugin.c", { out, options: ["-shared", "-fPIC"] });
}

/**
 * Compiles the relay of a line.
 *
 * @returns The path of the program.
 */
export async function relayFile(): Promise<string> {
  return await compiled("relay.c", { out: "relay", options: [] });
}

/**
 * Compiles the way to a BMC's port 443.
 *
 * @returns The path of the program.
 */
export async function tcpRelayFile(): Promise<string> {
  return await compiled("tcp_relay.c", { out: "tcp_relay", options: [] });
}

/**
 * Compiles what tells where conmand opens sessions.
 *
 * @returns The path of the shared object.
 */
export async function conmandShim(): Promise<string> {
  const out = "conmand.so";
  return await compiled("conmand_shim.c", { out, options: ["-shared", "-fPIC"] });
}

/**
 * Compiles the clock of recorded nights.
 *
 * @returns The path of the shared object.
 */
export async function clockFile(): Promise<string> {
  const out = "clock.so";
  return await compiled("nights/clock.c", { out, options: ["-shared", "-fPIC"] });
}

async function compiled(
  name: string,
  { out, options }: { out: string; options: readonly string[] },
): Promise<string> {
  const source = here(name);
  const directory = await cached(out.replace(/\..*/, ""), [source], async (directory) => {
    await run(["gcc", ...options, "-O2", "-o", `${directory}/${out}`, source]);
  });
  return `${directory}/${out}`;
}

/**
 * Makes kernel and initrd of a node from Debian's kernel for virtual machines.
 *
 * @returns Where they are.
 */
export async function nodeFiles(): Promise<NodeFiles> {
  const script = here("node.sh");
  const directory = await cached(
    "node",
    [script, here("node_init.sh")],
    (dir) => run([script, dir]),
  );
  return {
    kernel: `${directory}/kernel`,
    initrd: `${directory}/initrd.img.xz`,
    version: (await Deno.readTextFile(`${directory}/version`)).trim(),
  };
}

/** A directory named after what it was made from, so it is never out of date. */
async function cached(
  name: string,
  sources: readonly string[],
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const directory = `${cacheDirectory()}/${name}-${await digest(sources)}`;
  if (exists(directory)) return directory;
  await Deno.mkdir(cacheDirectory(), { recursive: true });
  const made = await Deno.makeTempDir({ dir: cacheDirectory(), prefix: name });
  try {
    await Deno.chmod(made, 0o755);
    await make(made);
    // Where another test was faster, its directory is as good.
    await Deno.rename(made, directory).catch((error) => {
      if (!exists(directory)) throw error;
    });
  } finally {
    if (exists(made)) await Deno.remove(made, { recursive: true });
  }
  return directory;
}

function cacheDirectory(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") ??
    `${Deno.env.get("HOME") ?? "/root"}/.cache`;
  return `${base}/pitboot-lab`;
}

async function digest(paths: readonly string[]): Promise<string> {
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  return (await sha256OfBytes(new TextEncoder().encode(texts.join("\0")))).slice(0, 12);
}

async function run(cmd: readonly string[]): Promise<void> {
  const [program = "", ...args] = cmd;
  const { success, stderr } = await new Deno.Command(program, { args })
    .output();
  if (success) return;
  throw new Error(`${cmd.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function here(name: string): string {
  return new URL(`./${name}`, import.meta.url).pathname;
}
