/**
 * The demo: a throw-away PIT with simulated BMCs, and the real pipeline on it.
 *
 * Makes a directory with nine nodes, real file formats, the smallest valid images
 * and a stand-in for ipmitool whose BMCs ask for a lease one after another.
 * Needs no root, no network and nothing but Deno.
 *
 * @module
 */

import { makePit } from "./pit/make_pit.ts";

const source = new URL("..", import.meta.url).pathname;
const directory = Deno.makeTempDirSync({ prefix: "pitboot-demo-" });
const pit = makePit(directory);
const pitboot =
  `${Deno.execPath()} run -q --no-prompt --config=${source}deno.json --permission-set=pitboot ${source}scripts/pitboot.ts`;

Deno.writeTextFileSync(
  `${pit.bin}/pitboot`,
  `#!/bin/sh\nexec ${pitboot} "$@" --root=${pit.root}\n`,
  { mode: 0o755 },
);

heading("A PIT with nine nodes, as dnsmasq knows them");
await sh(`grep -- -mgmt, ${pit.root}/etc/dnsmasq.d/statics.conf | grep ^dhcp-host`);

heading("Choose images, turn the BMCs to DHCP, wait for their leases, set the links");
console.log(
  "$ pitboot resolve-images | pitboot bmc-dhcp | pitboot wait-leases | pitboot set-links\n",
);
const code = await sh(
  `pitboot resolve-images | pitboot bmc-dhcp | pitboot wait-leases |
   pitboot set-links --verbose > ${directory}/document.json`,
);

heading("What the nodes boot from now");
await sh(`cd ${pit.root}/var/www && for node in ncn-m002 ncn-s001 ncn-w001; do
  for link in kernel initrd.img.xz rootfs; do
    printf '%s/%-13s -> %s\\n' "$node" "$link" "$(readlink "$node/$link")"
  done
done`);

heading("Once more: nothing is left to do");
console.log("$ pitboot run\n");
await sh(`pitboot run`);

heading("Look around");
console.log(`boot directories  ${pit.root}/var/www
the document      ${directory}/document.json
on your own       PATH=${pit.bin}:$PATH IPMI_PASSWORD=x pitboot status
remove it         rm -r ${directory}`);
Deno.exit(code);

function heading(text: string): void {
  console.log(`\n── ${text} ${"─".repeat(Math.max(70 - text.length, 3))}\n`);
}

/** Runs a script as the administrator of the PIT, who has set the password. */
async function sh(script: string): Promise<number> {
  const path = `${pit.bin}:${Deno.env.get("PATH")}`;
  const { code } = await new Deno.Command("sh", {
    args: ["-c", script],
    env: { PATH: path, IPMI_PASSWORD: "initial0" },
    stdin: "null",
  }).spawn().status;
  return code;
}
