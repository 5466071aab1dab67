/**
 * What an unprivileged user of the PIT tries against root's pitboot: each promise of
 * SECURITY.md, attacked; where it is a race, many times.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { observeNode } from "../../lib/boot/observe_node.ts";
import { Root } from "../../lib/io/root.ts";
import { WritableRoot } from "../../lib/io/writable_root.ts";
import { callInProcess, chained } from "../in_process.ts";
import { install, PROGRAM, temporaryRoot } from "../installation.ts";
import { problemOf, type TemporaryPit, temporaryPit, treeOf } from "../kit.ts";
import { testWith } from "../needs.ts";
import { temporaryDirectory } from "../temporary.ts";

/** Somebody who is fast. */
const RACE = ["root", "perl-base"] as const;
/** Somebody without any rights. */
const USER = 65534;
const SECRET = "only root may read this\n";
const NODE = "/var/www/ncn-w001";

/** A directory that everybody can enter, with a file of root's that nobody else may read. */
function withSecret(directory: string): { readonly secret: string; check(): void } {
  Deno.chmodSync(directory, 0o755);
  const secret = `${directory}/secret`;
  Deno.writeTextFileSync(secret, SECRET, { mode: 0o600 });
  return {
    secret,
    check: () => {
      const { mode, uid } = Deno.statSync(secret);
      const text = Deno.readTextFileSync(secret);
      assertEquals([(mode ?? 0) & 0o7777, uid, text], [0o600, 0, SECRET]);
    },
  };
}

/** Runs a shell script as that user until the end of a block. */
function attack(script: string, directory: string): AsyncDisposable {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", script],
    cwd: directory,
    uid: USER,
    gid: USER,
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** A directory of that user's. */
function theirs(path: string): string {
  Deno.mkdirSync(path, { recursive: true });
  Deno.chownSync(path, USER, USER);
  return path;
}

/** A PIT whose nodes are set up. */
async function readyPit(): Promise<TemporaryPit> {
  const pit = temporaryPit({ leased: true });
  Deno.chmodSync(pit.directory, 0o755);
  assertEquals((await callInProcess(pit, ["set-links"], { stdin: await chained(pit) })).code, 0);
  return pit;
}

testWith(
  "a state directory of another user's gives no script a mode of theirs",
  ["root"],
  async () => {
    using pit = await readyPit();
    const { root } = pit;
    const state = "/srv/state";
    new Deno.Command("cp", {
      args: ["-r", `${root}/var/lib/pitboot`, theirs(`${root}/srv`) + "/state"],
    })
      .outputSync();
    const [name] = [...Deno.readDirSync(`${root}${state}/generations`)].map(({ name }) => name);
    const file = `${root}${state}/generations/${name}`;
    Deno.writeTextFileSync(file, Deno.readTextFileSync(file).replaceAll("420", "3583"));
    new Deno.Command("chown", { args: ["-R", `${USER}`, `${root}/srv`] }).outputSync();
    const before = treeOf(`${root}/var/www`);
    for (
      const words of [["rollback", "0"], ["rollback", "0", "--dry-run"], ["history"], [
        "status",
      ]] as const
    ) {
      const { code, stderr } = await callInProcess(pit, [...words, `--state=${state}`]);
      assertEquals(code, 1, words.join(" "));
      assertMatch(stderr, /\/srv\/state is not used: \/srv belongs to user 65534/);
    }
    assertEquals(treeOf(`${root}/var/www`), before);
  },
);

testWith("a kept script of a set-user-ID mode comes back without it", ["root"], async () => {
  using pit = await readyPit();
  const script = `${pit.root}${NODE}/script.ipxe`;
  Deno.chmodSync(script, 0o4755);
  for (const words of [["run", "--reset-scripts"], ["rollback"]] as const) {
    const { code } = await callInProcess(pit, words, { env: { IPMI_PASSWORD: "" } });
    assertEquals(code, 0, words.join(" "));
    assertEquals((Deno.statSync(script).mode ?? 0) & 0o7000, 0, words.join(" "));
  }
});

testWith("a forged record of an installation removes nothing", ["root"], async () => {
  using system = temporaryRoot();
  const { root } = system;
  Deno.chmodSync(root, 0o755);
  assertEquals((await install(root)).code, 0);
  Deno.renameSync(`${root}/var/lib/pitboot`, `${theirs(`${root}/srv`)}/state`);
  const before = treeOf(root);
  const { code, stderr } = await install(root, "--uninstall", "--state=/srv/state");
  assertEquals([code, treeOf(root)], [1, before]);
  assertMatch(stderr, /\/srv belongs to user 65534/);
});

testWith("root's commands are linked to no program of another user's", ["root"], async () => {
  using system = temporaryRoot();
  const { root } = system;
  Deno.chownSync(root + PROGRAM, USER, USER);
  const before = treeOf(root);
  const { code, stderr } = await install(root);
  assertEquals([code, treeOf(root)], [1, before]);
  assertMatch(stderr, /\/opt\/pitboot belongs to user 65534: root would run what others put there/);
});

testWith("no log is opened where another user can choose what it is", ["root"], async (t) => {
  const cases: [name: string, arrange: (root: string, secret: string) => void][] = [
    ["a link of theirs in their directory", (root, secret) => {
      Deno.symlinkSync(secret, `${theirs(`${root}/var/log/pitboot`)}/bmc-dhcp.log`);
    }],
    ["a file of theirs in a directory for everybody", (root) => {
      Deno.mkdirSync(`${root}/var/log/pitboot`, { recursive: true });
      Deno.chmodSync(`${root}/var/log/pitboot`, 0o1777);
      Deno.writeTextFileSync(`${root}/var/log/pitboot/bmc-dhcp.log`, "theirs");
      Deno.chownSync(`${root}/var/log/pitboot/bmc-dhcp.log`, USER, USER);
    }],
    ["a second name of a file of root's", (root, secret) => {
      Deno.mkdirSync(`${root}/var/log/pitboot`, { recursive: true });
      Deno.chmodSync(`${root}/var/log/pitboot`, 0o1777);
      Deno.linkSync(secret, `${root}/var/log/pitboot/bmc-dhcp.log`);
    }],
  ];
  for (const [name, arrange] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      const { secret, check } = withSecret(pit.directory);
      arrange(pit.root, secret);
      const { code, document } = await callInProcess(pit, ["bmc-dhcp"]);
      assertEquals([code, document.bmcs], [1, undefined]);
      problemOf(document, "file-unwritable");
      check();
      const events = await callInProcess(pit, [
        "resolve-images",
        "--events=/var/log/pitboot/bmc-dhcp.log",
      ]);
      assertEquals(events.code, 1);
      check();
    });
  }
});

testWith(
  "a log in a directory for everybody never follows what is put there meanwhile",
  ["root"],
  async () => {
    using temporary = temporaryDirectory();
    const { directory } = temporary;
    const { secret, check } = withSecret(directory);
    const shared = `${directory}/shared`;
    Deno.mkdirSync(shared);
    Deno.chmodSync(shared, 0o1777);
    await using _ = attack(`while :; do ln -s ${secret} log; rm -f log; done`, shared);
    const counts = { opened: 0, refused: 0 };
    while (counts.opened + counts.refused < 300 || counts.refused < 20) {
      try {
        using file = new Root("/").append(`${shared}/log`, { mode: 0o600 });
        file.writeSync(new TextEncoder().encode("an event\n"));
        counts.opened++;
        Deno.removeSync(`${shared}/log`);
      } catch {
        counts.refused++;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      check();
    }
  },
);

testWith("owner and mode go to what was made, not to what is put in its place", RACE, async () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  const { secret, check } = withSecret(directory);
  const place = theirs(`${directory}/theirs`);
  const root = new WritableRoot(new Root("/"));
  const facts = { mode: 0o664, owner: { uid: 65533, gid: 65533 } };
  // It takes its time to write them.
  const bytes = new Uint8Array(256 * 1024);
  await using _ = attack(
    `exec perl -e 'for (;;) { unlink "script"; symlink "${secret}", "script" }'`,
    place,
  );
  for (let replaced = 0; replaced < 30;) {
    try {
      root.create(`${place}/script`, bytes, facts);
    } catch (error) {
      // What was put there was seen.
      if (/ELOOP|ENOENT|was replaced/.test(String(error))) replaced++;
    }
    check();
  }
});

testWith("a script is never seen with the mode of another", RACE, async () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  Deno.chmodSync(directory, 0o755);
  const place = theirs(`${directory}${NODE}`);
  for (const [name, mode] of [["a", 0o644], ["b", 0o604]] as const) {
    Deno.writeTextFileSync(`${place}/${name}`, name, { mode });
    Deno.chownSync(`${place}/${name}`, USER, USER);
  }
  const put = (name: string): string => `link "${name}", "n"; rename "n", "script.ipxe"`;
  await using _ = attack(`exec perl -e 'for (;;) { ${put("a")}; ${put("b")} }'`, place);
  const seen = new Map<string, number>();
  const count = (name: string): number => seen.get(name) ?? 0;
  while (count("a 644") < 1000 || count("b 604") < 1000) {
    const { script } = look(directory);
    const name = script ? `${script.text} ${script.mode.toString(8)}` : "moved";
    seen.set(name, count(name) + 1);
  }
  assertEquals([...seen.keys()].filter((name) => name !== "moved").sort(), ["a 644", "b 604"]);
});

/** Nothing where it moved at that moment. */
function look(directory: string): Pick<ReturnType<typeof observeNode>, "script"> {
  try {
    return observeNode(new Root(directory), NODE);
  } catch {
    return { script: null };
  }
}

testWith(
  "nothing is written below a web root of another user's, unless the site says so",
  ["root"],
  async () => {
    using pit = temporaryPit({ leased: true });
    const { root } = pit;
    Deno.chownSync(`${root}/var/www`, USER, USER);
    const before = treeOf(`${root}/var/www`);
    const env = { IPMI_PASSWORD: "" };
    const refused = await callInProcess(pit, ["run", "--json"], { env });
    assertEquals([refused.code, treeOf(`${root}/var/www`)], [1, before]);
    const { message, hint } = problemOf(refused.document, "place-unsafe");
    assertEquals(
      message,
      "/var/www belongs to user 65534: others than root may change what nodes boot",
    );
    assertMatch(
      hint ?? "",
      /^nothing was changed; chown root:root \/var\/www; or, .* \("trusted"\)$/,
    );
    const config = `${root}/etc/pitboot.json`;
    Deno.writeTextFileSync(config, `{"trusted": {"users": [${USER}]}}`);
    // Whoever may write that file is not asked.
    Deno.chmodSync(config, 0o666);
    assertEquals((await callInProcess(pit, ["run"], { env })).code, 1);
    Deno.chmodSync(config, 0o644);
    assertEquals((await callInProcess(pit, ["run"], { env })).code, 0);
  },
);

testWith("a boot directory that another user made is left alone", ["root"], async () => {
  using pit = temporaryPit({ leased: true });
  const { root } = pit;
  theirs(root + NODE);
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  const { message, hint } = problemOf(document, "node-failed");
  assertEquals([code, message], [
    3,
    "ncn-w001: left alone, its boot directory belongs to user 65534",
  ]);
  assertEquals(hint, `chown root:root ${NODE}; then run again`);
  assertEquals([...Deno.readDirSync(root + NODE)], []);
  Deno.chownSync(root + NODE, 0, 0);
  const again = await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  assertEquals(again.code, 0);
});
