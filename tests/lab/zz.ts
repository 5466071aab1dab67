import { Lab } from "./lab.ts";
import { pitboot } from "./pitboot.ts";
const DEAD = ["ncn-m003", "ncn-w020", "ncn-w060", "ncn-s010", "fmn002"];
for (
  const [fanout, args] of [[64, []], [64, ["--cipher", "3"]], [16, []], [16, [
    "--cipher",
    "3",
  ]]] as const
) {
  await using lab = await Lab.start({
    bmcs: 100,
    faults: Object.fromEntries(DEAD.map((n) => [n, "dead" as const])),
  });
  const call = await pitboot(lab, ["bmc-dhcp", "--fanout", String(fanout), ...args]);
  const g = Map.groupBy(call.document.bmcs ?? [], (b: any) => b.state);
  console.log(
    fanout,
    args,
    call.seconds.toFixed(1),
    [...g].map(([s, l]: any) =>
      `${l.length} ${s} max ${Math.max(...l.map((b: any) => b.seconds))}`
    ),
  );
}
