import { assertEquals, assertMatch } from "@std/assert";
import { addNewer } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { addressOf, problemOf, type TemporaryPit, temporaryPit } from "../kit.ts";
import { namespaceArgs, type Need, testWith } from "../needs.ts";
import { apacheConf } from "./apache.ts";

const NEEDS: readonly Need[] = ["apache2-bin", "curl", "iproute2", "namespaces"];
const NODES = ["ncn-m001", "ncn-w001", "ncn-w002", "ncn-s001", "fmn001"];
const LOG = "/var/log/apache2/access_log";
const PIT = "10.99.99.1";

/** Apache, and nodes that ask it from their own addresses, in a network of their own. */
async function fetchAll(
  pit: TemporaryPit,
  fetches: readonly (readonly [node: string, files: readonly string[]])[],
): Promise<void> {
  const directory = `${pit.directory}/apache`;
  Deno.mkdirSync(directory);
  Deno.mkdirSync(`${pit.root}/var/log/apache2`, { recursive: true });
  Deno.chmodSync(pit.directory, 0o755);
  const places = { pid: `${directory}/pid`, log: `${directory}/error_log` };
  const conf = {
    listen: "80",
    documents: `${pit.root}/var/www`,
    access: pit.root + LOG,
    ...places,
  };
  Deno.writeTextFileSync(`${directory}/httpd.conf`, apacheConf(conf));
  const addresses = new Set(fetches.map(([node]) => addressOf(pit, node)));
  const get = (node: string, file: string): string =>
    `curl -s -o /dev/null -A iPXE/1.21.1 --interface ${
      addressOf(pit, node)
    } http://${PIT}/${node}/${file}`;
  const script = [
    "set -e",
    "ip link set lo up",
    ...[PIT, ...addresses].map((address) => `ip addr add ${address}/32 dev lo`),
    // At its end it ends all of its process group.
    `setsid /usr/sbin/apache2 -d ${directory} -f ${directory}/httpd.conf -DFOREGROUND &`,
    `until curl -s -o /dev/null http://127.0.0.1/; do sleep 0.1; done`,
    ...fetches.flatMap(([node, files]) => files.map((file) => get(node, file))),
    "kill $!",
    "wait $! || true",
  ].join("\n");
  const { success, stderr } = await new Deno.Command("unshare", {
    args: [...namespaceArgs(), "sh", "-c", script],
    stdin: "null",
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
}

testWith(
  "run says what Apache's log tells: who is refused, and who is booting",
  NEEDS,
  async () => {
    using pit = temporaryPit({ nodes: NODES, leased: true });
    const env = { IPMI_PASSWORD: "" };
    assertEquals((await callInProcess(pit, ["run"], { env })).code, 0);
    await fetchAll(pit, [
      // The rules of a PIT grant only paths that begin with ncn-.
      ["fmn001", ["script.ipxe"]],
      ["ncn-w001", ["script.ipxe", "initrd.img.xz", "kernel"]],
      ["ncn-w002", ["script.ipxe", "initrd.img.xz", "kernel", "rootfs"]],
      ["ncn-s001", ["nothing.ipxe"]],
    ]);
    addNewer(pit);
    const { code, document, stderr } = await callInProcess(pit, ["run", "-n", "--json"], { env });
    assertEquals(code, 0, stderr);
    const refused = problemOf(document, "web-refused");
    assertEquals(refused.nodes, ["fmn001"]);
    assertMatch(refused.message, /403 for \/fmn001\/script\.ipxe at/);
    const fetching = problemOf(document, "node-fetching");
    assertEquals(fetching.nodes, ["ncn-w001"]);
    assertMatch(fetching.message, /^ncn-w001 fetched script\.ipxe, initrd\.img\.xz, kernel within/);
  },
);
