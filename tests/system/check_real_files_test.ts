import { assertEquals } from "@std/assert";
import { parseStatics } from "../../lib/nodes/statics.ts";
import { callInProcess } from "../in_process.ts";
import { temporaryPit } from "../kit.ts";
import { testWith } from "../needs.ts";
import { type CsiSystem, csiSystems } from "../testdata/csi.ts";
import { pitFile } from "../testdata/pit.ts";
import { startApache } from "./apache.ts";

/** Puts the files of a system, and those of a real PIT, in place of the invented ones. */
function install(root: string, { name, statics, conman, cloudInit }: CsiSystem): void {
  const csi = new URL(`../testdata/csi/${name}/dnsmasq.d/`, import.meta.url);
  for (const { name } of Deno.readDirSync(csi)) {
    Deno.copyFileSync(new URL(name, csi), `${root}/etc/dnsmasq.d/${name}`);
  }
  Deno.writeTextFileSync(`${root}/etc/conman.conf`, conman);
  Deno.writeTextFileSync(`${root}/var/www/boot/script.ipxe`, pitFile("script.ipxe"));
  Deno.mkdirSync(`${root}/var/www/ephemeral/configs`);
  Deno.writeTextFileSync(`${root}/var/www/ephemeral/configs/data.json`, cloudInit);
  const leases = parseStatics(statics).bmcs.map(({ mac, ip, name }) =>
    `0 ${mac} ${ip} ${name} *\n`
  );
  Deno.writeTextFileSync(`${root}/var/lib/misc/dnsmasq.leases`, leases.join(""));
}

testWith("check finds nothing in the files of real systems", ["apache2-bin", "curl"], async (t) => {
  for (const system of csiSystems()) {
    await t.step(system.name, async () => {
      const nodes = parseStatics(system.statics).bmcs.map(({ node }) => node);
      // Apache of 2024 refuses those of later releases, and check says so.
      const served = nodes.filter((node) => node.startsWith("ncn-") && node !== "ncn-m001");
      using pit = temporaryPit({ nodes });
      Deno.chmodSync(pit.directory, 0o755);
      install(pit.root, system);
      const { code, stderr } = await callInProcess(pit, ["run"], { env: { IPMI_PASSWORD: "" } });
      assertEquals(code, 0, stderr);
      await using apache = await startApache(pit.directory, `${pit.root}/var/www`);
      const words = [`--web-server=${apache.server}`, "--json", "--nodes", served.join()];
      const result = await callInProcess(pit, ["check", ...words]);
      assertEquals(result.document.problems, []);
      assertEquals(result.code, 0);
      const checks = result.document.checks?.map(({ check, state }) => `${check} ${state}`);
      assertEquals(
        new Set(checks),
        new Set([
          "images ok",
          "scripts ok",
          "web ok",
          "tftp skipped",
          "services skipped",
          "dhcp ok",
          "leases ok",
          "cloud-init ok",
          "space ok",
          "clock ok",
          "disks ok",
        ]),
      );
    });
  }
});
