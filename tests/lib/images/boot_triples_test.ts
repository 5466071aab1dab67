import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import {
  type ArtifactFile,
  type BootTriple,
  chooseTriple,
  findTriples,
  imageOf,
  initrdTag,
  type Wish,
} from "../../../lib/images/boot_triples.ts";
import type { Role } from "../../../lib/nodes/roles.ts";

const ROLE: Role = { name: "kubernetes", data: "k8s", rootfs: "kubernetes", nodes: [] };

/** Each a second newer than the one before it. */
function filesOf(paths: readonly string[]): ArtifactFile[] {
  return paths.map((path, i) => ({ path, bytes: 100 + i, modified: i * 1000 }));
}

/** The paths of kernel, initrd and root filesystem. */
function three(directory: string, tag: string): [string, string, string] {
  const rootfs = `${directory}/kubernetes-${tag}.squashfs`;
  return [`${directory}/5.3.18-default-${tag}.kernel`, `${directory}/initrd.img-${tag}.xz`, rootfs];
}

function pathsOf({ kernel, initrd, rootfs }: BootTriple): string[] {
  return [kernel.path, initrd.path, rootfs.path];
}

Deno.test("initrdTag() finds release and architecture", async (t) => {
  const cases: [path: string, tag: string | null][] = [
    ["/a/1.6.2/initrd.img-1.6.2-x86_64.xz", "1.6.2-x86_64"],
    ["initrd.img-fe775c6-1659395320990.xz", "fe775c6-1659395320990"],
    ["/a/initrd.img-.xz", null],
    ["/a/initrd.img-1.6.2.xz.sha256.txt", null],
    ["/a/initrd-img-1.6.2.xz", null],
    ["/a/old-initrd.img-1.6.2.xz", null],
    ["/initrd.img-1.6.2.xz/5.3.18-default-1.6.2.kernel", null],
  ];
  for (const [path, tag] of cases) {
    await t.step(path, () => assertEquals(initrdTag(path), tag));
  }
});

Deno.test("findTriples() tells all about a triple", () => {
  const [kernelPath, initrdPath] = three("/k8s/a", "1.6.2-aarch64");
  const securedPath = "/k8s/a/secure-kubernetes-1.6.2-aarch64.squashfs";
  const files = filesOf([kernelPath, initrdPath, securedPath]);
  const [kernel, initrd, rootfs] = files;
  assertEquals<unknown>(findTriples(ROLE, files).triples, [{
    release: "1.6.2",
    stream: "stable",
    arch: "aarch64",
    secure: true,
    modified: 2000,
    directory: "/k8s/a",
    kernelVersion: "5.3.18-default",
    kernel,
    initrd,
    rootfs,
  }]);
});

Deno.test("findTriples() puts together what belongs together", async (t) => {
  const plain = three("a", "1.6.2");
  const [kernel, initrd, rootfs] = plain;
  const other = "a/6.4.0-default-1.6.2.kernel";
  const secured = "a/secure-kubernetes-1.6.2.squashfs";
  const longer = three("a", "x-1.6.2");
  const [intel, arm] = [three("a", "1.6.2-x86_64"), three("a", "1.6.2-aarch64")];
  const cases: [name: string, files: string[], triples: string[][]][] = [
    ["a triple", plain, [plain]],
    ["an older secured one", [secured, ...plain], [[kernel, initrd, secured]]],
    ["a secured one elsewhere", [kernel, initrd, `b${secured.slice(1)}`], []],
    ["a kernel elsewhere", [`b${kernel.slice(1)}`, initrd, rootfs], []],
    ["a release that ends alike", [kernel.replace("1.6.2", "11.6.2"), initrd, rootfs], []],
    ["another architecture", [kernel, initrd, rootfs.replace(".s", "-x86_64.s")], []],
    ["another role", [kernel, initrd, "a/storage-ceph-1.6.2.squashfs"], []],
    ["two kernels", [kernel, other, initrd, rootfs], [[other, initrd, rootfs]]],
    ["two, the other newer", [other, kernel, initrd, rootfs], [[kernel, initrd, rootfs]]],
    ["both architectures in one directory", [...intel, ...arm], [arm, intel]],
    ["a tag that ends in another", [...longer, ...plain], [plain, longer]],
    ["the newer kernel of such a tag", [initrd, kernel, rootfs, longer[0], longer[1]], [plain]],
    ["no kernel but that of such a tag", [initrd, rootfs, ...longer], [longer]],
    ["checksum files", [`${kernel}.md5`, `${initrd}.sha256.txt`, rootfs], []],
  ];
  for (const [name, files, triples] of cases) {
    await t.step(name, () => {
      assertEquals(findTriples(ROLE, filesOf(files)).triples.map(pathsOf), triples);
    });
  }
});

Deno.test("findTriples() puts the newest triple first, of two as old the later directory", () => {
  const [kernel, ...others] = three("a", "1.6.1");
  const files = filesOf([...others, ...three("b", "1.6.2"), kernel]);
  const directoriesOf = (files: ArtifactFile[]): string[] =>
    findTriples(ROLE, files).triples.map(({ directory }) => directory);
  assertEquals(directoriesOf(files), ["a", "b"]);
  const asOld = files.map((file) => ({ ...file, modified: 1000 }));
  assertEquals(directoriesOf(asOld), ["b", "a"]);
  assertEquals(directoriesOf(asOld.reverse()), ["b", "a"]);
});

Deno.test("findTriples() finds the same in whatever order, of files as old as each other", () => {
  const paths = [...three("a", "1.6.1"), ...three("a", "1.6.2"), "a/6.4.0-default-1.6.2.kernel"];
  const asOld = filesOf(paths).map((file) => ({ ...file, modified: 1000 }));
  const found = findTriples(ROLE, asOld);
  assertEquals(found.triples.map(({ release }) => release), ["1.6.2", "1.6.1"]);
  assertEquals(found.triples[0]?.kernelVersion, "6.4.0-default");
  assertEquals(findTriples(ROLE, asOld.reverse()), found);
});

Deno.test("findTriples() names the newest of each kind, in a triple or not", async (t) => {
  const whole = three("a", "1.6.1");
  const stray = "b/secure-kubernetes-1.6.2.squashfs";
  const cases: [name: string, files: string[], newest: string[]][] = [
    ["a triple", whole, whole],
    ["another role", [...whole, "b/storage-ceph-1.6.2.squashfs"], whole],
    ["other files", [...whole, "b/kubernetes-2.xz", "b/5.3-2.kernel.xz"], whole],
    ["a newer root filesystem", [...whole, stray], [whole[0], whole[1], stray]],
    ["an older root filesystem", [stray, ...whole], whole],
    ["newer files of all kinds", [...whole, ...three("b", "x")], three("b", "x")],
    ["one kind only", ["c/5.3-default-1.kernel"], ["c/5.3-default-1.kernel"]],
  ];
  for (const [name, files, newest] of cases) {
    await t.step(name, () => {
      assertEquals(findTriples(ROLE, filesOf(files)).newest.map(({ path }) => path), newest);
    });
  }
});

/** Tags of which none ends in another: it is plain whose a kernel is. */
const SETS = ["a", "a/b"].flatMap((directory) =>
  ["1.6.2", "1.6.2-x86_64", "fe775c6-1659395320990"].map((tag) => ({
    initrd: `${directory}/initrd.img-${tag}.xz`,
    kernels: [
      `${directory}/5.3.18-default-${tag}.kernel`,
      `${directory}/6.4.0-default-${tag}.kernel`,
    ],
    roots: ["secure-", ""].map((prefix) => `${directory}/${prefix}kubernetes-${tag}.squashfs`),
  }))
);
const PATHS = SETS.flatMap((set) => Object.values(set).flat());

Deno.test("findTriples() finds what is whole, of one directory and tag, whatever the order", () => {
  const some = fc.shuffledSubarray(PATHS);
  const all = fc.shuffledSubarray(PATHS, { minLength: PATHS.length });
  fc.assert(fc.property(some, all, (paths, order) => {
    const files = filesOf(paths);
    const shuffled = order.flatMap((path) => files.find((file) => file.path === path) ?? []);
    const whole = SETS.flatMap(({ initrd, kernels, roots }) => {
      const kernel = paths.findLast((path) => kernels.includes(path));
      const rootfs = roots.find((path) => paths.includes(path));
      return kernel && rootfs && paths.includes(initrd) ? [[kernel, initrd, rootfs]] : [];
    });
    const age = (triple: string[]): number => Math.max(...triple.map((p) => paths.indexOf(p)));
    const found = findTriples(ROLE, shuffled);
    assertEquals(found.triples.map(pathsOf), whole.sort((a, b) => age(b) - age(a)));
    assertEquals(found, findTriples(ROLE, files));
  }));
});

Deno.test("chooseTriple() takes the first that fits", async (t) => {
  const [arm, intel, plain] = ["2.0.0-aarch64", "1.6.2-x86_64", "1.6.1"];
  const [commit, all] = ["fe775c6-1659395320990-x86_64", [arm, intel, plain, "other"]];
  const cases: [name: string, tags: string[], wish: Partial<Wish>, release: string | null][] = [
    ["the PIT's architecture", all, {}, "1.6.2"],
    ["no architecture named", [arm, plain, intel], {}, "1.6.1"],
    ["another architecture, as there is no other", [arm, "1.9.0-aarch64"], {}, "2.0.0"],
    ["a named architecture", all, { arch: "aarch64" }, "2.0.0"],
    ["an architecture that is not there", [intel], { arch: "aarch64" }, null],
    ["tested ones", [commit, ...all], { stream: "stable" }, "1.6.2"],
    ["those of a commit", [...all, commit], { stream: "unstable" }, "fe775c6-1659395320990"],
    ["a release", all, { release: "1.6.1" }, "1.6.1"],
    ["a release of no known form", all, { release: "other" }, "other"],
    ["a part of a release", all, { release: "1.6" }, null],
    ["a release, but not of that kind", all, { release: "1.6.2", stream: "unstable" }, null],
    ["nothing there", [], {}, null],
  ];
  for (const [name, tags, wish, release] of cases) {
    await t.step(name, () => {
      const files = filesOf(tags.toReversed().flatMap((tag) => three("a", tag)));
      const { triples } = findTriples(ROLE, files);
      const whole: Wish = { release: null, stream: null, arch: null, ...wish };
      assertEquals(chooseTriple(triples, whole, "x86_64")?.release ?? null, release);
    });
  }
});

Deno.test("imageOf() makes an entry of the document", () => {
  const modified = Date.UTC(2024, 1, 29, 23, 59, 58, 987);
  const files = filesOf(three("a", "1.6.2")).map((file) => ({ ...file, modified }));
  const [triple] = findTriples(ROLE, files).triples;
  const [kernel, initrd, rootfs] = three("a", "1.6.2");
  const time = { modified: "2024-02-29T23:59:58Z" };
  assertEquals<unknown>(
    triple && imageOf(triple, { version: "5.3.18-150300.59.76-default", accepted: new Map() }),
    {
      release: "1.6.2",
      stream: "stable",
      arch: null,
      directory: "a",
      kernel: { path: kernel, bytes: 100, ...time, version: "5.3.18-150300.59.76-default" },
      initrd: { path: initrd, bytes: 101, ...time },
      rootfs: { path: rootfs, bytes: 102, ...time, secure: false },
    },
  );
});
