/**
 * Records a night: real servers, whose clock the driver sets, and what is left of them in
 * files.
 *
 * @module
 */

import {
  type Facts,
  layOutWww,
  type Night,
  NIGHT_NODES,
  type NightFile,
} from "../../testdata/nights.ts";
import { clockFile } from "../cache.ts";
import type { Lab } from "../lab.ts";
import type { PitNode } from "../pit.ts";
import { delay, until } from "../wait.ts";
import { NightNode, type Span } from "./night_node.ts";
import {
  apacheNight,
  conmanNight,
  CONSOLES,
  LOGS,
  nginxNight,
  type NightServers,
  rotation,
  TTY,
} from "./servers.ts";

/** When each night begins. */
const BEGIN = Date.UTC(2026, 10, 28, 2, 0, 0);
const LEASES = "/var/lib/misc/dnsmasq.leases";
const SS = "ss -tniOH state established '( sport = :80 )'";

const UDHCPC = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr flush dev "$interface"
ip addr add "$ip/$mask" dev "$interface"
`;
const CONSOLE = `#!/bin/sh
exec tail -n +1 -q -F ${TTY}/$1 /run/lab/console-$1 2>/dev/null
`;

/** As on a PIT; the lab's own nodes have BIOS. */
const UEFI = `dhcp-vendorclass=efi-x86_64-sb,PXEClient:Arch:00007
dhcp-boot=tag:!ipxe,tag:efi-x86_64-sb,ipxe.x86_64.efi,pit
`;

/** A night that goes on. */
export class Recorder {
  readonly lab: Lab;
  readonly servers: NightServers;
  /** The length of each file that the nodes boot, where that is another one. */
  sizes: Facts["sizes"];
  /** Milliseconds that the clock of the servers is ahead. */
  #ahead = 0;
  /** Since when it is so much, on the clock of this machine. */
  #settings: readonly { since: number; ahead: number }[] = [];
  #plugged: NightNode[] = [];

  private constructor(lab: Lab, servers: NightServers) {
    this.lab = lab;
    this.servers = servers;
  }

  /** Starts the servers of a night, which know nothing yet. */
  static async start(
    lab: Lab,
    servers: NightServers = {},
    facts: Facts = {},
  ): Promise<Recorder> {
    const night = new Recorder(lab, servers);
    await night.#stopAll();
    layOutWww(lab.sandbox.root, facts);
    await night.pass(0, BEGIN - Date.now());
    await night.sh(`ln -sf /usr/share/zoneinfo/${servers.zone ?? "UTC"} /etc/localtime`);
    // conmand clears its environment.
    await night.write("/etc/ld.so.preload", `${await clockFile()}\n`);
    await night.#writeConfigs();
    await night.#startAll();
    return night;
  }

  /** Seconds since the epoch, on the clock of the night. */
  seconds(): number {
    return (Date.now() + this.#ahead) / 1000;
  }

  /** Lets time go by on the clock of the servers. */
  async pass(seconds: number, milliseconds = seconds * 1000): Promise<void> {
    this.#ahead += milliseconds;
    this.#settings = [...this.#settings, { since: Date.now(), ahead: this.#ahead }];
    const nanoseconds = new BigInt64Array([BigInt(Math.round(this.#ahead)) * 1_000_000n]);
    // Not written anew: it is mapped.
    using file = await Deno.open(`${this.lab.sandbox.root}/run/lab/clock`, {
      write: true,
      create: true,
    });
    await file.write(new Uint8Array(nanoseconds.buffer));
  }

  /** A machine with the ports of a node. */
  async node(name: string): Promise<NightNode> {
    const known = this.#plugged.find((node) => node.name === name);
    return known ?? await this.#plug(new NightNode(this, name, this.#planned(name).macs[0]));
  }

  /** A machine that statics.conf does not know. */
  stranger(name: string, mac: string): Promise<NightNode> {
    return this.#plug(new NightNode(this, name, mac));
  }

  /** The address of a node on a network. */
  addressOf(name: string, network: "mtl" | "nmn"): string {
    return this.#planned(name)[network];
  }

  /** What a console shows, once conman has logged it. */
  async says(node: string, text: string): Promise<Span> {
    const from = this.seconds();
    const log = `${this.lab.sandbox.root}${CONSOLES}/console.${node}-mgmt`;
    const size = (): number => Deno.statSync(log).size;
    const before = size();
    await this.sh(`cat >>${TTY}/${node}`, text);
    await until(() => size() >= before + text.length, { what: `console of ${node}` });
    return [from, this.seconds()];
  }

  /** Waits until conman has logged a text, whoever said it. */
  async settled(node: string, text: string): Promise<void> {
    const log = `${this.lab.sandbox.root}${CONSOLES}/console.${node}-mgmt`;
    await until(() => Deno.readTextFileSync(log).includes(text), { what: text });
  }

  /** Has conman open its logs anew, as logrotate does. */
  async hup(): Promise<void> {
    await this.sh("pkill -HUP -x conmand");
  }

  /** Lets time go by for all: the kernel, too. */
  async wait(milliseconds: number): Promise<void> {
    await delay(milliseconds);
  }

  /** Has a BMC ask for a lease. */
  async bmcDhcp(node: string): Promise<void> {
    const leases = `${this.lab.sandbox.root}${LEASES}`;
    await this.lab.ask(node);
    await until(() => Deno.readTextFileSync(leases).includes(`${node}-mgmt`), { what: node });
  }

  /** What somebody does on the PIT itself. */
  async sh(script: string, stdin?: string): Promise<string> {
    return await this.lab.sh(script, stdin === undefined ? {} : { stdin });
  }

  /** Writes a file of the PIT. */
  async write(path: string, text: string): Promise<void> {
    const real = `${this.lab.sandbox.root}${path}`;
    await Deno.mkdir(real.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(real, text);
  }

  /** Has logrotate do what it does once a day. */
  async rotate(options: { compress?: boolean } = {}): Promise<void> {
    const log = this.#log();
    await this.write("/run/lab/logrotate.conf", rotation(log, { compress: false, ...options }));
    await this.sh(`logrotate -s /run/lab/logrotate.state /run/lab/logrotate.conf`);
    // It ends idle children at once, and lets the others finish.
    await delay(500);
  }

  /** Stops the web server at once, or starts it. */
  async web(what: "stop" | "start"): Promise<void> {
    const { web = "apache" } = this.servers;
    if (web === "none") return;
    const [conf, name, pid] = web === "apache"
      ? ["/run/lab/httpd.conf", "apache2", "/run/apache2.pid"]
      : ["/run/lab/nginx.conf", "nginx", "/run/nginx.pid"];
    if (what === "start") {
      await this.sh(
        `rm -f ${pid}; ${name} ${web === "apache" ? "-f" : "-c"} ${conf}
until grep -qE ':0050 .* 0A ' /proc/net/tcp /proc/net/tcp6; do sleep .05; done`,
      );
      return;
    }
    await this.sh(
      `[ ! -e ${pid} ] || { p=$(cat ${pid}); kill $p; while kill -0 $p 2>/dev/null; do sleep .05; done; }`,
    );
  }

  /** What the kernel says of connections to the web server. */
  ss(): Promise<string> {
    return this.sh(SS);
  }

  /** What is left of the night, as files, and how things stand. */
  async end(): Promise<Pick<Night, "files" | "now" | "apart" | "sizes">> {
    const before = await this.ss();
    const begin = Date.now();
    if (before !== "") await delay(3000);
    const now = this.seconds();
    const after = await this.ss();
    const apart = Math.round((Date.now() - begin) / 1000);
    const looks = [["ss.before", before], ["ss", after]].filter(([, text]) => text !== "")
      .map(([name = "", text]) => ({
        name,
        bytes: new TextEncoder().encode(text),
        modified: now * 1000,
      }));
    const files = [...await this.#files(), ...looks];
    await this.#stopAll();
    const sizes = this.sizes ? { sizes: this.sizes } : {};
    return { files, now: Math.round(now * 1000), apart, ...sizes };
  }

  async #writeConfigs(): Promise<void> {
    const { consoles = [] } = this.servers;
    await this.sh(
      `rm -rf /var/log/apache2 /var/log/nginx /var/log/conman /run/lab/logrotate.state ${TTY}
mkdir -p /var/log/apache2 /var/log/nginx /var/log/conman ${TTY}
rm -f ${LEASES}; pkill -x dnsmasq || true; while pgrep -x dnsmasq; do sleep .05; done`,
    );
    await this.write("/run/lab/udhcpc.sh", UDHCPC);
    await this.write("/run/lab/console.sh", CONSOLE);
    await this.write("/run/lab/httpd.conf", apacheNight(this.servers));
    await this.write("/run/lab/nginx.conf", nginxNight(this.servers));
    await this.write("/run/lab/conman.conf", conmanNight(consoles));
    await this.write("/etc/dnsmasq.d/UEFI.conf", UEFI);
    await this.sh("rm -f /run/lab/console-*");
    for (const node of consoles) await this.write(`${TTY}/${node}`, "");
    await this.sh(
      "chmod +x /run/lab/udhcpc.sh /run/lab/console.sh; chmod 600 /run/lab/conman.conf",
    );
  }

  async #startAll(): Promise<void> {
    await this.sh(`dnsmasq -k </dev/null >/run/lab/dnsmasq.log 2>&1 &
until grep -q ':0043 ' /proc/net/udp; do sleep .05; done`);
    await this.web("start");
    const { consoles = [] } = this.servers;
    if (consoles.length > 0) {
      await this.sh(
        `conmand -c /run/lab/conman.conf </dev/null >/run/lab/conmand.log 2>&1
until [ $(grep -l connected ${CONSOLES}/console.* 2>/dev/null | wc -l) = ${consoles.length} ]; do sleep .05; done`,
      );
    }
  }

  async #stopAll(): Promise<void> {
    for (const node of this.#plugged) await node.remove();
    this.#plugged = [];
    const servers = "conmand|dnsmasq|apache2|nginx";
    await this.sh(`pkill -x '${servers}|tail' || true
while pgrep -x '${servers}' >/dev/null; do sleep .05; done`);
  }

  async #files(): Promise<NightFile[]> {
    const log = LOGS[this.servers.web ?? "apache"];
    const paths = (await this.sh(
      `ls ${log === null ? "" : `${log}*`} ${CONSOLES}/console.* ${LEASES} 2>/dev/null || true`,
    )).trim().split("\n").filter(Boolean);
    return paths.map((path) => {
      const real = `${this.lab.sandbox.root}${path}`;
      return {
        name: path.replace(/.*\//, "").replace(/^access\.log/, "access_log"),
        bytes: Deno.readFileSync(real),
        modified: this.#nightTime(Deno.statSync(real).mtime?.getTime() ?? 0),
      };
    });
  }

  /** The kernel stamps files with the clock of this machine. */
  #nightTime(real: number): number {
    const setting = this.#settings.findLast(({ since }) => since <= real) ?? this.#settings[0];
    return real + (setting?.ahead ?? 0);
  }

  async #plug(node: NightNode): Promise<NightNode> {
    await node.plug();
    this.#plugged.push(node);
    return node;
  }

  #planned(name: string): PitNode {
    const node = NIGHT_NODES.find((node) => node.name === name);
    if (!node) throw new RangeError(`no night has a node ${name}`);
    return node;
  }

  #log(): string {
    const log = LOGS[this.servers.web ?? "apache"];
    if (log === null) throw new RangeError("without a web server there is no log");
    return log;
  }
}
