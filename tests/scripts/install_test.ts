import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { LINKED } from "../../lib/cli/names.ts";
import {
  call,
  callHere,
  execute,
  install,
  installArgs,
  modesOf,
  PROGRAM,
  temporaryRoot,
  write,
} from "../installation.ts";
import { PITBOOT, treeOf } from "../kit.ts";

const LINKS = ["pitboot", ...LINKED.map(([link]) => link)];
const SCRIPT = "root/bin/set-sqfs-links.sh";

Deno.test("install puts links, manual pages and completion in place", async () => {
  using system = temporaryRoot();
  const { code, stdout, stderr } = await install(system.root);
  assertEquals([code, stderr], [0, ""]);
  const tree = treeOf(system.root);
  for (const name of LINKS) assertEquals(tree[`root/bin/${name}`], `-> ${PROGRAM}`);
  const share = "usr/local/share";
  assertMatch(tree[`${share}/man/man8/pitboot-run.8`] ?? "", /^\.TH PITBOOT-RUN 8 /);
  assertEquals(tree[`${share}/man/man8/set-sqfs-links.sh.8`], "-> pitboot-run.8");
  assertStringIncludes(tree[`${share}/bash-completion/completions/pitboot`] ?? "", "complete -F");
  assertEquals(tree[`${share}/bash-completion/completions/set-links`], "-> pitboot");
  assertStringIncludes(
    tree[`${share}/fish/vendor_completions.d/pitboot.fish`] ?? "",
    "complete -c",
  );
  assertStringIncludes(tree[`${share}/zsh/site-functions/_pitboot`] ?? "", "#compdef pitboot ");
  const made = stdout.split("\n").filter((line) => /^(link|write) /.test(line)).length;
  // And the record and the lock, which are no result.
  const files = Object.entries(tree).filter(([path]) => !/\/$|^opt\//.test(path)).length;
  assertEquals(made, files - 2);
});

Deno.test("install gives everything its mode, whatever the umask", async (t) => {
  for (const umask of ["000", "077"]) {
    await t.step(umask, async () => {
      using system = temporaryRoot();
      const words = ["install", `--root=${system.root}`, `--binary=${PROGRAM}`];
      const script = ["sh", "-c", `umask ${umask}; exec "$@"`, "sh"];
      const { code, stderr } = await execute([...script, ...PITBOOT, ...words]);
      assertEquals([code, stderr], [0, ""]);
      const tree = treeOf(system.root);
      assert("var/lib/pitboot/lock" in tree && "var/lib/pitboot/install.json" in tree);
      for (const path of Object.keys(tree)) {
        const { mode, uid, isSymlink } = Deno.lstatSync(
          `${system.root}/${path.replace(/\/$/, "")}`,
        );
        if (isSymlink || path.startsWith("opt/")) continue;
        const [folder, file] = path.startsWith("var/lib/pitboot/")
          ? [0o700, 0o600]
          : [0o755, 0o644];
        assertEquals((mode ?? 0) & 0o777, path.endsWith("/") ? folder : file, path);
        assertEquals(uid, Deno.uid());
      }
    });
  }
});

Deno.test("install is the same when done twice", async () => {
  using system = temporaryRoot();
  Deno.mkdirSync(`${system.root}/root/bin`, { recursive: true });
  Deno.writeTextFileSync(`${system.root}/${SCRIPT}`, "old\n");
  await install(system.root);
  const before = stamps(system.root);
  assertEquals(await install(system.root), {
    code: 0,
    stdout: "",
    stderr: "pitboot install: nothing to do: everything is in place\n",
  });
  assertEquals(stamps(system.root), before);
});

Deno.test("install --dry-run says what install does, and does nothing", async () => {
  using system = temporaryRoot();
  for (const args of [[], ["--uninstall"]]) {
    const before = stamps(system.root);
    const dry = await install(system.root, "--dry-run", ...args);
    assertEquals(stamps(system.root), before);
    assertEquals(dry, await install(system.root, ...args));
    assertMatch(dry.stdout, /^\w+ \/.*\n/);
  }
});

Deno.test("install --uninstall restores the very tree that was there", async (t) => {
  const cases: [name: string, arrange: (root: string) => void][] = [
    ["nothing", () => {}],
    ["an old script", (root) => write(root, SCRIPT, "#!/bin/bash\nold\n", 0o750)],
    ["a link in the place of the script", (root) => {
      write(root, "root/tools/script", "old\n");
      Deno.mkdirSync(`${root}/root/bin`);
      Deno.symlinkSync("../tools/script", `${root}/${SCRIPT}`);
    }],
    ["an old script kept by hand", (root) => write(root, `${SCRIPT}.orig`, "older\n")],
    ["directories that are used by others", (root) => {
      write(root, "usr/local/share/man/man8/other.8", ".TH OTHER 8\n");
      write(root, "usr/local/share/fish/vendor_completions.d/other.fish", "complete -c other\n");
      write(root, "var/lib/pitboot/scripts.json", "{}\n");
      write(root, "var/lib/pitboot/lock", "", 0o600);
      Deno.mkdirSync(`${root}/usr/local/share/zsh/site-functions`, { recursive: true });
    }],
    ["links that were made by hand", (root) => {
      Deno.mkdirSync(`${root}/root/bin`, { recursive: true });
      for (const name of LINKS) Deno.symlinkSync(PROGRAM, `${root}/root/bin/${name}`);
    }],
  ];
  for (const [name, arrange] of cases) {
    await t.step(name, async () => {
      using system = temporaryRoot();
      arrange(system.root);
      const before = modesOf(system.root);
      assertEquals((await install(system.root)).code, 0);
      assertEquals(Deno.readLinkSync(`${system.root}/${SCRIPT}`), PROGRAM);
      // It needs no program, and takes back what it made, wherever that was.
      const { code, stderr } = await callHere("install", "--uninstall", `--root=${system.root}`);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(modesOf(system.root), before);
    });
  }
});

Deno.test("install keeps an old script, byte for byte, with its mode and time", async () => {
  using system = temporaryRoot();
  write(system.root, SCRIPT, "#!/bin/bash\nold\n", 0o750);
  const { mtime, mode } = Deno.statSync(`${system.root}/${SCRIPT}`);
  const { stdout } = await install(system.root);
  assertStringIncludes(stdout, `keep /${SCRIPT} as /${SCRIPT}.orig\n`);
  const kept = Deno.statSync(`${system.root}/${SCRIPT}.orig`);
  assertEquals([kept.mtime, kept.mode], [mtime, mode]);
  assertEquals(Deno.readTextFileSync(`${system.root}/${SCRIPT}.orig`), "#!/bin/bash\nold\n");
});

Deno.test("install refuses what is in the way and not its own, and changes nothing", async (t) => {
  const cases: [name: string, path: string, arrange: (root: string) => void][] = [
    ["a file", "root/bin/set-links", (root) => write(root, "root/bin/set-links", "x")],
    ["a directory", "root/bin/pitboot", (root) => write(root, "root/bin/pitboot/x", "x")],
    ["a directory in the place of the script", SCRIPT, (root) => write(root, `${SCRIPT}/x`, "x")],
    ["a link to something else", "root/bin/bmc-dhcp", (root) => {
      write(root, "root/bin/true", "x");
      Deno.symlinkSync("true", `${root}/root/bin/bmc-dhcp`);
    }],
    ["a manual page", "usr/local/share/man/man8/pitboot.8", (root) => {
      write(root, "usr/local/share/man/man8/pitboot.8", ".TH\n");
    }],
    ["a file where a directory should be", "usr/local/share/zsh", (root) => {
      write(root, "usr/local/share/zsh", "x");
    }],
    ["two old scripts", SCRIPT, (root) => {
      write(root, SCRIPT, "old\n");
      write(root, `${SCRIPT}.orig`, "older\n");
    }],
    ["two old scripts that are alike", SCRIPT, (root) => {
      write(root, SCRIPT, "old\n");
      write(root, `${SCRIPT}.orig`, "old\n");
    }],
  ];
  for (const [name, path, arrange] of cases) {
    await t.step(name, async () => {
      using system = temporaryRoot();
      arrange(system.root);
      const before = stamps(system.root);
      assertEquals(await install(system.root), {
        code: 1,
        stdout: "",
        stderr: `pitboot install: error: in the way, and not installed by pitboot: /${path}\n` +
          "  hint: nothing was changed; move it away and run again\n",
      });
      assertEquals(stamps(system.root), before);
    });
  }
});

Deno.test("install names both, where a new script lies where it was and the old one is kept", async () => {
  using system = temporaryRoot();
  write(system.root, SCRIPT, "old\n");
  await install(system.root);
  Deno.removeSync(`${system.root}/${SCRIPT}`);
  write(system.root, SCRIPT, "new\n");
  const before = stamps(system.root);
  const { code, stderr } = await install(system.root);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    `/${SCRIPT} (what was there before pitboot is kept as /${SCRIPT}.orig)\n`,
  );
  assertEquals(stamps(system.root), before);
});

Deno.test("install leaves what was changed since, and says so", async () => {
  using system = temporaryRoot();
  write(system.root, SCRIPT, "old\n");
  await install(system.root);
  const page = "usr/local/share/man/man8/pitboot.8";
  write(system.root, page, "mine\n");
  Deno.removeSync(`${system.root}/${SCRIPT}`);
  write(system.root, SCRIPT, "new\n");
  const { code, stderr } = await install(system.root, "--uninstall");
  assertEquals(code, 0);
  assertEquals(stderr.trimEnd().split("\n").sort(), [
    `pitboot install: /${SCRIPT} was changed after installation; kept`,
    `pitboot install: /${page} was changed after installation; kept`,
  ]);
  const files = Object.entries(treeOf(system.root)).filter(([path]) => !path.endsWith("/"));
  assertEquals(Object.fromEntries(files), {
    "opt/pitboot": "#!/bin/sh\n",
    [SCRIPT]: "new\n",
    [`${SCRIPT}.orig`]: "old\n",
    [page]: "mine\n",
  });
});

Deno.test("install restores what was removed, and follows the program to another place", async () => {
  using system = temporaryRoot();
  write(system.root, SCRIPT, "old\n");
  const before = modesOf(system.root);
  await install(system.root);
  const whole = treeOf(system.root);
  Deno.removeSync(`${system.root}/root/bin/set-links`);
  Deno.removeSync(`${system.root}/usr/local/share`, { recursive: true });
  // As a package does that brings the old script again.
  Deno.removeSync(`${system.root}/${SCRIPT}`);
  write(system.root, SCRIPT, "old\n");
  assertEquals((await install(system.root)).code, 0);
  assertEquals(treeOf(system.root), whole);

  write(system.root, "opt/pitboot-2", "#!/bin/sh\n", 0o755);
  const moved = ["--binary=/opt/pitboot-2", "--prefix=/usr/local/sbin"];
  assertEquals((await install(system.root, ...moved)).code, 0);
  for (const name of LINKS) {
    assertEquals(Deno.readLinkSync(`${system.root}/usr/local/sbin/${name}`), "/opt/pitboot-2");
  }
  assertEquals(Deno.readTextFileSync(`${system.root}/${SCRIPT}`), "old\n");
  await install(system.root, "--uninstall");
  Deno.removeSync(`${system.root}/opt/pitboot-2`);
  assertEquals(modesOf(system.root), before);
});

Deno.test("install may be started many times at once", async () => {
  using system = temporaryRoot();
  write(system.root, SCRIPT, "old\n");
  // Whoever finds no /var/lib makes one, and cannot tell whose it is at the same moment.
  write(system.root, "var/lib/misc/dnsmasq.leases", "");
  const before = modesOf(system.root);
  for (const args of [[], ["--uninstall"]]) {
    const words = installArgs(system.root, args);
    const results = await Promise.all([1, 2, 3, 4].map(() => call("install", ...words)));
    for (const { code, stderr } of results) {
      // On a busy machine the others may take longer than one waits for them.
      assert(
        code === 0 || /error: (another pitboot is|pitboot .* has been) running/.test(stderr),
        stderr,
      );
    }
    // One does it, and the others find it done.
    assertEquals(results.filter(({ stdout }) => stdout !== "").length, 1);
  }
  assertEquals(modesOf(system.root), before);
});

Deno.test("install waits for another run of any command, but not for ever", async () => {
  using system = temporaryRoot();
  write(system.root, "var/lib/pitboot/lock", "", 0o600);
  const before = stamps(system.root);
  {
    using other = Deno.openSync(`${system.root}/var/lib/pitboot/lock`, { write: true });
    other.lockSync(true);
    const { code, stderr } = await install(system.root);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /^pitboot install: another pitboot is running: .*\npitboot install: error: another pitboot is running \(it holds \/var\/lib\/pitboot\/lock\)\n {2}hint: /,
    );
    assertEquals((await install(system.root, "--dry-run")).code, 0);
    assertEquals(stamps(system.root), before);
  }
  // The wait that was given up ends in the same moment.
  assertEquals((await install(system.root)).code, 0);
});

Deno.test("install is not kept waiting by who can only read", async () => {
  using system = temporaryRoot();
  using root = Deno.openSync(system.root);
  root.lockSync(true);
  assertEquals((await install(system.root)).code, 0);
});

Deno.test("install leaves out what the package has brought", async () => {
  using system = temporaryRoot();
  write(system.root, "usr/bin/pitboot", "#!/bin/sh\n", 0o755);
  write(system.root, "usr/share/man/man8/pitboot.8.gz", "x");
  const { code } = await install(system.root, "--binary=/usr/bin/pitboot");
  assertEquals(code, 0);
  assert(!Object.keys(treeOf(system.root)).some((path) => path.startsWith("usr/local")));
  assertEquals(Deno.readLinkSync(`${system.root}/${SCRIPT}`), "/usr/bin/pitboot");
});

Deno.test("install makes no link of the program to itself", async () => {
  using system = temporaryRoot();
  write(system.root, "root/bin/pitboot", "#!/bin/sh\n", 0o755);
  const { code } = await install(system.root, "--binary=/root/bin/pitboot");
  assertEquals(code, 0);
  assertEquals(Deno.readTextFileSync(`${system.root}/root/bin/pitboot`), "#!/bin/sh\n");
  assertEquals(Deno.readLinkSync(`${system.root}/root/bin/set-links`), "/root/bin/pitboot");
});

Deno.test("install says what it cannot do", async (t) => {
  using system = temporaryRoot();
  write(system.root, "opt/text", "text\n");
  const before = stamps(system.root);
  const root = `--root=${system.root}`;
  const cases: [name: string, args: string[], code: number, message: string][] = [
    [
      "no program",
      [root],
      1,
      "error: pitboot runs from its sources, so there is no program to link to",
    ],
    ["no such root", ["--root=/missing"], 2, "error: --root /missing: does not exist"],
    ["a program that is not there", [root, "--binary=/opt/x"], 1, "error: /opt/x: does not exist"],
    [
      "a file that is not a program",
      [root, "--binary=/opt/text"],
      1,
      "error: /opt/text is not a program",
    ],
    [
      "a prefix that depends on where one is",
      [root, `--binary=${PROGRAM}`, "--prefix=bin"],
      2,
      "--prefix bin: expected a path that begins with /",
    ],
    ["an argument", [root, "now"], 2, 'unexpected argument "now"'],
  ];
  for (const [name, args, code, message] of cases) {
    await t.step(name, async () => {
      const result = await callHere("install", ...args);
      assertEquals([result.code, result.stdout], [code, ""]);
      assertEquals(result.stderr.split("\n")[0], `pitboot install: ${message}`);
      assertMatch(result.stderr, /\n {2}hint: \w.*\n$/);
    });
  }
  assertEquals(stamps(system.root), before);

  await t.step("a record that is damaged", async () => {
    write(system.root, "var/lib/pitboot/install.json", "{");
    const before = stamps(system.root);
    const { code, stderr } = await install(system.root, "--uninstall");
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /^pitboot install: error: \/var\/lib\/pitboot\/install.json: .*\n {2}hint: /,
    );
    assertEquals(stamps(system.root), before);
  });
});

Deno.test("install --uninstall without an installation has nothing to do", async () => {
  using system = temporaryRoot();
  const before = stamps(system.root);
  assertEquals(await install(system.root, "--uninstall"), {
    code: 0,
    stdout: "",
    stderr: "pitboot install: nothing to do: nothing left to remove\n",
  });
  assertEquals(stamps(system.root), before);
});

/** When everything was last touched, but for the lock: it says who has it, and since when. */
function stamps(root: string): Record<string, number | undefined> {
  const paths = Object.keys(treeOf(root)).filter((path) => !path.endsWith("/lock"));
  return Object.fromEntries(
    ["", ...paths].map((path) => {
      const { ctime, ino } = Deno.lstatSync(`${root}/${path.replace(/\/$/, "")}`);
      return [path, (ctime?.getTime() ?? 0) + (ino ?? 0)];
    }),
  );
}

Deno.test("install links nothing that others than root could change, and changes nothing there", async (t) => {
  const cases: [name: string, path: string, message: string][] = [
    [
      "a program that anybody may write",
      PROGRAM,
      `${PROGRAM} may be written by anybody (mode 777)`,
    ],
    ["the directory of the program", "/opt", "/opt may be written by anybody (mode 777)"],
    ["the place of the pages", "/usr/local", "/usr/local may be written by anybody (mode 777)"],
    ["the place of the links", "/root", "/root may be written by anybody (mode 777)"],
    ["above the state directory", "/var", "/var may be written by anybody (mode 777)"],
  ];
  for (const [name, path, message] of cases) {
    await t.step(name, async () => {
      using system = temporaryRoot();
      Deno.mkdirSync(`${system.root}/usr/local`, { recursive: true });
      Deno.mkdirSync(`${system.root}/root`);
      Deno.mkdirSync(`${system.root}/var`);
      Deno.chmodSync(system.root + path, 0o777);
      const before = treeOf(system.root);
      const { code, stdout, stderr } = await install(system.root);
      assertEquals([code, stdout, treeOf(system.root)], [1, "", before]);
      assertStringIncludes(stderr, message);
      assertMatch(stderr, /\n {2}hint: .*(chmod go-w|install -o root)/);
    });
  }
});

Deno.test("install stays below --root where absolute links lie on the way", async () => {
  using system = temporaryRoot();
  const { root } = system;
  for (const name of ["disk", "var/lib", "usr"]) {
    Deno.mkdirSync(`${root}/${name}`, { recursive: true });
  }
  Deno.symlinkSync("/disk", `${root}/usr/local`);
  Deno.symlinkSync("/disk", `${root}/root`);
  const { code, stderr } = await install(root);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(treeOf(root)["disk/bin/pitboot"], `-> ${PROGRAM}`);
  assertStringIncludes(treeOf(root)["disk/share/man/man8/pitboot.8"] ?? "", ".TH PITBOOT 8");
  const undone = await install(root, "--uninstall");
  assertEquals([undone.code, undone.stderr], [0, ""]);
  assertEquals(treeOf(`${root}/disk`), {});
});
