/**
 * The commands of the READMEs, typed as they stand there.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { callInProcess } from "./in_process.ts";
import { environment, shell, type TemporaryPit, temporaryPit } from "./kit.ts";

const ROOT = new URL("../", import.meta.url).pathname;

for (const page of ["README.md", "scripts/README.md"]) {
  const blocks = blocksOf(page).filter((block) => /^pitboot /m.test(block));
  Deno.test(`${page}: its ${blocks.length} blocks of commands work as they are typed`, async (t) => {
    assert(blocks.length > 0);
    for (const block of blocks) {
      await t.step(block.trim().split("\n").at(-1) ?? "", async () => {
        using pit = temporaryPit();
        if (/history \d/.test(block)) await makeChanges(pit);
        // No BMC has a lease before it is set: that wait need not be long.
        const script = block.replace("--timeout 60s", "--timeout 1s");
        // What is written to a file does not stay.
        const { code, stderr } = await shell(pit, `set -e\ncd ${pit.directory}\n${script}`);
        assertEquals(code, 0, stderr);
      });
    }
  });
}

Deno.test("README.md: the sources work where they are unpacked", async () => {
  const [block = "", ...others] = blocksOf("README.md").filter((block) => /^tar /m.test(block));
  assertEquals(others, []);
  using pit = temporaryPit();
  // Where a test runs, setup has been.
  const script = block.replace(/^deno task setup$/m, ":").replaceAll(
    "/opt/pitboot",
    `${pit.directory}/unpacked`,
  )
    .replace(/ run$/m, " run --root=$ROOT");
  assert(script !== block);
  const env = environment(pit);
  const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", `ssh() { shift; (cd / && eval "$*"); }\nset -e\n${script}`],
    cwd: ROOT,
    env: {
      ...env,
      ROOT: pit.root,
      PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:${env["PATH"]}`,
    },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  assertEquals(code, 0, text(stderr));
  assert(text(stdout).endsWith("/var/www is ready.\n"), text(stdout));
});

Deno.test("README.md: what is copied to the PIT is found there", async (t) => {
  const blocks = blocksOf("README.md").filter((block) => /^scp /m.test(block));
  assertEquals(blocks.length, 2);
  for (const block of blocks) {
    await t.step(block.split("\n")[0] ?? "", async () => {
      using pit = temporaryPit();
      const dist = `${pit.directory}/here/dist`;
      for (const path of [dist, `${pit.directory}/home`]) Deno.mkdirSync(path, { recursive: true });
      // All that compile and package make; a pattern must fit one of them.
      for (const name of MADE) Deno.writeTextFileSync(`${dist}/${name}`, "#!/bin/sh\necho $0 $*\n");
      const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
        args: ["-c", `${STAND_INS}\nset -e\n${block}`],
        cwd: `${pit.directory}/here`,
        env: { PIT: pit.directory },
      }).output();
      const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
      assertEquals([code, text(stderr)], [0, ""]);
      assert(text(stdout).includes("pitboot install\n"), text(stdout));
    });
  }
});

/** What is in dist/. */
const MADE = ["x86_64", "aarch64"].flatMap((arch) => [
  `pitboot-0.1.0-${arch}`,
  `pitboot-0.1.0-1.${arch}.rpm`,
  `pitboot_0.1.0-1_${arch === "x86_64" ? "amd64" : "arm64"}.deb`,
]).concat("SHA256SUMS");

/** Copies one file below the directory of the PIT, and works there with what was copied. */
const STAND_INS = `
place() { case $1 in pit:/*) echo "$PIT\${1#pit:}" ;; *) echo "$PIT/home/\${1#pit:}" ;; esac; }
scp() {
  [ $# = 2 ] && [ -f "$1" ] || { echo "scp $*" >&2; return 1; }
  to=$(place "$2"); mkdir -p "\${to%/*}"; cp "$1" "$to"
}
ssh() { shift; (cd "$PIT/home" && eval "$*"); }
zypper() { shift 2; [ $# = 1 ] && [ -f "$1" ] || { echo "zypper $*" >&2; return 1; }; }
pitboot() { echo "pitboot $*"; }`;

/** As many changes as the numbers in the commands. */
async function makeChanges(pit: TemporaryPit): Promise<void> {
  await callInProcess(pit, ["run"]);
  for (let i = 0; i < 3; i++) {
    await callInProcess(pit, ["offline", "--nodes", "ncn-w003"]);
    await callInProcess(pit, ["online", "--nodes", "ncn-w003"]);
  }
}

/** What stands in the blocks of shell commands. */
function blocksOf(page: string): string[] {
  const found = Deno.readTextFileSync(ROOT + page).matchAll(/^```sh\n(.*?)^```/gms);
  return [...found].map(([, block = ""]) => block);
}
