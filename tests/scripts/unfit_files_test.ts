/**
 * Files that are something else than files, or that have no end: pitboot says so
 * at once, where a read would wait for ever.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { MOST_BYTES } from "../../lib/io/read_file.ts";
import { callInProcess, chained } from "../in_process.ts";
import {
  interruptWaiting,
  isThere,
  PITBOOT,
  pitboot,
  problemOf,
  shell,
  type TemporaryPit,
  temporaryPit,
} from "../kit.ts";
import { checkManners, type Refusal, refuse, type Words } from "../refusals.ts";

const CONMAN = "/etc/conman.conf";
const STATE = "/var/lib/pitboot";
const EMPTY = `{"pitboot":1,"status":"ok","problems":[]}`;

/** Begins a relative path of the machine: all others lie below --root, whatever links say. */
const UP = "../".repeat(30);
/** What is open. */
const FD = `${UP}dev/fd/3`;

type Arrange = (pit: TemporaryPit) => void;

Deno.test("every file that is read is refused if it is a FIFO", async (t) => {
  const wait: Words = ["wait-leases", "--timeout", "0"];
  const stdin = await chain();
  const cases: [path: string, args: Words, problem: string][] = [
    [CONMAN, ["bmc-dhcp"], "file-unreadable"],
    ["/etc/dnsmasq.d/statics.conf", wait, "file-unreadable"],
    ["/var/lib/misc/dnsmasq.leases", wait, "file-unreadable"],
    ["/etc/pitboot.json", ["resolve-images"], "file-unreadable"],
    ["/etc/given", ["resolve-images", "--input", "/etc/given"], "file-unreadable"],
    ["/etc/given", ["bmc-dhcp", "--password-file", "/etc/given"], "file-unreadable"],
    ["/var/www/boot/script.ipxe", ["set-links"], "script-missing"],
    [`${STATE}/scripts.json`, ["set-links"], "file-unreadable"],
    [`${STATE}/lock`, ["set-links"], "file-unwritable"],
  ];
  await refuse(
    t,
    wait,
    cases.map(([path, args, problem]): Refusal => ({
      name: `${path} of ${args.join(" ")}`,
      args,
      arrange: fifo(path),
      ...args[0] === "set-links" && { stdin },
      env: { IPMI_PASSWORD: "" },
      code: 1,
      problem,
      message: /: is not a regular file but a FIFO$/,
    })),
  );
});

Deno.test("a file is refused whatever else it is", async (t) => {
  const cases: [name: string, arrange: Arrange, message: string][] = [
    ["a socket", socket(CONMAN), "is not a regular file but a socket"],
    ["a directory", link(CONMAN, "/etc"), "is a directory"],
    ["links in a circle", link(CONMAN, "conman.conf"), "too many levels of symbolic links"],
  ];
  for (const [name, arrange, message] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      arrange(pit);
      const result = await callInProcess(pit, ["bmc-dhcp"]);
      const problem = problemOf(result.document, "file-unreadable");
      assertEquals([result.code, problem.message], [1, `${CONMAN}: ${message}`]);
      checkManners(result, pit);
    });
  }
});

Deno.test("a file that no system has on a disk is refused", async (t) => {
  const cases: [path: string, message: string][] = [
    ["dev/zero", "is not a regular file but a device"],
    ["dev/null", "is not a regular file but a device"],
    ["proc/self/mem", "pitboot is not allowed to open kernel files"],
  ];
  for (const [path, message] of cases) {
    await t.step(path, async () => {
      using pit = temporaryPit();
      // What the process may not open is refused by Deno.
      const call = path.startsWith("proc") ? pitboot : callInProcess;
      const result = await call(pit, ["bmc-dhcp", "--conman", UP + path]);
      const problem = problemOf(result.document, "file-unreadable");
      assertEquals([result.code, problem.message], [1, `${UP}${path}: ${message}`]);
    });
  }
});

Deno.test("a script of a node that is none is in the way", async (t) => {
  const path = "/var/www/ncn-w001/script.ipxe";
  const stdin = await chain();
  const blocked = { stdin, code: 1, problem: "node-blocked", message: RegExp(`: ${path}$`) };
  await refuse(t, ["set-links"], [
    { name: "a FIFO", arrange: fifo(path), ...blocked },
    { name: "a device", arrange: link(path, "/dev/zero"), ...blocked },
  ]);
});

Deno.test("bmc-dhcp refuses a log that is no file, and leaves that alone", async (t) => {
  const path = "/var/log/pitboot/bmc-dhcp.log";
  for (
    const [name, arrange] of [["a FIFO", fifo(path)], [
      "a device",
      link(path, "/dev/null"),
    ]] as const
  ) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      arrange(pit);
      const mode = (): number | null => Deno.statSync(pit.root + path).mode;
      const before = mode();
      const { code, document } = await callInProcess(pit, ["bmc-dhcp", "--nodes", "ncn-w001"]);
      assertEquals(code, 1);
      assertMatch(problemOf(document, "file-unwritable").message, /is not a regular file but a /);
      assertEquals(document.bmcs, undefined);
      assertEquals(mode(), before);
    });
  }
});

Deno.test("a file without measure is refused before it is read", async (t) => {
  const tooLarge: Omit<Refusal, "name" | "arrange"> = {
    code: 1,
    problem: "file-unreadable",
    message: /: is larger than 64 MiB$/,
  };
  for (
    const [path, ...args] of [
      [CONMAN, "bmc-dhcp"],
      ["/var/lib/misc/dnsmasq.leases", "wait-leases", "--timeout=0"],
      ["/etc/given", "resolve-images", "--input=/etc/given"],
    ] as [string, ...Words][]
  ) {
    await refuse(t, args, [{ name: path, arrange: large(path), ...tooLarge }]);
  }
});

Deno.test("a document without an end on standard input is refused", async () => {
  using pit = temporaryPit();
  const result = await shell(pit, "yes '{' | pitboot resolve-images");
  const { message } = problemOf(result.document, "file-unreadable");
  assertEquals([result.code, message], [1, "standard input: is larger than 64 MiB"]);
  checkManners(result, pit);
});

Deno.test("standard input that cannot be read is refused", async () => {
  using pit = temporaryPit();
  const result = await shell(pit, "pitboot resolve-images <.");
  const { message } = problemOf(result.document, "file-unreadable");
  assertEquals([result.code, message], [1, "standard input: is a directory"]);
});

Deno.test("a pipe of the shell is read, and ends at ^C", async (t) => {
  await t.step("a document", async () => {
    using pit = temporaryPit({ leased: true });
    const script = `echo '${EMPTY}' | { pitboot wait-leases --input ${FD} 3<&0 </dev/null; }`;
    const { code, document } = await shell(pit, script);
    assertEquals([code, document.leases?.length], [0, 9]);
  });
  await t.step("a password", async () => {
    using pit = temporaryPit();
    const script =
      `echo initial0 | { pitboot bmc-dhcp --nodes ncn-w001 --password-file ${FD} 3<&0 </dev/null; }`;
    const { document } = await shell(pit, script, { IPMI_PASSWORD: "" });
    assertEquals(document.bmcs?.map(({ state }) => state), ["changed"]);
  });
  await t.step("one that stays silent", async () => {
    using pit = temporaryPit();
    const words = [...PITBOOT, "resolve-images", "--input", FD, `--root=${pit.root}`];
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", 'exec "$@" 3<&0 </dev/null', "sh", ...words],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { end } = await interruptWaiting(child);
    const { code, document } = await end;
    await child.stdin.close();
    assertEquals(code, 130);
    problemOf(document, "interrupted");
  });
});

Deno.test("a document that cannot be one is refused in a sentence", async (t) => {
  const stdin = await chain();
  const deep = 100_000;
  const image = JSON.parse(stdin).images.kubernetes.kernel.path;
  await refuse(t, ["set-links"], [
    {
      name: "one that is nested without measure",
      stdin: EMPTY.replace("}", `,"site":${"[".repeat(deep)}${"]".repeat(deep)}}`),
      code: 1,
      problem: "document-invalid",
      message: /not a single pitboot document: .*nested deeper than 500 levels$/,
    },
    {
      name: "a path with a NUL",
      stdin: stdin.replace(image, `${image}\\u0000`),
      code: 1,
      problem: "document-invalid",
      message: /images\.kubernetes\.kernel\.path: expected a path, found "\/var\/www\//,
    },
    {
      name: "a path that is too long for any file",
      stdin: stdin.replace(image, `${image}${"x".repeat(300)}`),
      code: 5,
      problem: "images-unfit",
      message: /x: file name too long$/,
    },
  ]);
});

async function chain(): Promise<string> {
  using pit = temporaryPit({ leased: true });
  return await chained(pit);
}

/** Makes room for something at a path. */
function clear({ root }: TemporaryPit, path: string): string {
  Deno.mkdirSync(`${root}${path}`.replace(/[^/]*$/, ""), { recursive: true });
  if (isThere(root + path)) Deno.removeSync(root + path);
  return root + path;
}

function fifo(path: string): Arrange {
  return (pit) => {
    const real = clear(pit, path);
    assert(new Deno.Command("mkfifo", { args: [real] }).outputSync().success);
  };
}

function socket(path: string): Arrange {
  return (pit) => {
    const real = clear(pit, path);
    using _ = Deno.listen({ transport: "unix", path: `${real}.new` });
    // It is taken away where it was made.
    Deno.renameSync(`${real}.new`, real);
  };
}

function link(path: string, target: string): Arrange {
  return (pit) => Deno.symlinkSync(target, clear(pit, path));
}

/** A file of one byte too many. It needs no disk. */
function large(path: string): Arrange {
  return (pit) => {
    const real = clear(pit, path);
    Deno.writeTextFileSync(real, "");
    Deno.truncateSync(real, MOST_BYTES + 1);
  };
}
