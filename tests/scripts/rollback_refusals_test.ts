import { assertEquals, assertMatch } from "@std/assert";
import { squashfsImage } from "../../tools/pit/artifacts.ts";
import { KERNEL, RELEASE } from "../../tools/pit/make_pit.ts";
import { addNewer, change, generationFile } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { isThere, type TemporaryPit, temporaryPit } from "../kit.ts";
import { type Refusal, refuse } from "../refusals.ts";

const K8S = `/var/www/ephemeral/data/k8s/${RELEASE}`;
const KERNEL_FILE = `${K8S}/${KERNEL}-${RELEASE}.kernel`;
const ROOTFS_FILE = `${K8S}/secure-kubernetes-${RELEASE}.squashfs`;

Deno.test("rollback refuses images that nodes can boot no more, and changes nothing", async (t) => {
  const cases: [name: string, spoil: (root: string) => void, message: string | RegExp][] = [
    ["gone", (root) => Deno.removeSync(root + K8S, { recursive: true }), /fe775c6.*does not exist/],
    ["a kernel that is gone", (root) => {
      Deno.removeSync(root + KERNEL_FILE);
    }, `${KERNEL_FILE}: does not exist`],
    ["truncated", (root) => {
      const bytes = squashfsImage();
      new DataView(bytes.buffer).setBigUint64(40, 5000n, true);
      Deno.writeFileSync(root + ROOTFS_FILE, bytes);
    }, /^\/.*\.squashfs: is truncated/],
    ["being written again", (root) => {
      Deno.writeFileSync(root + ROOTFS_FILE, new Uint8Array(squashfsImage().length));
    }, /^\/.*\.squashfs: begins with zeros/],
    ["not for the web server", (root) => {
      Deno.chmodSync(root + ROOTFS_FILE, 0o600);
    }, `${ROOTFS_FILE}: the web server cannot read it (chmod o+r)`],
  ];
  const isGone = /gone/;
  await refuse(
    t,
    ["rollback"],
    cases.map(([name, spoil, message]): Refusal => ({
      name,
      message,
      arrange: async (pit) => {
        await switchedPit(pit);
        spoil(pit.root);
      },
      code: 5,
      problem: isGone.test(name) ? "images-missing" : "images-unfit",
      hint: /^nothing was changed; put it back/,
    })),
  );
});

Deno.test("rollback refuses links that were no image then", async (t) => {
  /** The node had those before pitboot. */
  const had = (links: Record<string, string>) => async (pit: TemporaryPit): Promise<void> => {
    const directory = `${pit.root}/var/www/ncn-w001`;
    Deno.mkdirSync(directory);
    for (const [name, target] of Object.entries(links)) {
      Deno.symlinkSync(target, `${directory}/${name}`);
    }
    await change(pit, ["run"]);
  };
  const kernel = `..${KERNEL_FILE.slice("/var/www".length)}`;
  const initrd = `..${K8S.slice("/var/www".length)}/initrd.img-${RELEASE}.xz`;
  await refuse(t, ["rollback", "0"], [
    {
      name: "two of three",
      arrange: had({ kernel, "initrd.img.xz": initrd }),
      code: 5,
      problem: "images-unfit",
      message: "ncn-w001 did not have a complete image at that time",
      nodes: ["ncn-w001"],
    },
    {
      name: "foreign files",
      arrange: had({ kernel, "initrd.img.xz": initrd, "rootfs": "../boot/script.ipxe" }),
      code: 5,
      problem: "images-unfit",
      message: /boot\/script\.ipxe/,
    },
    {
      name: "a link out of the system",
      arrange: had({ kernel, "initrd.img.xz": initrd, "rootfs": "../../../../../../etc/passwd" }),
      code: 5,
      problem: "images-missing",
      message: "/etc/passwd: does not exist",
    },
  ]);
});

Deno.test("rollback refuses what it does not remember", async (t) => {
  const missing = { code: 1, problem: "generation-missing" } as const;
  await refuse(t, ["rollback"], [
    {
      ...missing,
      name: "nothing was changed yet",
      message: "there is no generation to go back from: pitboot has not changed any node yet",
    },
    {
      ...missing,
      name: "a number that was never given",
      arrange: switchedPit,
      args: ["rollback", "3"],
      message: "there is no generation 3: the current one is 2",
      hint: /the oldest one you can go back to is 0/,
    },
    {
      ...missing,
      name: "one that is forgotten",
      arrange: async (pit) => {
        await switchedPit(pit);
        await change(pit, ["run", "--keep", "2"], { CSM_RELEASE: "9" });
      },
      args: ["rollback", "0"],
      message: "the history needed to go back to generation 0 is no longer kept",
      hint: /the oldest one you can go back to is 1/,
    },
    {
      ...missing,
      name: "one behind a gap",
      arrange: async (pit) => {
        await switchedPit(pit);
        await change(pit, ["run"], { CSM_RELEASE: "9" });
        Deno.removeSync(generationFile(pit, 2));
      },
      args: ["rollback", "1"],
      message: "the history needed to go back to generation 1 is no longer kept",
      hint: /the oldest one you can go back to is 2/,
    },
    {
      name: "something in the way",
      arrange: async (pit) => {
        await switchedPit(pit);
        Deno.removeSync(`${pit.root}/var/www/ncn-w001/kernel`);
        Deno.mkdirSync(`${pit.root}/var/www/ncn-w001/kernel`);
      },
      code: 1,
      problem: "node-blocked",
      message: /: \/var\/www\/ncn-w001\/kernel$/,
    },
    {
      name: "no boot/script.ipxe to compare with",
      arrange: async (pit) => {
        await change(pit, ["run"], { CSM_RELEASE: "9" });
        Deno.removeSync(`${pit.root}/var/www/boot/script.ipxe`);
      },
      code: 1,
      problem: "script-missing",
      message: /^\/var\/www\/boot\/script\.ipxe: does not exist/,
    },
  ]);
});

Deno.test("rollback refuses what is no number", async () => {
  using pit = temporaryPit({ leased: true });
  const { code, document, stderr } = await callInProcess(pit, ["rollback", "last", "--json"]);
  assertEquals([code, document.problems[0]?.code], [2, "usage"]);
  assertMatch(stderr, /last is not the number of a generation/);
  assertEquals(isThere(`${pit.root}/var/lib/pitboot`), false);
});

/** The older release, then the newer one. */
async function switchedPit(pit: TemporaryPit): Promise<void> {
  await change(pit, ["run"]);
  addNewer(pit);
  await change(pit, ["run"]);
}
