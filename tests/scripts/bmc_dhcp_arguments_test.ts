/**
 * What bmc-dhcp puts on the command line of ipmitool, whatever conman.conf holds.
 *
 * @module
 */

import { assert } from "@std/assert";
import { isIpv4 } from "../../lib/text/addresses.ts";
import { callInProcess } from "../in_process.ts";
import { temporaryPit, treeOf } from "../kit.ts";
import fc from "../npm/fast_check.ts";
import { conmanFile, IPMIOPTS, MARK } from "../testdata/pairs.ts";

const CONMAN = "/etc/conman.conf";
/** ipmitool's own words, a user and an address. */
const ARGUMENTS =
  /^-v -I lanplus (?:-C \d+ )?-N \d+ -R \d+ -U [\w.@$#+-]{1,16} -E (?:-K )?-H (\S+) (?:-p \d{1,5} )?shell$/;

Deno.test("bmc-dhcp hands ipmitool nothing of conman.conf but users and addresses", async () => {
  using pit = temporaryPit();
  const bmcs = pit.nodes.map(({ name, bmcMac, bmcIp }) => (
    { name: `${name}-mgmt`, mac: bmcMac, ip: bmcIp }
  ));
  const recorder =
    `#!/bin/sh\nprintf '%s\\n' "$*" >>${pit.directory}/arguments\nexec "$0.own" "$@"\n`;
  Deno.renameSync(`${pit.bin}/ipmitool`, `${pit.bin}/ipmitool.own`);
  Deno.writeTextFileSync(`${pit.bin}/ipmitool`, recorder, { mode: 0o755 });
  const forms = inParts(IPMIOPTS, bmcs.length).map((forms) =>
    forms.map((form, i) =>
      `console name="${bmcs[i]?.name}" dev="ipmi:${bmcs[i]?.ip}" ipmiopts=${form}`
    )
      .join("\n")
  );
  for (const text of [...forms, ...fc.sample(conmanFile(bmcs), { numRuns: 2, seed: 20 })]) {
    Deno.writeTextFileSync(pit.root + CONMAN, text);
    const { stdout, stderr } = await callInProcess(pit, [
      "bmc-dhcp",
      "--verbose",
      "--bmc-timeout",
      "1s",
    ]);
    Deno.removeSync(pit.root + CONMAN);
    for (const said of [stdout, stderr, ...Object.values(treeOf(pit.root))]) {
      assert(!said.includes(MARK), said);
    }
  }
  const seen = Deno.readTextFileSync(`${pit.directory}/arguments`).trim().split("\n");
  assert(seen.length > 20, `ipmitool was called ${seen.length} times`);
  for (const line of seen) {
    assert(!line.includes(MARK), line);
    const [, address = ""] = ARGUMENTS.exec(line) ?? [];
    assert(isIpv4(address) || /^[\w-]+-mgmt(?:\.hmn)?$/.test(address), line);
  }
});

function inParts<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
}
