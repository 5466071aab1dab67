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

export * from "./lib/links/boot_script.ts";
export * from "./lib/images/boot_triples.ts";
export * from "./lib/bmc/conman.ts";
export * from "./lib/document/document.ts";
export * from "./lib/document/exit_codes.ts";
export * from "./lib/text/format_error.ts";
export * from "./lib/text/host_range.ts";
export * from "./lib/images/kernel_image.ts";
export * from "./lib/leases/leases.ts";
export * from "./lib/leases/match_leases.ts";
export * from "./lib/text/release.ts";
export * from "./lib/text/shape.ts";
export * from "./lib/images/squashfs.ts";
export * from "./lib/nodes/statics.ts";
export * from "./lib/cli/version.ts";
export * from "./lib/images/xz.ts";

import { BUILD } from "./lib/cli/build.ts";
import type { Manual } from "./lib/cli/manual.ts";
import { EXIT } from "./lib/document/exit_codes.ts";
import { versionText } from "./lib/cli/version.ts";

/**
 * The commands. `import.meta.resolve()` hides them from Deno, which would load
 * the modules of all commands to run one of them; a build, which is to have
 * them all, puts plain imports in its place.
 */
const COMMANDS = {
  "resolve-images": (): Promise<typeof import("./scripts/resolve-images.ts")> =>
    import(import.meta.resolve("./scripts/resolve-images.ts")),
  "bmc-dhcp": (): Promise<typeof import("./scripts/bmc-dhcp.ts")> =>
    import(import.meta.resolve("./scripts/bmc-dhcp.ts")),
  "wait-leases": (): Promise<typeof import("./scripts/wait-leases.ts")> =>
    import(import.meta.resolve("./scripts/wait-leases.ts")),
  "set-links": (): Promise<typeof import("./scripts/set-links.ts")> =>
    import(import.meta.resolve("./scripts/set-links.ts")),
  "run": (): Promise<typeof import("./scripts/run.ts")> =>
    import(import.meta.resolve("./scripts/run.ts")),
  "status": (): Promise<typeof import("./scripts/status.ts")> =>
    import(import.meta.resolve("./scripts/status.ts")),
  "install": (): Promise<typeof import("./scripts/install.ts")> =>
    import(import.meta.resolve("./scripts/install.ts")),
  "completions": (): Promise<typeof import("./scripts/completions.ts")> =>
    import(import.meta.resolve("./scripts/completions.ts")),
  "man": (): Promise<typeof import("./scripts/man.ts")> =>
    import(import.meta.resolve("./scripts/man.ts")),
};

/** The shell script whose place we take did what `run` does. */
const PREDECESSOR = /^set-sqfs-links(\.sh)?$/;

if (import.meta.main) await dispatch(await call());

/** What stood on the command line. */
interface Call {
  /** The name of the file or link; empty when run from the sources. */
  readonly calledAs: string;
  /** The file that runs; `null` when run from the sources. */
  readonly program: string | null;
  readonly words: readonly string[];
}

/** Finds the command that is meant: by the name of a link, else by the first word. */
async function dispatch({ calledAs, program, words }: Call): Promise<void> {
  const [word = "", ...args] = words;
  const linked = commandOf(calledAs.replace(/^.*\//, ""));
  if (linked) return await start(linked, { calledAs, program, words });
  const command = commandOf(word);
  if (command) {
    return await start(command, { calledAs: `pitboot ${command}`, program, words: args });
  }
  if (word === "--version" || (word === "--verbose" && args.includes("--version"))) {
    return write(Deno.stdout, versionText({ verbose: words.includes("--verbose") }));
  }
  const { overview, unknownCommand }: typeof import("./lib/cli/overview.ts") = await import(
    import.meta.resolve("./lib/cli/overview.ts")
  );
  if (word !== "" && word !== "--help" && word !== "-h") {
    write(Deno.stderr, unknownCommand(word, Object.keys(COMMANDS)));
    Deno.exit(EXIT.usage);
  }
  const help = overview(await manuals());
  write(word === "" ? Deno.stderr : Deno.stdout, help);
  Deno.exit(word === "" ? EXIT.usage : EXIT.done);
}

async function call(): Promise<Call> {
  if (BUILD?.form === "self-extracting") {
    // Its header hands its own name over, in front.
    const [calledAs = "", ...words] = Deno.args;
    return { calledAs, program: calledAs, words };
  }
  if (!Deno.build.standalone) return { calledAs: "", program: null, words: Deno.args };
  const calledAs = (await import("node:process")).default.argv0;
  return { calledAs, program: Deno.execPath(), words: Deno.args };
}

function commandOf(name: string): keyof typeof COMMANDS | null {
  if (PREDECESSOR.test(name)) return "run";
  return Object.hasOwn(COMMANDS, name) ? name as keyof typeof COMMANDS : null;
}

async function start(
  name: keyof typeof COMMANDS,
  { calledAs, program, words }: Call,
): Promise<void> {
  const { command } = await COMMANDS[name]();
  const { main }: typeof import("./lib/command/main.ts") = await import(
    import.meta.resolve("./lib/command/main.ts")
  );
  await main(command, { name: calledAs, args: words, program, manuals });
}

/**
 * Gets the manuals of all commands, from which help, manual pages and
 * completion are made.
 *
 * @returns In the order of the help.
 */
export async function manuals(): Promise<readonly Manual[]> {
  const modules = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return modules.map(({ command }) => command);
}

function write(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  try {
    stream.writeSync(new TextEncoder().encode(text));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
