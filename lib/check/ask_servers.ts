/**
 * Asks the servers that run now, by programs of the system.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import type { CheckResult } from "../document/document.ts";
import { ifThere } from "../io/failures.ts";
import { checkServices, parseProcesses, type ReadAtStart } from "./check_services.ts";
import { checkTftp, type TftpAnswer } from "./check_tftp.ts";
import { askHeads, type HeadAnswers } from "./head_requests.ts";
import { notLooked, resultsOf } from "./judgement.ts";
import type { RunProgram } from "../io/run_program.ts";

/** Whom to ask, and by what. */
export interface Asking {
  readonly flags:
    & {
      readonly [K in "web-server" | "tftp-server"]: string | null;
    }
    & { readonly [K in "dnsmasq" | "statics"]: string };
  readonly host: Host;
  readonly run: RunProgram;
}

/**
 * Asks the web server for files.
 *
 * @returns What it answered, or why it was not asked.
 */
export async function askWeb(
  urls: readonly string[],
  { flags, run }: Asking,
): Promise<HeadAnswers | string> {
  const server = flags["web-server"];
  return await withProgram<HeadAnswers | string>(
    () => askHeads(urls, { server, run }),
    (why) => why,
  );
}

/** Gets the boot loaders by TFTP, and judges what comes. */
export async function askTftp({ flags, host: { root }, run }: Asking): Promise<CheckResult[]> {
  const server = flags["tftp-server"] ?? "127.0.0.1";
  const fetch = async (name: string): Promise<TftpAnswer> => {
    const { code, stdout } = await run("curl", tftpArgs(server, name));
    return { code, bytes: stdout };
  };
  return await withProgram(
    () => checkTftp({ root, path: dnsmasqFile(flags.dnsmasq), fetch }),
    (why) => resultsOf("tftp", [[null, notLooked("the boot loaders by TFTP", why)]]),
  );
}

/** Judges which servers run; only those of this machine can be seen. */
export async function askServices(asking: Asking): Promise<CheckResult[]> {
  const asked = "whether the servers run";
  const skipped = (why: string): CheckResult[] =>
    resultsOf("services", [[null, notLooked(asked, why)]]);
  if (!asking.host.root.isMachine) return skipped("--root names another system than this machine");
  return await withProgram(async () => {
    const { stdout } = await asking.run("ps", ["-eo", "comm=,etimes=,args="]);
    return checkServices(parseProcesses(new TextDecoder().decode(stdout)), readAtStart(asking));
  }, skipped);
}

/** It reads each file of its directory, but for those of editors. */
const READ_BY_DNSMASQ = /^[^.#].*(?<!~)$/;

function readAtStart({ flags, host: { root, context } }: Asking): ReadAtStart[] {
  const { statics, dnsmasq } = flags;
  const names = (ifThere(() => root.list(dnsmasq)) ?? []).map(({ name }) => name);
  const inDirectory = names.filter((name) => READ_BY_DNSMASQ.test(name)).sort()
    .map((name) => `${dnsmasq}/${name}`);
  return [...new Set([statics, dnsmasqFile(dnsmasq), ...inDirectory])].map((path) => {
    const info = ifThere(() => root.stat(path));
    return { path, age: info && (context.now() - info.modified) / 1000 };
  });
}

/** It lies beside its directory. */
function dnsmasqFile(directory: string): string {
  return directory.replace(/\.d\/*$/, ".conf");
}

/** Without the program the check is skipped. */
async function withProgram<T>(ask: () => Promise<T>, skipped: (why: string) => T): Promise<T> {
  try {
    return await ask();
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
