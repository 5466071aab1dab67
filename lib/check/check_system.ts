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
import { checkClock, type DatedFile } from "./check_clock.ts";
import { checkDhcp, checkReservations } from "./check_dhcp.ts";
import { checkDisks } from "./check_disks.ts";
import { checkImages } from "./check_images.ts";
import { checkBmcLeases } from "./check_leases.ts";
import { checkScripts } from "./check_scripts.ts";
import { addressesOf, checkWeb, webSkipped } from "./check_web.ts";
import { type DhcpNetworks, parseDhcpNetworks } from "./dhcp_networks.ts";
import { type Asking, askServices, askTftp, askWeb } from "./ask_servers.ts";
import type { HeadAnswers } from "./head_requests.ts";
import { checkSpace, type FreeSpace } from "./check_space.ts";
import { judgeCloudInit } from "./judge_cloud_init.ts";
import { notLooked, resultsOf, withCommands } from "./judgement.ts";
import { type IsPit, pitNames } from "./pit_names.ts";
import { programRunner } from "../io/run_program.ts";
import { type BootingScript, readScripts } from "./node_scripts.ts";

/** Options of the stage. */
export const CHECK_OPTIONS = {
  ...STATUS_OPTIONS,
  ...pathOptions("cloud-init", "dnsmasq", "log-dir"),
  "tftp-server": serverAddress("The TFTP server to ask in place of this machine's."),
  "web-server": serverAddress("The web server to ask in place of the one that scripts name."),
};

/** Said at the end: nobody is to believe that all is well because nothing was said. */
const NOT_LOOKED_AT =
  "not looked at: the settings of BMCs, what basecamp answers, whether the clock is ahead, whether routers and other DHCP servers answer";

type CheckFlags = Flags<typeof CHECK_OPTIONS>;

/**
 * Looks at what nodes would boot, asks the web server for it, and adds `checks`.
 *
 * @throws {Failure} If it cannot be told which nodes there are.
 */
export async function checkSystem(draft: Draft, flags: CheckFlags, host: Host): Promise<void> {
  const selection = selectNodes(flags, host.root);
  const made = await new NodeChecks(flags, host, selection).make();
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

/** What is judged without the web server, and what its answers are held against. */
interface OtherChecks {
  readonly nodes: readonly BootNode[];
  readonly scripts: readonly BootingScript[];
  /** The results that come before those of the web server. */
  readonly before: readonly CheckResult[];
  readonly behind: readonly CheckResult[];
}

/** All checks of some nodes. */
class NodeChecks {
  readonly #flags: CheckFlags;
  readonly #host: Host;
  readonly #selection: Selection;
  readonly #asking: Asking;

  constructor(flags: CheckFlags, host: Host, selection: Selection) {
    this.#flags = flags;
    this.#host = host;
    this.#selection = selection;
    const { env, signal } = host.context;
    const run = programRunner(env("PATH") ?? "", signal);
    this.#asking = { flags, host, run };
  }

  /** The web server answers while all else is looked at. */
  async make(): Promise<CheckResult[]> {
    const networks = this.#networks();
    const isPit = pitNames(this.#selection.choice.pit, networks.nameServers);
    const all = this.#scripts();
    const [heads, { nodes, scripts, before, behind }] = await Promise.all([
      askWeb(all.flatMap((script) => addressesOf(script, isPit)), this.#asking),
      this.#others(all, { networks, isPit }),
    ]);
    return [...before, ...this.#web(scripts, heads, { isPit, nodes }), ...behind];
  }

  /** All but `web`: what comes before it and behind it, and the scripts of who is to boot. */
  async #others(
    all: readonly BootingScript[],
    { networks, isPit }: { networks: DhcpNetworks; isPit: IsPit },
  ): Promise<OtherChecks> {
    const [{ nodes = [], images = {} }, tftp, services] = await Promise.all([
      this.#status(),
      askTftp(this.#asking),
      askServices(this.#asking),
    ]);
    const offline = new Set(
      nodes.filter(({ links }) => links === "offline").map(({ name }) => name),
    );
    const scripts = all.filter(({ node }) => !offline.has(node));
    const booting = scripts.map(({ node }) => node);
    const before = [
      ...checkImages(nodes),
      ...checkScripts(scripts, { boot: this.#bootScript(), isPit }),
    ];
    const behind = [
      ...tftp,
      ...services,
      ...checkReservations(booting, this.#selection.statics.macs),
      ...checkDhcp(networks),
      ...await this.#leases(),
      ...this.#cloudInit(booting),
      ...await this.#space(),
      ...checkClock(this.#host.context.now(), this.#dated(images)),
      ...checkDisks(scripts),
    ];
    return { nodes, scripts, before, behind };
  }

  async #status(): Promise<Document> {
    const seen = new Draft(() => {}, this.#host.typed);
    await readStatus(seen, this.#flags, this.#host);
    return seen.document;
  }

  #bootScript(): string | null {
    const bytes = ifThere(() => this.#host.root.read(`${this.#flags["web-root"]}/boot/${SCRIPT}`));
    return bytes && textOfBytes(bytes);
  }

  #dated(images: NonNullable<Document["images"]>): DatedFile[] {
    const { statics } = this.#flags;
    const files = Object.values(images).flatMap(({ kernel, initrd, rootfs }) => [
      kernel,
      initrd,
      rootfs,
    ]);
    return [
      ...files.map(({ path, modified }) => ({ path, modified: Date.parse(modified) })),
      { path: statics, modified: this.#host.root.stat(statics).modified },
    ];
  }

  #scripts(): BootingScript[] {
    const names = this.#selection.chosen.map(({ node }) => node);
    return readScripts(names, { root: this.#host.root, webRoot: this.#flags["web-root"] });
  }

  #web(
    scripts: readonly BootingScript[],
    heads: HeadAnswers | string,
    { isPit, nodes }: { isPit: IsPit; nodes: readonly BootNode[] },
  ): CheckResult[] {
    const own = scripts.filter(({ fetches }) => fetches !== null);
    if (typeof heads === "string") return webSkipped(own, heads);
    return checkWeb(own, heads, {
      isPit,
      nodes: new Map(nodes.map((node) => [node.name, node])),
      root: this.#host.root,
      webRoot: this.#flags["web-root"],
    });
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

  #cloudInit(nodes: readonly string[]): CheckResult[] {
    const { statics, choice: { pit } } = this.#selection;
    return judgeCloudInit(this.#host.root, {
      nodes,
      statics,
      pit,
      path: this.#flags["cloud-init"],
    });
  }
}
