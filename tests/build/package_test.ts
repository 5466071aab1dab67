import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import type { Build } from "../../lib/cli/build.ts";
import { manuals } from "../../scripts/commands.ts";
import { buildRpm } from "../../tools/package/build_rpm.ts";
import { readChangelog } from "../../tools/package/changelog.ts";
import { findPrograms } from "../../tools/package/program.ts";
import { sbomOf } from "../../tools/package/sbom.ts";
import { makeBase } from "./base_package.ts";
import { execute, type Printed, printedBy } from "../installation.ts";
import { isThere, treeOf } from "../kit.ts";
import { testWith } from "../needs.ts";
import { JsonStrictValidator, Version } from "../npm/cyclonedx.ts";
import {
  ARCHES,
  BINARY,
  BUILD,
  dist,
  filesOf,
  layOutShell,
  packageIn,
  program,
  RECORD,
  RELEASE,
  runPackage,
  TIME,
  write,
} from "./package_kit.ts";
import { temporaryDirectory } from "../temporary.ts";

const { version } = config;
const CHANGELOG = Deno.readTextFileSync(new URL("../../CHANGELOG.md", import.meta.url));
const RPM = `pitboot-${version}-${RELEASE}.x86_64.rpm`;
const UPGRADE = "pitboot-99-1.x86_64.rpm";
/** Where SLES has the database. Debian's rpm has it elsewhere, and warns of itself. */
const RPM_OPTIONS = ["--dbpath=/var/lib/rpm", "--nosignature"];
testWith(
  "package makes the same bytes of the same programs, for both machines",
  ["rpm"],
  async () => {
    using first = dist();
    using second = dist();
    const printed = await packageIn(first.directory);
    assertEquals(
      printed.trim().split("\n").map((path) => path.replace(`${first.directory}/`, "")),
      [
        ...ARCHES.flatMap((arch) => [
          `pitboot-${version}-${RELEASE}.${arch}.rpm`,
          `pitboot_${version}-${RELEASE}_${arch === "x86_64" ? "amd64" : "arm64"}.deb`,
          `pitboot-${version}-${arch}.cdx.json`,
        ]),
        "SHA256SUMS",
      ],
    );
    await packageIn(second.directory);
    assertEquals(await sums(first.directory), await sums(second.directory));
    for (const arch of ARCHES) {
      const rpm = `${first.directory}/pitboot-${version}-${RELEASE}.${arch}.rpm`;
      assertEquals(
        await query(rpm, "%{ARCH} %{OS} %{LICENSE} %{BUILDTIME} %{BUILDHOST} %{PAYLOADCOMPRESSOR}"),
        `${arch} linux MIT AND BSD-3-Clause ${TIME} localhost xz`,
      );
    }
  },
);

testWith("package writes sums that sha256sum takes", ["rpm"], async () => {
  using made = dist();
  await packageIn(made.directory);
  const checked = await printedBy([
    "sh",
    "-c",
    `cd '${made.directory}' && sha256sum -c SHA256SUMS`,
  ]);
  const names = Object.keys(treeOf(made.directory)).filter((name) => name !== "SHA256SUMS").sort();
  assertEquals(checked, names.map((name) => `${name}: OK\n`).join(""));
});

testWith("package puts everything in place, and nothing in /etc or /root", ["rpm"], async () => {
  using made = dist();
  using texts = temporaryDirectory();
  for (const name of ["LICENSE.std", "LICENSE.v8"]) write(`${texts.directory}/${name}`, "Free.\n");
  await packageIn(made.directory, `--licenses=${texts.directory}`);
  const rpm = `${made.directory}/${RPM}`;
  const format =
    "[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES} %{FILELINKTOS}\n]";
  const lines = (await query(rpm, format)).split("\n").map((line) => line.trimEnd());
  for (const line of lines) {
    assertMatch(line, /^(d|-)rw.r-.r-. root:root \/usr\/|^lrwxrwxrwx root:root \/usr\/\S+ \S+$/);
  }
  const has = (line: string): void =>
    assert(lines.includes(line), `${line} in\n${lines.join("\n")}`);
  // Names as general as set-links are only given by pitboot install.
  assertEquals(lines.filter((line) => line.includes("bin/")), [
    "-rwxr-xr-x root:root /usr/bin/pitboot",
  ]);
  has("-rw-r--r-- root:root /usr/share/man/man8/pitboot-run.8.gz");
  has("lrwxrwxrwx root:root /usr/share/man/man8/set-links.8.gz pitboot-set-links.8.gz");
  has("-rw-r--r-- root:root /usr/share/bash-completion/completions/pitboot");
  has("-rw-r--r-- root:root /usr/share/fish/vendor_completions.d/pitboot.fish");
  has("-rw-r--r-- root:root /usr/share/zsh/site-functions/_pitboot");
  for (const name of ["LICENSE", "LICENSE.std", "LICENSE.v8", "NOTICE"]) {
    has(`-rw-r--r-- root:root /usr/share/licenses/pitboot/${name}`);
  }
  const description = await query(rpm, "%{DESCRIPTION}");
  assertEquals(description.split("\n").filter((line) => line.length > 79), []);
  // What rpm of SLES 15 knows.
  const needs = (await query(rpm, "[%{REQUIRENAME}\n]")).split("\n").sort();
  assertEquals(needs.filter((name) => !name.startsWith("rpmlib(")), [
    "/bin/sh",
    "/bin/sh",
    "ipmitool",
  ]);
  assertEquals(needs.filter((name) => name.startsWith("rpmlib(")), [
    "rpmlib(CompressedFileNames)",
    "rpmlib(FileDigests)",
    "rpmlib(PayloadFilesHavePrefix)",
    "rpmlib(PayloadIsXz)",
  ]);
});

testWith("the package says whose it is, and what has changed", ["rpm"], async () => {
  using made = dist();
  const { directory } = made;
  await packageIn(directory, "--packager=Jo Doe <jo@pitboot.test>", "--url=https://pitboot.test");
  const rpm = `${directory}/${RPM}`;
  assertEquals(
    await query(rpm, "%{URL} %{PACKAGER} %{VERSION}-%{RELEASE}"),
    `https://pitboot.test Jo Doe <jo@pitboot.test> ${version}-${RELEASE}`,
  );
  const format = "[%{CHANGELOGTIME:day} %{CHANGELOGNAME}\n%{CHANGELOGTEXT}\n]";
  const [newest] = readChangelog(CHANGELOG);
  assertStringIncludes(
    await query(rpm, format),
    ` Jo Doe <jo@pitboot.test> - ${newest?.version}\n- `,
  );
});

testWith("the package is installed, upgraded and removed, and nothing is left", [
  "busybox-static",
  "rpm",
  "root",
], async (t) => {
  using made = dist();
  await packageIn(made.directory);
  await makeUpgrade(made.directory);
  const system = `${made.directory}/system`;
  const rpm = async (...args: string[]): Promise<Printed> => {
    const result = await execute(["rpm", `--root=${system}`, ...RPM_OPTIONS, ...args]);
    return { ...result, stderr: result.stderr.replace(/^rpm: (RPM should|However).*\n/gm, "") };
  };
  const good = async (...args: string[]): Promise<void> =>
    assertEquals(await rpm(...args), { code: 0, stdout: "", stderr: "" }, args.join(" "));
  Deno.mkdirSync(system);

  await t.step("not without ipmitool", async () => {
    await good("-i", await makeBase(made.directory, "base", ["Provides: /bin/sh"]));
    const { code, stderr } = await rpm("-i", `${made.directory}/${RPM}`);
    assert(code !== 0, "it was installed");
    assertStringIncludes(stderr, "ipmitool is needed by pitboot");
    await good("-i", await makeBase(made.directory, "ipmitool", []));
  });
  layOutShell(system);
  Deno.mkdirSync(`${system}/var/tmp`, { recursive: true });
  // What an administrator has put there.
  write(`${system}/root/bin/set-sqfs-links.sh`, "old\n");
  write(`${system}/etc/pitboot.json`, '{"roles":[]}\n');
  write(`${system}/usr/local/bin/pitboot`, "mine\n");
  const before = await filesOf(system, "var/lib/rpm");
  const unchanged = async (): Promise<void> => {
    const now = await filesOf(system, "var/lib/rpm");
    assertEquals(Object.fromEntries(Object.keys(before).map((path) => [path, now[path]])), before);
  };

  await t.step("it is installed, the program as it was", async () => {
    await good("-i", `${made.directory}/${RPM}`);
    assertEquals(
      Deno.readFileSync(`${system}/usr/bin/pitboot`),
      Deno.readFileSync(`${made.directory}/${BINARY}`),
    );
    await good("-V", "pitboot");
    const page = ["sh", "-c", `gzip -dc '${system}/usr/share/man/man8/set-links.8.gz'`];
    assertMatch(await printedBy(page), /^\.TH PITBOOT-SET-LINKS 8 2022-08-01 /);
    await unchanged();
  });

  await t.step("it is upgraded, and what was changed is left alone", async () => {
    write(`${system}/var/lib/pitboot/install.json`, RECORD);
    await good("-U", `${made.directory}/${UPGRADE}`);
    assertEquals((await rpm("-q", "pitboot")).stdout, "pitboot-99-1.x86_64\n");
    assertEquals(isThere(`${system}/called`), false);
    await good("-V", "pitboot");
    await unchanged();
  });

  await t.step("it is removed, the links that install made before it", async () => {
    await good("-e", "pitboot");
    assertEquals(Deno.readTextFileSync(`${system}/called`), "install --uninstall --quiet\n");
    Deno.removeSync(`${system}/called`);
    Deno.removeSync(`${system}/var/lib/pitboot`, { recursive: true });
    assertEquals(await filesOf(system, "var/lib/rpm"), before);
  });

  await t.step("it is removed without a word where install was never called", async () => {
    await good("-i", `${made.directory}/${RPM}`);
    await good("-e", "pitboot");
    assertEquals(await filesOf(system, "var/lib/rpm"), before);
  });

  await t.step("that for aarch64 is the same", async () => {
    const other = `${made.directory}/${RPM.replace("x86_64", "aarch64")}`;
    await good("-i", "--ignorearch", other);
    await good("-V", "pitboot");
    await good("-e", "pitboot");
    assertEquals(await filesOf(system, "var/lib/rpm"), before);
  });
});

testWith("package without programs says what makes them", [], async () => {
  using temporary = temporaryDirectory();
  const { code, stdout, stderr } = await runPackage(temporary.directory);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    /^package: there is no \S+x86_64 nor \S+aarch64; deno task compile makes it\n$/,
  );
});

Deno.test("sbomOf() is valid CycloneDX", async (t) => {
  const validator = new JsonStrictValidator(Version.v1dot6);
  const materials = {
    version: "0.2.0-rc.1",
    arch: "x86_64",
    sha256: "0123456789abcdef".repeat(4),
    licenses: { "LICENSE": "Ours.\n", "LICENSE.std": "Of @std.\n", "OTHER": "Of others.\n" },
    time: TIME,
  };
  const cases: [name: string, std: Build["std"], value: string][] = [
    ["with @std", { "@std/internal": "1.0.14", "@std/path": "1.1.6" }, "none"],
    ["with stand-ins", { "@std/cli": null, "@std/path": null }, "@std/cli @std/path"],
    ["with some of both", { "@std/cli": null, "@std/path": "1.1.6" }, "@std/cli"],
  ];
  for (const [name, std, value] of cases) {
    await t.step(name, async () => {
      const build = { ...BUILD, std };
      const bill = sbomOf({ ...materials, build });
      assertEquals(await validator.validate(JSON.stringify(bill)), null);
      assertEquals(bill, sbomOf({ ...materials, build }));
      const text = JSON.stringify(bill);
      assertStringIncludes(text, '"pkg:github/denoland/deno@v2.6.8"');
      assertStringIncludes(text, '"pkg:github/v8/v8@14.5.201.2"');
      assertStringIncludes(text, '{"id":"MIT","text":{"contentType":"text/plain","content":"Ours');
      assertEquals(text.includes('"content":"Of @std.\\n"'), std["@std/path"] !== null);
      assertStringIncludes(text, '[{"license":{"id":"BSD-3-Clause"}}]');
      assertStringIncludes(text, `{"name":"pitboot:stand-ins","value":"${value}"}`);
      for (const [name, version] of Object.entries(std)) {
        const purl = `"pkg:generic/%40${name.slice(1)}@${version}"`;
        assertEquals(text.includes(purl), version !== null, purl);
      }
    });
  }
  await t.step("and the validator validates", async () => {
    const bill = { ...sbomOf({ ...materials, build: BUILD }) as object, version: "1" };
    assert(await validator.validate(JSON.stringify(bill)) !== null);
  });
});

testWith("package writes a bill of materials of the very file", ["rpm"], async () => {
  using made = dist();
  await packageIn(made.directory);
  const validator = new JsonStrictValidator(Version.v1dot6);
  for (const arch of ARCHES) {
    const text = Deno.readTextFileSync(`${made.directory}/pitboot-${version}-${arch}.cdx.json`);
    assertEquals(await validator.validate(text), null);
    const { metadata, components } = JSON.parse(text);
    const sum = (await printedBy(["sha256sum", `${made.directory}/pitboot-${version}-${arch}`]))
      .slice(
        0,
        64,
      );
    assertEquals(metadata.component.hashes, [{ alg: "SHA-256", content: sum }]);
    assertEquals(metadata.timestamp, "2022-08-01T00:00:00.000Z");
    assertEquals(components[0].version, "2.6.8");
  }
});

testWith("package refuses what nobody should take for a release", [], async (t) => {
  const cases: [name: string, program: string, message: RegExp][] = [
    [
      "stand-ins",
      program({ ...BUILD, std: { "@std/cli": null, "@std/path": "1.1.6" } }),
      /^package: \S+x86_64 holds stand-ins for @std\/cli: jsr\.io did not answer .*--allow-stand-ins\n$/,
    ],
    [
      "a program that does not say how it was built",
      "#!/bin/sh\n",
      /^package: \S+x86_64 does not say how it was built; make it anew: deno task compile\n$/,
    ],
  ];
  for (const [name, text, message] of cases) {
    await t.step(name, async () => {
      using temporary = temporaryDirectory();
      write(`${temporary.directory}/${BINARY}`, text, 0o755);
      const { code, stdout, stderr } = await runPackage(temporary.directory);
      assertEquals([code, stdout], [1, ""]);
      assertMatch(stderr, message);
      assertEquals(Object.keys(treeOf(temporary.directory)), [BINARY]);
    });
  }
});

testWith("package takes stand-ins where that is asked for, and says so", ["rpm"], async () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  write(`${directory}/${BINARY}`, program({ ...BUILD, std: { "@std/cli": null } }), 0o755);
  const { code, stderr } = await runPackage(directory, "--allow-stand-ins");
  assertEquals(code, 0, stderr);
  const bill = Deno.readTextFileSync(`${directory}/${BINARY}.cdx.json`);
  const { metadata } = JSON.parse(bill);
  assertEquals(
    metadata.component.properties.find(({ name }: { name: string }) =>
      name === "pitboot:stand-ins"
    ),
    { name: "pitboot:stand-ins", value: "@std/cli" },
  );
});

async function sums(directory: string): Promise<string> {
  return await Deno.readTextFile(`${directory}/SHA256SUMS`);
}

async function query(rpm: string, format: string): Promise<string> {
  return (await printedBy(["rpm", "-qp", "--nosignature", "--queryformat", format, rpm])).trimEnd();
}

/** The same package of a later version. */
async function makeUpgrade(directory: string): Promise<void> {
  const [program] = await findPrograms(directory, version);
  assert(program);
  const contents = {
    version: "99",
    release: "1",
    time: TIME,
    manuals: await manuals(),
    description: ["Later."],
    licenses: { LICENSE: "Free.\n", NOTICE: "Of nobody else.\n" },
    changelog: "",
    packager: "Nobody",
    url: "https://pitboot.test",
  };
  Deno.mkdirSync(`${directory}/work`);
  Deno.renameSync(
    await buildRpm(program, contents, `${directory}/work`),
    `${directory}/${UPGRADE}`,
  );
}
