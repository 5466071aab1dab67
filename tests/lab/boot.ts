/**
 * A node that boots: a virtual machine on the network of the lab's PIT, with
 * the MAC that statics.conf has for it and no disk.
 *
 * @module
 */

import type { Lab } from "./lab.ts";
import { until } from "./wait.ts";

/** How to boot a node. */
export interface BootOptions {
  /** Seconds until it is switched off: longer than any boot takes. @default {900} */
  readonly timeout?: number;
  /** Megabytes; 64 are too few. @default {160} */
  readonly memory?: number;
  /** Whether it has UEFI, which gets a boot loader by TFTP, and no BIOS. @default {false} */
  readonly uefi?: boolean;
  /** What its console says when it gets no further, and is switched off. */
  readonly stuck?: RegExp;
  /**
   * What its console is to say. On a busy machine firmware may wait for an answer in vain: it
   * is started again, as somebody would do who looks at it.
   */
  readonly says?: RegExp;
}

/** So often it is started until it says that. */
const MOST_STARTS = 3;

const BIOS = ["-M", "pc,graphics=off,usb=off,vmport=off,hpet=off"];
/** Without a place for variables, which it then forgets. */
const UEFI = ["-M", "q35,graphics=off,smm=off", "-bios", "/usr/share/ovmf/OVMF.fd"];

/** One machine a core at most: emulated ones starve each other otherwise. */
let free = navigator.hardwareConcurrency;
const queue: (() => void)[] = [];

/**
 * Boots a node from the network and waits until it has switched itself off.
 *
 * @param lab The lab.
 * @param name The node.
 * @param options How long to wait, and for what.
 * @returns What its console showed.
 */
export async function bootNode(
  lab: Lab,
  name: string,
  options: BootOptions = {},
): Promise<string> {
  for (let starts = 1;; starts++) {
    const text = await bootOnce(lab, name, options);
    if (starts === MOST_STARTS || (options.says?.test(text) ?? true)) return text;
  }
}

async function bootOnce(lab: Lab, name: string, options: BootOptions): Promise<string> {
  const node = lab.nodes.find((node) => node.name === name);
  if (!node) throw new RangeError(`the lab has no node ${name}`);
  const tap = `tap-${name.replace("ncn-", "")}`;
  const qemu = [
    "timeout",
    String(options.timeout ?? 900),
    "qemu-system-x86_64",
    "-accel",
    await accelerator(),
    "-smp",
    "1",
    "-m",
    String(options.memory ?? 160),
    ...options.uefi ? UEFI : BIOS,
    "-nodefaults",
    "-vga",
    "none",
    "-display",
    "none",
    "-serial",
    `file:/run/lab/console-${name}`,
    // Where nothing boots, it ends at once instead of trying again for ever.
    "-no-reboot",
    "-boot",
    "order=n,menu=off,reboot-timeout=1",
    "-netdev",
    `tap,id=net,ifname=${tap},script=no,downscript=no`,
    "-device",
    // Its ROM is iPXE as well, with which UEFI would do without TFTP.
    `virtio-net-pci,netdev=net,mac=${node.macs[0]},bootindex=1${options.uefi ? ",romfile=" : ""}`,
  ];
  const console = `${lab.sandbox.root}/run/lab/console-${name}`;
  const said = (): string => plain(Deno.readTextFileSync(console));
  if (free > 0) free--;
  else await new Promise<void>((go) => queue.push(go));
  try {
    await lab.sh(
      `ip tuntap add ${tap} mode tap && ip link set ${tap} master bond0 up`,
    );
    await Deno.writeTextFile(console, "");
    const { code, stderr } = await runUntil(lab, qemu, () => options.stuck?.test(said()) ?? false);
    await lab.sh(`ip link delete ${tap}`);
    if (code !== 0 && code !== 124) {
      throw new Error(`qemu for ${name}: exit ${code}: ${stderr}`);
    }
    return said();
  } finally {
    const next = queue.shift();
    if (next) next();
    else free++;
  }
}

/** Runs a machine until it has ended, or gets no further: then it ends as after its time. */
async function runUntil(
  lab: Lab,
  cmd: readonly string[],
  isStuck: () => boolean,
): Promise<{ code: number; stderr: string }> {
  const abort = new AbortController();
  let hasEnded = false;
  const run = lab.run(cmd, { signal: abort.signal }).finally(() => hasEnded = true);
  await until(() => hasEnded || isStuck());
  abort.abort();
  const { code, stderr } = await run;
  return { code: isStuck() ? 124 : code, stderr };
}

/** KVM only on a processor that has it: nested, it may open and then hang. */
async function accelerator(): Promise<string> {
  const cpu = await Deno.readTextFile("/proc/cpuinfo");
  if (!/^flags\b.*\b(vmx|svm)\b/m.test(cpu)) return "tcg,tb-size=128";
  try {
    (await Deno.open("/dev/kvm", { read: true, write: true })).close();
    return "kvm";
  } catch {
    return "tcg,tb-size=128";
  }
}

/** Without the colours and carriage returns of a terminal. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1bc|\r/g, "");
}
