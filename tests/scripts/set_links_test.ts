import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { BOOT_SCRIPT, KERNEL, RELEASE } from "../../tools/pit/make_pit.ts";
import { callInProcess, chained } from "../in_process.ts";
import {
  feed,
  hasOpen,
  problemOf,
  resultOf,
  shell,
  startPitboot,
  type TemporaryPit,
  temporaryPit,
  treeOf,
  until,
} from "../kit.ts";
import { testWith } from "../needs.ts";

const DATA = `../ephemeral/data`;

Deno.test("set-links alone restores links that were removed", async () => {
  using pit = temporaryPit({ leased: true });
  await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  const whole = treeOf(`${pit.root}/var/www`);
  // As the handbook does it, to keep nodes from booting.
  for (const name of ["kernel", "initrd.img.xz", "rootfs"]) {
    for (const node of ["ncn-w001", "ncn-s001"]) {
      Deno.removeSync(`${pit.root}/var/www/${node}/${name}`);
    }
  }
  const { code, document } = await callInProcess(pit, ["set-links"]);
  assertEquals(code, 0);
  assertEquals(
    document.nodes?.filter(({ change }) => change === "updated").map(({ name }) => name),
    ["ncn-s001", "ncn-w001"],
  );
  assertEquals(treeOf(`${pit.root}/var/www`), whole);
});

Deno.test("set-links makes the whole tree, and only that", async () => {
  using pit = temporaryPit({ leased: true });
  const before = treeOf(`${pit.root}/var/www`);
  const { code } = await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  assertEquals(code, 0);
  const bare = BOOT_SCRIPT.replace("rd.luks ", "rd.luks=0 ");
  const expected = { ...before };
  for (const { name } of pit.nodes.slice(1)) {
    const [directory, image] = name.startsWith("ncn-s")
      ? [`${DATA}/ceph/${RELEASE}`, "storage-ceph"]
      : [`${DATA}/k8s/${RELEASE}`, "kubernetes"];
    expected[`${name}/`] = "";
    expected[`${name}/kernel`] = `-> ${directory}/${KERNEL}-${RELEASE}.kernel`;
    expected[`${name}/initrd.img.xz`] = `-> ${directory}/initrd.img-${RELEASE}.xz`;
    expected[`${name}/rootfs`] = `-> ${directory}/secure-${image}-${RELEASE}.squashfs`;
    expected[`${name}/script.ipxe`] = name.startsWith("ncn-w") ? bare : BOOT_SCRIPT;
  }
  assertEquals(sorted(treeOf(`${pit.root}/var/www`)), sorted(expected));
  for (const path of Object.keys(expected)) {
    if (expected[path]?.startsWith("-> ")) Deno.statSync(`${pit.root}/var/www/${path}`);
  }
});

Deno.test("set-links makes links only for nodes with a lease", async () => {
  using pit = temporaryPit({ leased: true });
  const document = JSON.parse(await chained(pit));
  document.leases = document.leases.filter(({ bmc }: { bmc: string }) => /s00[12]/.test(bmc));
  const stdin = JSON.stringify(document);
  const result = await callInProcess(pit, ["set-links", "--exclude", "ncn-s002"], { stdin });
  assertEquals(result.code, 0);
  assertEquals(directoriesOf(pit), ["boot", "ephemeral", "ncn-s001"]);
});

Deno.test("set-links gives scripts the mode and the time of boot/script.ipxe", async () => {
  using pit = temporaryPit({ leased: true });
  const script = `${pit.root}/var/www/boot/script.ipxe`;
  Deno.chmodSync(script, 0o664);
  const { mtime, mode } = Deno.statSync(script);
  const path = `${pit.directory}/document`;
  Deno.writeTextFileSync(path, await chained(pit));
  const { code, stderr } = await shell(pit, `umask 077; pitboot set-links <${path}`);
  assertEquals(code, 0, stderr);
  for (const { name } of pit.nodes.slice(1)) {
    const directory = `${pit.root}/var/www/${name}`;
    assertEquals(modeOf(directory), 0o755);
    const copy = Deno.statSync(`${directory}/script.ipxe`);
    assertEquals([copy.mtime, copy.mode], [mtime, mode]);
  }
  assertEquals(Deno.statSync(script).mtime, mtime);
});

Deno.test("set-links with CSM_RELEASE under umask 077 leaves boot/ readable", async () => {
  using pit = temporaryPit({ leased: true });
  Deno.writeTextFileSync(`${pit.directory}/document`, await chained(pit));
  const { code } = await shell(
    pit,
    `umask 077; CSM_RELEASE=1.6.2 pitboot set-links <${pit.directory}/document`,
  );
  assertEquals(code, 0);
  assertEquals(modeOf(`${pit.root}/var/www/boot/script.ipxe`), 0o644);
  assertEquals(modeOf(`${pit.root}/var/www/boot`), 0o755);
});

testWith(
  "set-links keeps owners: links as targets, scripts as boot/script.ipxe",
  ["root"],
  async () => {
    using pit = temporaryPit({ leased: true });
    const www = `${pit.root}/var/www`;
    const script = `${www}/boot/script.ipxe`;
    const rootfs = `${www}/ephemeral/data/k8s/${RELEASE}/secure-kubernetes-${RELEASE}.squashfs`;
    Deno.chownSync(rootfs, 65534, 65534);
    Deno.chownSync(script, 65533, 65532);
    Deno.chownSync(`${www}/boot`, 65533, 65532);
    Deno.chmodSync(script, 0o664);
    // Whoever may write to boot/ decides what nodes boot.
    Deno.writeTextFileSync(`${pit.root}/etc/pitboot.json`, '{"trusted": {"users": [65533]}}');
    const options = { stdin: await chained(pit), env: { CSM_RELEASE: "1.6.2" } };
    assertEquals((await callInProcess(pit, ["set-links"], options)).code, 0);
    assertEquals(Deno.lstatSync(`${www}/ncn-w001/rootfs`).uid, 65534);
    assertEquals(Deno.lstatSync(`${www}/ncn-w001/kernel`).uid, 0);
    assertEquals(Deno.lstatSync(`${www}/ncn-s001/rootfs`).uid, 0);
    for (const path of [script, `${www}/ncn-w001/script.ipxe`, `${www}/ncn-s001/script.ipxe`]) {
      const { uid, gid } = Deno.statSync(path);
      assertEquals([uid, gid, modeOf(path)], [65533, 65532, 0o664], path);
    }
    assertEquals(Deno.statSync(`${www}/boot`).uid, 65533);
    assertEquals(Deno.statSync(rootfs).uid, 65534);
    // Another owner of the image alone is reason enough to fix the link.
    Deno.chownSync(rootfs, 65533, 65533);
    const { document } = await callInProcess(pit, ["set-links"], options);
    assertEquals(Deno.lstatSync(`${www}/ncn-w001/rootfs`).uid, 65533);
    assertEquals(document.nodes?.find(({ name }) => name === "ncn-w001")?.change, "updated");
    assertEquals(document.nodes?.find(({ name }) => name === "ncn-s001")?.change, "unchanged");
  },
);

Deno.test("set-links puts CSM_RELEASE in, changes it and takes it out again", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  const www = `${pit.root}/var/www`;
  const paths = ["boot", "ncn-m002", "ncn-w001", "ncn-s003"].map((name) => `${name}/script.ipxe`);
  const run = async (env: Record<string, string>): Promise<string[]> => {
    const { code } = await callInProcess(pit, ["set-links"], { stdin, env });
    assertEquals(code, 0);
    return paths.map((path) => Deno.readTextFileSync(`${www}/${path}`));
  };
  const plain = await run({});
  const first = await run({ CSM_RELEASE: "1.6.1" });
  for (const text of first) {
    assertMatch(text, /^set live-sqfs-opts rd\.live\.dir=1\.6\.1 root=live:LABEL=SQFSRAID rd/m);
  }
  const second = await run({ CSM_RELEASE: "1.6.2-rc.1" });
  assertEquals(second, first.map((text) => text.replace("1.6.1", "1.6.2-rc.1")));
  assertEquals(await run({ CSM_RELEASE: "1.6.2-rc.1" }), second);
  assertEquals(await run({ CSM_RELEASE: "" }), plain);
  assertEquals(plain[0], BOOT_SCRIPT);
});

Deno.test("set-links keeps a script that somebody changed", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  const script = `${pit.root}/var/www/ncn-w001/script.ipxe`;
  await callInProcess(pit, ["set-links"], { stdin });
  Deno.writeTextFileSync(script, "# mine\n", { append: true });
  const edited = Deno.readTextFileSync(script);
  for (const env of [{}, { CSM_RELEASE: "1.6.2" }, {}]) {
    const { code, document } = await callInProcess(pit, ["set-links"], { stdin, env });
    assertEquals(code, 0);
    assertEquals(problemOf(document, "script-kept").nodes, ["ncn-w001"]);
    assertMatch(problemOf(document, "script-kept").hint ?? "", /--reset-scripts/);
    assertEquals(document.nodes?.filter(({ script }) => script === "kept").length, 1);
    assertEquals(Deno.readTextFileSync(script), edited);
  }
  const reset = await callInProcess(pit, ["set-links", "--reset-scripts"], { stdin });
  assertEquals(reset.code, 0);
  assertEquals(
    Deno.readTextFileSync(script),
    Deno.readTextFileSync(`${pit.root}/var/www/ncn-w002/script.ipxe`),
  );
  assertEquals(savedOf(pit), [["ncn-w001", edited]]);
});

Deno.test("set-links saves a script that it has no record of", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  const directory = `${pit.root}/var/www/ncn-w001`;
  Deno.mkdirSync(directory);
  Deno.writeFileSync(`${directory}/script.ipxe`, Uint8Array.of(0x23, 0xff, 0x0a));
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin });
  assertEquals(code, 0);
  assertEquals(document.nodes?.find(({ name }) => name === "ncn-w001")?.change, "updated");
  assertMatch(Deno.readTextFileSync(`${directory}/script.ipxe`), /rd\.luks=0/);
  assertEquals(savedOf(pit), [["ncn-w001", "#\xff\n"]]);
});

Deno.test("set-links does not save what it wrote itself", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  await callInProcess(pit, ["set-links"], { stdin });
  await callInProcess(pit, ["set-links"], { stdin, env: { CSM_RELEASE: "1.6.2" } });
  await callInProcess(pit, ["set-links", "--reset-scripts"], { stdin });
  assertEquals(savedOf(pit), []);
});

Deno.test("set-links repairs what earlier runs left", async (t) => {
  const leftovers: [name: string, arrange: (www: string) => void][] = [
    ["a directory that was being built", (www) => {
      Deno.removeSync(`${www}/ncn-w001`, { recursive: true });
      Deno.mkdirSync(`${www}/.ncn-w001.new`);
      Deno.symlinkSync("nowhere", `${www}/.ncn-w001.new/kernel`);
    }],
    ["a link that was being made", (www) => {
      Deno.symlinkSync("nowhere", `${www}/ncn-w001/.kernel.new`);
    }],
    ["a link that was being made, its place wrong", (www) => {
      Deno.symlinkSync("nowhere", `${www}/ncn-w001/.kernel.new`);
      Deno.removeSync(`${www}/ncn-w001/kernel`);
    }],
    ["a script that was being written", (www) => {
      Deno.writeTextFileSync(`${www}/ncn-w001/.script.ipxe.new`, "#!ip");
    }],
    ["a script that was being written, none in its place", (www) => {
      Deno.writeTextFileSync(`${www}/ncn-w001/.script.ipxe.new`, "#!ip");
      Deno.removeSync(`${www}/ncn-w001/script.ipxe`);
    }],
    ["a script that was taken away", (www) => {
      Deno.renameSync(`${www}/ncn-w001/script.ipxe`, `${www}/ncn-w001/.script.ipxe.away`);
    }],
    ["a script that was taken away, and a link changed", (www) => {
      Deno.renameSync(`${www}/ncn-w001/script.ipxe`, `${www}/ncn-w001/.script.ipxe.away`);
      Deno.removeSync(`${www}/ncn-w001/rootfs`);
    }],
    ["a script that was taken away, and a new one published", (www) => {
      Deno.copyFileSync(`${www}/ncn-s001/script.ipxe`, `${www}/ncn-w001/.script.ipxe.away`);
    }],
    ["a script that was taken away, a new one published, and a link gone", (www) => {
      Deno.copyFileSync(`${www}/ncn-s001/script.ipxe`, `${www}/ncn-w001/.script.ipxe.away`);
      Deno.removeSync(`${www}/ncn-w001/rootfs`);
    }],
  ];
  for (const [name, arrange] of leftovers) {
    await t.step(name, async () => {
      using pit = temporaryPit({ leased: true });
      const stdin = await chained(pit);
      await callInProcess(pit, ["set-links"], { stdin });
      const www = `${pit.root}/var/www`;
      const before = treeOf(www);
      arrange(www);
      const { code, document, stderr } = await callInProcess(pit, ["set-links"], { stdin });
      assertEquals(code, 0, stderr);
      const w001 = document.nodes?.find(({ name }) => name === "ncn-w001");
      assert(w001?.change === "updated" || w001?.change === "created", w001?.change);
      assertEquals(treeOf(www), before);
      assertEquals((await callInProcess(pit, ["set-links"], { stdin })).code, 0);
    });
  }
});

Deno.test("set-links lets one run at a time change something", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  const before = treeOf(`${pit.root}/var/www`);
  Deno.mkdirSync(`${pit.root}/var/lib/pitboot`, { recursive: true });
  {
    using lock = Deno.openSync(`${pit.root}/var/lib/pitboot/lock`, { write: true, create: true });
    lock.lockSync(true);
    const { code, document } = await callInProcess(pit, ["set-links"], { stdin });
    assertEquals(code, 1);
    assertMatch(
      problemOf(document, "locked").message,
      /another pitboot.*\/var\/lib\/pitboot\/lock/,
    );
    assertEquals(treeOf(`${pit.root}/var/www`), before);
  }
  assertEquals((await callInProcess(pit, ["set-links"], { stdin })).code, 0);
});

Deno.test("set-links reads what another run has written while it waited", async () => {
  using pit = temporaryPit({ leased: true });
  const path = `${pit.root}/var/lib/pitboot/lock`;
  Deno.mkdirSync(`${pit.root}/var/lib/pitboot`, { recursive: true });
  using lock = Deno.openSync(path, { write: true, create: true });
  lock.lockSync(true);
  const child = startPitboot(pit, ["set-links"], { stdin: "null" });
  const result = resultOf(child);
  await until(() => hasOpen(child, path));
  const script = `${BOOT_SCRIPT}# of another run\n`;
  Deno.writeTextFileSync(`${pit.root}/var/www/boot/script.ipxe`, script);
  lock.unlockSync();
  const { code, stderr } = await result;
  assertEquals(code, 0, stderr);
  assertEquals(Deno.readTextFileSync(`${pit.root}/var/www/ncn-m002/script.ipxe`), script);
});

Deno.test("set-links may be started many times at once", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  const results = await Promise.all(
    ["1", "2", "1", "2"].map(async (release) => {
      const child = startPitboot(pit, ["set-links"], {
        stdin: "piped",
        env: { CSM_RELEASE: release },
      });
      await feed(child, stdin);
      return await resultOf(child);
    }),
  );
  assert(results.some(({ code }) => code === 0));
  for (const { code, stderr } of results) {
    // On a busy machine the others may take longer than one waits for them.
    assert(
      code === 0 || /error: (another pitboot is|pitboot .* has been) running/.test(stderr),
      stderr,
    );
  }
  const scripts = directoriesOf(pit).filter((name) => name !== "ephemeral").map((name) =>
    /rd\.live\.dir=\S+/.exec(Deno.readTextFileSync(`${pit.root}/var/www/${name}/script.ipxe`))?.[0]
  );
  assertEquals(scripts.length, 10);
  assertEquals(new Set(scripts).size, 1, scripts.join(" "));
});

Deno.test("set-links --dry-run shows what would change, and changes nothing", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  const before = treeOf(pit.root);
  const { code, document, stderr } = await callInProcess(pit, ["set-links", "--dry-run"], {
    stdin,
  });
  assertEquals(code, 0);
  assertEquals(document.nodes?.length, 9);
  assertStringIncludes(stderr, `ncn-s[001-003]                 storage ${RELEASE} new\n`);
  assertMatch(stderr, /: 9 would be created\n$/);
  const { stderr: words } = await callInProcess(pit, ["set-links", "--dry-run", "--verbose"], {
    stdin,
  });
  assertStringIncludes(words, `kernel        → ${DATA}/ceph/${RELEASE}/${KERNEL}-`);
  assertMatch(words, /: 9 would be created\n$/);
  assertEquals(treeOf(pit.root), before);
});

function directoriesOf(pit: TemporaryPit): string[] {
  return Array.from(Deno.readDirSync(`${pit.root}/var/www`), ({ name }) => name).sort();
}

/** The scripts that were saved: node and text. */
function savedOf(pit: TemporaryPit): [node: string | undefined, text: string][] {
  return Object.entries(treeOf(`${pit.root}/var/lib/pitboot`))
    .filter(([path]) => /^saved\/./.test(path))
    .map(([path, text]) => [/^saved\/([^.]+)/.exec(path)?.[1], text]);
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

function sorted(tree: Record<string, string>): [string, string][] {
  return Object.entries(tree).sort(([a], [b]) => a < b ? -1 : 1);
}
