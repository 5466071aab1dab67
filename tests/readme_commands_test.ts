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
        const { code, stderr } = await shell(pit, `set -e\n${script}`);
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
