/**
 * The trees that runs start from.
 *
 * @module
 */

import { addRelease, makePit, type Pit } from "../../tools/pit/make_pit.ts";
import type { CommandName } from "../../scripts/commands.ts";
import { callInProcess } from "../in_process.ts";

/** What an administrator wrote, and where its bytes may be afterwards. */
export interface Edit {
  /** One character per byte. */
  readonly text: string;
  /** A path is enough that one of these begins. */
  readonly places: readonly string[];
}

/** A tree to start from. */
export interface Start {
  readonly pit: Pit;
  readonly edits: readonly Edit[];
}

/** The releases that scripts are made for, in their order. */
export const RELEASES = { first: "1.4.0", older: "1.5.0", newer: "1.6.2" } as const;

/** One of each kind. */
const NODES = ["ncn-m002", "ncn-w001", "ncn-s001"] as const;
type Node = typeof NODES[number];
/** Names the first two. */
export const FIRST = `--nodes=${NODES.slice(0, 2).join(",")}`;
/** Names the third. */
export const OTHER = `--nodes=${NODES[2]}`;
/** Names all of them. */
export const ALL = `--nodes=${NODES.join(",")}`;
const BY_HAND = "# by hand: a console of our own\n";
const OLD_SCRIPT = "#!/bin/bash\necho the script that came before pitboot\n";
const PROGRAM = "/opt/pitboot";

/** How each start is made, from a PIT whose BMCs have leases. */
const MAKERS = {
  "empty": ({ pit }) => addNewer(pit),
  "older": older,
  "half": async (draft) => {
    await older(draft);
    const { root } = draft.pit;
    // As if the shell script had been stopped: one without a script, one without a
    // link, one whose links begin to be the new ones.
    Deno.removeSync(place(root, "ncn-m002", "script.ipxe"));
    Deno.removeSync(place(root, "ncn-s001", "rootfs"));
    newerKernel(root, "ncn-w001");
  },
  "unrecorded": unrecorded,
  "edited": edited,
  "edited-online": async (draft) => {
    await edited(draft);
    // It is on already: nothing is done, and the edit is still nobody's but theirs.
    await call(draft.pit, ["online", ALL]);
  },
  "away": async (draft) => {
    await edited(draft);
    const { root } = draft.pit;
    Deno.renameSync(
      place(root, "ncn-w001", "script.ipxe"),
      place(root, "ncn-w001", ".script.ipxe.away"),
    );
    newerKernel(root, "ncn-w001");
  },
  "switched": switched,
  "switched-edited": async (draft) => {
    await edited(draft);
    await call(draft.pit, ["run"]);
  },
  "reset": async (draft) => {
    await edited(draft);
    await call(draft.pit, ["set-links", "--reset-scripts"]);
  },
  "adopted": async (draft) => {
    await unrecorded(draft);
    await call(draft.pit, ["run"]);
  },
  "fresh": async ({ pit }) => {
    addNewer(pit);
    await call(pit, ["run"]);
  },
  "off": ready,
  "on": async (draft) => {
    await ready(draft);
    await call(draft.pit, ["power", "on", "--pxe", ALL], RELEASES.newer, PASSWORD);
    const bmcs = `${draft.pit.bin}/../bmcs`;
    for (const { name } of [...Deno.readDirSync(bmcs)]) {
      // How they are switched is noted anew.
      if (name.endsWith(".power")) Deno.removeSync(`${bmcs}/${name}`);
    }
  },
  "parked": async (draft) => {
    await switched(draft);
    await call(draft.pit, ["offline", ALL]);
  },
  "parked-edited": async (draft) => {
    await edited(draft);
    await call(draft.pit, ["offline", "--nodes=ncn-w001"]);
  },
  "bare": ({ pit }) => program(pit.root),
  "script": (draft) => {
    program(draft.pit.root);
    oldScript(draft);
  },
  "installed": async ({ pit }) => {
    program(pit.root);
    await call(pit, ["install", `--binary=${PROGRAM}`]);
  },
  "installed-over": async (draft) => {
    program(draft.pit.root);
    oldScript(draft);
    await call(draft.pit, ["install", `--binary=${PROGRAM}`]);
  },
  "upgrade": async (draft) => {
    program(draft.pit.root);
    oldScript(draft);
    program(draft.pit.root, `${PROGRAM}-1`);
    await call(draft.pit, ["install", `--binary=${PROGRAM}-1`]);
  },
} as const satisfies Readonly<Record<string, (draft: Draft) => void | Promise<void>>>;

/** The name of a start. */
export type StartName = keyof typeof MAKERS;

interface Draft {
  readonly pit: Pit;
  readonly edits: Edit[];
}

/**
 * Makes a tree to start from.
 *
 * @param directory An empty directory.
 * @param name Which.
 */
export async function makeStart(directory: string, name: StartName): Promise<Start> {
  const pit = makePit(directory, { nodes: ["ncn-m001", ...NODES], leased: true });
  const draft: Draft = { pit, edits: [] };
  await MAKERS[name](draft);
  return draft;
}

/** That of all BMCs. */
export const PASSWORD = "initial0";

/** The variables that a run gets; without a password no BMC is asked. */
export function variables(release: string, password: string = ""): Record<string, string> {
  return { CSM_RELEASE: release, IPMI_PASSWORD: password };
}

/** Runs a command that must do well. */
export async function call(
  pit: Pit,
  args: readonly [CommandName, ...string[]],
  release: string = RELEASES.newer,
  password?: string,
): Promise<void> {
  const { code, stderr } = await callInProcess(pit, args, { env: variables(release, password) });
  if (code !== 0) throw new Error(`${args.join(" ")}: exit ${code}: ${stderr}`);
}

/** Nobody has fetched anything: nodes may be started. */
async function ready({ pit }: Draft): Promise<void> {
  addNewer(pit);
  await call(pit, ["run"]);
  Deno.mkdirSync(`${pit.root}/var/log/apache2`, { recursive: true });
  Deno.writeTextFileSync(`${pit.root}/var/log/apache2/access_log`, "");
}

async function older(draft: Draft): Promise<void> {
  await made(draft, RELEASES.older);
  addNewer(draft.pit);
}

async function made({ pit }: Draft, release: string): Promise<void> {
  await call(pit, ["run"], release);
}

async function switched(draft: Draft): Promise<void> {
  await older(draft);
  await call(draft.pit, ["run"]);
}

/** As the shell script left it: nobody knows whose the scripts are. */
async function unrecorded(draft: Draft): Promise<void> {
  await made(draft, RELEASES.first);
  Deno.removeSync(`${draft.pit.root}/var/lib/pitboot`, { recursive: true });
  addNewer(draft.pit);
  for (const node of NODES) keep(draft, node);
}

function addNewer({ root }: Pit): void {
  const modified = new Date("2023-09-01T10:00:00Z");
  for (const role of ["k8s", "ceph"] as const) {
    addRelease(root, role, { release: RELEASES.newer, modified });
  }
}

async function edited(draft: Draft): Promise<void> {
  await older(draft);
  const path = place(draft.pit.root, "ncn-w001", "script.ipxe");
  Deno.writeTextFileSync(path, BY_HAND, { append: true });
  keep(draft, "ncn-w001");
}

/** Links change before the script does: this one has. */
function newerKernel(root: string, node: Node): void {
  const directory = `${root}/var/www/ephemeral/data/k8s/${RELEASES.newer}`;
  const [kernel] = [...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".kernel"));
  Deno.removeSync(place(root, node, "kernel"));
  Deno.symlinkSync(
    `../ephemeral/data/k8s/${RELEASES.newer}/${kernel?.name}`,
    place(root, node, "kernel"),
  );
}

function place(root: string, node: Node, name: string): string {
  return `${root}/var/www/${node}/${name}`;
}

function keep({ pit, edits }: Draft, node: Node): void {
  const directory = `/var/www/${node}`;
  edits.push({
    text: Deno.readTextFileSync(place(pit.root, node, "script.ipxe")),
    places: [
      `${directory}/script.ipxe`,
      `${directory}/.script.ipxe.away`,
      `${directory}/.offline/script.ipxe`,
      "/var/lib/pitboot/saved/",
    ],
  });
}

function program(root: string, path: string = PROGRAM): void {
  Deno.mkdirSync(`${root}/opt`, { recursive: true });
  Deno.writeTextFileSync(root + path, "#!/bin/sh\n");
  Deno.chmodSync(root + path, 0o755);
}

function oldScript({ pit: { root }, edits }: Draft): void {
  const path = "/root/bin/set-sqfs-links.sh";
  Deno.mkdirSync(`${root}/root/bin`, { recursive: true });
  Deno.writeTextFileSync(root + path, OLD_SCRIPT);
  edits.push({ text: OLD_SCRIPT, places: [path, `${path}.orig`] });
}
