/**
 * A PIT of the lab as it is in the night: images that boot, Apache, and dnsmasq with boot
 * loaders.
 *
 * @module
 */

import type { Lab } from "./lab.ts";
import { BIN } from "./pitboot.ts";
import { publishRelease } from "./www.ts";

/** What its nodes boot. */
export const NIGHT_RELEASE = "1.6.2";
/** The configuration of Apache. */
export const HTTPD = "/etc/apache2/httpd.conf";
/** What nodes with UEFI boot first. */
export const LOADER = "/var/www/boot/ipxe.x86_64.efi";
/** A rule as for ^/ncn-, for the names of fabric managers. */
export const GRANT = `sed -n '\\,"^/ncn-,{N;N;s,/ncn-,/fmn,p;}' ${HTTPD} >/run/lab/grant
cat /run/lab/grant >>${HTTPD}`;

/**
 * Makes images that boot, and lets dnsmasq hand out boot loaders as on a PIT.
 *
 * @param lab The lab, with Apache.
 */
export async function makeNight(lab: Lab): Promise<void> {
  for (const role of ["kubernetes", "storage"] as const) {
    await publishRelease(lab, { role, release: NIGHT_RELEASE, marker: role });
  }
  await lab.sh(`mkdir -p ${BIN} && ln -s ${here("systemctl.sh")} ${BIN}/systemctl
cp /usr/lib/ipxe/ipxe.efi ${LOADER} && chmod 644 ${LOADER} && chown dnsmasq ${LOADER}
sed -i 's/^user=.*/user=dnsmasq/; s/^group=.*/group=nogroup/' /etc/dnsmasq.conf
cat >>/etc/dnsmasq.conf <<END
tftp-secure
dhcp-vendorclass=efi-x86_64-sb,PXEClient:Arch:00007
dhcp-boot=tag:!ipxe,tag:efi-x86_64-sb,ipxe.x86_64.efi,pit
END
${BIN}/systemctl restart dnsmasq
${GRANT}
${BIN}/systemctl reload apache2`);
}

function here(name: string): string {
  return new URL(`./${name}`, import.meta.url).pathname;
}
