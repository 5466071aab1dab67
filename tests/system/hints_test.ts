import { assert, assertEquals } from "@std/assert";
import { type Document, expandHosts } from "../../mod.ts";
import { type CommandName, COMMANDS } from "../../scripts/commands.ts";
import { addRelease, BOOT_SCRIPT, type PitOptions, RELEASE } from "../../tools/pit/make_pit.ts";
import { addNewer, change } from "../changes.ts";
import { callInProcess, runInProcess } from "../in_process.ts";
import {
  addressOf,
  changeBmc,
  environment,
  giveLeases,
  type TemporaryPit,
  temporaryPit,
  treeOf,
} from "../kit.ts";
import type { Words } from "../refusals.ts";
import {
  literalCommands,
  places,
  shellSplit,
  written,
  type WrittenCommand,
} from "../typed_hints.ts";

/** A PIT in which something is said, and what is typed then. */
interface Situation {
  readonly name: string;
  readonly pit?: PitOptions;
  readonly arrange?: (pit: TemporaryPit) => unknown;
  readonly words: Words;
  readonly env?: Record<string, string>;
  /** Makes the document that it is handed; nothing is `/dev/null`. */
  readonly stdin?: (pit: TemporaryPit) => Promise<string>;
  /** Makes the PIT in which its commands are typed what the sentence asks for first. */
  readonly first?: (pit: TemporaryPit) => void;
  /** What the command before it in a chain hands on. */
  readonly handed?: (pit: TemporaryPit) => Promise<string>;
  /** Whether what was wrong is outside of pitboot, or stays as the sentence says. */
  readonly isLasting?: boolean;
  /** Whether it is a table that says it, and not the document. */
  readonly isPlain?: boolean;
}

const NO_PASSWORD = { IPMI_PASSWORD: "" };
/** They only show. */
const LOOKS: readonly string[] = ["history", "status", "wait-leases", "resolve-images"];
const W1 = "ncn-w001";
const NODES = ["ncn-m001", "ncn-m002", W1, "ncn-w002", "ncn-s001"];
const DATA = "/var/www/ephemeral/data";
const squashfs = (release: string): string =>
  `${DATA}/k8s/${release}/secure-kubernetes-${release}.squashfs`;
const set = async (pit: TemporaryPit, ...args: string[]): Promise<Document> =>
  await change(pit, ["set-links", ...args]);
const edit = (pit: TemporaryPit, text = "# edited\n"): void =>
  Deno.writeTextFileSync(`${pit.root}/var/www/${W1}/script.ipxe`, text, { append: true });
const chained = async (pit: TemporaryPit): Promise<string> =>
  (await callInProcess(pit, ["run", "-n", "--json"], { env: NO_PASSWORD })).stdout;
type OnlyFault = "dead" | "denied" | "forgets" | "lost" | "hang" | "ipmi-off" | "starting";
const only = (fault: OnlyFault): PitOptions => ({
  behaviour: (node) => node === W1 ? { wait: "never", fault } : { wait: "never", source: "dhcp" },
});

/** The web server's log has a request of the node that was refused just now. */
function refuse(pit: TemporaryPit, status: number): void {
  const stamp = new Date().toUTCString()
    .replace(/^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/, "$1/$2/$3:$4 +0000");
  const line = `${addressOf(pit, W1)} - - [${stamp}] "GET /${W1}/kernel HTTP/1.1" ${status} 9\n`;
  Deno.mkdirSync(`${pit.root}/var/log/apache2`, { recursive: true });
  Deno.writeTextFileSync(`${pit.root}/var/log/apache2/access_log`, line);
}

/** A document in which a check has something against a node. */
const checked = JSON.stringify({
  pitboot: 1,
  status: "partial",
  problems: [],
  checks: [{
    check: "web",
    state: "failed",
    nodes: [W1],
    asked: "kernel",
    found: "404",
    message: "it is not there",
    hint: null,
  }],
});
/** For a BMC that never answers. */
const HASTY = "--bmc-timeout=1s";
/** For one that is looked for by Redfish, which takes its time. */
const LOOKED_FOR = "--bmc-timeout=20s";
/** For one that answers, on however busy a machine. */
const PATIENT = "--bmc-timeout=10m";
/** For one that answers, and not to the end. */
const LONG = "--bmc-timeout=12s";
const powerOn = (limit: string): Words => [
  "power",
  "on",
  "--pxe",
  `--nodes=${W1}`,
  "--timeout",
  "1s",
  "--settle=0s",
  limit,
];
const POWER_ON = powerOn(PATIENT);
/** All is ready, and one BMC is as it should not be. */
const readyBut = (lines = "") => async (pit: TemporaryPit): Promise<void> => {
  await set(pit);
  Deno.mkdirSync(`${pit.root}/var/log/apache2`, { recursive: true });
  Deno.writeTextFileSync(`${pit.root}/var/log/apache2/access_log`, "");
  changeBmc(pit, W1, lines);
};
const healed = (pit: TemporaryPit): void => changeBmc(pit, W1, "fault=");

const SITUATIONS: readonly Situation[] = [
  {
    name: "nodes without links, and the PIT",
    arrange: (pit) => giveLeases(pit, ["ncn-m001"]),
    words: ["status", "--nodes", "ncn-m001,ncn-w*"],
  },
  {
    name: "mixed releases",
    arrange: async (pit) => {
      await set(pit);
      addNewer(pit);
      await set(pit, "--nodes", W1, "--release", "kubernetes=1.6.2");
    },
    words: ["status"],
  },
  {
    name: "roles that differ",
    arrange: async (pit) => {
      addRelease(pit.root, "k8s", { release: "1.6.2" });
      await set(pit);
      addRelease(pit.root, "ceph", { release: "1.6.2" });
    },
    words: ["status"],
  },
  {
    name: "a newer release that is incomplete",
    arrange: async (pit) => {
      await set(pit);
      addRelease(pit.root, "k8s", { release: "1.6.2" });
      Deno.removeSync(pit.root + squashfs("1.6.2"));
    },
    words: ["status"],
    isLasting: true,
  },
  {
    name: "the same, for run",
    arrange: (pit) => {
      addRelease(pit.root, "k8s", { release: "1.6.2" });
      Deno.removeSync(pit.root + squashfs("1.6.2"));
    },
    words: ["run"],
  },
  {
    name: "a release that cannot be used, and one of another role that was named",
    arrange: (pit) => {
      addNewer(pit);
      Deno.chmodSync(pit.root + squashfs("1.6.2"), 0o600);
    },
    words: ["resolve-images", "--release", "storage=1.6.2", "--nodes=ncn-w*,ncn-s*"],
  },
  {
    name: "an initrd in a format that nobody knows",
    arrange: (pit) => {
      addNewer(pit);
      const initrd = squashfs("1.6.2").replace(/[^/]*$/, "initrd.img-1.6.2.xz");
      Deno.writeTextFileSync(pit.root + initrd, "a format of the future\n");
    },
    words: ["run"],
  },
  {
    name: "kernels that differ",
    arrange: (pit) => void addRelease(pit.root, "k8s", { release: "9", kernel: "6.4.0-default" }),
    words: ["run"],
  },
  {
    name: "an image that is gone since it was chosen",
    stdin: chained,
    arrange: (pit) => Deno.removeSync(pit.root + squashfs(RELEASE)),
    first: (pit) => void addRelease(pit.root, "k8s", { release: "1.6.2" }),
    words: ["set-links"],
  },
  {
    name: "a document without an image for a role",
    stdin: async (pit) => {
      const { images = {}, ...document } = JSON.parse(await chained(pit));
      return JSON.stringify({ ...document, images: { storage: images.storage } });
    },
    words: ["set-links"],
  },
  {
    name: "scripts that somebody has changed",
    arrange: async (pit) => {
      await set(pit);
      edit(pit);
      await set(pit, "--nodes", W1);
    },
    words: ["status"],
    isLasting: true,
  },
  {
    name: "the same, for a rollback",
    arrange: async (pit) => {
      await set(pit);
      addNewer(pit);
      await set(pit);
      edit(pit);
    },
    words: ["rollback"],
  },
  {
    name: "a script that keeps disks",
    arrange: (pit) => {
      Deno.mkdirSync(`${pit.root}/var/www/${W1}`);
      edit(pit, BOOT_SCRIPT.replace("metal.no-wipe=0", "metal.no-wipe=1"));
    },
    words: ["run"],
  },
  {
    name: "a way back for a node that nobody has changed",
    arrange: (pit) => set(pit, "--nodes", "ncn-w002"),
    words: ["rollback", "--nodes", W1, "0"],
    isLasting: true,
  },
  {
    name: "nodes that are offline, and one by half",
    arrange: async (pit) => {
      await set(pit);
      await change(pit, ["offline", "--nodes", "ncn-w[001-002]"]);
      edit(pit, BOOT_SCRIPT);
    },
    words: ["run"],
    isLasting: true,
  },
  {
    name: "offline, and the image gone",
    arrange: async (pit) => {
      addNewer(pit);
      await set(pit);
      await change(pit, ["offline", "--nodes", W1]);
      Deno.removeSync(`${pit.root}${DATA}/k8s/1.6.2`, { recursive: true });
    },
    words: ["online", "--nodes", "ncn-w[001-002]"],
    isLasting: true,
  },
  {
    name: "a rollback to an image that is gone",
    arrange: async (pit) => {
      await set(pit, "--nodes", W1);
      addNewer(pit);
      await set(pit, "--nodes", W1);
      Deno.removeSync(`${pit.root}${DATA}/k8s/${RELEASE}`, { recursive: true });
    },
    words: ["rollback"],
    isLasting: true,
  },
  {
    name: "a rollback to no complete image",
    arrange: async (pit) => {
      const directory = `${pit.root}/var/www/${W1}`;
      Deno.mkdirSync(directory);
      Deno.symlinkSync("../x", `${directory}/kernel`);
      await set(pit, "--nodes", W1);
    },
    words: ["rollback"],
    isLasting: true,
  },
  { name: "no generation", words: ["rollback"], isLasting: true },
  {
    name: "no such generation",
    arrange: (pit) => set(pit),
    words: ["rollback", "7"],
    isLasting: true,
  },
  { name: "no such generation to show", words: ["history", "7"], isLasting: true },
  {
    name: "a generation",
    arrange: (pit) => set(pit, "--nodes", W1),
    words: ["history", "1"],
    isPlain: true,
    isLasting: true,
  },
  {
    name: "a pattern of the PIT alone",
    words: ["status", "--nodes", "ncn-m001*"],
  },
  {
    name: "nobody with a lease",
    pit: {},
    words: ["set-links", "--nodes", "ncn-w*"],
    isLasting: true,
  },
  {
    name: "missing leases",
    pit: { behaviour: () => ({ wait: "never", source: "dhcp" }) },
    words: ["run", "--timeout", "1s", "--nodes", W1],
    isLasting: true,
  },
  {
    name: "a BMC that nobody has asked",
    pit: {},
    words: ["set-links", "--nodes", W1],
    isLasting: true,
  },
  {
    name: "a BMC that forgets",
    pit: only("forgets"),
    words: ["bmc-dhcp", "--nodes", W1],
  },
  {
    name: "a BMC whose session is lost",
    pit: only("lost"),
    words: ["bmc-dhcp", "--nodes", W1, LONG],
    isLasting: true,
  },
  {
    name: "a BMC that hangs",
    pit: only("hang"),
    words: ["bmc-dhcp", "--nodes", W1, HASTY],
    first: (pit) => changeBmc(pit, W1, "fault="),
  },
  {
    name: "a BMC whose IPMI is off",
    pit: only("ipmi-off"),
    words: ["bmc-dhcp", "--nodes", W1, "--redfish=never", LOOKED_FOR],
    first: (pit) => changeBmc(pit, W1, "fault="),
  },
  {
    name: "a BMC that is starting",
    pit: only("starting"),
    words: ["bmc-dhcp", "--nodes", W1, LOOKED_FOR],
    first: (pit) => changeBmc(pit, W1, "fault="),
  },
  {
    name: "BMCs that refuse the password",
    pit: { behaviour: () => ({ wait: "never", fault: "denied" }) },
    words: ["bmc-dhcp"],
  },
  {
    name: "a reset of nobody",
    words: ["bmc-dhcp", "--reset"],
    handed: async (pit) =>
      (await callInProcess(pit, ["wait-leases", "--timeout=0", "--json"])).stdout,
    isLasting: true,
  },
  {
    name: "a part of a role",
    arrange: async (pit) => {
      await set(pit);
      addNewer(pit);
    },
    words: ["run", "--nodes", W1],
  },
  {
    name: "a part of a role, and the image of the others gone",
    arrange: async (pit) => {
      await set(pit);
      addNewer(pit);
      Deno.removeSync(`${pit.root}${DATA}/k8s/${RELEASE}`, { recursive: true });
    },
    words: ["run", "--nodes", W1],
  },
  {
    name: "a CSM_RELEASE that was forgotten",
    arrange: (pit) => change(pit, ["set-links"], { CSM_RELEASE: "1.6.2" }),
    words: ["run"],
    isLasting: true,
  },
  {
    name: "an image that is not secured",
    arrange: async (pit) => {
      addRelease(pit.root, "k8s", { release: "1.6.2", secure: false });
      await set(pit);
      Deno.renameSync(
        pit.root + squashfs("1.6.2").replace("secure-", ""),
        pit.root + squashfs("1.6.2"),
      );
      Deno.symlinkSync(
        squashfs("1.6.2").split("/").at(-1) ?? "",
        pit.root + squashfs("1.6.2").replace("secure-", ""),
      );
    },
    words: ["status"],
  },
  {
    name: "scripts that are older than that of all",
    arrange: async (pit) => {
      await set(pit);
      Deno.writeTextFileSync(`${pit.root}/var/www/boot/script.ipxe`, `${BOOT_SCRIPT}# new\n`);
    },
    words: ["status"],
  },
  {
    name: "nodes that keep an old root filesystem",
    arrange: async (pit) => {
      const script = BOOT_SCRIPT.replace("metal.no-wipe=0", "metal.no-wipe=1");
      Deno.writeTextFileSync(`${pit.root}/var/www/boot/script.ipxe`, script);
      await set(pit);
      addNewer(pit);
    },
    words: ["run", "-n"],
    isLasting: true,
  },
  {
    name: "a node that the web server refuses what it boots",
    arrange: (pit) => refuse(pit, 403),
    words: ["run"],
    isLasting: true,
  },
  {
    name: "a boot in which the web server refuses a file",
    arrange: (pit) => refuse(pit, 403),
    words: ["boot-progress"],
    isLasting: true,
  },
  {
    name: "a boot in which a file is missing",
    arrange: (pit) => refuse(pit, 404),
    words: ["boot-progress"],
    isLasting: true,
  },
  {
    name: "nodes that do not come",
    words: ["boot-progress", "--wait=up", "--timeout=0", "--nodes", W1],
    isLasting: true,
  },
  {
    name: "a node that is on, and would be wiped",
    arrange: readyBut("power=on"),
    words: POWER_ON,
  },
  {
    name: "power for a node that is offline",
    arrange: async (pit) => {
      await readyBut()(pit);
      await change(pit, ["offline", "--nodes", W1]);
    },
    words: POWER_ON,
  },
  {
    name: "power for a node that is not ready",
    stdin: async (pit) =>
      (await callInProcess(pit, ["set-links", "--json"], { env: NO_PASSWORD })).stdout,
    pit: {},
    words: POWER_ON,
    isLasting: true,
  },
  {
    name: "power for a node that a check is against",
    stdin: () => Promise.resolve(checked),
    arrange: readyBut(),
    words: POWER_ON,
    isLasting: true,
  },
  {
    name: "power for a node that the document does not name",
    stdin: () => Promise.resolve(checked.replaceAll(W1, "ncn-w002")),
    arrange: readyBut(),
    words: POWER_ON,
  },
  {
    name: "a BMC that keeps the boot device once",
    arrange: readyBut("fault=once"),
    words: POWER_ON,
  },
  {
    name: "a BMC that refuses the boot device",
    arrange: readyBut("fault=noboot"),
    words: POWER_ON,
  },
  {
    name: "a BMC that says yes and does nothing",
    arrange: readyBut("fault=idle"),
    words: POWER_ON,
    first: healed,
  },
  {
    name: "a BMC that is gone when it was told",
    arrange: readyBut("fault=lost"),
    words: powerOn(LONG),
    isLasting: true,
  },
  {
    name: "power for a node whose BMC has IPMI off",
    arrange: readyBut("fault=ipmi-off"),
    words: [...powerOn(LOOKED_FOR), "--redfish=never"],
    first: healed,
  },
  { name: "a check", words: ["check", "--nodes", W1], isLasting: true },
];

/** What is made in another way, and where. */
const ELSEWHERE: readonly [file: string, test: string][] = [
  ["lib/history/recorder.ts", "tests/scripts/history_test.ts"],
  ["lib/links/rollback_aim.ts", "tests/scripts/rollback_told_test.ts"],
  // From the sources there is no program to link to.
  ["lib/status/replaced_script.ts", "tests/scripts/doubtful_test.ts"],
];

const reached = new Set<string>();

Deno.test("each hint does what it says when it is typed, and no more", async (t) => {
  for (const situation of SITUATIONS) {
    await t.step(situation.name, async () => {
      using pit = temporaryPit({ nodes: NODES, ...situation.pit ?? { leased: true } });
      const stdin = await situation.stdin?.(pit);
      await situation.arrange?.(pit);
      const said: { document: Document | null } = { document: null };
      const commands = await written(async () => {
        said.document = await call(pit, situation, stdin);
      });
      assert(commands.length > 0, "it makes no hint");
      for (const { place } of commands) reached.add(place);
      const lines = new Map(commands.map((command) => [lineOf(command, said.document), command]));
      for (const line of lines.keys()) await typeIt(line, { pit, situation, said: said.document });
    });
  }
});

Deno.test("each place in the code that writes a command is reached above", () => {
  const missing = places().filter((place) =>
    !reached.has(place) && !ELSEWHERE.some(([file]) => place.startsWith(`${file}:`))
  );
  assertEquals(missing, []);
  // A name in a message, and what is recorded and written when it is read again.
  const literal = literalCommands(Object.keys(COMMANDS)).map((place) => place.split(":")[0]);
  assertEquals(literal.sort(), [
    "lib/history/generation_number.ts",
    "lib/links/node_causes.ts",
  ]);
});

async function call(
  pit: TemporaryPit,
  { words: [name, ...args], env, isPlain }: Situation,
  stdin?: string,
): Promise<Document | null> {
  const { stdout } = await callInProcess(pit, [name, ...args, ...isPlain ? [] : ["--json"]], {
    env: { ...name === "bmc-dhcp" || args.includes("--timeout") ? {} : NO_PASSWORD, ...env },
    ...stdin !== undefined && { stdin },
  });
  return stdout.startsWith("{") ? JSON.parse(stdout) : null;
}

/** As it is shown: the command of a cause is told with the node. */
function lineOf({ line, place }: WrittenCommand, said: Document | null): string {
  if (!place.startsWith("lib/document/cause.ts")) return line;
  const hints = said?.nodes?.flatMap(({ cause }) => cause?.hint ?? []) ?? [];
  return hints.find((hint) => hint.startsWith(line)) ?? line;
}

async function typeIt(
  line: string,
  { pit, situation, said }: { pit: TemporaryPit; situation: Situation; said: Document | null },
): Promise<void> {
  const { env, words: [program, name = "", ...args] } = shellSplit(line);
  assertEquals(program, "pitboot", line);
  assert(isCommandName(name), line);
  assert(
    args.join(" ").includes(`--root ${pit.root}`) || args.includes(`--root=${pit.root}`),
    line,
  );
  const before = treeOf(`${pit.root}/var/www`);
  using copy = copyOf(pit);
  situation.first?.(copy);
  // It answers now, if anything has cured it.
  const patient = (words: Words): Words => {
    const [name, ...args] = words;
    const isShort = (word: string): boolean => word === HASTY || word === LOOKED_FOR;
    return [name, ...args.map((word) => isShort(word) && !situation.isLasting ? PATIENT : word)];
  };
  const [, ...typed] = patient([name, ...args.map((word) => word.replace(pit.root, copy.root))]);
  const stdin = name === situation.words[0] ? await situation.handed?.(copy) : undefined;
  const how = { env, line, ...stdin !== undefined && { stdin } };
  await accepted(copy, [name, ...typed], { ...how, isDry: true });
  if (LOOKS.includes(name)) return;
  const done = await accepted(copy, [name, ...typed], { ...how, isDry: false });
  assertEquals(treeOf(`${pit.root}/var/www`), before);
  concernsNoOther(line, { pit, copy, said });
  if (situation.isLasting) return;
  // The same command with other options says no more what it said; another one has cured it.
  const again = name === situation.words[0]
    ? done
    : await call(copy, { ...situation, words: patient(situation.words) });
  const repeated = again?.problems.map(({ hint }) => hint?.replaceAll(copy.root, pit.root) ?? "");
  assert(!repeated?.some((hint) => hint.includes(line)), `it repeats itself: ${line}`);
}

function isLook([name, ...args]: readonly string[]): boolean {
  return name === "power" && args.includes("status");
}

/** It is understood, and does not fail. */
async function accepted(
  pit: TemporaryPit,
  [name, ...args]: readonly [CommandName, ...string[]],
  { env, line, isDry, stdin }: {
    readonly env: Record<string, string>;
    readonly line: string;
    readonly isDry: boolean;
    readonly stdin?: string;
  },
): Promise<Document | null> {
  const { command } = await COMMANDS[name]();
  const more = [
    ...isDry && "dry-run" in command.options && !isLook([name, ...args]) ? ["-n"] : [],
    ...(name === "wait-leases" || name === "boot-progress") && !args.includes("--timeout")
      ? ["--timeout=0"]
      : [],
    ...name === "run" && !args.includes("--timeout") ? ["--timeout=1s"] : [],
    ...args.includes("--json") ? [] : ["--json"],
  ];
  const password = name === "bmc-dhcp" || name === "power" || args.includes("--timeout")
    ? {}
    : NO_PASSWORD;
  const result = await runInProcess(command, [...args, ...more], {
    env: environment(pit, { ...password, ...env }),
    ...stdin !== undefined && { stdin },
  });
  const isDone = result.code !== 2 && !result.stdout.includes('"status":"failed"');
  assert(isDone && result.code !== 1, `refused: ${line}: ${result.stderr}`);
  return result.stdout.startsWith("{") ? result.document : null;
}

/** Directories of other nodes than those of the sentence stay as they are. */
function concernsNoOther(
  line: string,
  { pit, copy, said }: { pit: TemporaryPit; copy: TemporaryPit; said: Document | null },
): void {
  const [before, after] = [pit, copy].map(({ root }) => treeOf(`${root}/var/www`));
  const changed = pit.nodes.map(({ name }) => name).filter((node) => {
    // Each file system lists in an order of its own, and another one after a copy.
    const of = (tree = {}): string =>
      JSON.stringify(Object.entries(tree).filter(([path]) => path.startsWith(`${node}/`)).sort());
    return of(before) !== of(after);
  });
  const named = said?.problems.filter(({ hint }) => hint?.includes(line)) ?? [];
  const meant = new Set(named.flatMap(({ nodes, message }) => [...nodes, ...nodesIn(message)]));
  if (meant.size > 0 && line.includes("--nodes")) {
    assertEquals(changed.filter((node) => !meant.has(node)), [], line);
  }
}

/** The nodes that a sentence names. */
function nodesIn(message: string): string[] {
  return [...message.matchAll(/ncn-[msw](?:\d{3}|\[[\d,-]+\])/g)].flatMap(([range]) =>
    expandHosts(range)
  );
}

function copyOf(pit: TemporaryPit): TemporaryPit {
  const copy = temporaryPit({ nodes: ["ncn-m001"] });
  Deno.removeSync(copy.directory, { recursive: true });
  new Deno.Command("cp", { args: ["-a", pit.directory, copy.directory] }).outputSync();
  return { ...copy, nodes: pit.nodes };
}

function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
