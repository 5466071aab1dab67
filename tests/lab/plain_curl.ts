/**
 * What somebody does with curl who has the handbook's page about BMCs whose IPMI
 * is off, and with ipmitool on the next one.
 *
 * @module
 */

import type { Bmc } from "./bmc.ts";
import type { Lab } from "./lab.ts";

/** Seconds that a request is given. */
const PATIENCE = 30;

const PAGES = `
url=https://$1/redfish/v1/Managers/1
curl="curl -sSk --max-time ${PATIENCE} -u root:initial0"
$curl $url/NetworkProtocol
set=$($curl -X PATCH $url/NetworkProtocol -H 'Content-type: application/json' \\
    -d '{"IPMI":{"Port":623,"ProtocolEnabled":true}}')
reset=$($curl -X POST $url/Actions/Manager.Reset -H 'Content-type: application/json' \\
    -d '{"ResetType":"GracefulRestart"}')
# "May take a couple of minutes", where it was accepted.
case $set,$reset in
*ResetRequired*,|*ResetRequired*,*ResetInProgress*) tries=60 ;;
*) tries=1 ;;
esac
export IPMI_PASSWORD=initial0
for try in $(seq $tries); do
    sleep 1
    ipmitool -I lanplus -C3 -N 1 -R 1 -U root -E -H "$1" lan set 1 ipsrc dhcp && break
done`;

/**
 * Follows the pages.
 *
 * @param lab The lab.
 * @param bmc The BMC.
 */
export async function byHandbook(lab: Lab, { address }: Bmc): Promise<void> {
  await lab.run(["sh", "-c", PAGES, "sh", address]);
}
