import { assert, assertEquals, assertMatch } from "@std/assert";
import { callInProcess } from "../in_process.ts";
import {
  environment,
  giveLeases,
  PITBOOT,
  problemOf,
  Result,
  succeeds,
  type TemporaryPit,
  temporaryPit,
  treeOf,
} from "../kit.ts";
import { testWith } from "../needs.ts";
import { checkManners } from "../refusals.ts";

Deno.test("run looks at everything first, and says all that is wrong in one go", async () => {
  using pit = temporaryPit();
  const { root } = pit;
  Deno.removeSync(`${root}/var/www/ephemeral/data/ceph`, { recursive: true });
  Deno.removeSync(`${root}/var/www/ephemeral/data/k8s`, { recursive: true });
  Deno.removeSync(`${root}/var/www/boot/script.ipxe`);
  Deno.removeSync(`${root}/etc/conman.conf`);
  Deno.removeSync(`${root}/var/lib/misc`, { recursive: true });
  Deno.mkdirSync(`${root}/var/log`, { recursive: true });
  Deno.writeTextFileSync(`${root}/var/log/pitboot`, "");
  Deno.writeTextFileSync(`${root}/var/www/ncn-w001`, "in the way");
  Deno.writeTextFileSync(`${root}/etc/pitboot.json`, "{");
  const before = treeOf(`${root}/var/www`);
  const result = await callInProcess(pit, ["run"], { env: { CSM_RELEASE: "a/b" } });
  const lines = result.stderr.split("\n").filter((line) => line.includes("error:"));
  for (
    const words of [
      "pitboot.json",
      "a/b",
      "conman.conf",
      "/var/lib/misc",
      "/var/log/pitboot/bmc-dhcp.log",
    ]
  ) {
    assert(lines.some((line) => line.includes(words)), `${words} in\n${lines.join("\n")}`);
  }
  assertMatch(
    lines.at(-1) ?? "",
    /error: \d+ of \d+ checks failed; no BMC was contacted, nothing was changed$/,
  );
  assertEquals(Number(/(\d+) of/.exec(lines.at(-1) ?? "")?.[1]), lines.length - 1);
  assertEquals(asked(pit), []);
  assertEquals(treeOf(`${root}/var/www`), before);
  checkManners(result, pit);
});

Deno.test("run contacts no BMC if one thing is missing", async (t) => {
  const cases: [
    name: string,
    arrange: (pit: TemporaryPit) => void,
    code: number,
    problem: string,
    words: RegExp,
  ][] = [
    [
      "an image",
      ({ root }) => {
        Deno.removeSync(`${root}/var/www/ephemeral/data/k8s`, { recursive: true });
      },
      5,
      "images-missing",
      /k8s/,
    ],
    [
      "something in the way of one boot directory",
      ({ root }) => {
        Deno.writeTextFileSync(`${root}/var/www/ncn-w002`, "");
      },
      1,
      "node-blocked",
      /ncn-w002/,
    ],
    [
      "leases that are none",
      ({ root }) => {
        Deno.writeTextFileSync(`${root}/var/lib/misc/dnsmasq.leases`, "0 what is this\n");
      },
      1,
      "file-invalid",
      /dnsmasq\.leases/,
    ],
    [
      "a state directory that is a file",
      ({ root }) => {
        Deno.mkdirSync(`${root}/var/lib`, { recursive: true });
        Deno.writeTextFileSync(`${root}/var/lib/pitboot`, "");
      },
      1,
      "file-unwritable",
      /\/var\/lib\/pitboot/,
    ],
    [
      "no web root",
      ({ root }) => {
        Deno.renameSync(`${root}/var/www`, `${root}/var/elsewhere`);
      },
      5,
      "file-missing",
      /^\/var\/www: does not exist/,
    ],
  ];
  for (const [name, arrange, code, problem, words] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      arrange(pit);
      const result = await callInProcess(pit, ["run", "--json"]);
      assertEquals([result.code, result.document.status], [code, "failed"], result.stderr);
      assertMatch(problemOf(result.document, problem).message, words);
      assertMatch(result.stderr, /\d+ of \d+ checks failed; no BMC was contacted, nothing was /);
      assertEquals([asked(pit), result.document.bmcs], [[], undefined]);
    });
  }
});

Deno.test("run names the image of each role that is missing", async () => {
  using pit = temporaryPit();
  for (const data of ["k8s", "ceph"]) {
    Deno.removeSync(`${pit.root}/var/www/ephemeral/data/${data}`, { recursive: true });
  }
  const { document } = await callInProcess(pit, ["run", "--json"]);
  const missing = document.problems.filter(({ code }) => code === "images-missing");
  assertEquals(missing.map(({ message }) => /data\/(\w+)/.exec(message)?.[1]), ["k8s", "ceph"]);
});

Deno.test("run looks for ipmitool and at the password before it contacts anybody", async (t) => {
  const cases: [name: string, env: Record<string, string>, problem: string][] = [
    ["no ipmitool", { PATH: "/nonexistent" }, "ipmitool-missing"],
    ["a password that IPMI cannot carry", { IPMI_PASSWORD: "x".repeat(21) }, "password-unfit"],
  ];
  for (const [name, env, problem] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      const { code, document } = await callInProcess(pit, ["run", "--json"], { env });
      assertEquals([code, document.bmcs], [1, undefined]);
      problemOf(document, problem);
    });
  }
});

Deno.test("run --dry-run shows what it would do on a PIT without a lease, and writes nothing", async () => {
  using pit = temporaryPit();
  Deno.removeSync(`${pit.root}/var/lib/misc/dnsmasq.leases`);
  const before = treeOf(pit.root);
  const { code, stderr } = await callInProcess(pit, ["run", "-n"]);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /would switch to DHCP: ncn-m\[002-003\]-mgmt,/);
  assertMatch(stderr, /^ncn-s\[001-003\] +storage \S+ new$/m);
  assertMatch(stderr, /9 would be created/);
  assertEquals(treeOf(pit.root), before);
});

Deno.test("a missing conman.conf stops nobody who does not need it", async (t) => {
  const noPassword = { IPMI_PASSWORD: "" };
  const cases: [name: string, leased: number, env: Record<string, string>, code: number][] = [
    ["all have a lease, no password", 9, noPassword, 0],
    ["all have a lease, a password", 9, {}, 0],
    ["some have a lease, no password: those are served", 8, noPassword, 124],
    ["some have a lease, a password: the others were to be asked", 8, {}, 1],
  ];
  for (const [name, leased, env, code] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      Deno.removeSync(`${pit.root}/etc/conman.conf`);
      giveLeases(pit, pit.nodes.slice(1, 1 + leased).map(({ name }) => name));
      const result = await callInProcess(pit, ["run", "--json"], { env });
      const codes = result.document.problems.map(({ code }) => code);
      assertEquals(result.code, code, result.stderr);
      assertEquals(codes.includes("conman-missing"), code !== 1);
      assertEquals(codes.includes("file-missing"), code === 1);
      assertEquals(
        result.document.nodes?.filter(({ cause }) => !cause).length ?? 0,
        code === 1 ? 0 : leased,
      );
      assertEquals(
        (await callInProcess(pit, ["run", "-n"], { env })).code,
        code === 124 ? 0 : code,
      );
    });
  }
});

Deno.test("run --dry-run fails where the run would", async () => {
  using pit = temporaryPit();
  Deno.removeSync(`${pit.root}/etc/conman.conf`);
  const { code, stderr } = await callInProcess(pit, ["run", "-n"]);
  assertEquals(code, 1);
  assertMatch(stderr, /1 of \d+ checks failed/);
});

const NOBODY = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
const SOURCES = new URL("../../deno.json", import.meta.url).pathname;

const areOpen = Deno.uid() !== 0 || succeeds("setpriv", ...NOBODY, "test", "-r", SOURCES);

testWith("run of somebody who may not write ends before the first BMC", ["root"], async () => {
  using pit = temporaryPit({ leased: true });
  Deno.chmodSync(pit.directory, 0o755);
  Deno.mkdirSync(`${pit.root}/var/lib/pitboot`, { recursive: true, mode: 0o700 });
  // Others may not see where Deno itself is, nor write where it keeps things.
  const deno = `${pit.directory}/deno`;
  Deno.copyFileSync(Deno.execPath(), deno);
  Deno.mkdirSync(`${pit.directory}/cache`);
  Deno.chmodSync(`${pit.directory}/cache`, 0o777);
  const [, ...words] = PITBOOT;
  for (const args of [["run"], ["run", "-n"], ["bmc-dhcp"]]) {
    const { code, stdout, stderr } = await new Deno.Command("setpriv", {
      args: [
        ...NOBODY,
        "env",
        `DENO_DIR=${pit.directory}/cache`,
        deno,
        ...words,
        ...args,
        `--root=${pit.root}`,
      ],
      env: environment(pit),
      clearEnv: true,
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stderr);
    const result = new Result(code, new TextDecoder().decode(stdout), text);
    assertEquals(result.code, 1, result.stderr);
    assertMatch(result.stderr, /hint: .*run as root/);
    assertMatch(result.stderr, /no BMC was contacted, nothing was changed/);
    assertEquals(asked(pit), []);
  }
}, areOpen ? null : "needs sources that all may read");

/** The BMCs that somebody has set. */
function asked({ directory }: TemporaryPit): string[] {
  return Array.from(Deno.readDirSync(`${directory}/bmcs`), ({ name }) => name)
    .filter((name) => /source=dhcp/.test(Deno.readTextFileSync(`${directory}/bmcs/${name}`)));
}
