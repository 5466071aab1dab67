/**
 * The files that are carried onto a PIT: built by tools/compile.ts, run where
 * there is nothing but them.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { permissionFlags } from "../../tools/build/permission_flags.ts";
import { stdPackages } from "../../tools/build/std_packages.ts";
import { sha256Of } from "../../tools/package/program.ts";
import {
  artifact,
  buildTest,
  bundlerOnly,
  compile,
  copySources,
  FOREIGN,
  type Form,
  FORMS,
  HOST,
  LINKS,
  type Machine,
  machine,
  onForeignMachine,
} from "./binary_kit.ts";
import { COMMANDS } from "../../scripts/commands.ts";
import { NINETY_NINE_NODES } from "../../tools/pit/make_pit.ts";
import { execute } from "../installation.ts";
import { checkDocument, shell, temporaryPit, treeOf } from "../kit.ts";

const CHAIN = ["resolve-images", "bmc-dhcp", "wait-leases", "set-links"];
const ROOT = new URL("../..", import.meta.url).pathname;
/** Where pitboot is in a {@linkcode machine}. */
const PITBOOT = "/root/bin/pitboot";

for (const form of FORMS) {
  test(form, "is the same bytes from another directory", async () => {
    assert(HOST);
    using copy = copySources();
    const one = await artifact(form, HOST);
    const two = form === "compiled"
      ? await artifact(form, HOST, { root: copy.directory })
      : await builtWithoutRuntime(copy.directory);
    assertEquals(await sha256Of(two), await sha256Of(one));
  });

  test(form, "closes what it opens", async () => {
    assert(HOST);
    using pit = temporaryPit({ nodes: NINETY_NINE_NODES, leased: true });
    const script = 'ulimit -n 120; exec "$0" run -q --root="$1"';
    const { code, stderr } = await execute(
      ["sh", "-c", script, await artifact(form, HOST), pit.root],
      { env: { IPMI_PASSWORD: "", PITBOOT_CACHE: `${pit.directory}/cache` } },
    );
    // A bundler that takes `using` away leaves two open for each node.
    assertEquals([code, stderr], [0, ""]);
  });

  test(form, "says which build it is", async () => {
    using pit = await hostMachine(form);
    const packages = Object.entries(await stdPackages(ROOT, "scripts/pitboot.ts"));
    assert(packages.length > 1);
    const std = packages.some(([, version]) => version === null)
      ? `stand-ins for ${packages.map(([name]) => name).join(", ")}`
      : packages.map(([name, version]) => `${name} ${version}`).join(", ");
    const { stdout, stderr } = await pit.run(
      "in_pit_with PATH=/root/bin pitboot --version --verbose",
    );
    assertMatch(
      stdout,
      new RegExp(
        `^pitboot ${config.version}\ncommit ([0-9a-f]{40}(\\+changes)?|unknown)\n` +
          `built (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ|at an unknown time), ${form}, with Deno [\\d.]+\n${std}\n$`,
      ),
    );
    assertEquals(stderr, "");
  });

  test(form, "has the help of every command", async () => {
    using pit = await hostMachine(form);
    const calls = ["--help", ...Object.keys(COMMANDS).map((command) => `${command} --help`)];
    const ours = await pit.run(calls.map((call) => `in_pit ${PITBOOT} ${call}`).join("\n"));
    const sources = await shell(pit, calls.map((call) => `pitboot ${call}`).join("\n"));
    assertEquals(ours.stdout, sources.stdout);
    assertEquals(ours.stderr, "");
  });

  test(form, "is a chain of commands when called by links", async () => {
    using pit = await hostMachine(form);
    const { code, stdout, stderr } = await pit.run(chain((link) => `in_pit /root/bin/${link}`));
    assertEquals(code, 0, stderr);
    checkDocument(stdout);
    assertEquals(treeOf(`${pit.root}/var/www`), await wantedTree());
  });

  test(form, "is the whole job when called as set-sqfs-links.sh", async () => {
    using pit = await hostMachine(form);
    const result = await pit.run("in_pit_with PATH=/root/bin set-sqfs-links.sh");
    assertEquals(result.code, 0, result.stderr);
    using other = temporaryPit({ leased: true });
    const sources = await shell(other, "pitboot run", { IPMI_PASSWORD: "" });
    assertEquals(
      result.stdout.replace(/\S*set-sqfs-links.sh is/, "pitboot run is"),
      sources.stdout,
    );
    assertEquals(treeOf(`${pit.root}/var/www`), treeOf(`${other.root}/var/www`));
  });

  test(form, "is pitboot when copied under another name", async () => {
    using pit = await hostMachine(form);
    const { code, stdout, stderr } = await pit.run(
      `mv $ROOT/opt/pitboot/* $ROOT/opt/anything && in_pit /opt/anything status --version`,
    );
    assertEquals([code, stdout, stderr], [0, `pitboot ${config.version}\n`, ""]);
  });

  test(form, "installs itself, and takes that back", async () => {
    using pit = await hostMachine(form);
    for (const name of ["pitboot", ...LINKS]) Deno.removeSync(`${pit.root}/root/bin/${name}`);
    const { code, stdout, stderr } = await pit.run(`
      files() { find $ROOT/root $ROOT/usr/local $ROOT/var/lib | sort; }
      before=$(files)
      in_pit /usr/local/bin/pitboot install --quiet && in_pit /root/bin/resolve-images -q
      in_pit_with PATH=/root/bin pitboot install --uninstall --quiet
      [ "$(files)" = "$before" ]`);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(checkDocument(stdout).status, "ok");
  });

  test(form, "runs on a full /tmp, and on a read-only root", async () => {
    using pit = await hostMachine(form);
    const disks = `
      mkdir -p $ROOT/tmp $ROOT/dev/shm && mount -t tmpfs -o size=64k tmpfs $ROOT/tmp
      mount -t tmpfs tmpfs $ROOT/dev/shm
      cat /dev/zero >$ROOT/tmp/full 2>/dev/null
      mount --rbind $ROOT $ROOT && mount -o remount,ro,bind $ROOT
      `;
    const images = await pit.run(`${disks} in_pit ${PITBOOT} resolve-images`);
    assertEquals([images.code, images.document.status], [0, "ok"], images.stderr);
    const run = await pit.run(`${disks} in_pit ${PITBOOT} run --json`);
    assertEquals([run.code, run.document.status], [1, "failed"], run.stderr);
    assertMatch(run.stderr, /read-only file system/);
    assert(!Deno.readDirSync(`${pit.root}/var/www`).some(({ name }) => /^ncn/.test(name)));
  });

  test(form, "does not care what is around it", async () => {
    using pit = await hostMachine(form);
    const call = `${PITBOOT} resolve-images --verbose`;
    const usual = await pit.run(`in_pit ${call}`);
    for (
      const name of ["deno.json", "package.json", "pitboot.json", ".npmrc", ".env", "tsconfig.json"]
    ) {
      Deno.writeTextFileSync(`${pit.root}/${name}`, "{ no JSON");
    }
    Deno.mkdirSync(`${pit.root}/node_modules`);
    Deno.writeTextFileSync(`${pit.root}/evil.js`, "console.log('evil'); process.exit(9);");
    const strange = await pit.run(`in_pit_with "${strangeEnvironment(form)}" ${call}`);
    assertEquals(strange, usual);
    assert(![...Deno.readDirSync(pit.root)].some(({ name }) => name === "left"));
  });
}

for (const form of FORMS) {
  test(form, "opens no debugger at SIGUSR1, but ends", async () => {
    using pit = await hostMachine(form);
    // Without leases it waits; by then Deno has set up all that it ever does.
    const { code, stdout } = await pit.run(`
      rm $ROOT/var/lib/misc/dnsmasq.leases
      listens() { grep -q ' 0A ' /proc/net/tcp /proc/net/tcp6; }
      env -i $(command -v chroot) $ROOT ${PITBOOT} wait-leases >/dev/null 2>&1 & pid=$!
      until ls -l /proc/$pid/fd | grep -q inotify || [ ! -d /proc/$pid ]; do sleep 0.05; done
      sleep 1
      kill -USR1 $pid
      while [ -d /proc/$pid ]; do listens && echo "listens" && kill -KILL $pid; done
      wait $pid`);
    assertEquals([code, stdout], [130, ""]);
  });
}

test("compiled", "has the permissions of deno.json, and no others", async () => {
  assert(HOST);
  const bytes = Deno.readFileSync(await artifact("compiled", HOST));
  const text = new TextDecoder("latin1").decode(bytes);
  const [, found = "{}"] = /"permissions":(\{"allow_\w+":[^{}]*\})/.exec(text) ?? [];
  const granted = Object.entries<unknown>(JSON.parse(found)).filter(([, value]) => value !== null);
  const set = Object.entries(config.permissions.pitboot)
    // Everywhere is an empty list there.
    .map(([name, value]) => [`allow_${name}`, value === true ? [] : value]);
  assertEquals(Object.fromEntries(granted), { ...Object.fromEntries(set), prompt: false });
});

test("self-extracting", "has the permissions of deno.json, and no others", async () => {
  assert(HOST);
  const bytes = Deno.readFileSync(await artifact("self-extracting", HOST));
  const header = new TextDecoder("latin1").decode(bytes.subarray(0, 16384));
  const flags = [...header.matchAll(/'(--(?:allow|deny)-[^']*)'/g)].map(([, flag = ""]) => flag);
  assertEquals(flags, permissionFlags(config.permissions.pitboot));
  assertMatch(header, / --no-npm --no-remote --no-prompt /);
});

test("self-extracting", "unpacks once, however many start at once", async () => {
  using pit = await hostMachine("self-extracting");
  const { code, stdout, stderr } = await pit.run(`
    for i in 1 2 3 4 5 6 7 8; do in_pit ${PITBOOT} --version & done; wait
    ls -A $ROOT/var/tmp/*`);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout,
    `pitboot ${config.version}\n`.repeat(8) + "cache\ndeno\npitboot.mjs\n",
  );
});

test("self-extracting", "goes on where it was killed", async (t) => {
  for (const signal of ["TERM", "KILL"]) {
    await t.step(signal, async () => {
      using pit = await hostMachine("self-extracting");
      // All of its processes, as the end of a session does it.
      const { code, stdout } = await pit.run(`
        for try in 1 2 3 4 5 6 7 8 9; do
          rm -rf $ROOT/var/tmp/*
          env -i setsid $(command -v chroot) $ROOT ${PITBOOT} --version >/dev/null 2>&1 & pid=$!
          until [ -s "$(echo $ROOT/var/tmp/*/.new/deno)" ] || [ ! -d /proc/$pid ]; do sleep 0.02; done
          kill -${signal} -$pid; wait $pid && continue
          sleep 0.2; ls -d $ROOT/var/tmp/*/deno 2>/dev/null >&2 || break
        done
        [ $try -lt 9 ] || echo "too late each time"
        in_pit ${PITBOOT} --version && ls -A $ROOT/var/tmp/*`);
      assertEquals(code, 0);
      assertEquals(stdout, `pitboot ${config.version}\ncache\ndeno\npitboot.mjs\n`);
    });
  }
});

for (const form of FORMS) {
  // Where that is another machine.
  if (FOREIGN === HOST) continue;
  buildTest(
    `${form} for aarch64 is a chain of commands, too`,
    { form, target: FOREIGN },
    async () => {
      assert(FOREIGN);
      using pit = temporaryPit({ leased: true });
      const path = await artifact(form, FOREIGN);
      for (const link of CHAIN) Deno.symlinkSync(path, `${pit.directory}/${link}`);
      const calls = chain((link) => `${pit.directory}/${link} --root=${pit.root}`);
      const result = await onForeignMachine(pit.directory, calls);
      assertEquals(result.code, 0, result.stderr);
      checkDocument(result.stdout);
      assertEquals(treeOf(`${pit.root}/var/www`), await wantedTree());
    },
  );
}

/** A test on a machine like ours that has nothing but what was built. */
function test(
  form: Form,
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  buildTest(`${form} ${name}`, { form }, fn);
}

/** What compile makes of sources where there is no runtime, and nobody asked for what. */
async function builtWithoutRuntime(root: string): Promise<string> {
  const env = await bundlerOnly(`${root}/deno`);
  const { code, stdout, stderr } = await compile(Deno.execPath(), [], { env, root });
  const path = `${root}/dist/pitboot-${config.version}-${HOST?.arch}`;
  assertEquals([code, stdout], [0, `${path}\n`], stderr);
  assertMatch(
    stderr,
    /^compile: no runtime for deno compile: .*; making a self-extracting file\n(compile: Deno \S+ opens a debugger .*; taking 2\.9\.1\n)?compile: \d+ MB\n$/,
  );
  return path;
}

async function hostMachine(form: Form): Promise<Machine> {
  assert(HOST);
  const path = await artifact(form, HOST);
  return machine(path, form === "self-extracting" ? { shell: "sh" } : {});
}

/** The chain of commands as a shell script. */
function chain(call: (link: string) => string): string {
  return CHAIN.map(call).join(" | ");
}

/** What the chain makes of the web root when it is run from the sources. */
async function wantedTree(): Promise<Record<string, string>> {
  using pit = temporaryPit({ leased: true });
  const { code, stderr } = await shell(pit, chain((name) => `pitboot ${name}`), {
    IPMI_PASSWORD: "",
  });
  assertEquals(code, 0, stderr);
  return treeOf(`${pit.root}/var/www`);
}

/** What Deno and Node look for in their environment. */
function strangeEnvironment(form: Form): string {
  const paths = ["CERT", "AUDIT_PERMISSIONS", "COVERAGE_DIR", "DIR", "PERMISSION_BROKER_PATH"];
  return [
    ...paths.map((name) => `DENO_${name}=/left`),
    "DENO_AUTO_SERVE=1",
    "DENO_CONDITIONS=evil",
    "DENO_SERVE_ADDRESS=tcp:0.0.0.0:1",
    "DENO_TLS_CA_STORE=evil",
    "DENO_TRACE_PERMISSIONS=1",
    "DENO_V8_FLAGS=--help",
    "NODE_DEBUG=fs",
    "NODE_EXTRA_CA_CERTS=/left",
    "NODE_OPTIONS=--require=/evil.js",
    "NODE_PATH=/",
    "NODE_V8_COVERAGE=/left",
    "OTEL_DENO=true",
    "COMPLETE=bash",
    // Read by a compiled program before any of ours: it says more, or refuses to start.
    ...form === "self-extracting" ? ["DENO_LOG=debug", "DENO_TOKIO_EVENT_INTERVAL=evil"] : [],
  ].join(" ");
}
