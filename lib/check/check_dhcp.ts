/**
 * The check `dhcp`: the router that nodes are told is one, and not the PIT.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import { type DhcpNetworks, ipNumber, type Router } from "./dhcp_networks.ts";
import { fine, type Judgement, resultsOf, wrong } from "./judgement.ts";

const HINT =
  "the gateway of that network in CSI's input file is most often what is wrong; csi pit init writes it anew";

/**
 * Judges what dnsmasq tells machines of their networks.
 *
 * @param known The networks.
 */
export function checkDhcp(known: DhcpNetworks): CheckResult[] {
  const judged = known.served.map((name) =>
    judgeNetwork(name, known.routers.find((router) => router.interface === name), known)
  );
  return resultsOf("dhcp", judged.map((each) => [null, each]));
}

function judgeNetwork(
  name: string,
  router: Router | undefined,
  known: DhcpNetworks,
): Judgement {
  const asked = `the router on ${name}`;
  if (!router) {
    const message = `machines on ${name} are told no router: to them the PIT is one`;
    return wrong("warning", { asked, found: "none", message, hint: HINT });
  }
  const found = router.address;
  if (known.nameServers.has(found)) {
    const message = `machines on ${name} are told that the PIT (${found}) is their router`;
    return wrong("failed", { asked, found, message, hint: HINT });
  }
  const network = networkOf(known.firsts.get(name) ?? "", known);
  if (!network) return fine(asked, found);
  if (isWithin(found, network)) return fine(asked, `${found}, within ${network.join("-")}`);
  const message = `machines on ${name} are told the router ${found}, which is not within ${
    network.join("-")
  }`;
  return wrong("failed", { asked, found, message, hint: HINT });
}

type Network = DhcpNetworks["networks"][number];

/**
 * The network of an address, if it is named whole: earlier releases named what lies between
 * its first address and the last one that is given.
 */
function networkOf(address: string, { networks }: DhcpNetworks): Network | undefined {
  return networks.find((network) => isWithin(address, network) && isWhole(network));
}

function isWithin(address: string, [first, last]: Network): boolean {
  const number = ipNumber(address);
  return ipNumber(first) <= number && number <= ipNumber(last);
}

/** Whether it is what a netmask can mean. */
function isWhole([first, last]: Network): boolean {
  const size = ipNumber(last) - ipNumber(first) + 1;
  return Number.isInteger(Math.log2(size)) && ipNumber(first) % size === 0;
}
