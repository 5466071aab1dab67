/**
 * A night on the PIT, as an administrator sees it: half of the BMCs are dead, one has
 * another password, leases come late, a run is interrupted, a second terminal, a newer
 * release. Each screen is kept as it was, 80 by 24, and each command that one of them
 * tells to type is typed.
 *
 * @module
 */

import { expandHosts } from "../../lib/text/host_range.ts";
import { Terminal } from "../terminal/terminal.ts";
import type { Fault } from "./fault.ts";
import { RELEASE, startFlow } from "./flow.ts";
import type { Lab } from "./lab.ts";
import { BIN, ENV, putCommands, shell } from "./pitboot.ts";

const SIZE = { columns: 80, rows: 24 };
const PROMPT = "pit:~ #";
const FAULTS: Readonly<Record<string, Fault>> = {
  "ncn-m003": "dead",
  "ncn-w002": "dead",
  "ncn-w003": "dead",
  "ncn-s002": "dead",
  "ncn-w004": "badpass",
  "ncn-w001": "late:6",
  "ncn-s001": "late:9",
};
const NODES = [
  "ncn-m002",
  "ncn-m003",
  "ncn-w001",
  "ncn-w002",
  "ncn-w003",
  "ncn-w004",
  "ncn-s001",
  "ncn-s002",
];
const NEWER = "1.6.2";
/** A release that only workers and masters have, beside the one that is there. */
const PUBLISH_NEWER = `cd /var/www/ephemeral/data/k8s && mkdir ${NEWER} && for file in ${RELEASE}/*
do cp "$file" "${NEWER}/$(basename "$file" | sed s/${RELEASE}/${NEWER}/)"; done`;
const QUICK = "--bmc-timeout 15s --timeout 40s";
/** What a screen is looked at for: how the work ends, and a pause of the work. */
const DONE = (screen: string): boolean => screen.endsWith(PROMPT);

/** What is typed, and what is waited for; several keep a screen each. */
interface Step {
  readonly name: string;
  /** A line of shell; keys of tmux begin with a `^`. */
  readonly type: string;
  /** @default The prompt. */
  readonly until?: RegExp;
  /** @default {"first"} */
  readonly terminal?: "second";
  /** Whether it shows a file, whose lines are as long as they are. */
  readonly isLog?: boolean;
}

const INTERRUPT = "^C-c";
const STEPS: readonly Step[] = [
  { name: "status on a fresh PIT", type: "pitboot status" },
  { name: "check before anything", type: "pitboot check" },
  { name: "what run would do", type: "pitboot run -n" },
  { name: "run", type: `pitboot run ${QUICK}`, until: /leases +\d+ of|waiting for/ },
  { name: "status beside it", type: "pitboot status", terminal: "second" },
  { name: "history beside it", type: "pitboot history", terminal: "second" },
  { name: "run beside it", type: `pitboot run ${QUICK}`, terminal: "second" },
  { name: "offline beside it", type: "pitboot offline --nodes ncn-m002", terminal: "second" },
  { name: "online beside it", type: "pitboot online --nodes ncn-m002", terminal: "second" },
  { name: "run interrupted", type: INTERRUPT },
  { name: "status after that", type: "pitboot status" },
  { name: "history after that", type: "pitboot history" },
  { name: "run again", type: `pitboot run ${QUICK}` },
  { name: "status after the verdict", type: "pitboot status" },
  { name: "watch", type: "pitboot status --watch", until: /BMCs? ha/, terminal: "second" },
  { name: "watch ended", type: INTERRUPT, terminal: "second" },
  { name: "check after the verdict", type: "pitboot check" },
  { name: "quietly", type: "pitboot run -q --nodes ncn-w004 --bmc-timeout 5s --timeout 5s" },
  { name: "with more words", type: "pitboot run -v --nodes ncn-m002" },
  {
    name: "a mistyped node",
    type: "pitboot run --nodes ncn-w01",
  },
  { name: "a mistyped command", type: "pitboot stauts" },
  { name: "a mistyped option", type: "pitboot resolve-images --relaese 1 | pitboot set-links" },
  {
    name: "a BMC exchanged",
    type: "sed -i s/$OLD/$NEW/ /etc/dnsmasq.d/statics.conf; pitboot status",
  },
  { name: "its run", type: "pitboot run --nodes ncn-m002 --timeout 5s" },
  { name: "back again", type: "sed -i s/$NEW/$OLD/ /etc/dnsmasq.d/statics.conf; pitboot status" },
  { name: "a newer release", type: "sh /run/lab/newer; pitboot status" },
  {
    name: "two nodes",
    type: `pitboot set-links --release kubernetes=${NEWER} --nodes ncn-m002,ncn-w001`,
  },
  { name: "status of two releases", type: "pitboot status" },
  { name: "run of one node", type: "pitboot run -n --nodes ncn-m002" },
  { name: "offline", type: "pitboot offline --nodes ncn-w001" },
  { name: "offline again", type: "pitboot offline --nodes ncn-w001" },
  { name: "status with one offline", type: "pitboot status" },
  { name: "online", type: "pitboot online --nodes ncn-w001" },
  { name: "what rollback would do", type: "pitboot rollback -n" },
  { name: "rollback", type: "pitboot rollback" },
  { name: "history", type: "pitboot history" },
  { name: "one of them", type: "pitboot history 2" },
  {
    name: "the chain",
    type: "pitboot resolve-images | pitboot bmc-dhcp --bmc-timeout 5s | pitboot wait-leases " +
      "--timeout 10s | pitboot set-links",
  },
  {
    name: "a script edited",
    type: "echo '# mine' >>/var/www/ncn-m002/script.ipxe; pitboot status",
  },
  { name: "run with it", type: "pitboot run -n --nodes ncn-m002" },
  {
    name: "a log",
    type: "(pitboot run --timeout 3s --bmc-timeout 3s >log 2>&1; echo the end >>log) & tail -f log",
    until: /^the end$/m,
    isLog: true,
  },
  { name: "the log ended", type: INTERRUPT, isLog: true },
];

/** What somebody has to look at. */
export interface Night {
  /** How many screens were kept. */
  readonly screens: number;
  /** The commands that screens told to type. */
  readonly commands: readonly string[];
  /** What is not as it should be, in words. */
  readonly faults: readonly string[];
}

/**
 * Plays the night.
 *
 * @param directory Where to put its screens: `01-status-on-a-fresh-PIT.txt` and so on.
 */
export async function playNight(directory: string): Promise<Night> {
  await Deno.mkdir(directory, { recursive: true });
  await using lab = await startFlow({ nodes: NODES, faults: FAULTS });
  await putCommands(lab);
  Deno.writeTextFileSync(`${lab.sandbox.root}/run/lab/newer`, PUBLISH_NEWER);
  using first = await openShell(lab);
  using second = await openShell(lab);
  const [faults, commands] = [new Map<string, string>(), new Set<string>()];
  for (const [i, step] of STEPS.entries()) {
    const terminal = step.terminal === "second" ? second : first;
    const screen = await play(terminal, step);
    const file = `${String(i + 1).padStart(2, "0")}-${step.name.replaceAll(" ", "-")}`;
    Deno.writeTextFileSync(`${directory}/${file}.txt`, `${screen}\n`);
    const note = (fault: string): unknown => faults.has(fault) || faults.set(fault, file);
    // What was scrolled away was written, too; what was typed is ours, and of the shell.
    const lines = (await terminal.lines()).filter((line) =>
      !line.startsWith(PROMPT) && !/^\[\d\]/.test(line)
    );
    if (!step.isLog) faultsOf(screen, lines).forEach(note);
    for (const command of commandsIn(lines.join("\n"))) {
      if (commands.has(command)) continue;
      commands.add(command);
      const fault = await typed(lab, command);
      if (fault) note(fault);
    }
  }
  return {
    screens: STEPS.length,
    commands: [...commands],
    faults: [...faults].map(([fault, file]) => `${file}: ${fault}`),
  };
}

/** A root shell on the PIT, in a terminal of its own. */
async function openShell(lab: Lab): Promise<Terminal> {
  const { mac } = lab.bmc("ncn-m002");
  const env = {
    ...ENV,
    PATH: `${BIN}:${Deno.env.get("PATH")}`,
    PS1: `${PROMPT} `,
    HOME: "/root",
    OLD: mac,
    NEW: mac.replace(/..$/, "ff"),
  };
  const cwd = { cwd: "/run/lab" };
  const words = ["env", "-u", "CSM_RELEASE", "TERM=screen-256color", "sh", "-i"];
  const command = lab.sandbox.entering(words, cwd);
  const terminal = await Terminal.open({ ...SIZE, command, env });
  await terminal.shows(DONE, "a prompt");
  return terminal;
}

async function play(terminal: Terminal, { type, until }: Step): Promise<string> {
  if (type.startsWith("^")) await terminal.press(type.slice(1));
  else {
    await terminal.type("clear");
    await terminal.press("Enter");
    await terminal.shows((screen) => screen === PROMPT, "an empty screen");
    await terminal.type(type);
    await terminal.press("Enter");
  }
  return await terminal.shows(until ?? DONE, String(until ?? "the prompt"));
}

/**
 * The handbook's lines are as they are, and a hint is one line, so that its command can
 * be copied as a whole.
 */
const LONG = /^(?:kernel|initrd|squash|NOTE|WARNING|pitboot run is creating| {2}hint)\b/;

/** What no screen may show; `lines` are those that pitboot wrote, whatever their length. */
function faultsOf(screen: string, lines: readonly string[]): string[] {
  const isWide = (line: string): boolean => line.length > SIZE.columns && !LONG.test(line);
  return [
    ...lines.filter(isWide).map((line) => `longer than ${SIZE.columns}: ${line}`),
    ...lines.filter((line) => /^ +at .*:\d+:\d+|\bundefined\b|\bNaN\b/.test(line)),
    ...twice(screen),
  ];
}

/** Rows of a verdict or of the board: each names nodes and one state. */
const ROW = /^ {2}(\S+) {2,}(\S.*)$/;

/** Nodes that two rows of one screen name. */
function twice(screen: string): string[] {
  const named = new Map<string, string>();
  return screen.split("\n").flatMap((line) => {
    const [, range = "", state = ""] = ROW.exec(line) ?? [];
    return nodesIn(range).flatMap((node) => {
      const before = named.get(node);
      named.set(node, state);
      return before !== undefined && before !== state ? [`${node}: ${before} and ${state}`] : [];
    });
  });
}

function nodesIn(range: string): string[] {
  try {
    return /^(?:ncn|fmn)/.test(range) ? expandHosts(range) : [];
  } catch {
    return []; // it is cut, or no range
  }
}

/** A value has a digit in it; a word of a sentence has none. */
const COMMAND =
  /\bpitboot (?:run|resolve-images|bmc-dhcp|wait-leases|set-links|status|check|history|rollback|offline|online)(?: --?[a-z][\w-]*(?:[ =](?!-)[^\s;:()]*[\d*][^\s;:()]*)?| \d+\b)*/g;
const DRY: readonly string[] = ["run", "bmc-dhcp", "set-links", "rollback", "offline", "online"];

function commandsIn(text: string): string[] {
  return (text.replaceAll(/\\\n\s*/g, "").match(COMMAND) ?? []).map((command) =>
    command.replace(/[.,]$/, "")
  );
}

/** Types a command, without changing anything. @returns What is wrong with it. */
async function typed(lab: Lab, command: string): Promise<string | null> {
  const [, name = ""] = command.split(" ");
  const quoted = command.replace(/\S*[[*]\S*/g, "'$&'");
  const isChanging = DRY.includes(name) && !/ (?:-n|--dry-run)\b/.test(command);
  const limit = name === "wait-leases" ? " --timeout 0" : "";
  const line = `${quoted}${isChanging ? " -n" : limit}`;
  const { code, stderr } = await shell(lab, line.replace(" --watch", ""));
  return code === 2 ? `${command}: refused: ${stderr.split("\n")[0]}` : null;
}
