import { assertEquals } from "@std/assert";
import { receivingNodes } from "../../../lib/change/receiving_nodes.ts";
import { temporaryDirectory } from "../../temporary.ts";

const NODES = {
  addresses: new Map([["10.1.1.7", "ncn-w001"], ["10.1.1.8", "ncn-w002"]]),
  macs: new Map(),
};

/** Asks a program that stands in for ss, which a machine without iproute2 has not. */
async function ask(
  ss: string | null,
  isMachine = true,
): Promise<{ nodes: string[]; details: string[] }> {
  using temporary = temporaryDirectory();
  if (ss !== null) Deno.writeTextFileSync(`${temporary.directory}/ss`, ss, { mode: 0o755 });
  const details: string[] = [];
  const nodes = await receivingNodes(NODES, {
    root: { isMachine },
    context: { env: () => temporary.directory, signal: new AbortController().signal },
    reporter: { detail: (words) => details.push(words) },
  });
  return { nodes: [...nodes], details };
}

Deno.test("receivingNodes() names nodes to which something is sent", async () => {
  const lines = [
    "0 99 [::ffff:10.1.1.1]:80 [::ffff:10.1.1.7]:57698 bytes_acked:4877505",
    "0 0 [::ffff:10.1.1.1]:80 [::ffff:10.1.1.8]:57699 bytes_acked:600", // its script
    "0 99 [::ffff:10.1.1.1]:80 [::ffff:10.1.1.9]:57700 bytes_acked:4877505",
  ];
  const ss = `#!/bin/sh\nprintf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}\n`;
  assertEquals(await ask(ss), { nodes: ["ncn-w001"], details: [] });
  assertEquals(await ask(ss, false), { nodes: [], details: [] });
});

Deno.test("receivingNodes() knows of nobody without ss, and says why in detail", async () => {
  const why = "cannot tell who receives a file: ";
  assertEquals(await ask(null), { nodes: [], details: [`${why}there is no program ss`] });
  assertEquals(await ask("#!/bin/sh\necho 'no such option' >&2\nexit 1\n"), {
    nodes: [],
    details: [`${why}ss: no such option`],
  });
});
