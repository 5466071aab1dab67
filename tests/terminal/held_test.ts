import { assert, assertEquals } from "@std/assert";
import { isThere, until } from "../kit.ts";
import { scenarioPit } from "./scenario.ts";
import { terminalTest } from "./terminal.ts";

terminalTest("run does all of its work while the terminal is held by ^S", async () => {
  using pit = scenarioPit({ nodes: 9, slow: "ncn-w[001-004]", slowSeconds: 4 });
  using terminal = await pit.open(["run"], { columns: 90, rows: 30 });
  await terminal.shows("Waiting on");
  await terminal.press("C-s");
  const nodes = pit.nodes.slice(1);
  await until(() => nodes.every(({ name }) => isThere(`${pit.root}/var/www/${name}/script.ipxe`)));
  const held = (await terminal.lines()).join("\n");
  assert(!held.includes("is ready"), held);
  await terminal.press("C-q");
  assertEquals(await terminal.end(), 0);
  const text = (await terminal.lines()).join("\n");
  assert(text.includes("www is ready."), text);
  // Nothing of the board is left.
  assert(!/^(BMCs|leases) /m.test(text), text);
});
