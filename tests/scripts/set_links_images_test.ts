import { assertEquals } from "@std/assert";
import { squashfsImage } from "../../tools/pit/artifacts.ts";
import { addRelease, KERNEL, RELEASE } from "../../tools/pit/make_pit.ts";
import { callInProcess, chained } from "../in_process.ts";
import { problemOf, type TemporaryPit, temporaryPit } from "../kit.ts";
import { type Refusal, refuse } from "../refusals.ts";

const K8S = `/var/www/ephemeral/data/k8s/${RELEASE}`;
const CEPH = `/var/www/ephemeral/data/ceph/${RELEASE}`;
const KERNEL_FILE = `${K8S}/${KERNEL}-${RELEASE}.kernel`;
const INITRD_FILE = `${K8S}/initrd.img-${RELEASE}.xz`;
const ROOTFS_FILE = `${K8S}/secure-kubernetes-${RELEASE}.squashfs`;
const PLAIN_FILE = `${K8S}/kubernetes-${RELEASE}.squashfs`;
const CEPH_ROOTFS = `${CEPH}/secure-storage-ceph-${RELEASE}.squashfs`;
const BOOT_SCRIPT_FILE = "/var/www/boot/script.ipxe";
const OTHER = "9.9.9";

/** Which files the document names for Kubernetes nodes, in place of the right ones. */
type Edit = Partial<Record<"kernel" | "initrd" | "rootfs", string>>;

/** The document that the chain makes of a PIT of nine nodes, with other images in it. */
async function handOver(kubernetes: Edit = {}): Promise<string> {
  using pit = temporaryPit({ leased: true });
  return edit(await chained(pit), kubernetes);
}

function edit(json: string, kubernetes: Edit): string {
  const document = JSON.parse(json);
  for (const [key, path] of Object.entries(kubernetes)) {
    document.images.kubernetes[key].path = path;
  }
  return JSON.stringify(document);
}

Deno.test("set-links refuses files that are gone or were damaged since they were chosen", async (t) => {
  const stdin = await handOver();
  const truncated = /^\/.*\.squashfs: is truncated: 4096 of 5000 bytes are there$/;
  const cases: [name: string, arrange: (root: string) => void, message: string | RegExp][] = [
    ["a directory as kernel", (root) => {
      Deno.removeSync(root + KERNEL_FILE);
      Deno.mkdirSync(root + KERNEL_FILE);
    }, `${KERNEL_FILE}: is a directory`],
    [
      "a squashfs emptied since",
      (root) => Deno.truncateSync(root + ROOTFS_FILE),
      `${ROOTFS_FILE}: 0 bytes are too few for a squashfs image`,
    ],
    ["a truncated squashfs", (root) => {
      const bytes = squashfsImage();
      new DataView(bytes.buffer).setBigUint64(40, 5000n, true);
      Deno.writeFileSync(root + ROOTFS_FILE, bytes);
    }, truncated],
    [
      "a squashfs that is being written again",
      (root) => Deno.writeFileSync(root + ROOTFS_FILE, new Uint8Array(4096)),
      `${ROOTFS_FILE}: begins with zeros: mksquashfs is still writing it, or was interrupted`,
    ],
    [
      "a kernel that is text",
      (root) => Deno.writeTextFileSync(root + KERNEL_FILE, "kernel\n"),
      `${KERNEL_FILE}: is not a Linux kernel (neither bzImage nor arm64 Image)`,
    ],
    [
      "an initrd that the web server may not read",
      (root) => Deno.chmodSync(root + INITRD_FILE, 0o640),
      `${INITRD_FILE}: the web server cannot read it (chmod o+r)`,
    ],
    ["a file of each that is damaged", (root) => {
      Deno.truncateSync(root + INITRD_FILE);
      Deno.truncateSync(root + ROOTFS_FILE);
    }, /initrd\.img-.*: is not an xz file.*; .*\.squashfs: 0 bytes/],
  ];
  const gone: typeof cases = [
    [
      "a kernel that is gone",
      (root) => Deno.removeSync(root + KERNEL_FILE),
      `${KERNEL_FILE}: does not exist`,
    ],
    ["a kernel that is a link to nothing", (root) => {
      Deno.removeSync(root + KERNEL_FILE);
      Deno.symlinkSync("gone.kernel", root + KERNEL_FILE);
    }, `${KERNEL_FILE}: is a link that points to nothing`],
    [
      "a root filesystem that was secured since",
      (root) => Deno.renameSync(root + ROOTFS_FILE, root + PLAIN_FILE),
      `${ROOTFS_FILE}: does not exist`,
    ],
    [
      "a file in place of the directory",
      (root) => {
        Deno.removeSync(root + K8S, { recursive: true });
        Deno.writeTextFileSync(root + K8S, "");
      },
      [KERNEL_FILE, INITRD_FILE, ROOTFS_FILE].map((path) =>
        `${path}: part of its path is not a directory`
      )
        .join("; "),
    ],
    ["one that is gone and one that is no file", (root) => {
      Deno.removeSync(root + KERNEL_FILE);
      Deno.removeSync(root + INITRD_FILE);
      Deno.mkdirSync(root + INITRD_FILE);
    }, `${KERNEL_FILE}: does not exist; ${INITRD_FILE}: is a directory`],
  ];
  const rows = (table: typeof cases, problem: string): Refusal[] =>
    table.map(([name, arrange, message]) => ({
      name,
      stdin,
      arrange: ({ root }: TemporaryPit) => arrange(root),
      code: 5,
      problem,
      message,
      hint: /choose again: pitboot resolve-images/,
    }));
  await refuse(t, ["set-links"], [...rows(cases, "images-unfit"), ...rows(gone, "images-missing")]);
});

Deno.test("set-links refuses three files that are not one image of the role", async (t) => {
  const json = await handOver();
  const other = (name: string): string => `${K8S}/${name.replaceAll(RELEASE, OTHER)}`;
  const notAnImage = "not an image of kubernetes: ";
  const ofSeveral = (what: string, ...paths: string[]): string =>
    `not one image of kubernetes, but files of several ${what}: ${paths.join(", ")}`;
  const cases: [name: string, images: Edit, message: string][] = [
    [
      "boot/script.ipxe as kernel",
      { kernel: BOOT_SCRIPT_FILE },
      `${notAnImage}${BOOT_SCRIPT_FILE} is not named VERSION-RELEASE.kernel`,
    ],
    [
      "the root filesystem of storage nodes",
      { rootfs: CEPH_ROOTFS },
      `${notAnImage}${CEPH_ROOTFS} is not named [secure-]kubernetes-RELEASE.squashfs`,
    ],
    [
      "kernel and initrd in each other's place",
      { kernel: INITRD_FILE, initrd: KERNEL_FILE },
      `${notAnImage}${INITRD_FILE} is not named VERSION-RELEASE.kernel; ${KERNEL_FILE} is not named initrd.img-RELEASE.xz`,
    ],
    [
      "a kernel of another directory",
      { kernel: `${CEPH}/${KERNEL}-${RELEASE}.kernel` },
      ofSeveral("directories", `${CEPH}/${KERNEL}-${RELEASE}.kernel`, INITRD_FILE, ROOTFS_FILE),
    ],
    [
      "an initrd of another release in the same directory",
      { initrd: other(`initrd.img-${RELEASE}.xz`) },
      ofSeveral("releases", KERNEL_FILE, other(`initrd.img-${RELEASE}.xz`), ROOTFS_FILE),
    ],
    [
      "a kernel of another release in the same directory",
      { kernel: other(`${KERNEL}-${RELEASE}.kernel`) },
      ofSeveral("releases", other(`${KERNEL}-${RELEASE}.kernel`), INITRD_FILE, ROOTFS_FILE),
    ],
    [
      "a root filesystem of another release, not secured, in the same directory",
      { rootfs: other(`kubernetes-${RELEASE}.squashfs`) },
      ofSeveral("releases", KERNEL_FILE, INITRD_FILE, other(`kubernetes-${RELEASE}.squashfs`)),
    ],
    ...["", "initrd.img-1.xz", "../k8s/initrd.img-1.xz", `${K8S}/../x.xz`, `${K8S}/..`]
      .map((path): [string, Edit, string] => [
        `the path ${JSON.stringify(path)}`,
        { initrd: path },
        `${JSON.stringify(path.replace("\0", "\\x00"))} is not the absolute path of a file`,
      ]),
  ];
  await refuse(
    t,
    ["set-links"],
    cases.map(([name, images, message]) => ({
      name,
      stdin: edit(json, images),
      arrange: addNeighbours,
      code: 5,
      problem: "images-unfit",
      message,
      hint: /choose again: pitboot resolve-images/,
    })),
  );
});

Deno.test("set-links refuses a FIFO as kernel, and does not wait for it", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  Deno.removeSync(pit.root + KERNEL_FILE);
  new Deno.Command("mkfifo", { args: [pit.root + KERNEL_FILE] }).outputSync();
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin });
  assertEquals(code, 5);
  assertEquals(problemOf(document, "images-unfit").message, `${KERNEL_FILE}: is not a file`);
});

Deno.test("set-links takes an image that is not secured, as resolve-images does", async () => {
  using pit = temporaryPit({ leased: true });
  Deno.copyFileSync(pit.root + ROOTFS_FILE, pit.root + PLAIN_FILE);
  const stdin = edit(await chained(pit), { rootfs: PLAIN_FILE });
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin });
  assertEquals(code, 0);
  const worker = document.nodes?.find(({ name }) => name === "ncn-w001");
  assertEquals(worker?.rootfs, `../${PLAIN_FILE.slice("/var/www/".length)}`);
});

Deno.test("set-links looks at no image that none of the nodes boots", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  Deno.truncateSync(pit.root + CEPH_ROOTFS);
  const words = ["--nodes", "ncn-w[001-004]"];
  const { code, document } = await callInProcess(pit, ["set-links", ...words], { stdin });
  assertEquals(code, 0);
  assertEquals(document.nodes?.length, 4);
});

/** Puts the files of another release beside those of the chosen one. */
function addNeighbours({ root }: TemporaryPit): void {
  const directory = addRelease(root, "k8s", { release: OTHER, secure: false });
  for (const { name } of Deno.readDirSync(root + directory)) {
    Deno.renameSync(`${root}${directory}/${name}`, `${root}${K8S}/${name}`);
  }
  Deno.removeSync(root + directory);
}
