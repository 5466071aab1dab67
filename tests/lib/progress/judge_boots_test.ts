import { assertEquals } from "@std/assert";
import type { Boot } from "../../../lib/document/boot.ts";
import type { BootEvidence } from "../../../lib/progress/boot_evidence.ts";
import type { BootRequest } from "../../../lib/progress/boot_request.ts";
import type { ConsoleLine } from "../../../lib/progress/console_text.ts";
import { judgeBoots } from "../../../lib/progress/judge_boots.ts";

const NODE = "ncn-w001";
const NOW = Date.UTC(2026, 10, 29, 3);
const before = (seconds: number): number => NOW - seconds * 1000;

/** A request of the node so many seconds ago. */
function asked(
  ago: number,
  file: BootRequest["file"],
  more: Partial<BootRequest> = {},
): BootRequest {
  const path = `/${NODE}/${file}`;
  return {
    address: "10.1.1.7",
    at: before(ago),
    stamp: "start",
    method: "GET",
    path,
    node: NODE,
    file,
    status: 200,
    bytes: 1000,
    sent: null,
    transfer: "unknown",
    agent: null,
    ...more,
  };
}

/** All that a node asks for before its root filesystem. */
function upToKernel(ago: number): BootRequest[] {
  return [asked(ago, "script"), asked(ago - 2, "initrd"), asked(ago - 4, "kernel")];
}

function evidence(
  requests: readonly BootRequest[],
  more: Partial<BootEvidence> = {},
): BootEvidence {
  const served = { files: {}, keepsDisks: false };
  const nothing = { dhcp: null, askedAt: [], console: null, receiving: null };
  return { node: NODE, requests, served, ...nothing, ...more };
}

/** It receives something, which grew so long ago. */
function under(acked: number, ago = 1, queued = 900_000): Pick<BootEvidence, "receiving"> {
  return { receiving: { acked, queued, rate: 5, grew: before(ago) } };
}

function said(...lines: ConsoleLine[]): Pick<BootEvidence, "console"> {
  return { console: { lines, last: lines.at(-1)?.at ?? null } };
}

function bootWith(requests: readonly BootRequest[], more: Partial<BootEvidence> = {}): Boot {
  const [boot] = judgeBoots([evidence(requests, more)], NOW);
  if (!boot) throw new Error("no boot");
  return boot;
}

const up = (ago: number): ConsoleLine => ({ at: before(ago), kind: "up", text: "finally up" });

Deno.test("judgeBoots() tells the furthest that was seen of this boot", async (t) => {
  const cases: [name: string, evidence: BootEvidence, stage: Boot["stage"], tries: number][] = [
    ["nothing", evidence([]), "none", 0],
    [
      "a lease",
      evidence([], { dhcp: { at: before(9), mac: "a4:bf:01:00:00:01", ip: "10.1.1.7" } }),
      "dhcp",
      0,
    ],
    ["a boot loader over HTTP", evidence([asked(9, "loader", { node: null })]), "dhcp", 0],
    ["a script", evidence([asked(9, "script")]), "script", 1],
    ["the initrd comes first", evidence([asked(9, "script"), asked(8, "initrd")]), "initrd", 1],
    ["a kernel", evidence(upToKernel(900)), "kernel", 1],
    ["a root filesystem", evidence([...upToKernel(900), asked(60, "rootfs")]), "rootfs-sent", 1],
    [
      "a line that came late: lines are not sorted",
      evidence([...upToKernel(900), asked(60, "kernel"), asked(600, "rootfs")]),
      "rootfs-sent",
      1,
    ],
    ["up", evidence(upToKernel(900), said(up(60))), "up", 1],
    ["up in an earlier boot", evidence(upToKernel(900), said(up(1000))), "kernel", 1],
    ["up, with a script before the horizon", evidence([], said(up(60))), "up", 0],
    [
      "a whole boot before this one",
      evidence([...upToKernel(4000), asked(3500, "rootfs"), asked(60, "script")]),
      "script",
      1,
    ],
    [
      "a root filesystem that it gave up, told in its next boot",
      evidence([
        ...upToKernel(900),
        asked(60, "script"),
        asked(500, "rootfs"),
        asked(50, "initrd"),
      ]),
      "initrd",
      2,
    ],
    [
      "a console that begins anew",
      evidence(
        [...upToKernel(900), asked(500, "rootfs")],
        said({ at: before(9), kind: "begin", text: ">>Start PXE" }),
      ),
      "none",
      0,
    ],
    ["a script that is refused", evidence([asked(9, "script", { status: 404 })]), "dhcp", 1],
    [
      "a boot before one whose script is refused",
      evidence([...upToKernel(3000), asked(2500, "rootfs"), asked(9, "script", { status: 404 })]),
      "dhcp",
      1,
    ],
    [
      "three tries",
      evidence([...upToKernel(900), ...upToKernel(600), ...upToKernel(300)]),
      "kernel",
      3,
    ],
    ["two boots far apart", evidence([...upToKernel(4000), ...upToKernel(300)]), "kernel", 1],
    [
      "a transfer under way",
      evidence(upToKernel(900), under(9)),
      "rootfs",
      1,
    ],
    [
      "the end of a kernel that was logged",
      evidence(upToKernel(900), under(600, 1, 600)),
      "kernel",
      1,
    ],
    [
      "the end of all that one connection gave",
      evidence(upToKernel(900), under(2900, 1, 700)),
      "kernel",
      1,
    ],
    [
      "a server that waits for its disk",
      evidence(upToKernel(900), under(70_000, 1, 0)),
      "rootfs",
      1,
    ],
    [
      "a connection that gave all, and is kept",
      evidence(upToKernel(900), under(3600, 1, 0)),
      "kernel",
      1,
    ],
    [
      "a connection of the boot before",
      evidence(upToKernel(900), under(500, 901)),
      "kernel",
      1,
    ],
    [
      "an initrd under way",
      evidence([asked(9, "script")], under(9)),
      "script",
      1,
    ],
    [
      "a root filesystem that broke off",
      evidence([...upToKernel(900), asked(60, "rootfs", { transfer: "broken", sent: 613 })]),
      "rootfs",
      1,
    ],
  ];
  for (const [name, each, stage, tries] of cases) {
    await t.step(name, () => {
      const boot = bootWith(each.requests, each);
      assertEquals([boot.stage, boot.tries], [stage, tries]);
    });
  }
});

Deno.test("judgeBoots() tells how a boot goes on", async (t) => {
  const receiving = (grew: number): Partial<BootEvidence> => under(500, grew);
  const refused = asked(8, "initrd", { status: 404 });
  const cases: [name: string, boot: Boot, state: Boot["state"]][] = [
    ["nothing", bootWith([]), null],
    ["bytes arrive", bootWith(upToKernel(9000), receiving(2)), "moving"],
    ["a pause", bootWith(upToKernel(900), receiving(20)), null],
    ["nothing arrives", bootWith(upToKernel(900), receiving(31)), "stalled"],
    ["404 in the end", bootWith([asked(9, "script"), refused]), "refused"],
    ["404, and then on", bootWith([asked(9, "script"), refused, asked(5, "initrd")]), null],
    ["again and again", bootWith([...upToKernel(900), ...upToKernel(300)]), "loop"],
    [
      "at last",
      bootWith([...upToKernel(900), ...upToKernel(300), asked(60, "rootfs")]),
      null,
    ],
    ["alone, however long", bootWith(upToKernel(7000)), null],
    ["up", bootWith(upToKernel(900), { ...said(up(9)), ...receiving(60) }), null],
  ];
  for (const [name, { state }, expected] of cases) {
    await t.step(name, () => assertEquals(state, expected));
  }
});

Deno.test("judgeBoots() holds the silence of a node against its peers", async (t) => {
  const cases: [name: string, taken: readonly number[], silence: number, state: Boot["state"]][] = [
    ["twice as long", [200, 180, 190], 401, "silent"],
    ["not twice as long", [400, 300, 350], 690, null],
    ["five minutes are no silence", [9, 9, 9], 299, null],
    ["one peer is no measure", [10], 4000, null],
  ];
  for (const [name, taken, silence, state] of cases) {
    await t.step(name, () => {
      const peers = taken.map((seconds, i) =>
        evidence([...upToKernel(5004), asked(5000 - seconds, "rootfs")], { node: `ncn-w1${i}` })
      );
      const [boot] = judgeBoots([evidence(upToKernel(silence + 4)), ...peers], NOW);
      assertEquals([boot?.state, boot?.silence], [state, silence]);
    });
  }
  await t.step("its console is a sign of life", () => {
    const peers = [1, 2, 3].map((i) =>
      evidence([...upToKernel(5004), asked(4900, "rootfs")], { node: `ncn-w1${i}` })
    );
    const console = { lines: [], last: before(9) };
    const [boot] = judgeBoots([evidence(upToKernel(2004), { console }), ...peers], NOW);
    assertEquals([boot?.state, boot?.silence], [null, 9]);
  });
});

Deno.test("judgeBoots() holds a node that only asked for an address against its peers", async (t) => {
  const dhcp = (ago: number): BootEvidence["dhcp"] => (
    { at: before(ago), mac: "a4:bf:01:00:00:01", ip: "10.1.1.7" }
  );
  const begun = (ago: number): ConsoleLine => (
    { at: before(ago), kind: "begin", text: ">>Start PXE over IPv4" }
  );
  /** What they asked for at last hides when they first did. */
  const peer = (i: number, more: Partial<BootEvidence>): BootEvidence =>
    evidence(upToKernel(5000), { node: `ncn-w1${i}`, dhcp: dhcp(4900), ...more });
  const looked = [1, 2, 3].map((i) => peer(i, { askedAt: [before(5060), before(4900)] }));
  const heard = [1, 2, 3].map((i) => peer(i, said(begun(5200))));
  const cases: [
    name: string,
    peers: readonly BootEvidence[],
    silence: number,
    state: Boot["state"],
    taken: number | null,
  ][] = [
    ["as somebody looked on", looked, 301, "silent", 60],
    ["as somebody looked on, and not for long", looked, 299, null, 60],
    ["as their consoles tell", heard, 401, "silent", 200],
    ["as their consoles tell, and not twice as long", heard, 399, null, 200],
    ["whose leases hide it", [1, 2, 3].map((i) => peer(i, {})), 4000, null, null],
    ["of a day before", [1, 2, 3].map((i) => peer(i, said(begun(9000)))), 4000, null, null],
  ];
  for (const [name, peers, silence, state, taken] of cases) {
    await t.step(name, () => {
      const [boot] = judgeBoots([evidence([], { dhcp: dhcp(silence) }), ...peers], NOW);
      assertEquals([boot?.stage, boot?.state, boot?.peers], ["dhcp", state, taken]);
    });
  }
});

Deno.test("judgeBoots() follows a boot in which the clock is set back by an hour", async (t) => {
  const HOUR = 3600;
  const ahead = upToKernel(900 - HOUR);
  const cases: [name: string, requests: readonly BootRequest[], stage: Boot["stage"]][] = [
    ["before its script", upToKernel(900), "kernel"],
    ["after its script", [asked(900 - HOUR, "script"), ...upToKernel(900).slice(1)], "kernel"],
    [
      "and it gets its root filesystem",
      [asked(900 - HOUR, "script"), ...upToKernel(900).slice(1), asked(600, "rootfs")],
      "rootfs-sent",
    ],
    ["after its kernel", [...ahead, asked(600, "rootfs")], "rootfs-sent"],
    ["and nothing came since", ahead, "kernel"],
  ];
  for (const [name, requests, stage] of cases) {
    await t.step(name, () => assertEquals(bootWith(requests).stage, stage));
  }
  await t.step("long ago by now", () => {
    const late = asked(100, "script");
    const boot = bootWith([late, ...upToKernel(900).slice(1), asked(600, "rootfs")]);
    assertEquals(boot.stage, "rootfs-sent");
  });
  await t.step("its silence counts from what it did since", () => {
    const { silence, state } = bootWith([...ahead, asked(600, "rootfs")]);
    assertEquals([silence, state], [600, null]);
  });
});

Deno.test("judgeBoots() never lets a boot fall back", async (t) => {
  const look = (requests: readonly BootRequest[], more: Partial<BootEvidence>, bytes: number) => {
    const served = {
      files: { rootfs: { bytes, since: 0, release: "1.6.2" } },
      keepsDisks: false,
    };
    const first = judgeBoots([evidence(upToKernel(900), { ...more, served })], NOW);
    const known = new Map(first.map((boot) => [boot.node, boot]));
    return judgeBoots([evidence(requests, { served })], NOW + 2000, known)[0];
  };
  const cases: [name: string, requests: readonly BootRequest[], bytes: number, stage: string][] = [
    ["a half was there", upToKernel(900), 2000, "rootfs"],
    ["all was there, and the line is lost", upToKernel(900), 1000, "rootfs-sent"],
    ["the line comes", [...upToKernel(900), asked(60, "rootfs")], 2000, "rootfs-sent"],
    ["another boot", [...upToKernel(900), asked(-1, "script")], 2000, "script"],
  ];
  for (const [name, requests, bytes, stage] of cases) {
    await t.step(name, () => assertEquals(look(requests, under(1213), bytes)?.stage, stage));
  }
});

Deno.test("judgeBoots() tells what went wrong, each once", () => {
  const requests = [
    ...upToKernel(90),
    ...[60, 50, 40].map((ago) => asked(ago, "rootfs", { status: 404 })),
    asked(20, "rootfs", { transfer: "broken", sent: 613 }),
  ];
  const fault: ConsoleLine = { at: before(10), kind: "fault", text: "metal_die: no disk" };
  const { faults } = bootWith(requests, said(fault));
  assertEquals(faults.map(({ source, message }) => `${source} ${message}`), [
    "console metal_die: no disk",
    `access-log /${NODE}/rootfs: the transfer broke off at 40 %`,
    `access-log /${NODE}/rootfs: 404, 3 times`,
  ]);
});
