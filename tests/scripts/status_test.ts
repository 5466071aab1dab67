import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { addRelease, BOOT_SCRIPT, KERNEL, RELEASE } from "../../tools/pit/make_pit.ts";
import type { BootNode } from "../../mod.ts";
import { callInProcess, collect } from "../in_process.ts";
import {
  leasesOf,
  pitboot,
  problemOf,
  type TemporaryPit,
  temporaryPit,
  treeOf,
  withoutRoot,
} from "../kit.ts";
import { checkManners, refuse } from "../refusals.ts";

const NO_PASSWORD = { env: { IPMI_PASSWORD: "" } };
const NAMED = "ncn-m[001-002],ncn-s001,ncn-w[001-003]";
const IMAGE = `/var/www/ephemeral/data/k8s/${RELEASE}`;

Deno.test("status is content with what run made", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await pitboot(pit, ["run"], NO_PASSWORD)).code, 0);
  const before = treeOf(pit.root);
  const { code, document } = await pitboot(pit, ["status", "--json"]);
  assertEquals(code, 0);
  assertEquals(document.nodes?.length, 9);
  const w001 = document.nodes?.find(({ name }) => name === "ncn-w001");
  assertEquals(
    [w001?.links, w001?.script, w001?.release, w001?.kernelVersion, w001?.lease],
    ["whole", "ours", RELEASE, KERNEL, pit.nodes.find(({ name }) => /w001/.test(name))?.bmcIp],
  );
  assertEquals(document.images?.["kubernetes"]?.directory, IMAGE);
  assertEquals(treeOf(pit.root), before);
});

Deno.test("status is a table wherever it goes, and a document where that is asked for", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
  const { code, stdout, stderr } = await callInProcess(pit, ["status"]);
  assertEquals([code, stderr], [0, ""]);
  // A line for each row, however long: for grep.
  assertEquals(stdout.trimEnd().split("\n").map((line) => line.split(/ +/).at(-1)), [
    "lease",
    "NODES",
    "ncn-m[002-003],ncn-w[001-004]",
    "ncn-s[001-003]",
  ]);
  const { stdout: quiet } = await callInProcess(pit, ["status", "--quiet"]);
  assertEquals(quiet, stdout);
  for (const columns of [80, 40]) {
    let shown = "";
    const terminal = { ...collect((text) => shown += text), columns: () => columns };
    await callInProcess(pit, ["status"], { stdout: { ...terminal, isTerminal: true } });
    const lines = shown.trimEnd().split("\n");
    assertEquals(lines.filter((line) => line.length > columns || line.includes("…")), []);
    assertStringIncludes(shown, RELEASE);
    if (columns === 80) assertEquals(lines.length, 5);
  }
  const { stderr: words, document } = await callInProcess(pit, ["status", "--json"]);
  assertEquals([words, document.nodes?.length], ["", 9]);
});

Deno.test("status names what is wrong with a node", async (t) => {
  const cases: [
    name: string,
    arrange: (node: string, pit: TemporaryPit) => void,
    expected: { links: BootNode["links"]; script: BootNode["script"]; nodes: string[] },
  ][] = [
    ["no directory", (node) => {
      Deno.removeSync(node, { recursive: true });
    }, { links: "missing", script: "missing", nodes: ["ncn-w001"] }],
    ["a link that is gone", (node) => {
      Deno.removeSync(`${node}/rootfs`);
    }, { links: "missing", script: "ours", nodes: ["ncn-w001"] }],
    ["a link that points to nothing", (node) => {
      relink(`${node}/rootfs`, "../nowhere");
    }, { links: "broken", script: "ours", nodes: ["ncn-w001"] }],
    ["a link to something else", (node) => {
      relink(`${node}/rootfs`, "../boot/script.ipxe");
    }, { links: "foreign", script: "ours", nodes: ["ncn-w001"] }],
    ["a link to the image of another role", (node) => {
      const storage = `ceph/${RELEASE}/secure-storage-ceph-${RELEASE}.squashfs`;
      relink(`${node}/rootfs`, `../ephemeral/data/${storage}`);
    }, { links: "foreign", script: "ours", nodes: ["ncn-w001"] }],
    ["a file in place of a link", (node) => {
      Deno.removeSync(`${node}/kernel`);
      Deno.writeTextFileSync(`${node}/kernel`, "");
    }, { links: "foreign", script: "ours", nodes: ["ncn-w001"] }],
    ["a file in place of the directory", (node) => {
      Deno.removeSync(node, { recursive: true });
      Deno.writeTextFileSync(node, "");
    }, { links: "missing", script: "missing", nodes: ["ncn-w001"] }],
    ["no script", (node) => {
      Deno.removeSync(`${node}/script.ipxe`);
    }, { links: "whole", script: "missing", nodes: ["ncn-w001"] }],
    ["a script that was taken away", (node) => {
      Deno.renameSync(`${node}/script.ipxe`, `${node}/.script.ipxe.away`);
    }, { links: "whole", script: "missing", nodes: ["ncn-w001"] }],
    ["a script that was changed", (node) => {
      Deno.writeTextFileSync(`${node}/script.ipxe`, "#", { append: true });
    }, { links: "whole", script: "edited", nodes: [] }],
    ["an image that nobody may read", (_, { root }) => {
      Deno.chmodSync(`${root}${IMAGE}/initrd.img-${RELEASE}.xz`, 0o600);
    }, {
      links: "broken",
      script: "ours",
      nodes: [..."23"].map((n) => `ncn-m00${n}`).concat([..."1234"].map((n) => `ncn-w00${n}`)),
    }],
  ];
  for (const [name, arrange, { links, script, nodes }] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit({ leased: true });
      assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
      arrange(`${pit.root}/var/www/ncn-w001`, pit);
      const before = treeOf(pit.root);
      const result = await callInProcess(pit, ["status", "--json"]);
      const node = result.document.nodes?.find(({ name }) => name === "ncn-w001");
      assertEquals([node?.links, node?.script], [links, script]);
      assertEquals(result.code, nodes.length > 0 ? 3 : 0);
      const found = result.document.problems.filter(({ code }) => code === "node-not-whole")
        .flatMap(({ nodes }) => nodes);
      assertEquals(found, nodes);
      checkManners(result, pit);
      assertEquals(treeOf(pit.root), before);
    });
  }
});

Deno.test("status tells a node without a directory from one that is right", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run", "--nodes", "ncn-w001"], NO_PASSWORD)).code, 0);
  const { document } = await callInProcess(pit, ["status", "--json", "--nodes", "ncn-w[001-002]"]);
  assertEquals(document.nodes?.map(({ change }) => change), ["unchanged", "absent"]);
});

Deno.test("status knows a script that pitboot would write, without a record of it", async (t) => {
  const scripts: [name: string, text: string][] = [
    ["with rd.luks", BOOT_SCRIPT],
    ["without rd.luks", BOOT_SCRIPT.replace("rd.luks ", "")],
  ];
  for (const [name, text] of scripts) {
    await t.step(name, async () => {
      using pit = temporaryPit({ leased: true });
      Deno.writeTextFileSync(`${pit.root}/var/www/boot/script.ipxe`, text);
      assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
      Deno.removeSync(`${pit.root}/var/lib/pitboot/scripts.json`);
      const { document } = await callInProcess(pit, ["status", "--json"]);
      assertEquals(new Set(document.nodes?.map(({ script }) => script)), new Set(["ours"]));
    });
  }
});

Deno.test("status judges the links although there are no leases to read", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
  Deno.removeSync(leasesOf(pit));
  const { code, document } = await callInProcess(pit, ["status", "--json"]);
  assertEquals(code, 3);
  assertMatch(problemOf(document, "leases-unreadable").message, /dnsmasq\.leases: does not exist/);
  assertEquals(document.nodes?.every(({ links }) => links === "whole"), true);
});

Deno.test("status looks at the chosen nodes only", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals(
    (await callInProcess(pit, ["run", "--nodes", "ncn-w[001-002]"], NO_PASSWORD)).code,
    0,
  );
  const chosen = await callInProcess(pit, ["status", "--json", "--nodes", "ncn-w[001-002]"]);
  assertEquals([chosen.code, chosen.document.nodes?.length], [0, 2]);
  const all = await callInProcess(pit, ["status", "--json"]);
  assertEquals([all.code, all.document.nodes?.length], [3, 9]);
  const { message, nodes } = problemOf(all.document, "node-not-whole");
  assertMatch(message, /^ncn-m\[002-003\],ncn-s\[001-003\],ncn-w\[003-004\]: links missing/);
  assertEquals(nodes.length, 7);
});

Deno.test("status says what helps nodes that are not whole", async () => {
  using pit = temporaryPit({ leased: true });
  const www = `${pit.root}/var/www`;
  Deno.writeTextFileSync(`${www}/ncn-w001`, "");
  Deno.mkdirSync(`${www}/ncn-w002/kernel`, { recursive: true });
  Deno.writeTextFileSync(`${www}/ncn-w003`, "");
  Deno.writeTextFileSync(
    `${pit.root}/etc/pitboot.json`,
    JSON.stringify({ roles: [{ name: "storage", data: "ceph", rootfs: "x", nodes: ["nobody"] }] }),
  );
  const { document } = await callInProcess(pit, ["status", "--json", "--nodes", NAMED]);
  assertEquals(document.problems.map(({ message, hint }) => [message, withoutRoot(pit, hint)]), [
    [
      "ncn-m001: links missing",
      "pitboot run --nodes ncn-m001 sets them up with fe775c6-1659395320990; without --nodes it leaves the PIT out",
    ],
    [
      "ncn-m002: links missing",
      "pitboot run --nodes ncn-m002 sets them up with fe775c6-1659395320990",
    ],
    ["ncn-s001: links foreign", "no role has such nodes: add one to /etc/pitboot.json"],
    [
      "ncn-w[001,003]: links missing",
      "move /var/www/ncn-w001, /var/www/ncn-w003 elsewhere; then pitboot run --nodes ncn-w[001,003] sets them up with fe775c6-1659395320990",
    ],
    [
      "ncn-w002: links foreign",
      "move /var/www/ncn-w002/kernel elsewhere; then pitboot run --nodes ncn-w002 sets them up with fe775c6-1659395320990",
    ],
  ]);
});

Deno.test("status names the nodes whose script somebody edited", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
  for (const node of ["ncn-m003", "ncn-w001", "ncn-w002"]) {
    Deno.writeTextFileSync(`${pit.root}/var/www/${node}/script.ipxe`, "#", { append: true });
  }
  const { code, document } = await callInProcess(pit, ["status", "--json"]);
  const { message, hint, nodes } = problemOf(document, "script-edited");
  assertEquals([code, document.status], [0, "ok"]);
  assertMatch(message, /script\.ipxe of ncn-m003,ncn-w\[001-002\]$/);
  assertMatch(withoutRoot(pit, hint), /set-links --reset-scripts /);
  assertEquals(nodes, ["ncn-m003", "ncn-w001", "ncn-w002"]);
});

Deno.test("status tells releases that are mixed within a role from those that differ", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
  addRelease(pit.root, "k8s", { release: "1.6.2" });
  const links = async (...args: string[]): Promise<void> => {
    assertEquals((await callInProcess(pit, ["set-links", ...args])).code, 0);
  };
  await links("--nodes", "ncn-w[001-002]");
  const mixed = await callInProcess(pit, ["status", "--json"]);
  assertEquals([mixed.code, mixed.document.status], [3, "partial"]);
  const { message, nodes } = problemOf(mixed.document, "releases-mixed");
  assertEquals(message.split("\n").slice(1).map((row) => row.trim().split(/ +/)), [
    [RELEASE, "ncn-m[002-003],ncn-w[003-004]"],
    ["1.6.2", "ncn-w[001-002]"],
  ]);
  assertEquals(nodes.length, 6);
  // Nobody boots another release than the others of those that are looked at.
  const some = await callInProcess(pit, ["status", "--json", "--nodes", "ncn-w[001-002]"]);
  assertEquals([some.code, some.document.problems], [0, []]);
  addRelease(pit.root, "ceph", { release: "1.6.2" });
  await links("--release", `storage=${RELEASE}`);
  const differing = await callInProcess(pit, ["status", "--json"]);
  assertEquals([differing.code, differing.document.problems.length], [0, 1]);
  const { hint } = problemOf(differing.document, "releases-differ");
  assertMatch(hint ?? "", /kubernetes=1\.6\.2,storage=1\.6\.2$/);
  await links();
  const same = await callInProcess(pit, ["status", "--json"]);
  assertEquals([same.code, same.document.problems], [0, []]);
});

Deno.test("status says what a newer release lacks", async (t) => {
  const file = (name: string): string => `/var/www/ephemeral/data/k8s/1.6.2/${name}`;
  const squashfs = file("secure-kubernetes-1.6.2.squashfs");
  const initrd = file("initrd.img-1.6.2.xz");
  const cases: [name: string, arrange: (pit: TemporaryPit) => void, lacks: RegExp | null][] = [
    ["nothing", () => {}, null],
    ["no initrd", ({ root }) => Deno.removeSync(root + initrd), /no initrd \(.*\/1\.6\.2\)$/],
    [
      "half a squashfs",
      ({ root }) => Deno.truncateSync(root + squashfs, 95),
      /95 bytes are too few/,
    ],
    ["it is older", ({ root }) => {
      Deno.removeSync(root + initrd);
      for (const path of [squashfs, file(`${KERNEL}-1.6.2.kernel`)]) {
        Deno.utimeSync(root + path, 0, 0);
      }
    }, null],
  ];
  for (const [name, arrange, lacks] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit({ leased: true });
      const options = ["--nodes", "ncn-m002,ncn-w[001-004]"];
      assertEquals((await callInProcess(pit, ["run", ...options], NO_PASSWORD)).code, 0);
      addRelease(pit.root, "k8s", { release: "1.6.2" });
      arrange(pit);
      const { code, document } = await callInProcess(pit, ["status", "--json", ...options]);
      assertEquals([code, document.nodes?.map(({ links }) => links)], [
        0,
        Array.from({ length: 5 }, () => "whole"),
      ]);
      if (!lacks) return assertEquals(document.problems, []);
      const { message, hint } = problemOf(document, "images-not-whole");
      assertMatch(message, /^kubernetes 1\.6\.2 is newer but incomplete: /);
      assertMatch(message, lacks);
      assertStringIncludes(hint ?? "", RELEASE);
    });
  }
  await t.step("nowhere to look", async () => {
    using pit = temporaryPit({ leased: true });
    assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
    const { code, document } = await callInProcess(pit, ["status", "--json", "--data", "/nowhere"]);
    assertEquals([code, document.problems], [0, []]);
  });
});

Deno.test("status refuses files that are wrong", async (t) => {
  await refuse(t, ["status", "--json"], [
    {
      name: "no statics.conf",
      arrange: ({ root }) => Deno.removeSync(`${root}/etc/dnsmasq.d/statics.conf`),
      code: 1,
      problem: "file-missing",
      message: "/etc/dnsmasq.d/statics.conf: does not exist",
    },
    {
      name: "records that are damaged",
      arrange: ({ root }) => {
        Deno.mkdirSync(`${root}/var/lib/pitboot`, { recursive: true });
        Deno.writeTextFileSync(`${root}/var/lib/pitboot/scripts.json`, "{");
      },
      code: 1,
      problem: "file-invalid",
      message: /^\/var\/lib\/pitboot\/scripts\.json: /,
    },
    {
      name: "leases that are none",
      arrange: (pit) => Deno.writeTextFileSync(leasesOf(pit), "0 zz 1 2\n"),
      code: 3,
      problem: "leases-unreadable",
      message: /^\/var\/lib\/misc\/dnsmasq\.leases:1: /,
      hint: /dnsmasq/,
    },
    {
      name: "a CSM_RELEASE that set-links refuses",
      env: { CSM_RELEASE: "a/b" },
      code: 1,
      problem: "release-unfit",
      message: 'CSM_RELEASE="a/b" cannot be the name of a directory',
    },
  ]);
});

function relink(path: string, target: string): void {
  Deno.removeSync(path);
  Deno.symlinkSync(target, path);
}

Deno.test("status names nodes once, those on top that are not ready", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
  const w001 = `${pit.root}/var/www/ncn-w001`;
  relink(`${w001}/rootfs`, "../nowhere");
  const { stdout, stderr, code } = await callInProcess(pit, ["status"]);
  assertEquals([code, stderr], [3, ""]);
  const [count, , first = "", ...rest] = stdout.trimEnd().split("\n");
  assertEquals(count, "8 of 9 nodes are ready; 9 of 9 BMCs have a lease");
  assertMatch(first, /^broken +ours +yes +kubernetes +- +1 +ncn-w001$/);
  assertEquals(rest.slice(0, 2).map((line) => line.slice(0, 5)), ["whole", "whole"]);
  assertMatch(rest[2] ?? "", /^ {2}ncn-w001 {2}rootfs → \.\.\/nowhere: does not exist$/);
  assertMatch(rest[3] ?? "", /^ {2}hint: pitboot run .*--nodes ncn-w001 sets them up with/);
  assertEquals(rest.length, 4);
});

Deno.test("status has a column of what becomes of disks where nodes differ", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
  const w001 = `${pit.root}/var/www/ncn-w001/script.ipxe`;
  Deno.removeSync(`${pit.root}/var/www/ncn-w002/script.ipxe`);
  // Nobody knows it of one without a script: that is no difference.
  assertEquals((await callInProcess(pit, ["status"])).stdout.includes("DISKS"), false);
  const script = Deno.readTextFileSync(w001);
  Deno.writeTextFileSync(w001, script.replace("metal.no-wipe=0", "metal.no-wipe=1"));
  const { stdout } = await callInProcess(pit, ["status"]);
  assertMatch(stdout, /^LINKS +SCRIPT +LEASE +ROLE +RELEASE +DISKS +N +NODES$/m);
  assertMatch(stdout, /^whole +edited +yes +kubernetes +\S+ +keep +1 +ncn-w001$/m);
  assertMatch(stdout, /^whole +missing +yes +kubernetes +\S+ +- +1 +ncn-w002$/m);
  assertMatch(stdout, /^whole +ours +yes +storage +\S+ +wipe +3 +ncn-s\[001-003\]$/m);
  const { document } = await callInProcess(pit, ["status", "--json"]);
  const disks = document.nodes?.flatMap(({ name, disks }) => /w00[123]/.test(name) ? [disks] : []);
  assertEquals(disks, ["kept", undefined, "wiped"]);
});

Deno.test("status says that boot/script.ipxe has changed since nodes got theirs", async () => {
  using pit = temporaryPit({ leased: true });
  const env = { ...NO_PASSWORD.env, CSM_RELEASE: "1.6.2" };
  assertEquals((await callInProcess(pit, ["run"], { env })).code, 0);
  // It is no change of that file that this shell has no CSM_RELEASE.
  assertEquals((await callInProcess(pit, ["status", "--json"])).document.problems, []);
  Deno.writeTextFileSync(`${pit.root}/var/www/boot/script.ipxe`, "# new\n", { append: true });
  const { document, code } = await callInProcess(pit, ["status", "--json"]);
  const { message, hint } = problemOf(document, "script-outdated");
  assertEquals(code, 0);
  assertMatch(message, /^boot\/script\.ipxe has changed since ncn-m\[002-003\],\S+ got theirs$/);
  assertMatch(hint ?? "", /pitboot set-links .*--nodes ncn-m\[002-003\],\S+ gives it to them$/);
});

Deno.test("status names leases that nobody expected", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run"], NO_PASSWORD)).code, 0);
  const stranger = "0 b4:2e:99:ff:ff:ff 10.254.1.99 ncn-w009-mgmt *\n";
  Deno.writeTextFileSync(leasesOf(pit), stranger, { append: true });
  const { document, code } = await callInProcess(pit, ["status", "--json"]);
  assertEquals(code, 0);
  assertMatch(problemOf(document, "leases-unexpected").message, /10\.254\.1\.99 +ncn-w009-mgmt$/);
});
