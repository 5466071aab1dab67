import { assert, assertEquals, assertMatch } from "@std/assert";
import { SCRIPT } from "../../lib/boot/boot_tree.ts";
import type { Document } from "../../lib/document/document.ts";
import { callInProcess } from "../in_process.ts";
import { type TemporaryPit, temporaryPit } from "../kit.ts";
import { type Need, testWith } from "../needs.ts";
import { startApache } from "./apache.ts";

const NODES = ["ncn-m001", "ncn-m002", "ncn-w001", "ncn-s001", "fmn001"];
const NEEDS: readonly Need[] = ["apache2-bin", "curl"];
/** Nobody listens there. */
const CLOSED = "127.0.0.1:1";

/** A fault, made in the directory of documents. */
interface WebFault {
  readonly make?: (www: string) => void;
  /** What Apache hands out in place of that. */
  readonly documents?: (www: string) => string;
  readonly server?: string;
  readonly nodes?: readonly string[];
}

/** What `check` says of a PIT whose nodes are set up, with a fault made since. */
async function check(fault: WebFault): Promise<{ code: number; document: Document }> {
  using pit = temporaryPit({ nodes: NODES, leased: true });
  const { code, stderr } = await callInProcess(pit, ["run"], { env: { IPMI_PASSWORD: "" } });
  assertEquals(code, 0, stderr);
  return await ask(pit, fault);
}

async function ask(
  pit: TemporaryPit,
  { make = () => {}, documents = (www) => www, server, nodes = NODES.slice(1, 4) }: WebFault,
): Promise<{ code: number; document: Document }> {
  const www = `${pit.root}/var/www`;
  Deno.chmodSync(pit.directory, 0o755);
  make(www);
  await using apache = await startApache(pit.directory, documents(www));
  const words = [`--web-server=${server ?? apache.server}`, "--json", `--nodes=${nodes.join(",")}`];
  return await callInProcess(pit, ["check", ...words]);
}

testWith("check finds that Apache hands out what nodes need", NEEDS, async () => {
  const { code, document } = await check({});
  const web = document.checks?.filter(({ check }) => check === "web");
  assertEquals(web?.map(({ state, nodes }) => [state, nodes]), [["ok", NODES.slice(1, 4).sort()]]);
  assertEquals([code, document.problems], [0, []]);
});

testWith("check says why Apache does not", NEEDS, async (t) => {
  const worker = `ncn-w001`;
  const cases: [name: string, fault: WebFault, message: RegExp, hint: RegExp][] = [
    [
      "a rule that refuses the path",
      { nodes: ["fmn001", "ncn-m002"] },
      /^web: fmn001: \/NODE\/script\.ipxe: 403, a rule of the web server refuses this path$/,
      /LocationMatch/,
    ],
    [
      "a script that only root can read",
      { make: (www) => Deno.chmodSync(`${www}/${worker}/${SCRIPT}`, 0o600) },
      /^web: ncn-w001: \/NODE\/script\.ipxe: 403$/,
      /script\.ipxe: the web server cannot read it \(chmod o\+r\)$/,
    ],
    [
      "a boot directory that only root can enter",
      { make: (www) => Deno.chmodSync(`${www}/${worker}`, 0o700) },
      /^web: ncn-w001: \/NODE\/script\.ipxe: 403$/,
      /ncn-w001: the web server cannot enter it \(chmod o\+x\)$/,
    ],
    [
      "a link to nothing",
      {
        make: (www) => {
          Deno.removeSync(`${www}/${worker}/kernel`);
          Deno.symlinkSync("../ephemeral/gone", `${www}/${worker}/kernel`);
        },
      },
      /^web: ncn-w001: \/NODE\/kernel: 403, it points to nothing$/,
      /pitboot run/,
    ],
    [
      "a script that asks for another file",
      { make: (www) => edit(`${www}/${worker}/${SCRIPT}`, "squashimg=rootfs", "squashimg=old") },
      /^web: ncn-w001: \/NODE\/old: the web server does not hand it out$/,
      /error_log/,
    ],
    [
      "another directory of documents",
      { documents: otherDocuments, nodes: ["ncn-m002", "ncn-s001"] },
      /^web: .*: \/NODE\/script\.ipxe has \d+ bytes there, and \d+ bytes here$/,
      /DocumentRoot/,
    ],
    [
      "nobody who listens",
      { server: CLOSED },
      /the web server does not answer: curl: \(7\)/,
      /apache2/,
    ],
  ];
  for (const [name, fault, message, hint] of cases) {
    await t.step(name, async () => {
      const { code, document } = await check(fault);
      assertEquals(code, 3);
      const [web, ...others] = document.problems.filter(({ message }) =>
        message.startsWith("web:")
      );
      assert(web && others.length === 0, JSON.stringify(document.problems));
      assertMatch(web.message, message);
      assertMatch(web.hint ?? "", hint);
    });
  }
});

testWith("check knows Apache's SymLinksIfOwnerMatch", [...NEEDS, "root"], async () => {
  const fault = {
    make: (www: string): void => {
      const kernel = Deno.realPathSync(`${www}/ncn-w001/kernel`);
      Deno.chownSync(kernel, 65534, 65534);
    },
  };
  const { document } = await check(fault);
  const web = document.problems.find(({ message }) => message.startsWith("web:"));
  assertMatch(
    web?.message ?? "",
    /\/NODE\/kernel: 403, the link and its target have different owners/,
  );
});

/** A copy in which each script is a byte longer. */
function otherDocuments(www: string): string {
  const copy = `${www}.other`;
  new Deno.Command("cp", { args: ["-a", www, copy] }).outputSync();
  for (const node of NODES.slice(1)) edit(`${copy}/${node}/${SCRIPT}`, "boot\n", "boot\n\n");
  return copy;
}

function edit(path: string, from: string, to: string): void {
  const text = Deno.readTextFileSync(path);
  assert(text.includes(from), from);
  Deno.writeTextFileSync(path, text.replace(from, to));
}
