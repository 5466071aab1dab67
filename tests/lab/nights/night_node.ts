/**
 * A node as the servers of a PIT see it: its MAC on their networks, real DHCP, and real
 * requests with what iPXE and an initramfs say of themselves.
 *
 * @module
 */

import { CLIENTS } from "../../testdata/nights.ts";
import { PIT } from "../pit.ts";
import { delay, until } from "../wait.ts";
import type { Recorder } from "./recorder.ts";

/** When something was done, on the clock of the night: seconds since the epoch. */
export type Span = readonly [from: number, to: number];

const NETWORKS = {
  mtl: { dev: "eth0", bridge: "bond0", pit: PIT.mtl },
  nmn: { dev: "eth1", bridge: "bond0.nmn0", pit: PIT.nmn },
} as const;

/** Or it takes a small file whole at once, however slowly it is read. */
const SMALL_BUFFERS = "sh -c 'echo 4096 65536 131072 >/proc/sys/net/ipv4/tcp_rmem'";

/** How a node asks for files. */
export interface FetchOptions {
  /** @default {"ipxe"} */
  readonly as?: keyof typeof CLIENTS;
  /** Bytes a second, as curl takes them: `2M`. */
  readonly rate?: string;
  /** Other arguments of curl. */
  readonly more?: readonly string[];
}

/** A transfer that goes on. */
export interface Transfer {
  /** Waits until the node has so many bytes. */
  has(bytes: number): Promise<void>;
  /** Ends the program that fetches, as a reset does, but its kernel says goodbye. */
  abort(): Promise<void>;
  /** Stops the program that fetches, whose kernel goes on. */
  freeze(): Promise<void>;
  /** Waits until it is over. */
  end(): Promise<void>;
  /** When it began. */
  readonly begun: Span;
}

/** A machine on the PIT's networks. */
export class NightNode {
  readonly name: string;
  readonly #recorder: Recorder;
  readonly #mac: string;
  readonly #space: string;
  #network: keyof typeof NETWORKS = "mtl";

  /**
   * @param recorder The night.
   * @param name The node that it is, or of a stranger.
   * @param mac Its port's.
   */
  constructor(recorder: Recorder, name: string, mac: string) {
    this.name = name;
    this.#recorder = recorder;
    this.#mac = mac;
    this.#space = `n-${name.replace("ncn-", "")}`;
  }

  /** Plugs it in. */
  async plug(): Promise<void> {
    const links = Object.values(NETWORKS).map(({ dev, bridge }) => {
      const cable = `${this.#space}${dev}`;
      return `ip link add ${cable} type veth peer name ${dev} address ${this.#mac} netns ${this.#space}
ip link set ${cable} master ${bridge} up
ip -n ${this.#space} link set ${dev} up`;
    });
    await this.#recorder.sh(`ip netns add ${this.#space}\n${links.join("\n")}
${this.#in(SMALL_BUFFERS)}`);
  }

  /** Unplugs it for ever. */
  async remove(): Promise<void> {
    await this.#recorder.sh(`ip netns pids ${this.#space} | xargs -r kill -9
ip link delete ${this.#space}eth0; ip link delete ${this.#space}eth1; ip netns delete ${this.#space}`);
  }

  /** It is dead at once: nobody says goodbye. */
  async vanish(): Promise<void> {
    await this.#recorder.sh(
      `ip link set ${this.#space}eth0 down; ip link set ${this.#space}eth1 down`,
    );
  }

  /** Is back after that, with nothing left of what it did. */
  async plugAgain(): Promise<void> {
    await this.remove();
    await this.plug();
  }

  /** Gets an address, as firmware does, or as Linux with an id of its own. */
  dhcp(
    network: keyof typeof NETWORKS = "mtl",
    { as = "firmware" }: { as?: "firmware" | "linux" } = {},
  ): Promise<Span> {
    this.#network = network;
    const id = as === "firmware" ? "-C" : "-x 0x3d:ff00000001000100012abcdef0";
    return this.#timed(
      `udhcpc ${id} -V PXEClient:Arch:00007:UNDI:003016 -i ${
        NETWORKS[network].dev
      } -n -q -f -t 5 -T 1 -s /run/lab/udhcpc.sh`,
      "busybox ",
    );
  }

  /** Fetches files, over one connection, and waits for the end. */
  fetch(paths: readonly string[], options: FetchOptions = {}): Promise<Span> {
    return this.#timed(this.#curl(paths, options));
  }

  /** What iPXE does: the script, the initrd and the kernel, up to one of them. */
  async ipxe(last: "script" | "initrd" | "kernel" = "kernel"): Promise<Span> {
    const files = ["script.ipxe", "initrd.img.xz", "kernel"];
    const count = ["script", "initrd", "kernel"].indexOf(last) + 1;
    let span: Span = [0, 0];
    for (const file of files.slice(0, count)) span = await this.fetch([this.#file(file)]);
    return span;
  }

  /** DHCP, and what iPXE does. */
  async boot(last: "script" | "initrd" | "kernel" = "kernel"): Promise<Span> {
    await this.dhcp();
    return await this.ipxe(last);
  }

  /** Fetches its root filesystem, as an initramfs does. */
  rootfs(): Promise<Span> {
    return this.fetch([this.#file("rootfs")], { as: "curl" });
  }

  /** Begins to fetch a file. */
  async begin(name: string, options: FetchOptions = {}): Promise<Transfer> {
    const from = this.#recorder.seconds();
    const line = this.#curl([this.#file(name)], options);
    const said = await this.#recorder.sh(`${this.#in(line)} >/dev/null 2>&1 & echo $!`);
    const pid = Number(said);
    const isOver = async (): Promise<boolean> =>
      await this.#recorder.sh(`kill -0 ${pid} 2>/dev/null && echo on || echo over`) === "over\n";
    return {
      begun: [from, this.#recorder.seconds()],
      has: (bytes) =>
        until(async () => await this.#acked() >= bytes, { what: `${bytes} of ${name}` }),
      abort: async () => {
        await this.#recorder.sh(`kill -9 ${pid}`);
        // The server finds out at its next write.
        await delay(500);
      },
      freeze: async () => void await this.#recorder.sh(`kill -STOP ${pid}`),
      end: () => until(isOver),
    };
  }

  /** How many bytes of its connections the PIT knows to have arrived. */
  async #acked(): Promise<number> {
    const text = await this.#recorder.ss();
    const ip = this.#recorder.addressOf(this.name, this.#network);
    const own = text.split("\n").filter((line) =>
      line.includes(`${ip}]:`) || line.includes(`${ip}:`)
    );
    return Math.max(0, ...own.map((line) => Number(/ bytes_acked:(\d+)/.exec(line)?.[1] ?? 0)));
  }

  #file(name: string): string {
    return `/${this.name}/${name}`;
  }

  #curl(paths: readonly string[], { as = "ipxe", rate, more = [] }: FetchOptions): string {
    const urls = paths.flatMap((
      path,
    ) => ["-o", "/dev/null", `http://${NETWORKS[this.#network].pit}${path}`]);
    const words = [
      "-s",
      "-A",
      CLIENTS[as],
      ...rate ? ["--limit-rate", rate] : [],
      ...more,
      ...urls,
    ];
    return `curl --path-as-is ${words.map((word) => `'${word}'`).join(" ")}`;
  }

  #in(line: string): string {
    return `ip netns exec ${this.#space} ${line}`;
  }

  async #timed(line: string, before = ""): Promise<Span> {
    const from = this.#recorder.seconds();
    await this.#recorder.sh(`${this.#in(before + line)} >/dev/null 2>&1 || true`);
    return [from, this.#recorder.seconds()];
  }
}
