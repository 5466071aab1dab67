/**
 * pitboot puts the boot repositories of a PIT in order: which images, which
 * BMCs, who has a lease, what each node boots.
 *
 * Imported, this is the library: readers for the files of a PIT and the
 * decisions about them, without side effects. Run, it is the command
 * `pitboot`.
 *
 * @example
 * ```ts
 * import { expandHosts, parseStatics } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { bmcs } = parseStatics("dhcp-host=b4:2e:99:0b:0d:04,10.254.1.6,ncn-w001-mgmt,20m\n");
 * assertEquals(bmcs.map(({ node }) => node), expandHosts("ncn-w[001]"));
 * ```
 *
 * @module
 */

export * from "./lib/bmc_targets.ts";
export * from "./lib/boot_script.ts";
export * from "./lib/boot_tree.ts";
export * from "./lib/boot_triples.ts";
export * from "./lib/conman.ts";
export * from "./lib/document.ts";
export * from "./lib/exit_codes.ts";
export * from "./lib/format_error.ts";
export * from "./lib/host_name.ts";
export * from "./lib/host_range.ts";
export * from "./lib/kernel_image.ts";
export * from "./lib/leases.ts";
export * from "./lib/match_leases.ts";
export * from "./lib/outcome.ts";
export * from "./lib/plan_links.ts";
export * from "./lib/problems.ts";
export * from "./lib/release.ts";
export * from "./lib/roles.ts";
export * from "./lib/shape.ts";
export * from "./lib/squashfs.ts";
export * from "./lib/statics.ts";
export * from "./lib/version.ts";
export * from "./lib/xz.ts";

import { EXIT } from "./lib/exit_codes.ts";
import { VERSION } from "./lib/version.ts";

/** The commands, each loaded only when it is called. */
const COMMANDS = {
  "resolve-images": () => import("./scripts/resolve-images.ts"),
  "bmc-dhcp": () => import("./scripts/bmc-dhcp.ts"),
  "wait-leases": () => import("./scripts/wait-leases.ts"),
  "set-links": () => import("./scripts/set-links.ts"),
  "run": () => import("./scripts/run.ts"),
  "status": () => import("./scripts/status.ts"),
};

/** The shell script whose place we take did what `run` does. */
const PREDECESSOR = /^set-sqfs-links(\.sh)?$/;

if (import.meta.main) await dispatch(Deno.args);

/** Finds the command that is meant: by the name of a link, else by the first word. */
async function dispatch(words: readonly string[]): Promise<void> {
  const [word = "", ...args] = words;
  const calledAs = await linkName();
  const linked = commandOf(calledAs.replace(/^.*\//, ""));
  if (linked) return await start(linked, calledAs, words);
  const command = commandOf(word);
  if (command) return await start(command, `pitboot ${command}`, args);
  if (word === "--version") return write(Deno.stdout, `pitboot ${VERSION}\n`);
  const { overview, unknownCommand } = await import("./lib/overview.ts");
  if (word !== "" && word !== "--help" && word !== "-h") {
    write(Deno.stderr, unknownCommand(word, Object.keys(COMMANDS)));
    Deno.exit(EXIT.usage);
  }
  const modules = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const help = overview(modules.map(({ command }) => command));
  write(word === "" ? Deno.stderr : Deno.stdout, help);
  Deno.exit(word === "" ? EXIT.usage : EXIT.done);
}

/** What a link to the binary is called; the sources have no links. */
async function linkName(): Promise<string> {
  return Deno.build.standalone ? (await import("node:process")).default.argv0 : "";
}

function commandOf(name: string): keyof typeof COMMANDS | null {
  if (PREDECESSOR.test(name)) return "run";
  return Object.hasOwn(COMMANDS, name) ? name as keyof typeof COMMANDS : null;
}

async function start(
  name: keyof typeof COMMANDS,
  calledAs: string,
  args: readonly string[],
): Promise<void> {
  const [{ main }, { command }] = await Promise.all([import("./lib/io/main.ts"), COMMANDS[name]()]);
  await main(command, { name: calledAs, args });
}

function write(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  try {
    stream.writeSync(new TextEncoder().encode(text));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
