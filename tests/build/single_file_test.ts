/**
 * The shell header of a self-extracting file: where it unpacks, and what it
 * says where it cannot. In the place of Deno it carries `echo`, which shows
 * how it is called and is quick to unpack.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { singleFile } from "../../tools/single_file/build.ts";
import { buildTest, has, HOST, type Machine, machine, where } from "./binary_kit.ts";
import { treeOf } from "../kit.ts";

const SHELLS = ["dash", "bash", "busybox"].filter(has);
/** What the stand-in for Deno prints: how it is called, and from which directory. */
const CALLED =
  /^run --quiet --no-config .* --allow-read --allow-env=A,B (\/\S+)\/pitboot\.mjs \S+ -x two words$/;
const CALL = `/root/bin/set-links -x "two words"`;
/** Nothing can be written any more but what was mounted. */
const READ_ONLY = "mount --rbind $ROOT $ROOT; mount -o remount,ro,bind $ROOT";

test("takes the first directory that is fit", async (t) => {
  const memory = "mkdir $ROOT/dev/shm; mount -t tmpfs tmpfs $ROOT/dev/shm";
  const cases: [name: string, arrange: string, environment: string, directory: string][] = [
    ["the one that is named", "", "PITBOOT_CACHE=/srv HOME=/root", "/srv/pitboot/"],
    ["one that is still to be made", "", "PITBOOT_CACHE=/srv/a/b", "/srv/a/b/pitboot/"],
    ["a relative one is none", "", "PITBOOT_CACHE=srv", "/var/tmp/pitboot-0-"],
    ["the cache of the user", "", "XDG_CACHE_HOME=/srv HOME=/root", "/srv/pitboot/"],
    ["the home", "", "HOME=/root", "/root/.cache/pitboot/"],
    ["no home", "", "", "/var/tmp/pitboot-0-"],
    ["an empty home", "", "HOME=", "/var/tmp/pitboot-0-"],
    ["a home that is missing", "", "HOME=/missing", "/var/tmp/pitboot-0-"],
    ["a home that is a file", "touch $ROOT/home", "HOME=/home", "/var/tmp/pitboot-0-"],
    ["a home of another", "chown 1 $ROOT/srv", "HOME=/srv", "/var/tmp/pitboot-0-"],
    ["a cache of another", "chown 1 $ROOT/srv", "XDG_CACHE_HOME=/srv", "/var/tmp/pitboot-0-"],
    ["a read-only home", disk("ro"), "HOME=/srv", "/var/tmp/pitboot-0-"],
    ["a home that is noexec", disk("noexec"), "HOME=/srv", "/var/tmp/pitboot-0-"],
    ["a home that is full", disk("size=16k"), "HOME=/srv", "/var/tmp/pitboot-0-"],
    ["a home without inodes", disk("nr_inodes=5"), "HOME=/srv", "/var/tmp/pitboot-0-"],
    ["no /var/tmp", "rmdir $ROOT/var/tmp; mkdir $ROOT/tmp", "", "/tmp/pitboot-0-"],
    ["only memory", `${memory}; ${READ_ONLY}`, "HOME=/root", "/dev/shm/pitboot-0-"],
  ];
  for (const [name, arrange, environment, directory] of cases) {
    await t.step(name, async () => {
      using pit = await smallMachine();
      const call = `in_pit_with "${environment}" ${CALL}`;
      const { stdout, stderr } = await pit.run(`${arrange}\n${call}; ${call}`);
      assertEquals(stderr, "");
      const [first = "", second, ...more] = stdout.split("\n");
      assertEquals([second, more], [first, [""]]);
      const [, unpacked = ""] = CALLED.exec(first) ?? [first];
      assertEquals(unpacked.replace(/[0-9a-f]{16}$/, ""), directory);
    });
  }
});

test("leaves nothing where it could not unpack", async () => {
  using pit = await smallMachine();
  const { stdout } = await pit.run(`${disk("size=16k")}
    in_pit_with HOME=/srv ${CALL} >/dev/null; find $ROOT/srv | grep -c .`);
  // The disk, .cache and its pitboot.
  assertEquals(stdout, "3\n");
});

test("believes no directory that somebody else has laid out", async (t) => {
  const traps: [name: string, arrange: string][] = [
    ["a directory of another", "cp -r trapped $DIR; chown -R 1 $DIR"],
    ["a link to one of ours", "cp -r trapped srv/x; ln -s /srv/x $DIR"],
    ["a link to nothing", "ln -s /srv/x $DIR"],
    ["a file", "cp trapped/deno $DIR"],
  ];
  for (const [name, arrange] of traps) {
    await t.step(name, async () => {
      using pit = await smallMachine();
      const { stdout, stderr } = await pit.run(`cd $ROOT; mkdir tmp trapped
        in_pit ${CALL} >/dev/null; DIR=$(ls -d var/tmp/*); rm -r $DIR
        printf '#!/bin/sh\\necho trapped\\n' >trapped/deno; chmod 755 trapped/deno
        cp trapped/deno trapped/pitboot.mjs
        ${arrange}
        in_pit ${CALL}`);
      assertEquals(stderr, "");
      assertMatch(CALLED.exec(stdout.trim())?.[1] ?? stdout, /^\/tmp\/pitboot-0-/);
    });
  }
});

test("is unpacked again if a part of it is gone or empty", async (t) => {
  for (const harm of ["rm deno", "rm pitboot.mjs", ": >deno", ": >pitboot.mjs", "chmod -x deno"]) {
    await t.step(harm, async () => {
      using pit = await smallMachine();
      const { stdout, stderr } = await pit.run(`
        in_pit ${CALL}; cd $ROOT/var/tmp/*; ${harm}; in_pit ${CALL}; cat pitboot.mjs`);
      assertEquals(stderr, "");
      const [first = "", second, app] = stdout.split("\n");
      assertMatch(first, CALLED);
      assertEquals([second, app], [first, "// the program"]);
    });
  }
});

test("says in one sentence why it cannot start", async (t) => {
  const cases: [name: string, arrange: string, message: RegExp][] = [
    [
      "no directory",
      READ_ONLY,
      /: cannot be unpacked: \/srv\/pitboot\/\w+ cannot be made; .*PITBOOT_CACHE/,
    ],
    ["no room", disk("size=16k"), /: \/srv\/pitboot\/\w+ has no room for 120 MB; /],
    ["noexec", disk("noexec"), /: \/srv\/pitboot\/\w+ may not execute \(noexec\)/],
    ["of another", "chown 1 $ROOT/srv", /: \/srv\/pitboot\/\w+ belongs to somebody else; /],
    ["truncated", "truncate -s -1 $FILE", /damaged or incomplete: copy it again$/],
    ["damaged", `${disk("size=9m")}; ${overwrite(3000)}`, /damaged or incomplete: copy/],
    ["damaged early", `${disk("size=9m")}; ${overwrite("SIZE - 20000")}`, /damaged or incomplete/],
  ];
  for (const [name, arrange, message] of cases) {
    await t.step(name, async () => {
      using pit = await smallMachine();
      const { code, stdout, stderr } = await pit.run(`
        FILE=$(echo $ROOT/opt/pitboot/*) SIZE=$(stat -c %s $ROOT/opt/pitboot/*)
        rmdir $ROOT/var/tmp; ${arrange}
        in_pit_with PITBOOT_CACHE=/srv ${CALL}`);
      assertEquals([code, stdout], [70, ""], stderr);
      assertMatch(stderr, /^pitboot: [^\n]+\n$/);
      assertMatch(stderr.trim(), message);
    });
  }
});

test("does nothing when only a part of its header is there", async () => {
  using pit = await smallMachine();
  const { stdout } = await pit.run(`
    for size in 4500 4000 3000 2000 1500; do
      truncate -s $size $ROOT/opt/pitboot/*
      in_pit ${CALL} 2>/dev/null && echo "$size: no error"
    done`);
  assertEquals(stdout, "");
  assertEquals(treeOf(`${pit.root}/var/tmp`), {});
});

test("hands nothing of Deno's and Node's environment on, in every shell", async (t) => {
  const names = ["DENO_LOG", "DENO_X_1", "NODE_OPTIONS", "OTEL_DENO", "COMPLETE"];
  const others = ["IPMI_PASSWORD", "NODES", "XDENO_LOG", "deno"];
  const deno = new TextEncoder().encode(
    '#!/bin/sh\n[ "$1" = -V ] || exec tail -c +1 /proc/self/environ\n',
  );
  for (const shell of SHELLS) {
    await t.step(shell, async () => {
      using pit = await smallMachine({ shell, deno });
      // As a value, too, in which a line looks like a name.
      const values = [...names, ...others].map((name) => `${name}=a=b`).join(" ");
      const { stdout, stderr } = await pit.run(`
        env -i ${values} LINES="x
DENO x=1
export NODE_Y=2
'" "PATH=/bin:/odd " ${where("chroot")} $ROOT /root/bin/pitboot`);
      assertEquals(stderr, "");
      const variables = stdout.split("\0");
      assertEquals(variables.filter((text) => names.includes(text.replace(/=.*/s, ""))), []);
      for (const name of others) assert(variables.includes(`${name}=a=b`), name);
      assert(variables.includes("LINES=x\nDENO x=1\nexport NODE_Y=2\n'"));
      assert(variables.includes("PATH=/bin:/odd "));
    });
  }
});

test("works in every shell, with every way to call it", async (t) => {
  for (const shell of SHELLS) {
    await t.step(shell, async () => {
      using pit = await smallMachine({ shell });
      const { stdout, stderr } = await pit.run(`
        in_pit ${CALL}
        in_pit_with PATH=/root/bin set-links -x "two words"
        in_pit_with PATH= ${CALL}
        in_pit ${CALL} <&-
        in_pit ${CALL} 2>&-
        in_pit /bin/sh ${CALL}`);
      assertEquals(stderr, "");
      const lines = stdout.trimEnd().split("\n");
      for (const line of lines) assertMatch(line, CALLED);
      assertEquals(
        lines.map((line) => / (\S+) -x/.exec(line)?.[1]),
        Array(6).fill("/root/bin/set-links"),
      );
    });
  }
});

function test(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  buildTest(`a self-extracting file ${name}`, { form: "self-extracting" }, fn);
}

/** @param options `shell`: what `sh` is there; `deno`: what takes the place of Deno. */
async function smallMachine(
  { shell = "sh", deno = Deno.readFileSync(where("echo")) }: {
    shell?: string;
    deno?: Uint8Array<ArrayBuffer>;
  } = {},
): Promise<Machine> {
  assert(HOST);
  const bytes = await singleFile({
    app: new TextEncoder().encode("// the program\n"),
    deno,
    flags: ["--allow-read", "--allow-env=A,B"],
    labels: { VERSION: "1", ARCH: HOST.arch, DENO: "1", BUILD: "{}", DEFAULT_PATH: "/bin" },
  });
  const path = Deno.makeTempFileSync();
  Deno.writeFileSync(path, bytes, { mode: 0o755 });
  Deno.chmodSync(path, 0o755);
  try {
    return machine(path, { shell });
  } finally {
    Deno.removeSync(path);
  }
}

/** A disk of its own. */
function disk(options: string): string {
  return `mount -t tmpfs -o ${options} tmpfs $ROOT/srv`;
}

/** Changes a few bytes, counted from the end of the file. */
function overwrite(fromEnd: number | string): string {
  return `printf xxxx | dd of=$FILE bs=1 seek=$((SIZE - (${fromEnd}))) conv=notrunc status=none`;
}
