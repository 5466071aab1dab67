import { assert, assertEquals } from "@std/assert";
import type { Boot, BootCourse, BootStage } from "../../../lib/document/boot.ts";
import { bootBoard } from "../../../lib/progress/boot_board.ts";

const WAIT = { stage: "up", left: 42 * 60_000 } as const;

function boot(node: string, stage: BootStage, state: BootCourse | null = null): Boot {
  return {
    node,
    stage,
    at: null,
    source: null,
    tries: 1,
    image: null,
    bytes: null,
    of: null,
    rate: null,
    faults: [],
    state,
    silence: 60,
    peers: null,
    keepsDisks: false,
  };
}

const STAGES = ["none", "dhcp", "script", "initrd", "kernel", "rootfs", "up"] as const;

Deno.test("bootBoard() counts those that got there, and shows where the others are", () => {
  const boots = [boot("w1", "up"), boot("w2", "kernel", "silent"), boot("w3", "none")];
  assertEquals(bootBoard({ ...WAIT, boots }, 80), [
    "up  1 of 3 nodes, 42:00 left",
    "BOOT     STATE   LAST SEEN  N  NODES",
    "no sign  -       1:00 ago   1  w3",
    "kernel   silent  1:00 ago   1  w2",
  ]);
});

Deno.test("bootBoard() has no more rows than others, each as wide as the terminal at most", () => {
  const boots = STAGES.flatMap((stage, i) =>
    [1, 3, 5, 7, 9, 11, 13].map((n) => boot(`ncn-w${100 * i + n}`, stage))
  );
  for (const columns of [40, 80]) {
    const rows = bootBoard({ ...WAIT, boots }, columns);
    assertEquals([rows.length, rows.at(-1)], [6, "… and nodes that got further"]);
    assert(rows.every(({ length }) => length <= columns), rows.join("\n"));
    assertEquals(rows.filter((row) => /\d…/.test(row)), []);
  }
});

Deno.test("bootBoard() has one row where all got there", () => {
  assertEquals(bootBoard({ ...WAIT, boots: [boot("w1", "up")] }, 80), [
    "up  1 of 1 nodes, 42:00 left",
  ]);
});
