/**
 * A PIT with its BMCs on one machine, built from the real programs: dnsmasq,
 * nginx, ipmitool, OpenIPMI's BMC simulator, udhcpc, and QEMU for a node.
 *
 * ```ts ignore
 * await using lab = await Lab.start({ bmcs: 9, faults: { "ncn-w001": "dead" } });
 * const { code } = await lab.run(["ipmitool", "-H", "ncn-w001-mgmt", "mc", "info"]);
 * ```
 *
 * Nothing of it outlives the test, however that ends.
 *
 * @module
 */

import { foldHosts } from "../../lib/text/host_range.ts";
import { apacheConf, type ApachePlaces } from "../system/apache.ts";
import { type Bmc, bmcFiles, COUNTS, HOLD, type Places, planBmc, POWER } from "./bmc.ts";
import { bootNode, type BootOptions } from "./boot.ts";
import { LAB, whyNot } from "../needs.ts";
import { pluginFile, relayFile, tcpRelayFile } from "./cache.ts";
import { type Fault, parseFault } from "./fault.ts";
import {
  conmanConf,
  dnsmasqConf,
  networkConfs,
  nodeNames,
  type PitNode,
  planNodes,
  staticsConf,
} from "./pit.ts";
import { type Result, type RunOptions, Sandbox } from "./sandbox.ts";
import { type Asked, redfishFiles } from "./redfish/files.ts";
import { METAL_IPXE, nginxConf, SCRIPT_IPXE } from "./www.ts";

/** What the lab is to be like. */
export interface LabOptions {
  /** How many BMCs, besides the PIT's own. @default {9} */
  readonly bmcs?: number;
  /** The nodes besides ncn-m001, instead of so many invented ones. */
  readonly nodes?: readonly string[];
  /** What is wrong with which node's BMC. */
  readonly faults?: Readonly<Record<string, Fault | readonly Fault[]>>;
  /** Who may log in to the BMCs. @default {"root"} */
  readonly user?: string;
  /** @default {"initial0"} */
  readonly password?: string;
  /** Whether conman.conf has its keys in the older order. @default {false} */
  readonly devFirst?: boolean;
  /** Whether Apache is its web server, as on a PIT, and not nginx; for root. @default {false} */
  readonly apache?: boolean;
  /** Whether the lab outlives this process. @default {false} */
  readonly stay?: boolean;
}

const APACHE: ApachePlaces = {
  listen: "80",
  documents: "/var/www",
  pid: "/run/apache2.pid",
  log: "/var/log/apache2/error_log",
  access: "/var/log/apache2/access_log",
};

/** A file of the lab before it is written. */
interface File {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** A running lab. */
export class Lab implements AsyncDisposable {
  /** Its namespaces and processes. */
  readonly sandbox: Sandbox;
  /** All nodes, ncn-m001 first. */
  readonly nodes: readonly PitNode[];
  /** The simulated BMCs: all but that of ncn-m001. */
  readonly bmcs: readonly Bmc[];

  private constructor(
    sandbox: Sandbox,
    plan: { nodes: readonly PitNode[]; bmcs: readonly Bmc[] },
  ) {
    this.sandbox = sandbox;
    this.nodes = plan.nodes;
    this.bmcs = plan.bmcs;
  }

  /**
   * Builds a lab and waits until all of its servers listen.
   *
   * @param options What it is to be like.
   * @returns The lab; it ends when it is disposed of.
   * @throws {Error} If this machine lacks something.
   */
  static async start(options: LabOptions = {}): Promise<Lab> {
    const why = whyNot(LAB);
    if (why !== null) throw new Error(why);
    const plan = planLab(options);
    const files = labFiles(plan, options, {
      plugin: await pluginFile(),
      relay: await relayFile(),
      tcpRelay: await tcpRelayFile(),
    });
    const sandbox = await Sandbox.open({ stay: options.stay ?? false });
    const lab = new Lab(sandbox, plan);
    try {
      await layOut(`${sandbox.root}/run/lab`, files);
      await lab.sh(here("up.sh"), { env: { DENO: Deno.execPath() } });
      return lab;
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Runs a command as if on the PIT.
   *
   * @param cmd The command and its arguments.
   * @param options Its environment, input and end.
   * @returns What it wrote and how it ended.
   */
  run(cmd: readonly string[], options: RunOptions = {}): Promise<Result> {
    return this.sandbox.run(cmd, options);
  }

  /**
   * Runs a shell script as if on the PIT.
   *
   * @param script For `sh -eu`.
   * @param options Its environment, input and end.
   * @returns What it wrote to standard output.
   * @throws {Error} If it fails.
   */
  async sh(script: string, options: RunOptions = {}): Promise<string> {
    const result = await this.run(["sh", "-euc", script], options);
    if (result.code === 0) return result.stdout;
    throw new Error(
      `exit ${result.code} of:\n${script}\n${result.stderr}${result.stdout}`,
    );
  }

  /**
   * The BMC of a node.
   *
   * @param node The node's name.
   * @returns Its BMC.
   */
  bmc(node: string): Bmc {
    const found = this.bmcs.find((bmc) => bmc.node === node);
    if (!found) throw new RangeError(`the lab has no BMC of ${node}`);
    return found;
  }

  /**
   * Counts the packets that a BMC has received, those that it did not answer
   * too; none of a BMC that is dead or hangs.
   *
   * @param node The node's name.
   * @returns How many, since the lab began.
   */
  packets(node: string): number {
    return this.#counts(node)[0] ?? 0;
  }

  /**
   * Lists what a BMC was asked by Redfish.
   *
   * @param node The node's name.
   * @returns Each request, the first one first.
   */
  asked(node: string): Asked[] {
    const path = `${this.sandbox.root}/run/lab/bmc/${this.bmc(node).node}/requests`;
    try {
      const lines = Deno.readTextFileSync(path).trim().split("\n");
      return lines.map((line) => JSON.parse(line));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /**
   * Tells whether a BMC was told to use DHCP, by whomever, as it has noted itself.
   *
   * @param node The node's name.
   * @returns Whether it was.
   */
  isDhcp(node: string): boolean {
    try {
      const path = `${this.sandbox.root}/run/lab/bmc/${this.bmc(node).node}/source`;
      return Deno.readTextFileSync(path) === "dhcp\n";
    } catch (error) {
      // Nobody has changed anything.
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /**
   * Counts the sessions that a BMC holds, those that have only begun too.
   *
   * @param node The node's name.
   * @returns How many there are now: it closes one just after it has answered
   * that it will, and forgets one after 30 s of silence.
   */
  sessions(node: string): number {
    return this.#counts(node)[1] ?? 0;
  }

  /**
   * Has a BMC stand still at a packet, however long it takes until somebody looks.
   *
   * @param node The node's name.
   * @param packet Its number, as {@linkcode packets} counts; `null`: it goes on.
   */
  hold(node: string, packet: number | null): void {
    const path = `${this.sandbox.root}/run/lab/bmc/${this.bmc(node).node}/${HOLD}`;
    if (packet === null) return Deno.removeSync(path);
    // Not to be read while it is written.
    Deno.writeTextFileSync(`${path}.new`, `${packet}\n`);
    Deno.renameSync(`${path}.new`, path);
  }

  /** Whether a node is on. */
  isOn(node: string): boolean {
    return this.#told(node, `${POWER}/state`) === "on";
  }

  /**
   * Tells how a node was switched.
   *
   * @param node The node's name.
   * @returns `off`, or `on` and the first two bytes of the boot flags of then, in turn.
   */
  switched(node: string): string[] {
    return this.#told(node, `${POWER}/log`).split("\n").filter(Boolean);
  }

  /**
   * Counts the sessions that a BMC has ended because of silence: nobody had closed them.
   *
   * @param node The node's name.
   * @returns How many, since it started.
   */
  forgotten(node: string): number {
    return this.#counts(node)[2] ?? 0;
  }

  #counts(node: string): number[] {
    return this.#told(node, COUNTS).split(/ +/).filter(Boolean).map(Number);
  }

  /** What a file of a BMC holds; nothing if nothing has come yet. */
  #told(node: string, name: string): string {
    try {
      const path = `${this.sandbox.root}/run/lab/bmc/${this.bmc(node).node}/${name}`;
      return Deno.readTextFileSync(path).trim();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  /**
   * Has a BMC ask for a lease that does not do so by itself (`nodhcp`).
   *
   * @param node The node's name.
   */
  async ask(node: string): Promise<void> {
    const directory = `/run/lab/bmc/${node}`;
    const asking = `ip netns exec ${this.bmc(node).name} ${here("bmc.sh")} ${directory} ask 0`;
    await this.sh(`${asking} </dev/null >>${directory}/log 2>&1 &`);
  }

  /** The leases that dnsmasq has given: MAC, address and name of each. */
  async leases(): Promise<string[]> {
    const text = await this.sh("cat /var/lib/misc/dnsmasq.leases");
    return text.split("\n").filter((line) => /^\d/.test(line))
      .map((line) => line.split(" ").slice(1, 4).join(" "));
  }

  /** Stops dnsmasq and waits until it has ended. */
  async stopDnsmasq(): Promise<void> {
    await this.sh(
      "pkill -x dnsmasq; while pgrep -x dnsmasq; do sleep 0.02; done",
    );
  }

  /** Starts dnsmasq and waits until it listens. */
  async startDnsmasq(): Promise<void> {
    await this.sh(`${here("up.sh")} dnsmasq`);
  }

  /**
   * Boots a node from the network and waits until it has switched itself off.
   *
   * @param node The node's name.
   * @param options How long to wait.
   * @returns What its console showed.
   */
  boot(node: string, options: BootOptions = {}): Promise<string> {
    return bootNode(this, node, options);
  }

  /** Ends the lab. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox.close();
  }
}

function planLab(
  options: LabOptions,
): { nodes: PitNode[]; bmcs: Bmc[] } {
  const names = options.nodes ?? nodeNames(options.bmcs ?? 9);
  const nodes = planNodes(names);
  const faults = options.faults ?? {};
  const unknown = Object.keys(faults).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`no BMC of ${unknown}; there are: ${foldHosts(names)}`);
  }
  const { user, password } = credentials(options);
  const bmcs = nodes.map((node, i) =>
    planBmc(node, i, {
      user,
      password,
      faults: [faults[node.name] ?? []].flat().map(parseFault),
    })
  ).slice(1);
  return { nodes, bmcs };
}

function credentials(
  options: LabOptions,
): { user: string; password: string } {
  return {
    user: options.user ?? "root",
    password: options.password ?? "initial0",
  };
}

/** Everything the lab consists of, below its `/run/lab`. */
function labFiles(
  { nodes, bmcs }: { nodes: readonly PitNode[]; bmcs: readonly Bmc[] },
  options: LabOptions,
  parts: Omit<Places, "dir" | "script">,
): File[] {
  const consoles = nodes.map((node) => ({
    name: `${node.name}-mgmt`,
    address: bmcs.find((bmc) => bmc.node === node.name)?.address ?? node.bmcIp,
    ...credentials(options),
  }));
  const lines = bmcs.map((bmc) => `${bmc.name} ${bmc.mac} /run/lab/bmc/${bmc.node}\n`);
  const etc = "files/etc";
  return [
    {
      path: `${etc}/conman.conf`,
      content: conmanConf(consoles, { devFirst: options.devFirst ?? false }),
    },
    { path: `${etc}/dnsmasq.conf`, content: dnsmasqConf() },
    { path: `${etc}/dnsmasq.d/statics.conf`, content: staticsConf(nodes) },
    ...networkConfs(nodes).map(({ name, text }) => ({
      path: `${etc}/dnsmasq.d/${name}`,
      content: text,
    })),
    webServerConf(etc, options),
    { path: "files/var/www/boot/metal.ipxe", content: METAL_IPXE },
    { path: "files/var/www/boot/script.ipxe", content: SCRIPT_IPXE },
    { path: "files/var/www/ephemeral/data/.keep", content: "" },
    { path: "bmcs", content: lines.join("") },
    ...redfishFiles(bmcs, here("bmc.sh")).map(({ name, content }) => ({ path: name, content })),
    ...bmcs.flatMap((bmc) => {
      const dir = `/run/lab/bmc/${bmc.node}`;
      return bmcFiles(bmc, { ...parts, dir, script: here("bmc.sh") })
        .map(({ name, content }) => ({
          path: `bmc/${bmc.node}/${name}`,
          content,
        }));
    }),
  ];
}

function webServerConf(etc: string, { apache }: LabOptions): File {
  if (apache) return { path: `${etc}/apache2/httpd.conf`, content: apacheConf(APACHE) };
  // In a user namespace there is nobody else to be.
  const user = Deno.uid() === 0 ? "www-data" : "root";
  return { path: `${etc}/nginx/pit.conf`, content: nginxConf(user) };
}

async function layOut(root: string, files: readonly File[]): Promise<void> {
  for (const { path, content } of files) {
    const directory = `${root}/${path}`.replace(/\/[^/]*$/, "");
    await Deno.mkdir(directory, { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${root}/${path}`, bytes);
  }
}

function here(name: string): string {
  return new URL(`./${name}`, import.meta.url).pathname;
}
