import { assert, assertEquals, assertMatch } from "@std/assert";
import { chained } from "../in_process.ts";
import {
  type CallResult,
  environment,
  feed,
  PITBOOT,
  pitboot,
  problemOf,
  resultOf,
  succeeds,
  type TemporaryPit,
  temporaryPit,
  treeOf,
} from "../kit.ts";
import { testWith } from "../needs.ts";
import { checkManners } from "../refusals.ts";

testWith("set-links on a full disk names the nodes, and repairs them", ["mounts"], async () => {
  using pit = temporaryPit({ leased: true });
  const result = await onDisk(pit, {
    mount:
      "mount -t tmpfs -o size=256k tmpfs $WWW && cp -a $COPY/. $WWW && cat /dev/zero >$WWW/full",
    stdin: await chained(pit),
  });
  assertEquals(result.code, 1, result.stderr);
  const { message, hint, nodes } = problemOf(result.document, "nodes-failed");
  assertMatch(message, /ncn-m\[002-003\].*ncn-w\[001-004\].*: no space left on device/);
  assertMatch(hint ?? "", /run again/);
  assertEquals(nodes.length, 9);
  assertEquals(new Set(result.document.nodes?.map(({ change }) => change)), new Set(["failed"]));
  checkManners(result, pit);
  // What is left there boots nothing, and does not stand in the way.
  const after = treeOf(`${pit.directory}/after`);
  assertEquals(Object.keys(after).filter((path) => /^ncn-.*script/.test(path)), []);
  Deno.removeSync(`${pit.directory}/after/full`);
  Deno.removeSync(`${pit.root}/var/www`, { recursive: true });
  Deno.renameSync(`${pit.directory}/after`, `${pit.root}/var/www`);
  const again = await pitboot(pit, ["set-links"], { stdin: await chained(pit) });
  assertEquals(again.code, 0, again.stderr);
  assertEquals(
    Object.keys(treeOf(`${pit.root}/var/www`)).filter((path) => /\.new/.test(path)),
    [],
  );
});

testWith("set-links on a read-only disk names the nodes", ["mounts"], async () => {
  using pit = temporaryPit({ leased: true });
  const before = treeOf(`${pit.root}/var/www`);
  const result = await onDisk(pit, {
    mount: "mount --bind $WWW $WWW && mount -o remount,ro,bind $WWW",
    stdin: await chained(pit),
  });
  assertEquals(result.code, 1, result.stderr);
  assertMatch(problemOf(result.document, "nodes-failed").message, /: read-only file system/);
  checkManners(result, pit);
  assertEquals(treeOf(`${pit.directory}/after`), before);
});

testWith("set-links that cannot write boot/script.ipxe changes no node", ["mounts"], async () => {
  using pit = temporaryPit({ leased: true });
  const before = treeOf(`${pit.root}/var/www`);
  const result = await onDisk(pit, {
    mount: "mount --bind $WWW/boot $WWW/boot && mount -o remount,ro,bind $WWW/boot",
    stdin: await chained(pit),
    env: { CSM_RELEASE: "1.6.2" },
  });
  assertEquals(result.code, 1, result.stderr);
  const { message, hint } = problemOf(result.document, "file-unwritable");
  assertEquals(message, "/var/www/boot/script.ipxe cannot be written: read-only file system");
  assertMatch(hint ?? "", /^no node was changed; its disk is mounted read-only: /);
  checkManners(result, pit);
  assertEquals(treeOf(`${pit.directory}/after`), before);
});

testWith("set-links that cannot remember anything changes nothing", ["mounts"], async (t) => {
  const disks: [name: string, mount: string, reason: RegExp, remedy: RegExp][] = [
    [
      "full",
      "mount -t tmpfs -o size=4k,mode=700 tmpfs $STATE && cat /dev/zero >$STATE/full",
      /no space/,
      /make room on the disk of \/var\/lib\/pitboot\//,
    ],
    [
      "read-only",
      "mount -t tmpfs -o ro,mode=700 tmpfs $STATE",
      /read-only/,
      /is mounted read-only/,
    ],
  ];
  for (const [name, mount, reason, remedy] of disks) {
    await t.step(name, async () => {
      using pit = temporaryPit({ leased: true });
      const before = treeOf(`${pit.root}/var/www`);
      const result = await onDisk(pit, { mount, stdin: await chained(pit) });
      assertEquals(result.code, 1, result.stderr);
      const { message, hint } = problemOf(result.document, "file-unwritable");
      assertMatch(
        message,
        new RegExp(`^/var/lib/pitboot/\\S+ cannot be written: ${reason.source}`),
      );
      assertMatch(hint ?? "", /^no node was changed; .*--state/);
      assertMatch(hint ?? "", remedy);
      checkManners(result, pit);
      assertEquals(treeOf(`${pit.directory}/after`), before);
    });
  }
});

testWith("bmc-dhcp sets all BMCs although its log fills the disk", ["mounts"], async () => {
  using pit = temporaryPit();
  Deno.mkdirSync(`${pit.root}/var/log/pitboot`, { recursive: true });
  const result = await onDisk(pit, {
    command: "bmc-dhcp",
    // Room for the first few.
    mount: `mount -t tmpfs -o size=4k tmpfs ${pit.root}/var/log/pitboot`,
  });
  assertEquals(result.code, 0, result.stderr);
  assertEquals(
    new Set(result.document.bmcs?.map(({ state }) => state)),
    new Set(["changed"]),
  );
  assertMatch(problemOf(result.document, "log-unwritable").message, /: no space left on device/);
  checkManners(result, pit);
});

Deno.test("pitboot says so if its document cannot be written", async (t) => {
  // run ends at the first line that it cannot write, before any change.
  const ends = { "resolve-images": "", "set-links": "; the change was made", "run": "" };
  for (const [command, end] of Object.entries(ends)) {
    await t.step(command, async () => {
      using pit = temporaryPit({ leased: true });
      const result = await onDisk(pit, {
        command,
        mount: null,
        stdin: await chained(pit),
        stdout: "/dev/full",
      });
      assertEquals(result.code, 1);
      assertMatch(
        result.stderr,
        new RegExp(
          `standard output.*no space left on device${end}\n  hint: free some space there.*\n$`,
          "i",
        ),
      );
      checkManners(result, pit);
    });
  }
});

testWith("run serves all nodes although its output fills the disk", ["mounts"], async () => {
  using pit = temporaryPit({ leased: true });
  const out = `${pit.directory}/out`;
  Deno.mkdirSync(out);
  const handbook = new URL("../testdata/handbook/run.txt", import.meta.url);
  const [before = ""] = Deno.readTextFileSync(handbook).split("current BMC count");
  const result = await onDisk(pit, {
    command: "run",
    // There is room for what comes before the first BMC.
    mount: `mount -t tmpfs -o size=4k tmpfs ${out}; head -c ${
      4096 - before.length
    } /dev/zero >${out}/lines`,
    stdout: `>${out}/lines`,
  });
  assertEquals(result.code, 1, result.stderr);
  assertMatch(
    result.stderr,
    /standard output.*no space left on device\n {2}hint: free some space/,
  );
  assert(!result.stderr.includes("NOT READY"), result.stderr);
  const scripts = Object.keys(treeOf(`${pit.directory}/after`))
    .filter((path) => /^ncn-[^/]+\/script\.ipxe$/.test(path));
  assertEquals(scripts.length, 9);
});

/**
 * Runs a command where a disk is what it should be; `after` in the directory of
 * the PIT is what became of `/var/www`.
 */
async function onDisk(
  pit: TemporaryPit,
  { command = "set-links", mount, stdin, env, stdout = "/dev/stdout" }: {
    command?: string;
    mount: string | null;
    /** Nothing is `/dev/null`. */
    stdin?: string;
    env?: Record<string, string>;
    stdout?: string;
  },
): Promise<CallResult> {
  const [www, state, copy] = [
    `${pit.root}/var/www`,
    `${pit.root}/var/lib/pitboot`,
    `${pit.directory}/copy`,
  ];
  Deno.mkdirSync(state, { recursive: true });
  assert(succeeds("cp", "-a", www, copy));
  const script = `${mount ?? "true"}${mount?.includes("/dev/zero") ? " 2>/dev/null" : ""}
"$@" >${stdout}; code=$?
cp -a $WWW ${pit.directory}/after; exit $code`;
  const words = ["/bin/sh", "-c", script, "sh", ...PITBOOT, command, `--root=${pit.root}`];
  const [program = "", ...args] = mount ? ["unshare", "-m", ...words] : words;
  const child = new Deno.Command(program, {
    args,
    env: { ...environment(pit, env), WWW: www, STATE: state, COPY: copy },
    clearEnv: true,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) await feed(child, stdin);
  return await resultOf(child);
}
