/**
 * The library as others see it: a program that imports it and knows nothing
 * else of ours, neither our packages nor our options of the compiler.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { VERSION } from "../../mod.ts";
import { execute, printedBy } from "../installation.ts";
import { temporaryDirectory } from "../temporary.ts";

const PLACE = new URL("third_party/", import.meta.url).pathname;
const MOD = new URL("../../mod.ts", import.meta.url).pathname;
const PROGRAM = `${PLACE}inventory.ts`;
const STATICS = [
  "dhcp-host=b4:2e:99:0b:0d:04,10.254.1.6,ncn-w001-mgmt,20m",
  "dhcp-host=b4:2e:99:0b:0d:05,10.254.1.8,ncn-w002-mgmt,20m",
  "dhcp-host=b4:2e:99:0b:0d:06,10.254.1.10,ncn-s001-mgmt,20m",
];
const LISTING = [
  "1659395320.5 10 /data/k8s/1.6.2/5.3.18-150300.59.76-default-1.6.2-x86_64.kernel",
  "1659395321.5 20 /data/k8s/1.6.2/initrd.img-1.6.2-x86_64.xz",
  "1659395322.5 30 /data/k8s/1.6.2/secure-kubernetes-1.6.2-x86_64.squashfs",
];

Deno.test("a program of others is of sound types, whatever its options", async (t) => {
  for (const config of ["deno.json", "strict.json"]) {
    await t.step(config, async () => {
      const { code, stderr } = await deno(
        "check",
        "--quiet",
        `--config=${PLACE}${config}`,
        PROGRAM,
      );
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
    });
  }
});

Deno.test("a program of others gets what it asks for", async () => {
  const problem = {
    stage: "bmc-dhcp",
    severity: "warning",
    code: "x",
    nodes: [],
    message: "no answer",
  };
  const document = {
    pitboot: 1,
    status: "partial",
    problems: [{ ...problem, hint: "look at it" }, { ...problem, hint: null }],
  };
  assertEquals(await inventory(STATICS, JSON.stringify(document)), {
    code: 0,
    stderr: "",
    stdout: [
      `pitboot ${VERSION}`,
      "kubernetes: ncn-w[001-002]: 1.6.2, kernel 5.3.18-150300.59.76-default",
      "storage: ncn-s001: none",
      "bmc-dhcp: no answer (look at it)",
      "bmc-dhcp: no answer",
      "",
    ].join("\n"),
  });
});

Deno.test("a program of others learns where its input is wrong", async (t) => {
  await t.step("statics.conf", async () => {
    const { code, stderr } = await inventory([...STATICS, "dhcp-host=b4:2e,a b"], "{}");
    assertEquals([code, stderr.split(":")[0]], [1, "line 4"]);
  });
  await t.step("the document", async () => {
    const { code, stderr } = await inventory(STATICS, '{"pitboot":1,"problems":1}');
    assertEquals([code, stderr], [1, "problems: not a list\n"]);
  });
});

Deno.test("the library brings nothing of the program along, and no package", async () => {
  const { modules } = JSON.parse(
    await printedBy([Deno.execPath(), "info", "--json", "--no-config", MOD]),
  );
  const paths: string[] = modules.map(({ specifier }: { specifier: string }) => specifier);
  const foreign = paths.filter((path) =>
    !path.startsWith("file:") || /\/(scripts|lib\/(command|io|install))\//.test(path)
  );
  assertEquals(foreign, []);
});

async function inventory(
  statics: readonly string[],
  stdin: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  Deno.writeTextFileSync(`${directory}/statics.conf`, `${statics.join("\n")}\n`);
  Deno.writeTextFileSync(`${directory}/listing`, `${LISTING.join("\n")}\n`);
  const options = ["--quiet", `--allow-read=${directory}`, `--config=${PLACE}deno.json`];
  return await execute([
    Deno.execPath(),
    "run",
    ...options,
    PROGRAM,
    `${directory}/statics.conf`,
    `${directory}/listing`,
  ], { stdin });
}

async function deno(...args: string[]): Promise<{ code: number; stderr: string }> {
  return await execute([Deno.execPath(), ...args], { env: { NO_COLOR: "1" } });
}
