/**
 * The package of the compiled program on a machine that has zypper, by the
 * very commands of the README.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeBase } from "./base_package.ts";
import { artifact, buildTest, HOST, LINKS, machine } from "./binary_kit.ts";
import { execute, printedBy } from "../installation.ts";
import { checkDocument } from "../kit.ts";

const README = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));
const PACKAGE = new URL("../../tools/package.ts", import.meta.url).pathname;
/** What the scripts below do on the machine. */
const ON_PIT = `
zypper() { command zypper --root $ROOT --non-interactive "$@" </dev/null 2>&1; }
pitboot() { in_pit /usr/bin/pitboot "$@"; }
cd $DIST
`;

buildTest(
  "zypper installs the package, and takes it away",
  { form: "compiled", needs: ["rpm", "zypper"] },
  async (t) => {
    assert(HOST);
    const program = await artifact("compiled", HOST);
    using pit = machine(program, { shell: "sh" });
    const dist = program.replace(/\/[^/]*$/, "");
    const made = await execute([
      Deno.execPath(),
      "run",
      "-q",
      "-A",
      PACKAGE,
      `--dist=${dist}`,
      "--allow-stand-ins",
    ]);
    assertEquals(made.code, 0, made.stderr);
    for (const link of ["pitboot", ...LINKS]) Deno.removeSync(`${pit.root}/root/bin/${link}`);
    Deno.writeTextFileSync(`${pit.root}/root/bin/set-sqfs-links.sh`, "old\n");
    const before = await filesOf(pit.root);
    const run = async (script: string): Promise<string> => {
      const { code, stdout, stderr } = await pit.run(`DIST=${dist}${ON_PIT}${script}`);
      assertEquals([code, stderr], [0, ""], stdout);
      return stdout;
    };
    const [, command = ""] = /'(zypper install .*)'$/m.exec(README) ?? [];
    assertMatch(command, /rpm && pitboot install$/);

    await t.step("not without what it needs", async () => {
      const repository = `${pit.directory}/base`;
      await makeBase(pit.directory, "base", await provided(dist));
      const said = await run(`zypper addrepo --no-gpgcheck dir://${repository} base >/dev/null
        ${command} && echo "it was installed" || true`);
      assertMatch(said, /nothing provides '?ipmitool'? needed by .*pitboot/);
      await makeBase(pit.directory, "ipmitool", []);
      await run("zypper refresh --force >/dev/null");
    });

    await t.step("with it, and install makes the links", async () => {
      const said = await run(command);
      assertStringIncludes(said, "keep /root/bin/set-sqfs-links.sh as");
      assertEquals(await run("pitboot install --dry-run --quiet"), "");
      for (const link of ["pitboot", ...LINKS]) {
        assertEquals(Deno.readLinkSync(`${pit.root}/root/bin/${link}`), "/usr/bin/pitboot");
      }
      // The manual pages and completion are those of the package.
      assertEquals(
        (await filesOf(`${pit.root}/usr/local`)).filter((line) => /share/.test(line)),
        [],
      );
    });

    await t.step("it works, by every link", async () => {
      const chain = ["resolve-images", "bmc-dhcp", "wait-leases", "set-links"]
        .map((name) => `in_pit /root/bin/${name} -q`).join(" | ");
      const document = checkDocument(await run(`${chain}; in_pit /root/bin/set-sqfs-links.sh -q`));
      assertEquals(document.nodes?.length, pit.nodes.length - 1);
    });

    await t.step("removed, it leaves what was there", async () => {
      await run("zypper remove pitboot");
      assertEquals(Deno.readTextFileSync(`${pit.root}/root/bin/set-sqfs-links.sh`), "old\n");
      assertEquals(await filesOf(pit.root), before);
    });
  },
);

/** What lies where programs do, or is called as ours: kind, size, what a link points to. */
async function filesOf(root: string): Promise<string[]> {
  const places = ["-path", "*/bin/*", "-o", "-path", "*/share/*", "-o", "-name", "*pitboot*"];
  const format = ["-printf", "%P %y %s %l\n"];
  const lines = await printedBy(["find", root, "!", "-type", "d", "(", ...places, ")", ...format]);
  return lines.trim().split("\n").filter((line) => !/^var\//.test(line)).sort();
}

/** What the package needs of a system, as lines by which another one has it. */
async function provided(dist: string): Promise<string[]> {
  const rpm = [...Deno.readDirSync(dist)].find(({ name }) => name.endsWith(".rpm"));
  assert(rpm);
  const needs = await printedBy([
    "rpm",
    "-qp",
    "--nosignature",
    "--requires",
    `${dist}/${rpm.name}`,
  ]);
  return needs.trim().split("\n").filter((name) => !/^(rpmlib\(|ipmitool$)/.test(name))
    .map((name) => `Provides: ${name}`);
}
