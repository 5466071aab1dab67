/**
 * Looks for a password where nobody may find it: in arguments and environments
 * of processes, and in files.
 *
 * @module
 */

import type { Lab } from "./lab.ts";
import { delay } from "./wait.ts";

/** What a hunt has found. */
export interface Hunted {
  /** How often a curl was looked at. */
  readonly seen: number;
  /** Where the password was. */
  readonly found: readonly string[];
}

/** A hunt that goes on. */
export interface Hunt extends AsyncDisposable {
  /** Ends it, and looks into all files of the lab. */
  end(): Promise<Hunted>;
}

/** Where it belongs: what the lab itself is made of. */
const ALLOWED = /^\/(run\/(lab|own)\/.*(conman\.conf|lan\.conf|redfish\.json)|etc\/conman\.conf)$/;

/**
 * Begins to look at every process that is started in the lab.
 *
 * @param lab The lab.
 * @param password What must not be found, nor as curl would send it.
 * @returns The hunt.
 */
export function huntFor(lab: Lab, password: string): Hunt {
  const user = lab.bmcs[0]?.user ?? "root";
  const words = [password, btoa(`${user}:${password}`)];
  const found = new Set<string>();
  let seen = 0;
  let goesOn = true;
  const look = (): void => {
    for (const { pid, name } of processes()) {
      const text = (file: string): string => textOf(`/proc/${pid}/${file}`);
      const has = (file: string): boolean => words.some((word) => text(file).includes(word));
      if (name === "curl") seen++;
      if (["curl", "ipmitool", "deno"].includes(name) && has("cmdline")) {
        found.add(`argv of ${name}`);
      }
      // What pitboot itself was handed is its own, and goes on to ipmitool in the same way.
      if (name === "curl" && has("environ")) found.add(`environment of ${name}`);
    }
  };
  const looking = (async () => {
    while (goesOn) {
      look();
      await delay(20);
    }
  })();
  const stop = async (): Promise<void> => {
    goesOn = false;
    await looking;
  };
  return {
    end: async () => {
      await stop();
      return { seen, found: [...found, ...await filesWith(lab, words)] };
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function filesWith(lab: Lab, words: readonly string[]): Promise<string[]> {
  const patterns = words.flatMap((word) => ["-e", word]);
  const places = ["/etc", "/var", "/run"];
  const { stdout } = await lab.run(["grep", "-rlaFs", ...patterns, ...places]);
  return stdout.split("\n").filter((path) => path !== "" && !ALLOWED.test(path));
}

function processes(): { pid: string; name: string }[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name))
    .map(({ name: pid }) => ({ pid, name: textOf(`/proc/${pid}/comm`).trim() }));
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // it has ended
  }
}
