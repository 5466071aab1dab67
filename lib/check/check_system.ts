/**
 * The stage `check`: whether every node will get, from the servers that run now, what is
 * meant for it.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { SCRIPT } from "../boot/boot_tree.ts";
import { pathOptions } from "../cli/manual.ts";
import { type Flags, serverAddress } from "../cli/options.ts";
import { Draft } from "../command/draft.ts";
import type { Host } from "../command/host.ts";
import type { BootNode, CheckResult, Document } from "../document/document.ts";
import { onFailure, type Report } from "../document/problems.ts";
import { ifThere } from "../io/failures.ts";
import { currentLeases } from "../leases/read_leases.ts";
import { type Selection, selectNodes } from "../nodes/read_statics.ts";
import { readStatus, STATUS_OPTIONS } from "../status/status.ts";
import { textOfBytes } from "../text/byte_text.ts";
import { foldHosts } from "../text/host_range.ts";
import { ShapeError } from "../text/shape.ts";
import { checkClock } from "./check_clock.ts";
import { brokenCloudInit, checkCloudInit } from "./check_cloud_init.ts";
import { checkDhcp, checkReservations } from "./check_dhcp.ts";
import { checkDisks } from "./check_disks.ts";
import { checkImages } from "./check_images.ts";
import { checkBmcLeases } from "./check_leases.ts";
import { checkScripts } from "./check_scripts.ts";
import { addressesOf, checkWeb, webSkipped } from "./check_web.ts";
import { parseCloudInit, withoutValues } from "./cloud_init.ts";
import { type DhcpNetworks, parseDhcpNetworks } from "./dhcp_networks.ts";
import { askHeads } from "./head_requests.ts";
import { checkServices, parseProcesses } from "./check_services.ts";
import { checkTftp, type TftpAnswer } from "./check_tftp.ts";
import { checkSpace, type FreeSpace } from "./check_space.ts";
import { notLooked, resultsOf, withCommands } from "./judgement.ts";
import { type IsPit, pitNames } from "./pit_names.ts";
import { programRunner, type RunProgram } from "./run_program.ts";
import { type BootingScript, readScripts } from "./node_scripts.ts";

/** Options of the stage. */
export const CHECK_OPTIONS = {
  ...STATUS_OPTIONS,
  ...pathOptions("cloud-init", "dnsmasq", "log-dir"),
  "tftp-server": serverAddress("The TFTP server to ask in place of this machine's."),
  "web-server": serverAddress("The web server to ask in place of the one that scripts name."),
};

/** Said at the end: nobody is to believe that all is well because nothing was said. */
export const NOT_LOOKED_AT =
  "not looked at: the settings of BMCs, what basecamp answers, whether routers and other DHCP servers answer";

/** It reads each file of its directory, but for those of editors. */
const READ_BY_DNSMASQ = /\/[^.#/][^/]*(?<!~)$/;

type CheckFlags = Flags<typeof CHECK_OPTIONS>;

/**
 * Looks at what nodes would boot, asks the web server for it, and adds `checks`.
 *
 * @throws {Failure} If it cannot be told which nodes there are.
 */
export async function checkSystem(draft: Draft, flags: CheckFlags, host: Host): Promise<void> {
  const selection = selectNodes(flags, host.root);
  const seen = new Draft(() => {}, host.typed);
  await readStatus(seen, flags, host);
  const made = await new NodeChecks(flags, host, selection).make(seen.document);
  const checks = made.map((each) => withCommands(each, host.typed));
  draft.add({ checks });
  draft.reportAll(checks.flatMap(problemOfCheck));
  host.reporter.say(NOT_LOOKED_AT);
}

/** What is wrong, as a problem. */
function problemOfCheck({ check, state, nodes, message, hint }: CheckResult): Report[] {
  if (state !== "failed" && state !== "warning") return [];
  const range = nodes.length > 0 ? `${foldHosts(nodes)}: ` : "";
  return [[state === "failed" ? "check-failed" : "check-warned", {
    message: `${check}: ${range}${message}`,
    hint: hint ?? undefined,
    nodes,
  }]];
}

/** All checks of some nodes. */
class NodeChecks {
  readonly #flags: CheckFlags;
  readonly #host: Host;
  readonly #selection: Selection;
  readonly #run: RunProgram;

  constructor(flags: CheckFlags, host: Host, selection: Selection) {
    this.#flags = flags;
    this.#host = host;
    this.#selection = selection;
    const { env, signal } = host.context;
    this.#run = programRunner(env("PATH") ?? "", signal);
  }

  async make({ nodes = [], images = {} }: Document): Promise<CheckResult[]> {
    const booting = nodes.filter(({ links }) => links !== "offline");
    const scripts = this.#scripts(booting);
    const { root, context } = this.#host;
    const webRoot = this.#flags["web-root"];
    const boot = ifThere(() => root.read(`${webRoot}/boot/${SCRIPT}`));
    const dated = [
      ...Object.values(images).flatMap(({ kernel, initrd, rootfs }) => [kernel, initrd, rootfs])
        .map(({ path, modified }) => ({ path, modified: Date.parse(modified) })),
      { path: this.#flags.statics, modified: root.stat(this.#flags.statics).modified },
    ];
    const networks = this.#networks();
    const isPit = pitNames(this.#selection.choice.pit, networks.nameServers);
    return [
      ...checkImages(nodes),
      ...checkScripts(scripts, { boot: boot && textOfBytes(boot), isPit }),
      ...await this.#web(scripts, isPit),
      ...await this.#tftp(),
      ...await this.#services(),
      ...checkReservations(booting.map(({ name }) => name), this.#selection.statics.macs),
      ...checkDhcp(networks),
      ...await this.#leases(),
      ...this.#cloudInit(booting),
      ...await this.#space(),
      ...checkClock(context.now(), dated),
      ...checkDisks(scripts),
    ];
  }

  #scripts(nodes: readonly BootNode[]): BootingScript[] {
    const names = nodes.map(({ name }) => name);
    return readScripts(names, { root: this.#host.root, webRoot: this.#flags["web-root"] });
  }

  async #web(scripts: readonly BootingScript[], isPit: IsPit): Promise<CheckResult[]> {
    const { root } = this.#host;
    const own = scripts.filter(({ fetches }) => fetches !== null);
    if (own.length === 0) return [];
    const server = this.#flags["web-server"];
    return await withProgram(async () => {
      const urls = own.flatMap((script) => addressesOf(script, isPit));
      const heads = await askHeads(urls, { server, run: this.#run });
      return checkWeb(own, heads, { isPit, root, webRoot: this.#flags["web-root"] });
    }, (why) => webSkipped(own, why));
  }

  async #tftp(): Promise<CheckResult[]> {
    const { root } = this.#host;
    const path = this.#dnsmasqFile;
    const fetch = async (name: string): Promise<TftpAnswer> => {
      const server = this.#flags["tftp-server"] ?? "127.0.0.1";
      const { code, stdout } = await this.#run("curl", tftpArgs(server, name));
      return { code, bytes: stdout };
    };
    return await withProgram(
      () => checkTftp({ root, path, fetch }),
      (why) => resultsOf("tftp", [[null, notLooked("the boot loaders by TFTP", why)]]),
    );
  }

  /** Only those of this machine can be seen. */
  async #services(): Promise<CheckResult[]> {
    const asked = "whether the servers run";
    const skipped = (why: string): CheckResult[] =>
      resultsOf("services", [[null, notLooked(asked, why)]]);
    const { root, context } = this.#host;
    if (!root.isMachine) return skipped("--root names another system than this machine");
    const age = (path: string): number | null => {
      const info = ifThere(() => root.stat(path));
      return info && (context.now() - info.modified) / 1000;
    };
    const { statics, dnsmasq } = this.#flags;
    const read = (ifThere(() => root.list(dnsmasq)) ?? []).map(({ name }) => `${dnsmasq}/${name}`)
      .filter((path) => READ_BY_DNSMASQ.test(path)).sort();
    const files = [...new Set([statics, this.#dnsmasqFile, ...read])]
      .map((path) => ({ path, age: age(path) }));
    return await withProgram(async () => {
      const { stdout } = await this.#run("ps", ["-eo", "comm=,etimes=,args="]);
      return checkServices(parseProcesses(new TextDecoder().decode(stdout)), files);
    }, skipped);
  }

  async #space(): Promise<CheckResult[]> {
    const { root } = this.#host;
    const { state, leases, "web-root": webRoot, "log-dir": log } = this.#flags;
    const places = [
      { path: webRoot, use: "scripts" },
      { path: dirname(leases), use: "leases" },
      { path: dirname(state), use: "what pitboot records" },
      { path: dirname(log), use: "the logs of consoles" },
    ].filter(({ path }) => ifThere(() => root.stat(path)) !== null);
    const spaces: FreeSpace[] = [];
    for (const place of places) {
      spaces.push({ ...place, bytes: await root.freeBytes(place.path) });
    }
    return checkSpace(spaces);
  }

  /** It lies beside its directory. */
  get #dnsmasqFile(): string {
    return this.#flags.dnsmasq.replace(/\.d\/*$/, ".conf");
  }

  #networks(): DhcpNetworks {
    const { root } = this.#host;
    const directory = this.#flags.dnsmasq;
    const names = ifThere(() => root.list(directory)) ?? [];
    const files = names.map(({ name }) => name).filter((name) => name.endsWith(".conf")).sort();
    // Statics are large, and say nothing of routers.
    const other = files.map((name) => `${directory}/${name}`)
      .filter((path) => path !== this.#flags.statics);
    const text = other.map((path) => root.readText(path, "is it readable?")).join("\n");
    return parseDhcpNetworks(text);
  }

  async #leases(): Promise<CheckResult[]> {
    const { leases } = this.#flags;
    const asked = "the lease of each BMC";
    return await currentLeases({ ...this.#selection, leases }, this.#host).then(
      (match) => checkBmcLeases(this.#selection.chosen, match),
      onFailure(({ message }) => resultsOf("leases", [[null, notLooked(asked, message)]])),
    );
  }

  #cloudInit(nodes: readonly BootNode[]): CheckResult[] {
    const path = this.#flags["cloud-init"];
    const asked = `what ${path} says`;
    const skipped = (why: string): CheckResult[] =>
      resultsOf("cloud-init", [[null, notLooked(asked, why)]]);
    const text = ifThere(() => this.#host.root.readText(path, "is it readable?"));
    if (text === null) return skipped(`${path} does not exist`);
    const { statics, choice: { pit } } = this.#selection;
    const names = nodes.map(({ name }) => name);
    try {
      return checkCloudInit(parseCloudInit(text), { nodes: names, statics, pit, path });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const why = withoutValues(error);
      return error instanceof ShapeError ? skipped(`${path}: ${why}`) : brokenCloudInit(path, why);
    }
  }
}

/** Without the program the check is skipped. */
async function withProgram(
  check: () => Promise<CheckResult[]>,
  skipped: (why: string) => CheckResult[],
): Promise<CheckResult[]> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return skipped("the program that asks for it does not exist (curl, ps)");
  }
}

/** The arguments of curl; the name of a file is no option, and no more than a file. */
function tftpArgs(server: string, name: string): string[] {
  const options = ["-q", "--silent", "--noproxy", "*", "--proto", "=tftp", "--globoff"];
  const deadline = ["--connect-timeout", "5", "--max-time", "20"];
  return [
    ...options,
    ...deadline,
    `tftp://${server}/${name.split("/").map(encodeURIComponent).join("/")}`,
  ];
}
