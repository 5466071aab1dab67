/**
 * The check `services`: the servers of a PIT run, and have read what is there now.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import { fine, type Judgement, resultsOf, wrong } from "./judgement.ts";

/** A program that runs. */
export interface Process {
  /** The first 15 characters of its name, as the kernel has it. */
  readonly name: string;
  /** For how many seconds it has run. */
  readonly seconds: number;
  /** How it was called. */
  readonly command: string;
}

/** A file that a server reads at its start only. */
export interface ReadAtStart {
  readonly path: string;
  /** How many seconds ago it was written; `null` if it does not exist. */
  readonly age: number | null;
}

/** A server of a PIT. */
interface Server {
  readonly unit: string;
  /** What its process is called, here and elsewhere. */
  readonly names: readonly string[];
  /** What does not work without it. */
  readonly use: string;
  /** Whether a process of that name is there for certain where it runs. */
  readonly isSure: boolean;
}

const SERVERS: readonly Server[] = [
  {
    unit: "apache2",
    names: ["httpd-prefork", "httpd", "httpd-worker", "httpd-event", "apache2", "nginx"],
    use: "nodes get no script and no image",
    isSure: true,
  },
  { unit: "dnsmasq", names: ["dnsmasq"], use: "nodes get no address", isSure: true },
  { unit: "conman", names: ["conmand"], use: "there are no console logs", isSure: false },
  { unit: "basecamp", names: ["basecamp"], use: "nodes come up without cloud-init", isSure: false },
];

/** ps counts whole seconds, and from another clock. */
const ROUNDING_S = 2;

/** The dnsmasq of virtual machines and containers have files of their own. */
const OF_OTHERS = /(?:-C ?|--conf-file[= ])\/(?:run|var\/run|var\/lib|dev)\//;

/**
 * Reads what `ps -eo comm=,etimes=,args=` prints.
 *
 * @param text A line for each process.
 */
export function parseProcesses(text: string): Process[] {
  return text.split("\n").flatMap((line) => {
    const [, name = "", seconds, command = ""] = /^(.*?\S)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return seconds === undefined ? [] : [{ name, seconds: Number(seconds), command }];
  });
}

/**
 * Judges which servers run.
 *
 * @param processes All that run.
 * @param files What dnsmasq reads at its start only.
 */
export function checkServices(
  processes: readonly Process[],
  files: readonly ReadAtStart[],
): CheckResult[] {
  const judged = SERVERS.map((server) => {
    const own = processes.filter(({ name, command }) =>
      server.names.includes(name) && !OF_OTHERS.test(command)
    );
    return judgeServer(server, own, server.unit === "dnsmasq" ? files : []);
  });
  return resultsOf("services", judged.map((each) => [null, each]));
}

function judgeServer(
  { unit, use, isSure }: Server,
  own: readonly Process[],
  files: readonly ReadAtStart[],
): Judgement {
  const asked = `whether ${unit} runs`;
  if (own.length === 0) {
    const message = `${unit} does not run: ${use}`;
    return wrong(isSure ? "failed" : "warning", {
      asked,
      found: `${unit} does not run`,
      message,
      hint: `systemctl start ${unit}`,
    });
  }
  // The oldest is the one that started the others.
  const seconds = Math.max(...own.map((each) => each.seconds));
  // What was written in the future is the matter of the clock.
  const newer = files.find(({ age }) => age !== null && age >= 0 && age + ROUNDING_S < seconds);
  if (!newer) return fine(asked, `${unit} runs`);
  return wrong("failed", {
    asked,
    found: `${unit} runs, with an older ${newer.path}`,
    message: `${unit} started before ${newer.path} was written, and reads it only then`,
    hint: `systemctl restart ${unit}`,
  });
}
