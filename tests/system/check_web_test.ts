import { assert, assertEquals, assertMatch } from "@std/assert";
import { SCRIPT } from "../../lib/boot/boot_tree.ts";
import type { Document } from "../../lib/document/document.ts";
import { callInProcess } from "../in_process.ts";
import {
  type CallResult,
  environment,
  PITBOOT,
  resultOf,
  type TemporaryPit,
  temporaryPit,
} from "../kit.ts";
import { namespaceArgs, type Need, testWith } from "../needs.ts";
import { startApache, writeConfig } from "./apache.ts";

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
      /^web: ncn-w001: \/NODE\/script\.ipxe: 403, \S+\/script\.ipxe: the web server cannot read it$/,
      /^chmod o\+r \/var\/www\/ncn-w001\/script\.ipxe$/,
    ],
    [
      "a boot directory that only root can enter",
      { make: (www) => Deno.chmodSync(`${www}/${worker}`, 0o700) },
      /^web: ncn-w001: \/NODE\/script\.ipxe: 403, \S+\/ncn-w001: the web server cannot enter it$/,
      /^chmod o\+x \/var\/www\/ncn-w001$/,
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
      /^web: ncn-w001: \/NODE\/old: it does not exist$/,
      /pitboot set-links .*--reset-scripts/,
    ],
    [
      "another directory of documents",
      { documents: otherDocuments, nodes: ["ncn-m002", "ncn-s001"] },
      /^web: .*: \/NODE\/script\.ipxe has \d+ bytes there, and \d+ bytes here$/,
      /DocumentRoot/,
    ],
    [
      "a directory of documents without nodes",
      { documents: (www) => `${www}/boot`, nodes: ["ncn-m002", "ncn-s001"] },
      /^web: .*: \/NODE\/script\.ipxe: the web server does not know it$/,
      /DocumentRoot/,
    ],
    [
      "a script that asks below a path that is refused, for what does not exist",
      {
        make: (www) =>
          edit(`${www}/${worker}/${SCRIPT}`, "metal.server=", "metal.server=http://pit/y/x#"),
      },
      /^web: ncn-w001: \/y\/x: it does not exist$/,
      /pitboot set-links/,
    ],
    [
      "nobody who listens",
      { server: CLOSED },
      /no web server listens there: curl: \(7\)/,
      /systemctl status apache2/,
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

testWith("check asks this machine where it cannot resolve pit, and says so", [
  ...NEEDS,
  "iproute2",
  "root",
  "namespaces",
], async (t) => {
  const cases: [name: string, start: string, said: RegExp[]][] = [
    ["Apache listens", 'apache2 -d "$0" -f "$0/httpd.conf"', [
      /^web: this machine cannot resolve pit, and was asked at 127\.0\.0\.1 in its place$/,
    ]],
    ["nobody listens", ":", [
      /^web: ncn-m002,.*: no web server listens there: curl: \(7\) /,
      /^web: this machine cannot resolve pit/,
    ]],
  ];
  for (const [name, start, said] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit({ nodes: NODES.slice(0, 4), leased: true });
      await callInProcess(pit, ["run"], { env: { IPMI_PASSWORD: "" } });
      Deno.chmodSync(pit.directory, 0o755);
      writeConfig(pit.directory, `${pit.root}/var/www`, 80);
      const { document } = await checkInNamespace(pit, start);
      const web = document.problems.filter(({ message }) => message.startsWith("web:"));
      assertEquals(web.length, said.length, JSON.stringify(document.problems));
      for (const [i, pattern] of said.entries()) assertMatch(web[i]?.message ?? "", pattern);
    });
  }
});

/** Nobody resolves names there. */
async function checkInNamespace(pit: TemporaryPit, start: string): Promise<CallResult> {
  const script = `
    PATH=$PATH:/usr/sbin:/sbin
    ip link set lo up
    echo 127.0.0.1 localhost >"$0/hosts"
    mount --bind "$0/hosts" /etc/hosts
    ${start}
    until [ -e "$0/pid" ] || [ "${start}" = : ]; do sleep 0.05; done
    "$@"
    code=$?
    if [ -e "$0/pid" ]; then kill $(cat "$0/pid"); fi
    exit $code`;
  const words = [...PITBOOT, "check", "--json", `--root=${pit.root}`];
  const child = new Deno.Command("unshare", {
    args: [...namespaceArgs(), "--mount", "sh", "-c", script, pit.directory, ...words],
    env: environment(pit),
    clearEnv: true,
    ...{ stdin: "null", stdout: "piped", stderr: "piped" } as const,
  }).spawn();
  return await resultOf(child);
}

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
