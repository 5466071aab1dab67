/**
 * The check `dhcp`: dnsmasq knows each node, and tells it a router that is one.
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

/**
 * Judges whether dnsmasq knows nodes: it names a machine by its MAC, and by that name iPXE
 * asks for its script.
 *
 * @param nodes Their names.
 * @param macs MACs that are one host's alone, and whose.
 */
export function checkReservations(
  nodes: readonly string[],
  macs: ReadonlyMap<string, string>,
): CheckResult[] {
  const asked = "the MACs of each node in statics.conf";
  const known = new Set(macs.values());
  return resultsOf(
    "dhcp",
    nodes.map((node) => [
      node,
      known.has(node) ? fine(asked, "a MAC of its own") : wrong("failed", {
        asked,
        found: "none of its own",
        message: "statics.conf has no MAC that is theirs alone: dnsmasq does not know them",
        hint: "is it the placeholder for MACs that are to be collected? Then csi pit init",
      }),
    ]),
  );
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
