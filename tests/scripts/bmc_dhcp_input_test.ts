import type { CommandName } from "../../scripts/commands.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { callInProcess } from "../in_process.ts";
import {
  changeBmc,
  checkDocument,
  isThere,
  pitboot,
  problemOf,
  shell,
  type TemporaryPit,
  temporaryPit,
  treeOf,
  until,
} from "../kit.ts";
import { refuse, type Words } from "../refusals.ts";

const CONMAN = "/etc/conman.conf";
const STATICS = "/etc/dnsmasq.d/statics.conf";

Deno.test("bmc-dhcp refuses a conman.conf that is wrong", async (t) => {
  await refuse(t, ["bmc-dhcp"], [
    {
      name: "none",
      arrange: remove(CONMAN),
      code: 1,
      problem: "file-missing",
      message: `${CONMAN}: does not exist`,
      hint: /--conman/,
    },
    {
      name: "a directory in its place",
      arrange: directory(CONMAN),
      code: 1,
      problem: "file-unreadable",
      message: `${CONMAN}: is a directory`,
    },
  ]);
});

Deno.test("bmc-dhcp names a line of conman.conf that is of no use, and goes on", async () => {
  using pit = temporaryPit();
  await append(CONMAN, 'console name="ncn-w009-mgmt dev="ipmi:10.254.1.99" # initial0')(pit);
  await change(CONMAN, "ipmi:10.254.1.10", "ipmi:10.254.1.8")(pit);
  const { code, document } = await callInProcess(pit, ["bmc-dhcp"]);
  const faults = document.problems.filter(({ code }) => code === "console-unusable");
  assertEquals(faults.map(({ message, nodes }) => [message, nodes]), [
    [`${CONMAN}:12: its address is also that of the console at line 11`, ["ncn-w002"]],
    [`${CONMAN}:18: a quote is not closed`, []],
  ]);
  assertEquals([code, document.bmcs?.length], [0, 8]);
});

Deno.test("bmc-dhcp keeps what stands in the place of a user off the command line", async (t) => {
  for (const options of ["U:root, P:initial0", "root,initial0", "U:root P:initial0"]) {
    await t.step(options, async () => {
      using pit = temporaryPit();
      Deno.writeTextFileSync(
        pit.root + CONMAN,
        `console name="ncn-w001-mgmt" dev="ipmi:10.254.1.8" ipmiopts="${options}"\n`,
      );
      changeBmc(pit, "ncn-w001", `echo "$arguments" >${pit.directory}/arguments`);
      await callInProcess(pit, ["bmc-dhcp", "--nodes", "ncn-w001"]);
      const path = `${pit.directory}/arguments`;
      const words = isThere(path) ? Deno.readTextFileSync(path) : "";
      assert(!words.includes("initial0"), words);
      assertEquals(words.includes(" -U root "), options.includes(","));
    });
  }
});

Deno.test("bmc-dhcp leaves BMCs alone that statics.conf does not know", async () => {
  using pit = temporaryPit();
  await append(CONMAN, 'console name="uan01-mgmt" dev="ipmi:10.254.1.99" ipmiopts="U:root"')(pit);
  const { code, document } = await callInProcess(pit, ["bmc-dhcp"]);
  assertEquals(
    problemOf(document, "console-unknown").message,
    `${STATICS} does not know uan01-mgmt: not switched to DHCP`,
  );
  assertEquals([code, document.bmcs?.length], [0, 9]);
});

Deno.test("bmc-dhcp refuses a statics.conf that is wrong", async (t) => {
  await refuse(t, ["bmc-dhcp"], [
    {
      name: "none",
      arrange: remove(STATICS),
      code: 1,
      problem: "file-missing",
      message: `${STATICS}: does not exist`,
      hint: /--statics/,
    },
    {
      name: "a directory in its place",
      arrange: directory(STATICS),
      code: 1,
      problem: "file-unreadable",
      message: `${STATICS}: is a directory`,
    },
    {
      name: "a node that it does not know",
      args: ["bmc-dhcp", "--nodes", "ncn-w0001"],
      code: 2,
      problem: "input-missing",
      message: `${STATICS} has no node ncn-w0001; did you mean ncn-w001?`,
    },
    {
      name: "a node to exclude that it does not know",
      args: ["bmc-dhcp", "--exclude", "ncn-x001"],
      code: 2,
      problem: "input-missing",
      message: /has no node ncn-x001/,
    },
  ]);
});

Deno.test("bmc-dhcp refuses what it cannot work with", async (t) => {
  await refuse(t, ["bmc-dhcp"], [
    {
      name: "no ipmitool",
      env: { PATH: "/nowhere" },
      code: 1,
      problem: "ipmitool-missing",
      message: /ipmitool was not found/,
      hint: /install/,
    },
    {
      name: "--reset without a document",
      args: ["bmc-dhcp", "--reset"],
      code: 2,
      problem: "input-missing",
      message: "--reset needs to know which BMCs to reset",
      hint: /wait-leases.*\| pitboot bmc-dhcp --reset/,
    },
    {
      name: "an empty password",
      env: { IPMI_PASSWORD: "" },
      code: 0,
      problem: "password-missing",
      message: "no BMC password (IPMI_PASSWORD is empty): the BMCs are left as they are",
      hint: /set IPMI_PASSWORD, or name a --password-file/,
    },
    {
      name: "a password of 21 bytes",
      env: { IPMI_PASSWORD: "a".repeat(21) },
      code: 1,
      problem: "password-unfit",
      message: "IPMI_PASSWORD holds 21 bytes, IPMI carries at most 20",
    },
    {
      name: "a password of 11 letters and 22 bytes",
      env: { IPMI_PASSWORD: "ä".repeat(11) },
      code: 1,
      problem: "password-unfit",
      message: "IPMI_PASSWORD holds 22 bytes, IPMI carries at most 20",
    },
    {
      name: "a password that was not UTF-8",
      env: { IPMI_PASSWORD: "initial\ufffd0" },
      code: 1,
      problem: "password-unfit",
      message: "IPMI_PASSWORD holds bytes that are not UTF-8",
    },
    {
      name: "a password with a byte order mark",
      env: { IPMI_PASSWORD: "\ufeffinitial0" },
      code: 1,
      problem: "password-unfit",
      message: "IPMI_PASSWORD begins with a byte order mark",
    },
    {
      name: "a password with a line end",
      env: { IPMI_PASSWORD: "initial0\n" },
      code: 1,
      problem: "password-unfit",
      message: /^IPMI_PASSWORD holds a control character/,
    },
    ...passwordFiles(),
  ]);
});

Deno.test("bmc-dhcp says so if it has no password at all", async () => {
  using pit = temporaryPit();
  // In the kit's environment there is always one: take it away.
  const { code, document } = await callInProcess(pit, ["bmc-dhcp"], { env: { IPMI_PASSWORD: "" } });
  assertEquals(code, 0);
  assertEquals(new Set(document.bmcs?.map(({ state }) => state)), new Set(["skipped"]));
});

Deno.test("bmc-dhcp says where a password came from that is refused", async (t) => {
  const path = "/etc/password";
  const file: readonly string[] = ["--password-file", path];
  const one: readonly string[] = ["--nodes", "ncn-w001"];
  const cases: [name: string, source: string, password: string, args: readonly string[]][] = [
    ["by one, in the environment", "IPMI_PASSWORD", "wrong", one],
    ["by one, in a file", path, "", [...one, ...file]],
    ["by all, in the environment", "IPMI_PASSWORD", "wrong", file],
    ["by all, in a file", path, "", file],
  ];
  using pit = temporaryPit();
  Deno.writeTextFileSync(pit.root + path, "wrong\n");
  for (const { name } of pit.nodes) changeBmc(pit, name, "fault=denied");
  for (const [name, source, password, args] of cases) {
    await t.step(name, async () => {
      const env = { IPMI_PASSWORD: password };
      const { code, document } = await callInProcess(pit, ["bmc-dhcp", ...args], { env });
      assertEquals(code, 4);
      assertStringIncludes(problemOf(document, "bmc-denied").hint ?? "", `check ${source}, and`);
    });
  }
});

Deno.test("bmc-dhcp takes passwords of up to 20 bytes", async (t) => {
  const cases: [name: string, env: string, file: string | null, expected: string][] = [
    ["20 bytes", "a".repeat(20), null, "a".repeat(20)],
    ["10 letters of 2 bytes", "ä".repeat(10), null, "ä".repeat(10)],
    ["blanks and quotes", ` a'"$x,\\`, null, ` a'"$x,\\`],
    ["from a file", "", "in a file\n", "in a file"],
    ["from a file without a line end", "", "s3cret", "s3cret"],
    ["from a file of another system", "", "s3cret\r\nmore\r\n", "s3cret"],
    ["the environment first", "first", "second\n", "first"],
  ];
  for (const [name, env, file, expected] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      Deno.writeTextFileSync(`${pit.directory}/expected`, expected);
      changeBmc(
        pit,
        "ncn-w001",
        `[ "$IPMITOOL_PASSWORD" = "$(cat ${pit.directory}/expected)" ] || fault=denied`,
      );
      const args: [CommandName, ...string[]] = ["bmc-dhcp", "--nodes", "ncn-w001"];
      if (file !== null) {
        Deno.writeTextFileSync(`${pit.root}/etc/password`, file);
        args.push("--password-file", "/etc/password");
      }
      const { code, document } = await callInProcess(pit, args, { env: { IPMI_PASSWORD: env } });
      assertEquals(document.bmcs?.map(({ state }) => state), ["changed"]);
      assertEquals(code, 0);
    });
  }
});

Deno.test("bmc-dhcp hands the password to ipmitool in its environment only", async () => {
  using pit = temporaryPit();
  const password = "s3cr3t-pAssw0rd";
  Deno.renameSync(`${pit.bin}/ipmitool`, `${pit.bin}/stand-in`);
  Deno.writeTextFileSync(
    `${pit.bin}/ipmitool`,
    `#!/bin/sh\nprintf '%s\\n' "$*" >>${pit.directory}/arguments\nexec ${pit.bin}/stand-in "$@"\n`,
    { mode: 0o755 },
  );
  changeBmc(pit, "ncn-w002", 'echo "$IPMITOOL_PASSWORD"; echo "$IPMITOOL_PASSWORD" >&2');
  const { code, stdout, stderr } = await pitboot(pit, ["bmc-dhcp", "--verbose"], {
    env: { IPMI_PASSWORD: password },
  });
  assertEquals(code, 0);
  const seen = Deno.readTextFileSync(`${pit.directory}/arguments`);
  assertEquals(seen.trim().split("\n").length, 9);
  assertMatch(seen, /-I lanplus .*-U root -E -H 10\.254\.1\.10 shell/);
  for (const text of [stdout, stderr, seen, ...Object.values(treeOf(pit.root))]) {
    assert(!text.includes(password), text);
  }
});

Deno.test("bmc-dhcp hands the K_g key of conman.conf to ipmitool in its environment only", async () => {
  using pit = temporaryPit();
  const conman = Deno.readTextFileSync(pit.root + CONMAN).replaceAll("P:initial0,W", "K:kgkey0,W");
  Deno.writeTextFileSync(pit.root + CONMAN, conman);
  const tell = `echo "$arguments" >>${pit.directory}/arguments; echo "$IPMI_KGKEY" >&2`;
  for (const { name } of pit.nodes) changeBmc(pit, name, `fault=rakp4; ${tell}`);
  const { code, stdout, stderr } = await callInProcess(pit, ["bmc-dhcp", "--verbose"]);
  assertEquals([code, stderr.match(/: changed after/g)?.length], [0, 9]);
  const seen = Deno.readTextFileSync(`${pit.directory}/arguments`);
  assertMatch(seen, /-U root -E -K -H 10\.254\.1\.10 shell/);
  Deno.removeSync(pit.root + CONMAN);
  for (const text of [stdout, stderr, seen, ...Object.values(treeOf(pit.root))]) {
    assert(!text.includes("kgkey0"), text);
  }
});

Deno.test("bmc-dhcp shows no password on the command line of any process", async () => {
  using pit = temporaryPit();
  changeBmc(pit, "ncn-w002", `touch ${pit.directory}/hangs; while sleep 0.1; do :; done`);
  const interrupt = new AbortController();
  const password = "0nly-in-this-t3st";
  const running = pitboot(pit, ["bmc-dhcp"], {
    interrupt: interrupt.signal,
    env: { IPMI_PASSWORD: password },
  });
  await until(() => [...Deno.readDirSync(pit.directory)].some(({ name }) => name === "hangs"));
  const lines = commandLines();
  interrupt.abort();
  assertEquals((await running).code, 130);
  assert(lines.some((line) => line.includes("-H 10.254.1.10 shell")), lines.join("\n"));
  for (const line of lines) assert(!line.includes(password), line);
});

Deno.test("bmc-dhcp names BMCs that conman.conf does not list", async () => {
  using pit = temporaryPit();
  const path = pit.root + CONMAN;
  const lines = Deno.readTextFileSync(path).split("\n");
  const kept = lines.filter((line) => !/ncn-w00[34]/.test(line));
  Deno.writeTextFileSync(path, kept.join("\n"));
  const { document, stderr } = await callInProcess(pit, ["bmc-dhcp"]);
  const { message, nodes } = problemOf(document, "bmc-unlisted");
  assertEquals(message, `${CONMAN} lists no console for ncn-w[003-004]-mgmt: not switched to DHCP`);
  assertEquals(nodes, ["ncn-w003", "ncn-w004"]);
  assertStringIncludes(stderr, message);
  assertEquals(document.bmcs?.length, 7);
});

Deno.test("bytes that are not UTF-8 are shown by no message, and stop nobody but who needs them", async () => {
  using pit = temporaryPit({ leased: true });
  const script = `echo begin
    export LOGNAME="$(printf 'ro\\377ot')"
    export IPMI_PASSWORD="$(printf 'init\\377ial0')"
    pitboot bmc-dhcp --events /events; echo
    IPMI_PASSWORD= pitboot run --json`;
  const { stdout, stderr } = await shell(pit, script);
  const said = [stdout, stderr, Deno.readTextFileSync(`${pit.root}/events`)].join("");
  assertEquals(said.match(/zq|xj7/g), null, said);
  const [refused, done] = stdout.split("\n").filter((line) => line.startsWith("{"))
    .map((line) => checkDocument(line));
  assertEquals([refused?.status, done?.status], ["failed", "ok"]);
  const { document } = await callInProcess(pit, ["history", "--json"]);
  assertEquals(document.generations?.map(({ who }) => who), [uidOfTests()]);
});

function uidOfTests(): string {
  const uid = Deno.uid();
  return uid === 0 ? "root" : `uid ${uid}`;
}

function passwordFiles(): Parameters<typeof refuse>[2] {
  const path = "/etc/password";
  const given = {
    args: ["bmc-dhcp", "--password-file", path] satisfies Words,
    env: { IPMI_PASSWORD: "" },
    code: 1,
  };
  const unfit = { ...given, problem: "password-unfit" };
  return [
    {
      ...given,
      name: "no password file",
      problem: "file-missing",
      message: `${path}: does not exist`,
    },
    {
      ...given,
      name: "a directory as a password file",
      arrange: directory(path),
      problem: "file-unreadable",
      message: `${path}: is a directory`,
    },
    {
      ...unfit,
      name: "an empty password file",
      arrange: append(path, ""),
      message: `${path} is empty`,
    },
    {
      ...unfit,
      name: "bytes that are not UTF-8 in a password file",
      arrange: ({ root }) => Deno.writeFileSync(root + path, Uint8Array.of(0x69, 0xff, 0x30)),
      message: `${path} holds bytes that are not UTF-8`,
    },
    {
      ...unfit,
      name: "a byte order mark in a password file",
      arrange: append(path, "\ufeffinitial0"),
      message: `${path} begins with a byte order mark`,
    },
    {
      ...unfit,
      name: "21 bytes in a password file",
      arrange: append(path, "a".repeat(21)),
      message: `${path} holds 21 bytes, IPMI carries at most 20`,
    },
  ];
}

type Arrange = (pit: TemporaryPit) => void;

function remove(path: string): Arrange {
  return ({ root }) => Deno.removeSync(root + path, { recursive: true });
}

function directory(path: string): Arrange {
  return ({ root }) => {
    Deno.writeTextFileSync(root + path, "");
    Deno.removeSync(root + path);
    Deno.mkdirSync(root + path);
  };
}

function append(path: string, line: string): Arrange {
  return ({ root }) => Deno.writeTextFileSync(root + path, `${line}\n`, { append: true });
}

function change(path: string, from: string, to: string): Arrange {
  return ({ root }) => {
    const text = Deno.readTextFileSync(root + path);
    Deno.writeTextFileSync(root + path, text.replace(from, to));
  };
}

/** The arguments of every process on this machine, as `ps` shows them. */
function commandLines(): string[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
    } catch {
      return ""; // it has just ended
    }
  });
}
