import { assert, assertEquals, assertMatch } from "@std/assert";
import { kernelImage } from "../../tools/pit/artifacts.ts";
import { addRelease, KERNEL, RELEASE } from "../../tools/pit/make_pit.ts";
import { callInProcess, collect } from "../in_process.ts";
import { problemOf, type TemporaryPit, temporaryPit } from "../kit.ts";
import { refuse } from "../refusals.ts";

const DATA = "/var/www/ephemeral/data";
const K8S = `${DATA}/k8s/${RELEASE}`;
const KERNEL_FILE = `${K8S}/${KERNEL}-${RELEASE}.kernel`;
const INITRD_FILE = `${K8S}/initrd.img-${RELEASE}.xz`;
const ROOTFS_FILE = `${K8S}/secure-kubernetes-${RELEASE}.squashfs`;
const UNFIT = `the kubernetes image ${RELEASE} cannot be used: `;

Deno.test("resolve-images refuses images that are missing", async (t) => {
  await refuse(t, ["resolve-images"], [
    {
      name: "no data directory",
      arrange: ({ root }) => Deno.removeSync(`${root}${DATA}/k8s`, { recursive: true }),
      code: 5,
      problem: "images-missing",
      message: `${DATA}/k8s: does not exist`,
      hint: /mounted/,
    },
    {
      name: "a file in place of a data directory",
      arrange: ({ root }) => {
        Deno.removeSync(`${root}${DATA}/ceph`, { recursive: true });
        Deno.writeTextFileSync(`${root}${DATA}/ceph`, "");
      },
      code: 5,
      problem: "images-missing",
      message: /^\/var\/www\/ephemeral\/data\/ceph: (is not|not|part of its path is not) /,
    },
    {
      name: "an empty data directory",
      arrange: ({ root }) => {
        Deno.removeSync(`${root}${DATA}/ceph`, { recursive: true });
        Deno.mkdirSync(`${root}${DATA}/ceph`);
      },
      code: 5,
      problem: "images-missing",
      message: /^no directory in \/var\/www\/ephemeral\/data\/ceph has a complete storage image/,
      hint: /extract/,
    },
    ...[KERNEL_FILE, INITRD_FILE, ROOTFS_FILE].map((path) => ({
      name: `a role without ${nameOf(path)}`,
      arrange: ({ root }: TemporaryPit) => Deno.removeSync(root + path),
      code: 5,
      problem: "images-missing",
      message: /^no directory in \/var\/www\/ephemeral\/data\/k8s has a complete kubernetes image/,
    })),
    {
      name: "three files of two releases",
      arrange: ({ root }) => {
        addRelease(root, "k8s", { release: "1.0.0" });
        Deno.removeSync(`${root}${DATA}/k8s/1.0.0/initrd.img-1.0.0.xz`);
        Deno.removeSync(root + ROOTFS_FILE);
      },
      code: 5,
      problem: "images-missing",
      message: /has a complete kubernetes image/,
    },
    ...[KERNEL_FILE, INITRD_FILE, ROOTFS_FILE].map((path) => ({
      name: `a dangling link ${nameOf(path)}`,
      arrange: ({ root }: TemporaryPit) => dangle(root + path),
      code: 5,
      problem: "images-missing",
      message: new RegExp(`these links point to nothing: ${escape(path)}$`),
    })),
    {
      name: "a release that is not there",
      args: ["resolve-images", "--release", "storage=9.9.9"],
      code: 5,
      problem: "images-missing",
      message: `no storage image in ${DATA}/ceph matches --release 9.9.9`,
      hint: new RegExp(RELEASE),
    },
    {
      name: "a stream that is not there",
      arrange: ({ root }) => {
        addRelease(root, "ceph", { release: "1.6.2" });
      },
      args: ["resolve-images", "--stream", "stable"],
      code: 5,
      problem: "images-missing",
      message: `no kubernetes image in ${DATA}/k8s matches --stream stable`,
    },
    {
      name: "a release for a role that does not exist",
      args: ["resolve-images", "--release", "kubernets=1.0.0"],
      code: 2,
      problem: "input-missing",
      message: /--release names the role kubernets, which does not exist/,
      hint: /kubernetes, storage/,
    },
  ]);
});

Deno.test("resolve-images refuses images that are unfit", async (t) => {
  const damages: [name: string, path: string, damage: (path: string) => void, RegExp][] = [
    ["an empty kernel", KERNEL_FILE, truncate(0), /kernel/],
    ["a truncated kernel", KERNEL_FILE, truncate(600), /600|truncated/],
    ["a kernel without its last byte", KERNEL_FILE, truncate(1039), /1039 of .*1040 bytes/],
    ["zeros at the front of a kernel", KERNEL_FILE, zeroFront, /kernel/],
    ["a squashfs in place of a kernel", KERNEL_FILE, copyOf(ROOTFS_FILE), /kernel/],
    ["an empty initrd", INITRD_FILE, truncate(0), /is not an xz file/],
    ["a truncated initrd", INITRD_FILE, truncate(30), /is truncated/],
    ["an initrd of a few bytes", INITRD_FILE, truncate(7), /is truncated/],
    ["zeros at the front of an initrd", INITRD_FILE, zeroFront, /is not an xz file/],
    ["a kernel in place of an initrd", INITRD_FILE, copyOf(KERNEL_FILE), /is not an xz file/],
    ["an empty squashfs", ROOTFS_FILE, truncate(0), /0 bytes are too few/],
    ["a truncated squashfs", ROOTFS_FILE, truncate(95), /95 bytes are too few/],
    ["a squashfs that claims more", ROOTFS_FILE, claimMore, /is truncated: 4096 of 5000 bytes/],
    ["zeros at the front of a squashfs", ROOTFS_FILE, zeroFront, /mksquashfs is still writing/],
    ["an initrd in place of a squashfs", ROOTFS_FILE, copyOf(INITRD_FILE), /squashfs/],
    ["a kernel nobody may read", KERNEL_FILE, mode(0o640), /web server cannot read.*o\+r/],
    ["an initrd nobody may read", INITRD_FILE, mode(0o600), /web server cannot read.*o\+r/],
    ["a squashfs nobody may read", ROOTFS_FILE, mode(0o440), /web server cannot read.*o\+r/],
  ];
  await refuse(t, ["resolve-images"], [
    ...damages.map(([name, path, damage, fault]) => ({
      name,
      arrange: ({ root }: TemporaryPit) => damage(root + path),
      code: 5,
      problem: "images-unfit",
      message: new RegExp(`^${escape(UNFIT + path)}:? .*${fault.source}`),
    })),
    {
      name: "a directory nobody may enter",
      arrange: ({ root }) => Deno.chmodSync(`${root}${DATA}/k8s`, 0o750),
      code: 5,
      problem: "images-unfit",
      message: new RegExp(`^${UNFIT}${DATA}/k8s: the web server cannot enter it`),
    },
    {
      name: "a kernel for another machine than its name says",
      arrange: ({ root }) => {
        Deno.removeSync(`${root}${DATA}/k8s`, { recursive: true });
        addRelease(root, "k8s", { release: "1.0.0", arch: "aarch64" });
      },
      code: 5,
      problem: "images-unfit",
      message: /is a kernel for x86_64, its name says aarch64/,
    },
    {
      name: "several faults at once are all named",
      arrange: ({ root }) => {
        truncate(0)(root + INITRD_FILE);
        zeroFront(root + ROOTFS_FILE);
      },
      code: 5,
      problem: "images-unfit",
      message: /initrd\.img.*is not an xz file.*; .*squashfs.*begins with zeros/,
    },
    {
      name: "a newest release that cannot be used is not skipped in silence",
      arrange: ({ root }) => {
        addRelease(root, "k8s", { release: "9.9.9" });
        truncate(10)(`${root}${DATA}/k8s/9.9.9/secure-kubernetes-9.9.9.squashfs`);
      },
      code: 5,
      problem: "images-unfit",
      message: /^the kubernetes image 9\.9\.9 cannot be used/,
      hint: new RegExp(`--release kubernetes=${RELEASE}`),
    },
  ]);
});

Deno.test("resolve-images refuses kernels that differ", async (t) => {
  await refuse(t, ["resolve-images"], [{
    name: "two versions",
    arrange: ({ root }) => Deno.writeFileSync(root + KERNEL_FILE, kernelImage("5.14.21-default")),
    code: 5,
    problem: "kernel-mismatch",
    message:
      `Mismatching kernels! The discovered artifacts will deploy an undesirable stack. (kubernetes 5.14.21-default, storage ${KERNEL})`,
    hint: /--allow-kernel-mismatch/,
  }]);
});

Deno.test("resolve-images --allow-kernel-mismatch goes on and says so", async () => {
  using pit = temporaryPit();
  Deno.writeFileSync(pit.root + KERNEL_FILE, kernelImage("5.14.21-default"));
  const args = ["resolve-images", "--allow-kernel-mismatch"] as const;
  const { code, document } = await callInProcess(pit, args);
  assertEquals(code, 0);
  assertEquals(document.images?.["kubernetes"]?.kernel.version, "5.14.21-default");
  assertEquals(problemOf(document, "kernel-mismatch-allowed").severity, "warning");
});

Deno.test("resolve-images takes the releases of all --release", async (t) => {
  using pit = temporaryPit();
  for (const data of ["k8s", "ceph"] as const) addRelease(pit.root, data, { release: "9.9.9" });
  const old = { kubernetes: RELEASE, storage: RELEASE };
  const cases: [args: string[], releases: Record<string, string>][] = [
    [[], { kubernetes: "9.9.9", storage: "9.9.9" }],
    [["--release", `kubernetes=${RELEASE}`], { ...old, storage: "9.9.9" }],
    [["--release", `kubernetes=${RELEASE}`, `--release=storage=${RELEASE}`], old],
    [[`--release=kubernetes=${RELEASE}`, `--release=kubernetes=${RELEASE},storage=9.9.9`], {
      ...old,
      storage: "9.9.9",
    }],
  ];
  for (const [args, releases] of cases) {
    await t.step(args.join(" ") || "nothing", async () => {
      const { code, document } = await callInProcess(pit, ["resolve-images", ...args]);
      assertEquals(code, 0);
      const taken = Object.entries(document.images ?? {}).map(([role, { release }]) => [
        role,
        release,
      ]);
      assertEquals(Object.fromEntries(taken), releases);
    });
  }
});

Deno.test("resolve-images looks at releases, not at what lies about", async (t) => {
  const heaps: [name: string, arrange: (directory: string) => void][] = [
    ["originals in old/", (directory) => copyTriple(directory, `${directory}/old`)],
    ["an unpacked image", (directory) => copyTriple(directory, `${directory}/squashfs-root/boot`)],
    ["a hidden directory", (directory) => copyTriple(directory, `${directory}/.new`)],
    ["checksums", (directory) => {
      for (const { name } of [...Deno.readDirSync(directory)]) {
        Deno.writeTextFileSync(`${directory}/${name}.sha256.txt`, "0");
        Deno.writeTextFileSync(`${directory}/${name}.md5`, "0");
      }
      Deno.writeTextFileSync(`${directory}/initrd.img-${RELEASE}-sha256.txt`, "0");
    }],
  ];
  for (const [name, arrange] of heaps) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      const before = await callInProcess(pit, ["resolve-images"]);
      arrange(pit.root + K8S);
      const { code, document } = await callInProcess(pit, ["resolve-images"]);
      assertEquals(code, 0);
      assertEquals(document, before.document);
    });
  }
});

Deno.test("resolve-images refuses while a newer release is not whole", async (t) => {
  const directory = `${DATA}/k8s/9.9.9`;
  const names = {
    kernel: `${KERNEL}-9.9.9.kernel`,
    initrd: "initrd.img-9.9.9.xz",
    squashfs: "secure-kubernetes-9.9.9.squashfs",
  };
  const cases: [name: string, arrange: (directory: string) => void, lacks: string][] = [
    ...Object.entries(names).map(([kind, name]): typeof cases[number] => [
      `it has no ${kind}`,
      (directory) => Deno.removeSync(`${directory}/${name}`),
      `no ${kind}`,
    ]),
    ["it has only a kernel", (directory) => {
      Deno.removeSync(`${directory}/${names.initrd}`);
      Deno.removeSync(`${directory}/${names.squashfs}`);
    }, "no initrd, no squashfs"],
    ["a link points to nothing", (directory) => {
      dangle(`${directory}/${names.squashfs}`);
    }, `no squashfs: ${names.squashfs} points to nothing`],
    ["a file is of another release", (directory) => {
      Deno.renameSync(`${directory}/${names.initrd}`, `${directory}/initrd.img-9.9.8.xz`);
    }, "its files belong to several releases"],
    ["its original is in old/, and the secured one not yet there", (directory) => {
      Deno.mkdirSync(`${directory}/old`);
      Deno.renameSync(`${directory}/${names.squashfs}`, `${directory}/old/${names.squashfs}`);
    }, "no squashfs"],
    ...[`${names.squashfs}.partial`, `.${names.squashfs}.Ab3dEf`, `${names.squashfs}~`].map(
      (copy): typeof cases[number] => [
        `a copy under way is called ${copy}`,
        (directory) => Deno.renameSync(`${directory}/${names.squashfs}`, `${directory}/${copy}`),
        `no squashfs (only ${copy})`,
      ],
    ),
    ["nothing but a copy under way is there", (directory) => {
      Deno.removeSync(directory, { recursive: true });
      Deno.mkdirSync(directory);
      Deno.writeTextFileSync(`${directory}/${names.kernel}.part`, "");
    }, `no kernel (only ${names.kernel}.part), no initrd, no squashfs`],
  ];
  await refuse(
    t,
    ["resolve-images"],
    cases.map(([name, arrange, lacks]) => ({
      name,
      arrange: ({ root }) => {
        addRelease(root, "k8s", { release: "9.9.9" });
        arrange(root + directory);
      },
      code: 5,
      problem: "images-unfit",
      message: `kubernetes 9.9.9 is newer but incomplete: ${lacks} (${directory})`,
      hint: new RegExp(`^wait .*--release kubernetes=${RELEASE}$`),
    })),
  );
  for (const args of [[], ["--release", `kubernetes=${RELEASE}`]]) {
    await t.step(`run ${args.join(" ")}`, async () => {
      using pit = temporaryPit({ leased: true });
      addRelease(pit.root, "k8s", { release: "9.9.9" });
      Deno.removeSync(`${pit.root}${directory}/${names.initrd}`);
      const env = { IPMI_PASSWORD: "" };
      const { code } = await callInProcess(pit, ["run", ...args], { env });
      assertEquals(code, args.length > 0 ? 0 : 5);
    });
  }
});

Deno.test("resolve-images does not mind what is not whole and is no newer release", async (t) => {
  const old = new Date("2020-01-01T00:00:00Z");
  const remove = (directory: string, name: RegExp): void => {
    for (const { name: each } of [...Deno.readDirSync(directory)]) {
      if (name.test(each)) Deno.removeSync(`${directory}/${each}`);
    }
  };
  const cases: [name: string, arrange: (root: string) => void][] = [
    ["an older release", (root) => {
      remove(root + addRelease(root, "k8s", { release: "1.0.0", modified: old }), /xz$/);
    }],
    ["a kernel that an older release has left", (root) => {
      remove(root + addRelease(root, "k8s", { release: "1.0.0", modified: old }), /(xz|squashfs)$/);
    }],
    ["a newer copy beside a whole release", (root) => {
      Deno.writeTextFileSync(`${root + ROOTFS_FILE}.partial`, "");
    }],
    ["an empty directory", (root) => Deno.mkdirSync(`${root}${DATA}/k8s/9.9.9`)],
    ["a hidden directory", (root) => Deno.renameSync(half(root), `${root}${DATA}/k8s/.9.9.9`)],
    ["checksums", (root) => {
      remove(half(root), /(xz|kernel|squashfs)$/);
      for (const suffix of [".md5", ".sha256", "-sha256.txt"]) {
        Deno.writeTextFileSync(`${root}${DATA}/k8s/9.9.9/initrd.img-9.9.9.xz${suffix}`, "");
      }
    }],
  ];
  const half = (root: string): string => {
    const directory = root + addRelease(root, "k8s", { release: "9.9.9" });
    remove(directory, /xz$/);
    return directory;
  };
  for (const [name, arrange] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      arrange(pit.root);
      const { code, document } = await callInProcess(pit, ["resolve-images"]);
      assertEquals([code, document.problems], [0, []]);
      assertEquals(document.images?.["kubernetes"]?.rootfs.path, ROOTFS_FILE);
    });
  }
});

Deno.test("resolve-images says so when newer files are of another kind of image", async () => {
  using pit = temporaryPit();
  const directory = `${DATA}/k8s/9.9.9`;
  addRelease(pit.root, "k8s", { release: "9.9.9" });
  Deno.renameSync(
    `${pit.root}${directory}/secure-kubernetes-9.9.9.squashfs`,
    `${pit.root}${directory}/hypervisor-9.9.9.squashfs`,
  );
  const { code, document, stderr } = await callInProcess(pit, ["resolve-images"]);
  assertEquals(code, 0);
  const { message } = problemOf(document, "images-spread");
  assertMatch(message, new RegExp(`chosen ${K8S}.*${directory}/.*\\.kernel`));
  assertMatch(stderr, /warning: .*initrd\.img-9\.9\.9\.xz/);
  assertEquals(document.images?.["kubernetes"]?.rootfs.path, ROOTFS_FILE);
});

Deno.test("resolve-images prefers the secured image, and says if there is none", async () => {
  using pit = temporaryPit();
  const plain = `${K8S}/kubernetes-${RELEASE}.squashfs`;
  Deno.copyFileSync(pit.root + ROOTFS_FILE, pit.root + plain);
  const both = await callInProcess(pit, ["resolve-images"]);
  assertEquals(both.document.images?.["kubernetes"]?.rootfs.secure, true);
  Deno.removeSync(pit.root + ROOTFS_FILE);
  const { code, document } = await callInProcess(pit, ["resolve-images"]);
  assertEquals(code, 0);
  assertEquals(document.images?.["kubernetes"]?.rootfs.path, plain);
  assertMatch(problemOf(document, "images-not-secured").message, new RegExp(escape(plain)));
});

Deno.test("resolve-images refuses a site file that is wrong", async (t) => {
  const write = (text: string) => ({ root }: TemporaryPit): void =>
    Deno.writeTextFileSync(`${root}/etc/pitboot.json`, text);
  await refuse(t, ["resolve-images"], [
    {
      name: "no JSON",
      arrange: write("{"),
      code: 1,
      problem: "file-invalid",
      message: /^\/etc\/pitboot\.json: /,
    },
    {
      name: "a role without nodes",
      arrange: write(`{"roles": [{"name": "x", "data": "x", "rootfs": "x"}]}`),
      code: 1,
      problem: "file-invalid",
      message: /^\/etc\/pitboot\.json: .*roles.*nodes/,
    },
    {
      name: "a directory outside",
      arrange: write(`{"roles": [{"name": "x", "data": "..", "rootfs": "x", "nodes": []}]}`),
      code: 1,
      problem: "file-invalid",
      message: /role x: data/,
    },
    {
      name: "a directory in its place",
      arrange: ({ root }) => Deno.mkdirSync(`${root}/etc/pitboot.json`),
      code: 1,
      problem: "file-unreadable",
      message: "/etc/pitboot.json: is a directory",
    },
  ]);
});

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function truncate(bytes: number): (path: string) => void {
  return (path) => Deno.truncateSync(path, bytes);
}

function mode(bits: number): (path: string) => void {
  return (path) => Deno.chmodSync(path, bits);
}

function zeroFront(path: string): void {
  const bytes = Deno.readFileSync(path);
  // What mksquashfs leaves until it is done; the footer of an xz file stays.
  bytes.fill(0, 0, Math.min(1024, bytes.length - 12));
  Deno.writeFileSync(path, bytes);
}

/** Puts a valid artifact of another kind of the same release in its place. */
function copyOf(other: string): (path: string) => void {
  return (path) => Deno.copyFileSync(`${path.slice(0, path.indexOf(DATA))}${other}`, path);
}

function claimMore(path: string): void {
  const bytes = Deno.readFileSync(path);
  new DataView(bytes.buffer).setBigUint64(40, 5000n, true);
  Deno.writeFileSync(path, bytes);
}

function dangle(path: string): void {
  Deno.removeSync(path);
  Deno.symlinkSync("nowhere", path);
}

/** Copies a triple, with the times of now. */
function copyTriple(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isFile } of [...Deno.readDirSync(from)]) {
    if (isFile) Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

Deno.test("resolve-images passes over names that are not UTF-8, and says so", async (t) => {
  // By a shell: Deno has no such names.
  const make = (pit: TemporaryPit, command: string): void => {
    const script = `cd "$0" && name=$(printf 'x\\377') && ${command}`;
    const { success } = new Deno.Command("sh", { args: ["-c", script, pit.root + DATA] })
      .outputSync();
    assert(success);
  };
  // Deno 2.6 passes over them by itself.
  const isListed = (real: string): boolean =>
    [...Deno.readDirSync(real.replace(/[^/]*$/, ""))].some(({ name }) => name === nameOf(real));
  const cases: [name: string, command: string, lost: string][] = [
    ["a folder", 'mkdir k8s/"$name"', `${DATA}/k8s/x\ufffd`],
    ["a folder below a release", `mkdir k8s/${RELEASE}/"$name"`, `${K8S}/x\ufffd`],
    ["a file", 'touch k8s/"$name.squashfs"', `${DATA}/k8s/x\ufffd.squashfs`],
    ["a link", 'ln -s ../k8s k8s/"$name.kernel"', `${DATA}/k8s/x\ufffd.kernel`],
  ];
  for (const [name, command, lost] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      make(pit, command);
      const { code, document } = await callInProcess(pit, ["resolve-images"]);
      assertEquals([code, document.status], [0, "ok"]);
      assertEquals(document.images?.["kubernetes"]?.directory, K8S);
      if (!isListed(pit.root + lost)) return assertEquals(document.problems, []);
      const { message, hint } = problemOf(document, "images-lost");
      assertMatch(message, /^kubernetes: skipped \(/);
      assertEquals(message.split(": ").at(-1), lost);
      assertMatch(hint ?? "", /ls -b/);
    });
  }
  await t.step("the only release", async () => {
    using pit = temporaryPit();
    make(pit, `mv k8s/${RELEASE} k8s/"$name"`);
    const { code, document } = await callInProcess(pit, ["resolve-images"]);
    assertEquals(code, 5);
    problemOf(document, "images-missing");
    if (isListed(`${pit.root}${DATA}/k8s/x\ufffd`)) problemOf(document, "images-lost");
  });
});

Deno.test("a document on a terminal has no escape sequence, and is the same document", async (t) => {
  using pit = temporaryPit();
  const name = `${RELEASE}\x1b[31m\x9b1m\u202e`;
  Deno.renameSync(pit.root + K8S, `${pit.root}${DATA}/k8s/${name}`);
  const { stdout: piped } = await callInProcess(pit, ["resolve-images"]);
  const directory = `${DATA}/k8s/${name}`;
  assertEquals(JSON.parse(piped).images.kubernetes.directory, directory);
  for (const option of ["--json", "--pretty"]) {
    await t.step(option, async () => {
      let shown = "";
      const stdout = { ...collect((text) => shown += text), isTerminal: true };
      await callInProcess(pit, ["resolve-images", option], { stdout });
      // deno-lint-ignore no-control-regex
      assertMatch(shown, /^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]+$/);
      assertEquals(JSON.parse(shown), JSON.parse(piped));
    });
  }
});
