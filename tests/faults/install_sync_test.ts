import { assert, assertEquals } from "@std/assert";
import { dirname } from "@std/path/dirname";
import { execute, PROGRAM, temporaryRoot } from "../installation.ts";
import { isThere, PITBOOT } from "../kit.ts";
import { testWith } from "../needs.ts";

const RECORD = "/var/lib/pitboot/install.json";

testWith("install is done when all names are on disk, and forgets nothing before", [
  "strace",
], async (t) => {
  using system = temporaryRoot();
  for (const path of ["root/bin", "usr/local/share"]) {
    Deno.mkdirSync(`${system.root}/${path}`, { recursive: true });
  }
  Deno.writeTextFileSync(`${system.root}/root/bin/set-sqfs-links.sh`, "old\n");

  await t.step("install", async () => {
    const calls = await trace(system.root, []);
    const recorded = calls.findIndex(({ name, path }) => name === "rename" && path === RECORD);
    const first = calls.findIndex(({ path }) => path.startsWith("/root/bin/"));
    assert(recorded >= 0 && recorded < first, `recorded at ${recorded}, changed at ${first}`);
    assertEquals(unsynced(calls), []);
    // Nothing is ours on disk before that is on disk.
    for (const path of ["/var", "/var/lib", "/var/lib/pitboot"]) {
      const synced = calls.findIndex((call) => call.name === "fsync" && call.path === path);
      assert(synced >= 0 && synced < first, `${path} is synced at ${synced}`);
    }
  });

  await t.step("uninstall", async () => {
    const calls = await trace(system.root, ["--uninstall"]);
    const forgotten = calls.findIndex(({ name, path }) => name === "unlink" && path === RECORD);
    // What is gone itself need not be on disk, only that it is gone.
    const left = (calls: readonly Call[]): string[] =>
      unsynced(calls).filter((path) => isThere(system.root + path));
    assert(forgotten > 0 && calls.some(({ path }) => path === "/usr/local/share/man"));
    assertEquals([left(calls.slice(0, forgotten)), left(calls)], [[], []]);
  });
});

/** A call that changes a name in a directory, or waits for the disk. */
interface Call {
  readonly name: string;
  /** As seen from inside. */
  readonly path: string;
}

/** Runs `install ARGS`, and lists what it asks of the kernel. */
async function trace(root: string, args: readonly string[]): Promise<Call[]> {
  const log = `${root}.calls`;
  const names = ["mkdir", "symlink", "link", "rename", "unlink", "rmdir"];
  const both = [...names, ...names.map((name) => `${name}at`), "renameat2"].map((name) =>
    `?${name}`
  );
  const strace = ["strace", "-f", "-y", "-qq", "-o", log, "-e", `trace=fsync,${both.join(",")}`];
  const words = [...PITBOOT, "install", `--root=${root}`, `--binary=${PROGRAM}`, ...args];
  const { code, stderr } = await execute([...strace, ...words]);
  assertEquals(code, 0, stderr);
  const lines = Deno.readTextFileSync(log).split("\n");
  Deno.removeSync(log);
  return lines.flatMap((line) => {
    const [, name = "", given = ""] = /^\d+ +(\w+)\((.*)\) += 0$/.exec(line) ?? [];
    // Of two names the second is the one that is new.
    const path = [...given.matchAll(/["<]([^">]*)[">]/g)].at(-1)?.[1] ?? "";
    if (path !== root && !path.startsWith(`${root}/`)) return [];
    return [{ name: name.replace(/at2?$/, ""), path: path.slice(root.length) }];
  });
}

/** The directories in which something was changed after the last wait for them. */
function unsynced(calls: readonly Call[]): string[] {
  const directories = new Set<string>();
  for (const { name, path } of calls) {
    if (name === "fsync") directories.delete(path || "/");
    else directories.add(dirname(path));
  }
  return [...directories].sort();
}
