/**
 * Nodes that boot, real servers, and boot-progress that looks at them.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Boot } from "../../mod.ts";
import { PITBOOT } from "../kit.ts";
import { Terminal } from "../terminal/terminal.ts";
import { Lab } from "./lab.ts";
import { labTest } from "./lab_case.ts";
import { publishInLab } from "./nights/machines.ts";
import { FINALLY_UP } from "./nights/night_plan.ts";
import { Recorder } from "./nights/recorder.ts";
import { type Call, pitboot, start } from "./pitboot.ts";
import { until } from "./wait.ts";

const NEEDS = ["apache2-bin", "conman", "curl", "logrotate", "root"] as const;

const STAGES = ["dhcp", "script", "initrd", "kernel", "rootfs", "rootfs-sent", "up"];

labTest(
  "boot-progress waits for machines that boot, and names one that does not",
  async (t) => {
    await using lab = await Lab.start({ apache: true });
    const night = await Recorder.start(lab, { consoles: ["ncn-w003"] });
    await publishInLab(night, "ncn-w003");
    await t.step("each stage of a machine is told in its order, and then it is up", async () => {
      const waiting = start(lab, [
        "boot-progress",
        "--wait=up",
        ...only("ncn-w003"),
      ]);
      await lab.boot("ncn-w003");
      const { code } = await waiting.end;
      const told = waiting.said();
      assertEquals(code, 0, told);
      const stages = [...told.matchAll(/: ([a-z-]+): ncn-w003 /g)].map(([, stage = ""]) => stage);
      assertEquals(stages, STAGES.filter((stage) => stages.includes(stage)), told);
      assertEquals([stages.includes("kernel"), stages.at(-1)], [true, "up"], told);
      return stages.join(", ");
    });
    await t.step("the one that was never switched on is named", async () => {
      const call = await pitboot(lab, ["boot-progress", "--wait=rootfs-sent", "--timeout=3s"]);
      assertEquals(call.code, 124, call.stderr);
      assertEquals(bootOf(call, "ncn-w003").stage, "up");
      assertEquals(bootOf(call, "ncn-w001").stage, "none");
      assertMatch(call.stderr, /ncn-w\[001-002\]/);
    });
  },
  { boot: true, needs: NEEDS },
);

labTest(
  "boot-progress sees a transfer that goes on, in per cent, and one that is over",
  async (t) => {
    await using lab = await Lab.start({ apache: true });
    const night = await Recorder.start(lab, {});
    const node = await night.node("ncn-w001");
    await node.boot();
    await t.step("what has come grows", async () => {
      const transfer = await node.begin("rootfs", { as: "curl", rate: "1M" });
      await transfer.has(1_000_000);
      const first = bootOf(await look(lab), "ncn-w001");
      await transfer.has((first.bytes ?? 0) + 1_000_000);
      const second = bootOf(await look(lab), "ncn-w001");
      assertEquals([first.stage, first.state, second.state], ["rootfs", "moving", "moving"]);
      assert((second.bytes ?? 0) > (first.bytes ?? 0), `${first.bytes} ${second.bytes}`);
      assertEquals(first.of, 40_000_000);
      await transfer.abort();
      return `${first.bytes}, then ${second.bytes} of ${first.of}`;
    });
    await t.step(
      "the log is rotated while one waits: its line comes into the old file",
      async () => {
        await node.boot();
        const transfer = await node.begin("rootfs", { as: "curl", rate: "10M" });
        await transfer.has(1_000_000);
        const waiting = start(lab, [
          "boot-progress",
          "--wait=rootfs-sent",
          ...only("ncn-w001"),
        ]);
        await until(async () => (await lab.run(["pgrep", "-f", "wait=rootfs-sent"])).code === 0);
        await night.rotate();
        await transfer.end();
        const call = await waiting.end;
        assertEquals(call.code, 0, waiting.said());
      },
    );
  },
  { needs: NEEDS },
);

labTest(
  "boot-progress --watch shows a transfer grow, and end in a file that was renamed",
  async () => {
    await using lab = await Lab.start({ apache: true });
    const night = await Recorder.start(lab, { consoles: ["ncn-w001"] });
    const stranger = await night.stranger("x1", "aa:bb:cc:00:00:01");
    await stranger.boot("script");
    const node = await night.node("ncn-w001");
    await node.boot();
    using terminal = await Terminal.open({
      columns: 80,
      rows: 24,
      command: lab.sandbox.entering([...PITBOOT, "boot-progress", "--watch"]),
      env: { PATH: Deno.env.get("PATH") ?? "", TERM: "screen-256color", HOME: "/root" },
    });
    assertMatch(await terminal.shows(/^kernel .* ncn-w001$/m), /^ +10\.\S+ aa:bb:cc:00:00:01 /m);
    const transfer = await node.begin("rootfs", { as: "curl", rate: "2M" });
    const first = percentOn(await terminal.shows(/^rootfs \d+ % +moving .* ncn-w001$/m));
    await terminal.shows((screen) => percentOn(screen) > first);
    await night.rotate();
    await transfer.end();
    await terminal.shows(/^rootfs sent .* ncn-w001$/m);
    await night.says("ncn-w001", FINALLY_UP);
    await terminal.shows(/^up .* ncn-w001$/m);
    await terminal.press("C-c");
    assertEquals(await terminal.end(), 130);
    return `from ${first} %`;
  },
  { needs: [...NEEDS, "tmux"] },
);

function percentOn(screen: string): number {
  return Number(/^rootfs (\d+) %/m.exec(screen)?.[1] ?? 0);
}

function only(node: string): string[] {
  return [`--nodes=${node}`, "--json"];
}

function look(lab: Lab): Promise<Call> {
  return pitboot(lab, ["boot-progress", ...only("ncn-w001")]);
}

function bootOf({ document, stderr }: Call, node: string): Boot {
  const found = document.boots?.find((boot) => boot.node === node);
  assert(found, stderr);
  return found;
}
