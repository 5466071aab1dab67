/**
 * Places that others than root may change, and what the web server cannot read: both are
 * named, and the first are not written to.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { callInProcess, chained } from "../in_process.ts";
import { problemOf, type TemporaryPit, temporaryPit, treeOf } from "../kit.ts";

const SCRIPT = "/var/www/boot/script.ipxe";
const NODE = "/var/www/ncn-w001";

type Arrange = (root: string) => void;

const mode = (path: string, bits: number): Arrange => (root) => Deno.chmodSync(root + path, bits);

/** A PIT whose nodes are set up. */
async function readyPit(): Promise<TemporaryPit> {
  const pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["set-links"], { stdin: await chained(pit) })).code, 0);
  return pit;
}

Deno.test("status and set-links name what the web server cannot read, and what helps", async (t) => {
  const cases: [name: string, arrange: Arrange, message: string, hint: string][] = [
    [
      "a script",
      mode(`${NODE}/script.ipxe`, 0o600),
      "ncn-w001: the web server cannot read its script.ipxe",
      `chmod o+r ${NODE}/script.ipxe`,
    ],
    [
      "a boot directory",
      mode(NODE, 0o700),
      "ncn-w001: the web server cannot enter its boot directory",
      `chmod o+x ${NODE}`,
    ],
  ];
  for (const [name, arrange, message, hint] of cases) {
    await t.step(name, async () => {
      using pit = await readyPit();
      // An edited one keeps its mode.
      Deno.writeTextFileSync(`${pit.root}${NODE}/script.ipxe`, "#!ipxe\n# mine\n");
      arrange(pit.root);
      const stdin = await chained(pit);
      for (const words of [["status", "--json"], ["set-links"]] as const) {
        const { code, document } = await callInProcess(pit, words, { stdin });
        const found = problemOf(document, "node-not-whole");
        assertEquals([found.message, found.hint, found.nodes], [message, hint, ["ncn-w001"]]);
        assertEquals(code, 3);
      }
      // What the hint says leads to what is meant.
      const [, bits = "", path = ""] = /^chmod (\S+) (\S+)$/.exec(hint) ?? [];
      new Deno.Command("chmod", { args: [bits, pit.root + path] }).outputSync();
      assertEquals((await callInProcess(pit, ["status"])).code, 0);
    });
  }
});

Deno.test("run says of a node that cannot fetch its script why it will not boot", async () => {
  using pit = await readyPit();
  mode(NODE, 0o700)(pit.root);
  const { code, stderr } = await callInProcess(pit, ["run"], { env: { IPMI_PASSWORD: "" } });
  assertEquals(code, 3);
  assertMatch(stderr, /NOT READY +8 of 9 nodes/);
  assertMatch(stderr, /ncn-w001 +the web server cannot enter its boot directory\s+chmod o\+x \S+/);
});

Deno.test("a boot/script.ipxe that the web server cannot read is refused", async () => {
  using pit = temporaryPit({ leased: true });
  mode(SCRIPT, 0o600)(pit.root);
  const { code, document } = await callInProcess(pit, ["run", "--json"]);
  assertEquals([code, document.bmcs, document.nodes], [1, undefined, undefined]);
  assertEquals(problemOf(document, "script-unfit").hint, `chmod o+r ${SCRIPT}`);
});

Deno.test("images behind a link into a private directory are none that nodes can fetch", async () => {
  using pit = await readyPit();
  const { root } = pit;
  Deno.mkdirSync(`${root}/root`, { mode: 0o700 });
  Deno.renameSync(`${root}/var/www/ephemeral`, `${root}/root/x`);
  Deno.symlinkSync("/root/x", `${root}/var/www/ephemeral`);
  const { code, document } = await callInProcess(pit, ["run", "--json"]);
  assertEquals(code, 5);
  const [first] = document.problems.filter(({ code }) => code === "images-unfit");
  assertMatch(first?.message ?? "", /: \/root: the web server cannot enter it \(chmod o\+x\)/);
  const status = await callInProcess(pit, ["status", "--json"]);
  assertEquals(status.document.nodes?.every(({ links }) => links === "broken"), true);
});

Deno.test("what others than root may write is not written, and named by status", async (t) => {
  const cases: [path: string, env: Record<string, string>, cure: string][] = [
    ["/var/www", {}, "chmod go-w /var/www"],
    ["/var", {}, "chmod go-w /var"],
    ["/var/www/boot", { CSM_RELEASE: "1.6.2" }, "chmod go-w /var/www/boot"],
  ];
  for (const [path, env, cure] of cases) {
    await t.step(path, async () => {
      using pit = temporaryPit({ leased: true });
      mode(path, 0o777)(pit.root);
      const before = treeOf(`${pit.root}/var/www`);
      for (const words of [["run", "--json"], ["run", "--json", "--dry-run"]] as const) {
        const { code, document } = await callInProcess(pit, words, { env });
        const { message, hint } = path === "/var"
          ? document.problems[0] ?? { message: "", hint: "" }
          : problemOf(document, "place-unsafe");
        assertEquals([code, hint?.includes(cure), document.bmcs], [1, true, undefined], message);
      }
      assertEquals(treeOf(`${pit.root}/var/www`), before);
      const status = await callInProcess(pit, ["status", "--json", "--state=/etc/none"]);
      const { message } = problemOf(status.document, "place-shared");
      assertMatch(message, RegExp(`^${path}.* may be written by anybody \\(mode 777\\)`));
    });
  }
});

Deno.test("a boot/ that others may write is named where it is only read", async () => {
  using pit = temporaryPit({ leased: true });
  mode("/var/www/boot", 0o777)(pit.root);
  const { code, document } = await callInProcess(pit, ["run", "--json"]);
  assertEquals(code, 0);
  assertMatch(problemOf(document, "place-shared").message, /^\/var\/www\/boot may be written/);
});

Deno.test("a boot directory that is not only root's is left alone, and the others are set up", async (t) => {
  const cases: [name: string, arrange: Arrange, words: string, cure: string][] = [
    [
      "anybody may write to it",
      mode(NODE, 0o777),
      "its boot directory may be written by anybody (mode 777)",
      `chmod go-w ${NODE}`,
    ],
    [
      "a script that is none",
      (root) => {
        Deno.writeTextFileSync(`${root}${NODE}/script.ipxe`, "");
        Deno.truncateSync(`${root}${NODE}/script.ipxe`, 1024 * 1024 + 1);
      },
      "its script.ipxe is larger than 1 MiB",
      `move ${NODE}/script.ipxe elsewhere`,
    ],
    [
      "a script that is a link out of the web root",
      (root) => {
        Deno.mkdirSync(`${root}/root`, { mode: 0o700 });
        Deno.writeTextFileSync(`${root}/root/secret`, "secret");
        Deno.removeSync(`${root}${NODE}/script.ipxe`);
        Deno.symlinkSync("/root/secret", `${root}${NODE}/script.ipxe`);
      },
      "its script.ipxe leads to /root/secret, out of /var/www",
      `move ${NODE}/script.ipxe elsewhere`,
    ],
  ];
  for (const [name, arrange, words, cure] of cases) {
    await t.step(name, async () => {
      using pit = await readyPit();
      arrange(pit.root);
      for (const node of ["ncn-w001", "ncn-w002"]) {
        Deno.removeSync(`${pit.root}/var/www/${node}/kernel`);
      }
      const before = treeOf(pit.root + NODE);
      const { code, document } = await callInProcess(pit, ["set-links"], {
        stdin: await chained(pit),
      });
      const { message, hint, nodes } = problemOf(document, "node-failed");
      assertEquals([code, nodes], [3, ["ncn-w001"]]);
      assertEquals([message, hint], [`ncn-w001: left alone, ${words}`, `${cure}; then run again`]);
      assertEquals(treeOf(pit.root + NODE), before);
      assertEquals(Deno.readLinkSync(`${pit.root}/var/www/ncn-w002/kernel`).slice(0, 3), "../");
      const status = await callInProcess(pit, ["status", "--json"]);
      const told = status.document.problems.find((each) => each.message === `ncn-w001: ${words}`);
      assertEquals(told?.hint, cure);
      // Offline takes it as little.
      const offline = await callInProcess(pit, ["offline", "--nodes=ncn-w001", "--json"]);
      assertEquals([offline.code, treeOf(pit.root + NODE)], [3, before]);
    });
  }
});

Deno.test("boot/script.ipxe is no link out of the web root, and no larger than a script", async (t) => {
  const cases: [name: string, arrange: Arrange, message: RegExp][] = [
    ["a link", (root) => {
      Deno.renameSync(root + SCRIPT, `${root}/etc/script`);
      Deno.symlinkSync("/etc/script", root + SCRIPT);
    }, /: is a link to \/etc\/script, which is not below \/var\/www$/],
    ["a large one", (root) => Deno.truncateSync(root + SCRIPT, 1024 * 1024 + 1), /1 MiB$/],
  ];
  for (const [name, arrange, message] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit({ leased: true });
      arrange(pit.root);
      const { code, document } = await callInProcess(pit, ["run", "--json"]);
      assertEquals(code, 1);
      assertMatch(problemOf(document, "script-missing").message, message);
    });
  }
});

Deno.test("what is recorded of odd scripts is read again", async () => {
  using pit = await readyPit();
  const nuls = (node: string): void => {
    const path = `${pit.root}/var/www/${node}/script.ipxe`;
    Deno.writeFileSync(path, new Uint8Array(1024 * 1024).fill(node.charCodeAt(7) % 2));
    Deno.utimeSync(path, -1, -2);
  };
  for (const node of ["ncn-w001", "ncn-w002"]) nuls(node);
  const before = Deno.statSync(`${pit.root}${NODE}/script.ipxe`).mtime?.getTime();
  const env = { IPMI_PASSWORD: "" };
  for (
    const words of [["run", "--reset-scripts"], ["history"], ["rollback"], ["history"]] as const
  ) {
    const { code, stderr } = await callInProcess(pit, words, { env });
    assertEquals(code, 0, stderr);
  }
  const { size, mtime } = Deno.statSync(`${pit.root}${NODE}/script.ipxe`);
  assertEquals([size, mtime?.getTime()], [1024 * 1024, before]);
});

Deno.test("a site says whom it trusts besides root", async () => {
  using pit = temporaryPit({ leased: true });
  const { root } = pit;
  const { gid } = Deno.statSync(`${root}/var/www`);
  // Who is not root has one group of its own.
  Deno.chmodSync(`${root}/var/www`, 0o775);
  Deno.writeTextFileSync(`${root}/etc/pitboot.json`, `{"trusted": {"groups": [${gid}]}}`);
  assertEquals((await callInProcess(pit, ["run"])).code, 0);
  Deno.chmodSync(`${root}/var/www`, 0o777);
  Deno.writeTextFileSync(`${root}/etc/pitboot.json`, `{"trusted": {"users": ["me"]}}`);
  const { code, document } = await callInProcess(pit, ["run", "--json"]);
  assertEquals(code, 1);
  assertMatch(document.problems.at(-1)?.message ?? "", /pitboot\.json: .*trusted\.users\[0\]/);
});
