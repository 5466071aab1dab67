import { assertEquals, assertMatch } from "@std/assert";
import { BOOT_SCRIPT, RELEASE } from "../../tools/pit/make_pit.ts";
import { callInProcess, chained } from "../in_process.ts";
import { problemOf, type TemporaryPit, temporaryPit, treeOf } from "../kit.ts";
import { checkManners, refuse } from "../refusals.ts";

const SCRIPT = "/var/www/boot/script.ipxe";
const ROOTFS = `/var/www/ephemeral/data/k8s/${RELEASE}/secure-kubernetes-${RELEASE}.squashfs`;

/** The document that the chain makes of a PIT of nine nodes. */
async function document(): Promise<string> {
  using pit = temporaryPit({ leased: true });
  return await chained(pit);
}

Deno.test("set-links refuses what is missing, and changes nothing", async (t) => {
  const stdin = await document();
  const { images: { kubernetes }, ...rest } = JSON.parse(stdin);
  await refuse(t, ["set-links"], [
    {
      name: "a document without an image for a role",
      stdin: JSON.stringify({ ...rest, images: { kubernetes } }),
      code: 2,
      problem: "input-missing",
      message: "the document has no image for the role storage",
      hint: /resolve-images/,
    },
    {
      name: "an image that is gone",
      stdin,
      arrange: ({ root }) => Deno.removeSync(root + ROOTFS),
      code: 5,
      problem: "images-missing",
      message: `${ROOTFS}: does not exist`,
      hint: /resolve-images/,
    },
    {
      name: "no statics.conf",
      stdin,
      arrange: ({ root }) => Deno.removeSync(`${root}/etc/dnsmasq.d/statics.conf`),
      code: 1,
      problem: "file-missing",
      message: "/etc/dnsmasq.d/statics.conf: does not exist",
    },
    {
      name: "a role that makes a node of boot/",
      stdin,
      arrange: ({ root }) => {
        const role = { name: "any", data: "k8s", rootfs: "kubernetes", nodes: ["boot*"] };
        Deno.writeTextFileSync(`${root}/etc/pitboot.json`, JSON.stringify({ roles: [role] }));
      },
      code: 1,
      problem: "file-invalid",
      message:
        '/etc/pitboot.json: role any: "boot*" also matches boot, which is a directory of the web server, not a node',
    },
    {
      name: "a node that statics.conf does not know",
      stdin,
      args: ["set-links", "--nodes", "ncn-w009"],
      code: 2,
      problem: "input-missing",
      message: /statics\.conf has no node ncn-w009/,
    },
  ]);
});

Deno.test("set-links refuses a boot/script.ipxe that is wrong", async (t) => {
  const stdin = await document();
  const CSM_RELEASE = "1.6.2";
  await refuse(t, ["set-links"], [
    {
      name: "none",
      stdin,
      arrange: ({ root }) => Deno.removeSync(root + SCRIPT),
      code: 1,
      problem: "script-missing",
      message: `${SCRIPT}: does not exist`,
      hint: /metal-ipxe/,
    },
    {
      name: "a directory in its place",
      stdin,
      arrange: ({ root }) => {
        Deno.removeSync(root + SCRIPT);
        Deno.mkdirSync(root + SCRIPT);
      },
      code: 1,
      problem: "script-missing",
      message: `${SCRIPT}: is a directory`,
    },
    {
      name: "a link that points out of the root, and to nothing in it",
      stdin,
      env: { CSM_RELEASE },
      arrange: ({ root, directory }) => {
        Deno.renameSync(root + SCRIPT, `${directory}/script.ipxe`);
        Deno.symlinkSync(`${directory}/script.ipxe`, root + SCRIPT);
      },
      code: 1,
      problem: "script-missing",
      message: `${SCRIPT}: does not exist`,
    },
    {
      name: "an empty one",
      stdin,
      arrange: write(""),
      code: 1,
      problem: "script-unfit",
      message: /^\/var\/www\/boot\/script\.ipxe:1: is not an iPXE script/,
    },
    {
      name: "one without live-sqfs-opts, with CSM_RELEASE",
      stdin,
      env: { CSM_RELEASE },
      arrange: write(BOOT_SCRIPT.replace(/^set live-sqfs-opts.*\n/m, "")),
      code: 1,
      problem: "script-unfit",
      message: /script\.ipxe has no line "set live-sqfs-opts .*rd\.live\.dir=1\.6\.2/,
      hint: /unset CSM_RELEASE/,
    },
    {
      name: "one without root= on that line, with CSM_RELEASE",
      stdin,
      env: { CSM_RELEASE },
      arrange: write(BOOT_SCRIPT.replace("root=live", "live")),
      code: 1,
      problem: "script-unfit",
      message: /script\.ipxe has no line "set live-sqfs-opts/,
    },
    {
      name: "a CSM_RELEASE that points out",
      stdin,
      env: { CSM_RELEASE: "../../x" },
      code: 1,
      problem: "release-unfit",
      message: 'CSM_RELEASE="../../x" cannot be the name of a directory',
    },
    {
      name: "a CSM_RELEASE with a line end",
      stdin,
      env: { CSM_RELEASE: "1.6.2\nboot" },
      code: 1,
      problem: "release-unfit",
      message: /^CSM_RELEASE="1\.6\.2\\nboot" cannot/,
    },
  ]);
});

Deno.test("set-links says so if there is no rd.luks to switch off", async () => {
  using pit = temporaryPit({ leased: true });
  write(BOOT_SCRIPT.replace("rd.luks ", ""))(pit);
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  assertEquals(code, 0);
  const { message } = problemOf(document, "script-without-luks");
  assertEquals(message, `${SCRIPT} has no rd.luks to switch off for ncn-w[001-004]`);
});

Deno.test("set-links refuses to remove what is not ours", async (t) => {
  const stdin = await document();
  const blocked = (message: string | RegExp): { code: number; problem: string; stdin: string } & {
    message: string | RegExp;
  } => ({ stdin, code: 1, problem: "node-blocked", message });
  const inTheWay = "not made by pitboot, and in the way of a boot directory or a link: ";
  const node = (root: string): string => `${root}/var/www/ncn-w001`;
  await refuse(t, ["set-links"], [
    {
      name: "a file in place of a boot directory",
      arrange: ({ root }) => Deno.writeTextFileSync(node(root), "keep me"),
      ...blocked(`${inTheWay}/var/www/ncn-w001`),
    },
    {
      name: "a link in place of a boot directory",
      arrange: ({ root }) => {
        Deno.mkdirSync(`${root}/var/www/elsewhere`);
        Deno.symlinkSync("elsewhere", node(root));
      },
      ...blocked(`${inTheWay}/var/www/ncn-w001`),
    },
    {
      name: "a dangling link in place of a boot directory",
      arrange: ({ root }) => Deno.symlinkSync("elsewhere", node(root)),
      ...blocked(`${inTheWay}/var/www/ncn-w001`),
    },
    {
      name: "a file in place of a link",
      arrange: ({ root }) => {
        Deno.mkdirSync(node(root));
        Deno.writeTextFileSync(`${node(root)}/rootfs`, "keep me");
      },
      ...blocked(`${inTheWay}/var/www/ncn-w001/rootfs`),
    },
    {
      name: "a directory in place of a link",
      arrange: ({ root }) => Deno.mkdirSync(`${node(root)}/kernel`, { recursive: true }),
      ...blocked(`${inTheWay}/var/www/ncn-w001/kernel`),
    },
    {
      name: "two of them are both named",
      arrange: ({ root }) => {
        Deno.writeTextFileSync(node(root), "");
        Deno.writeTextFileSync(`${root}/var/www/ncn-s002`, "");
      },
      ...blocked(/\/var\/www\/ncn-s002, \/var\/www\/ncn-w001$/),
    },
  ]);
});

Deno.test("set-links refuses a directory in place of a node's script", async () => {
  using pit = temporaryPit({ leased: true });
  const stdin = await chained(pit);
  Deno.mkdirSync(`${pit.root}/var/www/ncn-w001/script.ipxe`, { recursive: true });
  const before = treeOf(`${pit.root}/var/www`);
  const { code, stderr } = await callInProcess(pit, ["set-links"], { stdin });
  assertEquals(code, 1);
  assertMatch(stderr, /error: .*\/var\/www\/ncn-w001\/script\.ipxe/);
  assertEquals(treeOf(`${pit.root}/var/www`), before);
});

Deno.test("set-links refuses a state directory that is wrong", async (t) => {
  const stdin = await document();
  await refuse(t, ["set-links"], [
    {
      name: "a file in its place",
      stdin,
      arrange: ({ root }) => {
        Deno.mkdirSync(`${root}/var/lib`, { recursive: true });
        Deno.writeTextFileSync(`${root}/var/lib/pitboot`, "");
      },
      code: 1,
      problem: "file-unwritable",
      message: "/var/lib/pitboot cannot be written: is not a directory",
      hint: /--state/,
    },
    ...["{", '{"scripts": 1}', "[]", "\0"].map((text) => ({
      name: `records that say ${JSON.stringify(text)}`,
      stdin,
      arrange: ({ root }: TemporaryPit): void => {
        Deno.mkdirSync(`${root}/var/lib/pitboot`, { recursive: true });
        Deno.writeTextFileSync(`${root}/var/lib/pitboot/scripts.json`, text);
      },
      code: 1,
      problem: "file-invalid",
      message: /^\/var\/lib\/pitboot\/scripts\.json: /,
    })),
  ]);
});

Deno.test("set-links reports nodes of a document that statics.conf does not know", async (t) => {
  const names = [
    "ncn-w099-mgmt",
    "../../etc-mgmt",
    "..-mgmt",
    "/etc/cron.d/x-mgmt",
    "NCN-W001-MGMT",
    `${"x".repeat(300)}-mgmt`,
    "\x1b[2J-mgmt",
    "boot-mgmt",
    "ncn-w001",
    "",
  ];
  for (const bmc of names) {
    await t.step(JSON.stringify(bmc.slice(0, 40)), async () => {
      using pit = temporaryPit({ leased: true });
      const document = JSON.parse(await chained(pit));
      document.leases.push({ bmc, mac: "02:00:00:00:00:01", ip: "10.254.9.9", expires: null });
      const result = await callInProcess(pit, ["set-links"], { stdin: JSON.stringify(document) });
      assertMatch(
        problemOf(result.document, "lease-unknown").message,
        /statics\.conf does not know/,
      );
      assertEquals(result.document.nodes?.length, 9);
      const directories = Object.keys(treeOf(`${pit.root}/var/www`)).filter((path) =>
        /^[^/]*\/$/.test(path)
      );
      assertEquals(directories.length, 9 + 2, directories.join(" "));
      checkManners(result, pit);
    });
  }
});

Deno.test("set-links serves a node once that a document names twice", async () => {
  using pit = temporaryPit({ leased: true });
  const document = JSON.parse(await chained(pit));
  document.leases.push(document.leases[0]);
  const result = await callInProcess(pit, ["set-links"], { stdin: JSON.stringify(document) });
  assertEquals(result.code, 0, result.stderr);
  assertEquals(result.document.nodes?.length, 9);
});

Deno.test("set-links names nodes that no role has", async () => {
  using pit = temporaryPit({ leased: true, nodes: ["ncn-m001", "ncn-m002", "ncn-s001", "uan01"] });
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin: await chained(pit) });
  assertEquals(code, 3);
  assertEquals(problemOf(document, "node-without-role").nodes, ["uan01"]);
  assertEquals(document.nodes?.map(({ name, cause }) => [name, cause?.code]), [
    ["ncn-m002", undefined],
    ["ncn-s001", undefined],
    ["uan01", "node-without-role"],
  ]);
});

Deno.test("set-links does nothing where nobody has a lease, and says so", async () => {
  using pit = temporaryPit();
  const stdin = await chained(pit, ["--timeout", "0"]);
  const before = treeOf(`${pit.root}/var/www`);
  const { code, document } = await callInProcess(pit, ["set-links"], { stdin });
  assertEquals(code, 3);
  problemOf(document, "nodes-none");
  assertEquals(document.nodes?.length, 9);
  const seen = new Set(document.nodes?.map(({ change, cause }) => `${change} ${cause?.code}`));
  assertEquals(seen, new Set(["absent leases-missing"]));
  assertEquals(treeOf(`${pit.root}/var/www`), before);
});

function write(text: string): (pit: TemporaryPit) => void {
  return ({ root }) => Deno.writeTextFileSync(root + SCRIPT, text);
}
