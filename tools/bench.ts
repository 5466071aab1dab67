/**
 * Measures what the README claims, with hyperfine: medians, both sides of a
 * comparison in one run.
 *
 * Without hyperfine (Debian: `apt-get install hyperfine`) it says so and ends.
 * `deno task bench binary` is about the built files alone, `deno task bench start [FILE]`
 * about what commands take above an empty program, and with how many nodes: beside FILE,
 * another binary of pitboot, if there is one; `deno task bench check` about check beside curl,
 * `deno task bench boot` about boot-progress beside awk.
 *
 * @module
 */

import { awayRows } from "./bench_away.ts";
import {
  type Bench,
  binaryRows,
  type Compiled,
  compilePrograms,
  type Row,
} from "./bench_binary.ts";
import { bootRows } from "./bench_boot.ts";
import { checkRows } from "./bench_check.ts";
import { manyRows, startRows } from "./bench_start.ts";
import { makePit, type Pit } from "./pit/make_pit.ts";
import { leaseLine } from "./pit/system.ts";

const source = new URL("..", import.meta.url).pathname;
const deno = Deno.execPath();
// With all permissions: others may not work below /dev/shm.
const pitboot = `${deno} run -q -A ${source}scripts/pitboot.ts`;
// In memory where there is such a place: we measure ourselves, not the disk.
const directory = Deno.makeTempDirSync({
  prefix: "pitboot-bench-",
  ...(isDirectory("/dev/shm") ? { dir: "/dev/shm" } : {}),
});

// A built file has its own permissions, which end before /dev/shm.
const onDisk = Deno.makeTempDirSync({ prefix: "pitboot-bench-" });

try {
  const bench: Bench = { directory, medians, pit: benchPit(9, onDisk), sources: pitboot };
  const [part, other] = Deno.args;
  const compiled = await compilePrograms(bench);
  const rows = part === "binary"
    ? await binaryRows(bench, compiled)
    : part === "start"
    ? await aboveNothing(bench, compiled, other)
    : part === "check"
    ? await beforePower(bench, compiled)
    : part === "boot"
    ? await afterPower(bench, compiled)
    : await all(bench, compiled);
  for (const { what, seconds, target } of rows) {
    console.log(`${what.padEnd(58)} ${seconds.toFixed(3).padStart(9)}   ${target}`);
  }
} finally {
  for (const path of [directory, onDisk]) Deno.removeSync(path, { recursive: true });
}

async function all(bench: Bench, compiled: Compiled | null): Promise<Row[]> {
  return [
    await startUp(),
    await fresh(9, "0.200 s"),
    ...await againstShell(),
    await again(999, "0.400 s"),
    await fresh(9999, "5 s", 3),
    // Not all come at once: 3 let in 6 more, those 12, and so on. Five times 0.3 s.
    await slowBmcs(64, 0.3, "2 s"),
    await noticed("0.100 s"),
    ...await awayRows(),
    ...await binaryRows(bench, compiled),
    ...await aboveNothing(bench, compiled),
    ...await beforePower(bench, compiled),
    ...await afterPower(bench, compiled),
  ];
}

async function beforePower(bench: Bench, compiled: Compiled | null): Promise<Row[]> {
  return compiled ? await checkRows(bench, compiled, benchPit(999, onDisk)) : [];
}

async function afterPower(bench: Bench, compiled: Compiled | null): Promise<Row[]> {
  return compiled ? await bootRows(bench, compiled, benchPit(999, onDisk)) : [];
}

async function aboveNothing(
  bench: Bench,
  compiled: Compiled | null,
  other?: string,
): Promise<Row[]> {
  if (!compiled) return [];
  const binaries = { ...compiled, other: other ?? null };
  return [
    ...await startRows(bench, binaries),
    ...await manyRows(bench, binaries, benchPit(9999, onDisk)),
  ];
}

async function startUp(): Promise<Row> {
  const empty = `${directory}/empty.ts`;
  Deno.writeTextFileSync(empty, "");
  const [ours = 0, nothing = 1] = await medians([
    `${pitboot} --version`,
    `${deno} run -q -A ${empty}`,
  ]);
  return {
    what: "pitboot --version : deno run on nothing",
    seconds: ours / nothing,
    // Deno reads all modules first, whichever the command needs.
    target: "ratio, at most 2",
  };
}

async function fresh(count: number, target: string, runs = 10): Promise<Row> {
  const pit = benchPit(count);
  const [seconds = 0] = await medians([run(pit)], { prepare: cleaner(pit), runs });
  return { what: `run, ${count} nodes, all to do`, seconds, target: `at most ${target}` };
}

async function again(count: number, target: string): Promise<Row> {
  const pit = benchPit(count);
  await sh(run(pit));
  const [seconds = 0] = await medians([run(pit)]);
  return { what: `run, ${count} nodes, nothing to do`, seconds, target: `at most ${target}` };
}

/** The same steps by mkdir, cp, sed and ln, as the shell script does them. */
async function againstShell(): Promise<Row[]> {
  const pit = benchPit(999);
  const script = `${directory}/loop.sh`;
  Deno.writeTextFileSync(script, shellLoop(pit));
  const [ours = 0, shell = 0] = await medians([run(pit), `sh ${script}`], {
    prepare: cleaner(pit),
    runs: 5,
  });
  return [
    { what: "run, 999 nodes, all to do", seconds: ours, target: "at most 0.700 s" },
    { what: "shell loop, 999 nodes", seconds: shell, target: "" },
    { what: "shell loop : run, 999 nodes", seconds: shell / ours, target: "ratio, at least 15" },
  ];
}

function shellLoop({ root, nodes }: Pit): string {
  const image = (role: string, glob: string): string =>
    `$(cd ${root}/var/www && ls -t ephemeral/data/${role}/*/${glob} | head -1)`;
  return `set -eu
k8s_kernel=${image("k8s", "*.kernel")} k8s_initrd=${image("k8s", "initrd*.xz")}
k8s_rootfs=${image("k8s", "*.squashfs")}
ceph_kernel=${image("ceph", "*.kernel")} ceph_initrd=${image("ceph", "initrd*.xz")}
ceph_rootfs=${image("ceph", "*.squashfs")}
cd ${root}/var/www
for node in ${nodes.slice(1).map(({ name }) => name).join(" ")}; do
  mkdir -p "$node"
  cp -p boot/script.ipxe "$node/script.ipxe"
  case $node in
  ncn-s*) kernel=$ceph_kernel initrd=$ceph_initrd rootfs=$ceph_rootfs ;;
  *) kernel=$k8s_kernel initrd=$k8s_initrd rootfs=$k8s_rootfs ;;
  esac
  case $node in
  ncn-w*) sed -i -E 's/rd.luks(=1)?\\s/rd.luks=0 /g' "$node/script.ipxe" ;;
  esac
  ln -snf "../$kernel" "$node/kernel"
  ln -snf "../$initrd" "$node/initrd.img.xz"
  ln -snf "../$rootfs" "$node/rootfs"
done
`;
}

async function slowBmcs(count: number, answer: number, target: string): Promise<Row> {
  const pit = benchPit(count + 1);
  for (const { bmcIp } of pit.nodes) {
    const bmc = `${pit.root}/../bmcs/${bmcIp}`;
    Deno.writeTextFileSync(bmc, `answer=${answer}\nset_dhcp() { :; }\n`, { append: true });
  }
  const command =
    `env IPMI_PASSWORD=x PATH=${pit.bin}:/usr/bin:/bin ${pitboot} bmc-dhcp -q --root=${pit.root}`;
  const [seconds = 0] = await medians([command], { runs: 5 });
  return {
    what: `bmc-dhcp, ${count} BMCs that need ${answer} s each`,
    seconds,
    target: `at most ${target}`,
  };
}

/** From the moment a lease is written to the end of wait-leases. */
async function noticed(target: string): Promise<Row> {
  const pit = benchPit(1);
  const leases = `${pit.root}/var/lib/misc/dnsmasq.leases`;
  const times: number[] = [];
  for (let i = 0; i < 9; i++) {
    Deno.writeTextFileSync(leases, "");
    const child = new Deno.Command("sh", {
      args: ["-c", `exec ${pitboot} wait-leases --timeout=20s --root=${pit.root}`],
      stdout: "null",
      stderr: "null",
      stdin: "null",
    }).spawn();
    // Long enough for it to be waiting, and out of step with its poll.
    await new Promise((resolve) => setTimeout(resolve, 600 + 37 * i));
    const [, node] = pit.nodes;
    const begin = performance.now();
    if (node) Deno.writeTextFileSync(leases, leaseLine(node));
    await child.status;
    times.push((performance.now() - begin) / 1000);
  }
  return {
    what: "wait-leases, from a lease to its end",
    seconds: median(times),
    target: `at most ${target}`,
  };
}

function benchPit(count: number, dir = directory): Pit {
  const kinds = ["ncn-w", "ncn-s", "ncn-w", "ncn-m"];
  const names = Array.from(
    { length: count },
    (_, i) => `${kinds[i % kinds.length]}${String(1000 + i)}`,
  );
  return makePit(Deno.makeTempDirSync({ dir }), {
    nodes: ["ncn-m001", ...names],
    leased: true,
  });
}

function run({ root }: Pit): string {
  return `${pitboot} run --root=${root} -q`;
}

function cleaner({ root }: Pit): string {
  return `sh -c 'rm -rf ${root}/var/www/ncn-* ${root}/var/lib/pitboot'`;
}

/** Medians of whole commands in seconds, all of them in one run of hyperfine. */
async function medians(
  commands: readonly string[],
  { prepare, runs = 15 }: { prepare?: string; runs?: number } = {},
): Promise<number[]> {
  const json = `${directory}/hyperfine.json`;
  const options = [
    "--shell=none",
    "--style=none",
    "--warmup=1",
    `--runs=${runs}`,
    `--export-json=${json}`,
  ];
  const { code, stderr } = await new Deno.Command("hyperfine", {
    args: [...options, ...(prepare ? ["--prepare", prepare] : []), ...commands],
    env: { IPMI_PASSWORD: "" },
    stdin: "null",
    stderr: "piped",
    stdout: "null",
  }).output().catch((error) => {
    console.error(`hyperfine cannot be started: ${error.message}`);
    return Deno.exit(1);
  });
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  const { results } = JSON.parse(Deno.readTextFileSync(json));
  return results.map(({ median }: { median: number }) => median);
}

async function sh(command: string): Promise<void> {
  await new Deno.Command("sh", {
    args: ["-c", command],
    env: { IPMI_PASSWORD: "" },
    stdout: "null",
    stderr: "null",
  }).output();
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
