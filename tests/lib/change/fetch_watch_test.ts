import { assertEquals } from "@std/assert";
import { FetchWatch } from "../../../lib/change/fetch_watch.ts";
import { Root } from "../../../lib/io/root.ts";
import { temporaryDirectory } from "../../temporary.ts";
import { plannedNode } from "../../testdata/planned_node.ts";

const NOW = Date.UTC(2026, 10, 25, 3, 0, 0);
const STATICS = ["ncn-w001", "ncn-w002"].map((node, i) =>
  `dhcp-host=id:x3000c0s${i}b0n0,set:${node},b4:2e:99:00:00:0${i},10.1.1.${i + 7},${node},20m\n`
);

/** A line of the log, of a minute ago. */
function line(ip: string, path: string, status: number): string {
  return `${ip} - - [25/Nov/2026:02:59:00 +0000] "GET ${path} HTTP/1.1" ${status} 9 "-" "iPXE/1"\n`;
}

Deno.test("FetchWatch says of each node once what there is to say, and goes on looking", async () => {
  using temporary = temporaryDirectory();
  const [log, statics] = ["/access_log", "/statics.conf"];
  const write = (path: string, text: string, append = false): void =>
    Deno.writeTextFileSync(temporary.directory + path, text, { append });
  write(statics, STATICS.join(""));
  write(log, line("10.1.1.7", "/ncn-w001/kernel", 200));
  const watch = new FetchWatch({ "access-log": log, statics }, {
    root: new Root(temporary.directory),
    context: { now: () => NOW, env: () => undefined, signal: new AbortController().signal },
    reporter: { detail: () => {} },
  });
  const nodes = ["ncn-w001", "ncn-w002"].map((name) => plannedNode(name, {}));
  const look = async (): Promise<unknown[]> =>
    (await watch.look(nodes)).map(([code, { nodes }]) => [code, nodes]);
  assertEquals(await look(), [["node-fetching", ["ncn-w001"]]]);
  assertEquals(await look(), []);
  write(log, line("10.1.1.8", "/ncn-w002/script.ipxe", 403), true);
  write(log, line("10.1.1.8", "/ncn-w001/kernel", 403), true); // somebody else's
  assertEquals(await look(), [["web-refused", ["ncn-w002"]]]);
  assertEquals(await look(), []);
});
