/**
 * The demo: a throw-away PIT with simulated BMCs, and a night on it.
 *
 * Makes a directory with nine nodes, real file formats, the smallest valid images
 * and a stand-in for ipmitool. One BMC is dead, one has another password, and one is late:
 * the board, the verdict, the cure. Needs no root, no network and nothing but Deno.
 *
 * @module
 */

import { type BmcBehaviour, makePit } from "./pit/make_pit.ts";

const DEAD = "ncn-w003";
const STRANGE = "ncn-s002";
const BEHAVIOURS: Readonly<Record<string, BmcBehaviour>> = {
  [DEAD]: { fault: "dead" },
  [STRANGE]: { fault: "denied" },
  "ncn-w004": { wait: 4 },
};

const source = new URL("..", import.meta.url).pathname;
const directory = Deno.makeTempDirSync({ prefix: "pitboot-demo-" });
const pit = makePit(directory, {
  release: "1.6.2",
  behaviour: (node, place) => ({ wait: place * 0.2, ...BEHAVIOURS[node] }),
});
const pitboot =
  `${Deno.execPath()} run -q --no-prompt --config=${source}deno.json --permission-set=pitboot ${source}scripts/pitboot.ts`;

Deno.writeTextFileSync(
  `${pit.bin}/pitboot`,
  `#!/bin/sh\nexec ${pitboot} "$@" --root=${pit.root}\n`,
  { mode: 0o755 },
);

heading("A PIT with nine nodes: one BMC is dead, one is late, one has another password");
await type("pitboot run --timeout 6s --bmc-timeout 3s");

heading("Somebody plugs the cable in, and looks the password up");
for (const { name, bmcIp } of pit.nodes) {
  if (name !== DEAD && name !== STRANGE) continue;
  Deno.writeTextFileSync(`${directory}/bmcs/${bmcIp}`, "fault='' wait=1\n", { append: true });
}
const code = await type(`pitboot run --nodes ${STRANGE},${DEAD}`);

heading("What the nodes would boot now, and what was changed");
await type("pitboot status");
await type("pitboot history");

heading("Look around");
console.log(`boot directories  ${pit.root}/var/www
on your own       PATH=${pit.bin}:$PATH IPMI_PASSWORD=x pitboot status
remove it         rm -r ${directory}`);
Deno.exit(code);

function heading(text: string): void {
  console.log(`\n── ${text} ${"─".repeat(Math.max(76 - text.length, 1))}\n`);
}

/** Types a command as the administrator of the PIT, who has set the password. */
async function type(command: string): Promise<number> {
  console.log(`$ ${command}\n`);
  const path = `${pit.bin}:${Deno.env.get("PATH")}`;
  const { code } = await new Deno.Command("sh", {
    args: ["-c", command],
    env: { PATH: path, IPMI_PASSWORD: "initial0", CSM_RELEASE: "1.6.2" },
    stdin: "null",
  }).spawn().status;
  return code;
}
