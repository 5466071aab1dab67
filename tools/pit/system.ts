/**
 * Invented systems, as files in the words of cray-site-init.
 *
 * @module
 */

/** A node of an invented system. */
export interface SystemNode {
  readonly name: string;
  readonly xname: string;
  /** The two ports of its bond. */
  readonly macs: readonly [string, string];
  readonly bmcMac: string;
  readonly bmcIp: string;
  /** Its address in a network, `mtl`, `nmn`, `hmn` or `can`. */
  readonly ips: Readonly<Record<Network, string>>;
}

const NETWORKS = { mtl: "10.1", nmn: "10.252", hmn: "10.254", can: "10.102" } as const;
type Network = keyof typeof NETWORKS;

/**
 * Makes up the nodes of a system.
 *
 * @param names Their names; `ncn-m001` is the PIT.
 * @returns Each with MACs and addresses of its own.
 */
export function makeSystem(names: readonly string[]): SystemNode[] {
  return names.map((name, i) => {
    // BMCs and nodes share the HMN: even places for the ones, odd for the others.
    const place = (n: number): string => `${1 + (n >> 8)}.${n & 255}`;
    const mac = (prefix: string, n: number): string =>
      `${prefix}:${hex(n >> 16)}:${hex((n >> 8) & 255)}:${hex(n & 255)}`;
    return {
      name,
      xname: `x3000c0s${i + 1}b0n0`,
      macs: [mac("b8:59:9f", 2 * i), mac("b8:59:9f", 2 * i + 1)],
      bmcMac: mac("b4:2e:99", i + 1),
      bmcIp: `${NETWORKS.hmn}.${place(2 * i + 2)}`,
      ips: {
        mtl: `${NETWORKS.mtl}.${place(i + 2)}`,
        nmn: `${NETWORKS.nmn}.${place(i + 2)}`,
        hmn: `${NETWORKS.hmn}.${place(2 * i + 3)}`,
        can: `${NETWORKS.can}.${place(i + 2)}`,
      },
    };
  });
}

/** `/etc/dnsmasq.d/statics.conf`. */
export function staticsConf(nodes: readonly SystemNode[]): string {
  return ["# Static Configurations", ...nodes.flatMap(nodeLines), ...VIRTUAL, ""].join("\n");
}

/** `/etc/conman.conf`; before 2025 `dev=` stood before `ipmiopts=`. */
export function conmanConf(
  nodes: readonly SystemNode[],
  { password = "initial0", old = false } = {},
): string {
  const consoles = nodes.map(({ name, bmcIp }) => {
    const dev = `dev="ipmi:${bmcIp}"`;
    const ipmiopts = `ipmiopts="U:root,P:${password},W:solpayloadsize"`;
    return `console name="${name}-mgmt" ${old ? `${dev} ${ipmiopts}` : `${ipmiopts} ${dev}`}`;
  });
  return [
    "SERVER keepalive=ON",
    'SERVER logdir="/var/log/conman"',
    'SERVER resetcmd="powerman -0 %N; sleep 3; powerman -1 %N"',
    "SERVER timestamp=1h",
    'GLOBAL seropts="115200,8n1"',
    'GLOBAL log="console.%N"',
    "",
    ...consoles,
    "",
  ].join("\n");
}

/** A line of `dnsmasq.leases` for the BMC of a node. */
export function leaseLine(
  { name, bmcMac, bmcIp }: Pick<SystemNode, "name" | "bmcMac" | "bmcIp">,
  expires = 0,
): string {
  return `${expires} ${bmcMac} ${bmcIp} ${name}-mgmt *\n`;
}

const VIRTUAL = [
  "# Virtual IP Addresses for k8s and the rados gateway",
  "host-record=kubeapi-vip,kubeapi-vip.nmn,10.92.0.3 # k8s-virtual-ip",
  "host-record=api-gw-service,packages,registry,packages,packages.local,10.92.100.71 # api gateway",
  "cname=kubernetes-api.local,ncn-m001",
];

function nodeLines({ name, xname, macs, bmcMac, bmcIp, ips }: SystemNode): string[] {
  const host = (ip: string, what: string): string =>
    `dhcp-host=id:${xname},set:${name},${macs.join(",")},${ip},${name},20m # ${what}`;
  return [
    "",
    `# DHCP Entries for ${name}`,
    host(ips.mtl, "MTL"),
    host(ips.nmn, "Bond0 Mac0/Mac1"),
    host(ips.hmn, "HMN"),
    host(ips.can, "CAN"),
    `dhcp-host=${bmcMac},${bmcIp},${name}-mgmt,20m #HMN`,
    `# Host Record Entries for ${name}`,
    ...Object.entries(ips).map(([network, ip]) => `host-record=${name},${name}.${network},${ip}`),
    `host-record=${xname},${name}.nmn,${ips.nmn}`,
    `host-record=${name}-mgmt,${name}-mgmt.hmn,${bmcIp}`,
    `# Override root-path with ${name}'s xname`,
    `dhcp-option-force=tag:${name},17,${xname}`,
  ];
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
