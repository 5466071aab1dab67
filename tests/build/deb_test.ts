/**
 * The Debian package: what is in it, and how dpkg installs and removes it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { execute, type Printed, printedBy } from "../installation.ts";
import { isThere } from "../kit.ts";
import {
  BINARY,
  dist,
  filesOf,
  layOutShell,
  packageIn,
  RECORD,
  RELEASE,
  write,
} from "./package_kit.ts";
import { testWith } from "../needs.ts";

const DEB = `pitboot_${config.version}-${RELEASE}_amd64.deb`;
testWith("the Debian package has everything in place", ["dpkg", "rpm"], async () => {
  using made = dist();
  await packageIn(made.directory, "--packager=Jo Doe <jo@pitboot.test>");
  const deb = `${made.directory}/${DEB}`;
  const control = await printedBy(["dpkg-deb", "--field", deb]);
  assertMatch(control, /^Package: pitboot$/m);
  assertMatch(control, /^Maintainer: Jo Doe <jo@pitboot\.test>$/m);
  assertMatch(control, /^Depends: ipmitool, libc6 \(>= 2\.27\), libgcc-s1$/m);
  assertMatch(control, /^Architecture: amd64$/m);
  assertMatch(control, /^Description: [A-Z].*\n \S.*$/m);
  const lines = (await printedBy(["dpkg-deb", "--contents", deb])).trimEnd().split("\n")
    .map((line) => line.replace(/ +\d+ \d{4}-\d\d-\d\d \d\d:\d\d /, " "));
  for (const line of lines) {
    assertMatch(line, /^(drwxr-xr-x|-rw.r-.r-.|lrwxrwxrwx) root\/root \.\/(usr\/|$)/);
  }
  assertEquals(lines.filter((line) => /bin\/./.test(line)), [
    "-rwxr-xr-x root/root ./usr/bin/pitboot",
  ]);
  const has = (line: string): void =>
    assert(lines.includes(line), `${line} in\n${lines.join("\n")}`);
  has("-rw-r--r-- root/root ./usr/share/man/man8/pitboot-run.8.gz");
  has("-rw-r--r-- root/root ./usr/share/bash-completion/completions/pitboot");
  has("-rw-r--r-- root/root ./usr/share/doc/pitboot/changelog.gz");
  const copyright = await printedBy([
    "sh",
    "-c",
    `dpkg-deb --fsys-tarfile '${deb}' | tar -xO ./usr/share/doc/pitboot/copyright`,
  ]);
  assertStringIncludes(copyright, "v8 14.5.201.2");
  assertStringIncludes(copyright, "\n---- LICENSE\n\nMIT License\n");
});

testWith("the Debian package is installed and removed, and nothing is left", [
  "busybox-static",
  "dpkg",
  "rpm",
  "root",
], async (t) => {
  using made = dist();
  await packageIn(made.directory);
  const system = `${made.directory}/system`;
  layOutShell(system);
  for (const directory of ["info", "updates"]) {
    Deno.mkdirSync(`${system}/var/lib/dpkg/${directory}`, { recursive: true });
  }
  write(`${system}/var/lib/dpkg/status`, "");
  const dpkg = async (...args: string[]): Promise<Printed> =>
    await execute(["dpkg", `--root=${system}`, "--log=/dev/null", "--force-bad-path", ...args], {
      env: { LC_ALL: "C" },
    });
  const good = async (...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await dpkg(...args);
    assertEquals([code, stderr], [0, ""], stdout);
  };
  // With the directories that every system has.
  await good("-i", await standIn(made.directory, "libc6", "Version: 2.36\nProvides: libgcc-s1"));
  const ipmitool = await standIn(made.directory, "ipmitool", "Version: 1.8");
  const before = await filesOf(system, "var/lib/dpkg");

  await t.step("not without ipmitool", async () => {
    const { code, stderr } = await dpkg("-i", `${made.directory}/${DEB}`);
    assert(code !== 0, "it was installed");
    assertStringIncludes(stderr, "pitboot depends on ipmitool");
    await good("-i", ipmitool);
    await good("--configure", "pitboot");
  });

  await t.step("it is installed, the program as it was", async () => {
    assertEquals(
      Deno.readFileSync(`${system}/usr/bin/pitboot`),
      Deno.readFileSync(`${made.directory}/${BINARY}`),
    );
    await good("--verify", "pitboot");
  });

  await t.step("installed again, it does not undo pitboot install", async () => {
    write(`${system}/var/lib/pitboot/install.json`, RECORD);
    await good("-i", `${made.directory}/${DEB}`);
    assertEquals(isThere(`${system}/called`), false);
  });

  await t.step("removed, it takes the links of pitboot install with it", async () => {
    await good("-r", "pitboot", "ipmitool");
    assertEquals(Deno.readTextFileSync(`${system}/called`), "install --uninstall --quiet\n");
    Deno.removeSync(`${system}/called`);
    Deno.removeSync(`${system}/var/lib/pitboot`, { recursive: true });
    assertEquals(await filesOf(system, "var/lib/dpkg"), before);
  });
});

/** Builds a package that has little but the usual directories. */
async function standIn(directory: string, name: string, fields: string): Promise<string> {
  const control = `Package: ${name}\n${fields}\nArchitecture: all\nMaintainer: Nobody\n` +
    "Description: A stand-in\n";
  write(`${directory}/${name}/DEBIAN/control`, control);
  for (const path of ["bin", "share/man/man8"]) {
    Deno.mkdirSync(`${directory}/${name}/usr/${path}`, { recursive: true });
  }
  // dpkg takes a package that has nothing of its own for replaced.
  write(`${directory}/${name}/usr/share/doc/${name}/copyright`, "Free.\n");
  await printedBy(["dpkg-deb", "-Zxz", "--build", `${directory}/${name}`, directory]);
  return [...Deno.readDirSync(directory)].map((entry) => `${directory}/${entry.name}`)
    .find((path) => path.includes(`/${name}_`)) ?? name;
}
