import { assert, assertEquals } from "@std/assert";
import type { Context } from "../../../lib/io/context.ts";
import { Root } from "../../../lib/io/root.ts";
import { judgeNodes } from "../../../lib/status/judge_nodes.ts";
import { temporaryPit } from "../../kit.ts";

/** Notes what was so whenever a boot directory was listed. */
class NotingRoot extends Root {
  readonly noted: number[] = [];
  note: () => number = () => 0;

  override list(path: string): Deno.DirEntry[] {
    if (path.includes("/ncn-")) this.noted.push(this.note());
    return super.list(path);
  }
}

Deno.test("judgeNodes() lets others go on while it looks at many nodes", async () => {
  using pit = temporaryPit();
  const names = Array.from({ length: 200 }, (_, i) => `ncn-w${i + 1001}`);
  for (const name of names) Deno.mkdirSync(`${pit.root}/var/www/${name}`);
  const chosen = names.map((node) => ({
    node,
    name: `${node}-mgmt`,
    mac: null,
    ip: null,
    line: 1,
  }));
  const root = new NotingRoot(pit.root);
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  root.note = () => turns;
  const context = { env: () => undefined, now: Date.now } as unknown as Context;
  const flags = { "web-root": "/var/www", config: "/etc/pitboot.json", state: "/var/lib/pitboot" };
  try {
    const { judged } = await judgeNodes(chosen, new Map(), { flags, host: { root, context } });
    assertEquals(judged.length, names.length);
  } finally {
    clearInterval(timer);
  }
  assertEquals(root.noted.length, names.length);
  const [first = 0] = root.noted;
  assert((root.noted.at(-1) ?? 0) >= first + 2, `${root.noted}`);
});
